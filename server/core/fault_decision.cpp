#include "core/fault_decision.hpp"

#include <algorithm>
#include <utility>

namespace jobmock {
namespace {

bool is_connection(const AppliedEffect& effect) { return std::holds_alternative<ConnectionEffect>(effect); }

bool is_delay(const AppliedEffect& effect) { return std::holds_alternative<AppliedDelay>(effect); }

bool is_malformed(const AppliedEffect& effect) { return std::holds_alternative<MalformedEffect>(effect); }

bool has_own_body(const AppliedEffect& effect) {
  const auto* answer = std::get_if<AppliedAnswer>(&effect);
  return answer != nullptr && answer->body;
}

// Where no byte is sent, nothing but a delay can be seen; and a body that need not be JSON is not made malformed.
bool exclude_each_other(const AppliedEffect& a, const AppliedEffect& b) {
  if (a.index() == b.index()) return true;
  if (is_connection(a)) return !is_delay(b);
  if (is_connection(b)) return !is_delay(a);
  return (is_malformed(a) && has_own_body(b)) || (is_malformed(b) && has_own_body(a));
}

}  // namespace

const AppliedEffect* FaultDecision::add(AppliedEffect effect) {
  const auto excludes = [&](const AppliedEffect& other) { return exclude_each_other(other, effect); };
  if (std::any_of(effects.begin(), effects.end(), excludes)) return nullptr;
  return &effects.emplace_back(std::move(effect));
}

}  // namespace jobmock
