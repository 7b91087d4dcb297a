#include "api/effects/effects.hpp"

#include <utility>
#include <variant>

namespace jobmock {
namespace {

bool replaces_answer(const AppliedEffect& effect) { return std::holds_alternative<AppliedAnswer>(effect); }

}  // namespace

Reply with_faults(const FaultDecision& decision, Reply proper, std::string_view method) {
  Reply reply = std::move(proper);
  const auto apply_those = [&](bool that_replace) {
    for (const auto& effect : decision.effects) {
      if (replaces_answer(effect) != that_replace) continue;
      std::visit([&](const auto& each) { apply(each, reply); }, effect);
    }
  };
  apply_those(true);  // first, for the others are done to the answer that is sent
  apply_those(false);
  if (method == "HEAD") {  // no body comes, so none is cut short or slowed down
    reply.delivery.truncated_to.reset();
    reply.delivery.drip.reset();
  }
  return reply;
}

}  // namespace jobmock
