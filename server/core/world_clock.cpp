#include "core/world_clock.hpp"

#include <algorithm>

namespace jobmock {

tl::expected<OnPoll, std::string> parse_on_poll(std::string_view text) {
  if (text == "next") return OnPoll{{}, true};
  const auto by = parse_duration(text);
  if (!by) return tl::unexpected(by.error() + ", or next");
  return OnPoll{*by, false};
}

WorldClock::WorldClock(const ClockSettings& settings, Timestamp real)
    : start_(settings.start.value_or(real)),
      speed_(settings.speed),
      latest_real_(real),
      anchor_real_(real),
      anchor_(start_),
      now_(start_) {}

Timestamp WorldClock::now(Timestamp real) {
  latest_real_ = std::max(latest_real_, real);
  now_ = std::max(now_, anchor_ + passes_in(latest_real_ - anchor_real_));
  return now_;
}

Duration WorldClock::passes_in(Duration real) const {
  const auto passed = speed_ * static_cast<double>(real.count());
  const auto left = end_of_time - anchor_;
  return passed < static_cast<double>(left.count()) ? Duration(static_cast<Duration::rep>(passed)) : left;
}

void WorldClock::set_speed(double speed) {
  anchor_real_ = latest_real_;
  anchor_ = now_;
  speed_ = speed;
}

void WorldClock::advance_to(Timestamp time) {
  if (time <= now_) return;
  anchor_real_ = latest_real_;
  anchor_ = now_ = std::min(time, end_of_time);
}

}  // namespace jobmock
