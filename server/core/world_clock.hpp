// The time of one world: now = start + speed × real time since the start + everything added. It never runs backwards,
// and a change of its speed never makes it jump. Not thread-safe: its world's lock guards it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/time.hpp"

namespace jobmock {

// What a poll adds to the clock once it is answered.
struct OnPoll {
  Duration by{0};
  bool to_next = false;  // on to the next entry that time brings of the polled job, instead of `by`

  bool operator==(const OnPoll&) const = default;
};

// A duration, or "next". The error says what is expected.
tl::expected<OnPoll, std::string> parse_on_poll(std::string_view text);

struct ClockSettings {
  std::optional<Timestamp> start;  // unset: the real time at which the world begins
  double speed = 1;                // virtual seconds per real second, from 0 (frozen) to `fastest`
  OnPoll on_poll;
};

constexpr double fastest = 1'000'000;

// `by` after `time`, or the end of time.
constexpr Timestamp later(Timestamp time, Duration by) { return by > end_of_time - time ? end_of_time : time + by; }

class WorldClock {
 public:
  // Begins at the real time `real`.
  WorldClock(const ClockSettings& settings, Timestamp real);

  // `real` may be earlier than one that was given before: a request that was overtaken sees the later time.
  Timestamp now(Timestamp real);

  // Both from the time now() last gave; a time before it changes nothing.
  void set_speed(double speed);
  void advance_to(Timestamp time);

  // How far it goes in so much real time, at its speed.
  [[nodiscard]] Duration passes_in(Duration real) const;

  [[nodiscard]] Timestamp start() const { return start_; }
  [[nodiscard]] double speed() const { return speed_; }

 private:
  Timestamp start_;
  double speed_;
  Timestamp latest_real_;
  Timestamp anchor_real_;  // now = anchor_ + speed × (latest_real_ - anchor_real_)
  Timestamp anchor_;
  Timestamp now_;
};

}  // namespace jobmock
