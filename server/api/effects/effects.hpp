// What faults do to an answer, from what was decided to what is sent: one small file for each effect. Pure; any thread
// may call.
#pragma once

#include <string_view>

#include "api/message.hpp"
#include "core/fault_decision.hpp"

namespace jobmock {

// The answer to be sent in place of `proper`, to a request with this method.
Reply with_faults(const FaultDecision& decision, Reply proper, std::string_view method);

// Each does one effect to `reply`, which others may have changed before.
void apply(const AppliedAnswer& answer, Reply& reply);
void apply(const AppliedDelay& delay, Reply& reply);
void apply(const ConnectionEffect& connection, Reply& reply);
void apply(const TruncateEffect& truncate, Reply& reply);
void apply(const DripEffect& drip, Reply& reply);
void apply(const MalformedEffect& malformed, Reply& reply);

}  // namespace jobmock
