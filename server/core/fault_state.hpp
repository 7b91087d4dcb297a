// What one world has seen of its faults: how often each was applied, how much of each quota is used. Not safe for
// threads by itself: its world's lock guards it. A world that no fault was for stores nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/fault.hpp"
#include "core/fault_decision.hpp"
#include "core/selector.hpp"

namespace jobmock {

class FaultState {
 public:
  FaultState();
  ~FaultState();
  FaultState(const FaultState&) = delete;
  FaultState& operator=(const FaultState&) = delete;
  FaultState(FaultState&&) = delete;
  FaultState& operator=(FaultState&&) = delete;

  // What becomes of one answer, and counts it. The lists are in the order of their right of way: the job's, its
  // application's, the world's. All faults that fit have a part in it, except in what one before them has settled.
  // Must be asked once for each request. Takes time in proportion to the number of faults listed.
  FaultDecision decide(std::span<const FaultList* const> lists, const FaultRequest& request);

  // How often the fault had a part in an answer.
  [[nodiscard]] std::uint64_t times_applied(const Fault& fault) const;

  // Everything that was counted goes.
  void clear();

  // Of a fault that was removed: what was counted of it goes.
  void forget(const Fault& fault);

  // The same of every fault that nothing else holds any more.
  void forget_unused();

 private:
  class Counters;

  std::unique_ptr<Counters> counters_;  // none until the first fault that fits
};

}  // namespace jobmock
