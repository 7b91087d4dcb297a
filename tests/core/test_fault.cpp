#include <doctest/doctest.h>

#include "core/fault.hpp"
#include "core/fault_decision.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

TEST_CASE("each effect is described in a few words") {
  CHECK(describe(AnswerEffect{503}) == "503");
  CHECK(describe(AnswerEffect{503, AnswerEffect::RetryAfter{1s, false}}) == "503, retry after 1s");
  CHECK(describe(AnswerEffect{503, AnswerEffect::RetryAfter{30s, true}}) == "503, retry after 30s as a date");
  CHECK(describe(AnswerEffect{429, {}, 1500ms}) == "429, retry-after-ms 1s500ms");
  CHECK(describe(DelayEffect{300ms, 300ms}) == "delay 300ms");
  CHECK(describe(DelayEffect{100ms, 800ms}) == "delay 100ms..800ms");
  CHECK(describe(ConnectionEffect{ConnectionEffect::Does::close}) == "close");
  CHECK(describe(ConnectionEffect{ConnectionEffect::Does::reset}) == "reset");
  CHECK(describe(ConnectionEffect{ConnectionEffect::Does::stall}) == "stall");
  CHECK(describe(TruncateEffect{40}) == "truncated to 40 bytes");
  CHECK(describe(DripEffect{1, 50ms}) == "drip 1 byte every 50ms");
  CHECK(describe(MalformedEffect()) == "malformed");
  CHECK(describe(QuotaEffect{400, 60s}) == "quota 400 per 1m");
}

TEST_CASE("a fault is described by all its effects") {
  Fault fault;
  fault.effects = {AnswerEffect{503}, DelayEffect{1s, 1s}, TruncateEffect{3}};
  CHECK(describe(fault) == "503, delay 1s, truncated to 3 bytes");
}

namespace {

// Whether the second has a part when the first was there before it.
bool go_together(const AppliedEffect& first, const AppliedEffect& second) {
  FaultDecision decision;
  const auto* added = decision.add(first);
  CHECK(added == &decision.effects.at(0));
  return decision.add(second) != nullptr;
}

}  // namespace

TEST_CASE("what two faults both set is as the first set it") {
  FaultDecision decision;
  decision.add(AppliedAnswer{503});
  CHECK(decision.add(AppliedAnswer{500}) == nullptr);
  REQUIRE(decision.effects.size() == 1);
  CHECK(std::get<AppliedAnswer>(decision.effects[0]).status == 503);
  CHECK_FALSE(go_together(AppliedDelay{1s}, AppliedDelay{2s}));
  CHECK_FALSE(go_together(TruncateEffect{1}, TruncateEffect{2}));
}

TEST_CASE("effects of different kinds go together") {
  FaultDecision decision;
  CHECK(decision.add(MalformedEffect()));
  CHECK(decision.add(AppliedAnswer{503}));
  CHECK(decision.add(AppliedDelay{1s}));
  CHECK(decision.add(TruncateEffect{40}));
  CHECK(decision.add(DripEffect{8, 50ms}));
  CHECK(decision.effects.size() == 5);
}

TEST_CASE("where no byte is sent there is nothing but a delay to add, and the other way round") {
  const ConnectionEffect reset{ConnectionEffect::Does::reset};
  CHECK(go_together(reset, AppliedDelay{1s}));
  CHECK(go_together(AppliedDelay{1s}, reset));
  for (const auto& effect :
       {AppliedEffect(AppliedAnswer{503}), AppliedEffect(TruncateEffect{1}), AppliedEffect(DripEffect{1, 1s}),
        AppliedEffect(MalformedEffect()), AppliedEffect(ConnectionEffect{ConnectionEffect::Does::close})}) {
    CHECK_FALSE(go_together(reset, effect));
    CHECK_FALSE(go_together(effect, reset));
  }
}

TEST_CASE("a body that is sent as it stands is not made malformed") {
  const AppliedAnswer with_body{503, {}, "down", {}};
  CHECK_FALSE(go_together(with_body, MalformedEffect()));
  CHECK_FALSE(go_together(MalformedEffect(), with_body));
}
