// Where time comes from. Passed in everywhere, so that a test owns it; clock.cpp is the only file that asks
// the system.
#pragma once

#include <atomic>

#include "core/time.hpp"

namespace jobmock {

// Any thread may call now(); it never goes backwards.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  Clock(Clock&&) = delete;
  Clock& operator=(Clock&&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Timestamp now() const = 0;
};

// The wall time at construction, carried on by the monotonic clock: a machine whose wall clock is set back
// or forth disturbs no job.
class SystemClock final : public Clock {
 public:
  SystemClock();
  [[nodiscard]] Timestamp now() const override;

 private:
  Timestamp wall_at_start_;
  std::chrono::steady_clock::time_point started_;
};

// Stands still until it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(start) {}
  [[nodiscard]] Timestamp now() const override { return now_.load(); }
  void advance(Duration by) { now_.store(now_.load() + by); }

 private:
  std::atomic<Timestamp> now_;
};

}  // namespace jobmock
