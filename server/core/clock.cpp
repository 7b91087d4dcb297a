#include "core/clock.hpp"

namespace jobmock {

SystemClock::SystemClock()
    : wall_at_start_(std::chrono::floor<Duration>(std::chrono::system_clock::now())),
      started_(std::chrono::steady_clock::now()) {}

Timestamp SystemClock::now() const {
  return wall_at_start_ + std::chrono::floor<Duration>(std::chrono::steady_clock::now() - started_);
}

}  // namespace jobmock
