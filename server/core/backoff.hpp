// The shape of the waits between a client's polls, found from their lengths alone. Pure; any thread may call.
//
// A client that means to wait t is seen to wait t, less its jitter, and up to five milliseconds longer, in which its
// timer and the network are late. Ideal waits that stay the same, grow by a step or grow by a factor, the growing ones
// with or without a cap, are fitted within these limits. The shape that leaves the least to chance is taken: what is
// usual (constant; 1, 2, 3, 4; 1, 2, 4, 8) before what is not, few parameters before many, little jitter before much.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace jobmock {

// `too_few`: fewer than three waits, or than three different ones where they grow.
enum class BackoffShape { too_few, irregular, constant, linear, exponential };

// "too_few", "exponential": as the fixtures and the report write it.
std::string_view to_string(BackoffShape shape);

// One wait of a client's loop.
struct Wait {
  std::uint32_t index = 0;  // in its loop, from 0; a client that polls several attempts has several of each
  Duration length{0};
};

struct Backoff {
  BackoffShape shape = BackoffShape::too_few;
  Duration interval{0};         // constant: the median wait; linear, exponential: the first ideal one
  Duration step{0};             // linear: what each wait adds
  double factor = 1;            // exponential: by what each wait grows
  std::optional<Duration> cap;  // linear, exponential: where it stops to grow, when it was seen to
  double jitter = 0;            // by what share waits are below their ideal, at most; 0: nothing to speak of
};

// Without jitter three waits tell every shape whose step or factor is a round one, four every other. With jitter of up
// to 25 % (t·(1 − 0.25·random)) four waits tell constant ones, 1, 2, 3, 4, doubling and tripling from each other, in
// every case but where they happen to be another shape to the millisecond; slower growth, and growth that is soon
// capped, takes more. The same scattered by ±25 % is told as well as it can be. Anything else is irregular.
Backoff detect_backoff(std::span<const Wait> waits);

// "exponential: 1s, growing by a factor of 2, at most 8s, jitter 25%", "constant: 1s", "irregular".
std::string describe(const Backoff& backoff);

// What a client's waits are expected to be like.
struct ExpectedBackoff {
  BackoffShape shape = BackoffShape::constant;  // constant, linear or exponential
  std::optional<double> factor;                 // of exponential; unset: any from 1.1 to 10
  std::optional<Duration> cap;                  // of linear and exponential; unset: any, or none
  double tolerance = 0.25;                      // how far each wait may be off its ideal, as a share of it; below 1
};

// "exponential, growing by a factor of 2, at most 8s, each within 25%".
std::string describe(const ExpectedBackoff& expected);

// Whether there are ideal waits of the expected shape such that each wait is within the tolerance (and five
// milliseconds) of its own. Growth for more than 256 waits is not seen.
bool explains(const ExpectedBackoff& expected, std::span<const Wait> waits);

}  // namespace jobmock
