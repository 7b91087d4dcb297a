#include <doctest/doctest.h>

#include <chrono>

#include "core/clock.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

TEST_CASE("the system's clock shows the wall time and never goes backwards") {
  const SystemClock clock;
  const auto wall = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  CHECK(std::chrono::abs(clock.now() - wall) < 1min);
  auto last = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const auto now = clock.now();
    CHECK(now >= last);
    last = now;
  }
}

TEST_CASE("a manual clock stands still until it is moved") {
  ManualClock clock(Timestamp(5s));
  CHECK(clock.now() == Timestamp(5s));
  clock.advance(250ms);
  CHECK(clock.now() == Timestamp(5250ms));
}
