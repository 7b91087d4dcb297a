#include <doctest/doctest.h>

#include <cstdint>
#include <set>

#include "core/chance.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

TEST_CASE("the same circumstances come out the same, and each of them matters") {
  const auto length = [](std::initializer_list<std::uint64_t> circumstances) {
    return Chance(circumstances).between(0s, 1000000s);
  };
  CHECK(length({7, 1, 2}) == length({7, 1, 2}));
  CHECK(length({7, 1, 2}) != length({8, 1, 2}));
  CHECK(length({7, 1, 2}) != length({7, 2, 2}));
  CHECK(length({7, 1, 2}) != length({7, 1, 3}));
  CHECK(length({7, 1, 2}) != length({7, 2, 1}));
  CHECK(length({7, 0}) != length({7, 0, 0}));
}

TEST_CASE("what was decided yesterday is decided today") {
  CHECK(Chance({0, 0}).between(0s, 1000s) == 207208579us);
  CHECK(Chance({1, 2, 3}).between(0s, 1000s) == 683778787us);
}

TEST_CASE("things happen about as often as they should") {
  for (const double probability : {0.01, 0.1, 0.5, 0.9}) {
    CAPTURE(probability);
    int happened = 0;
    constexpr int tries = 100'000;
    for (std::uint64_t i = 0; i < tries; ++i) happened += Chance({7, i}).happens(probability) ? 1 : 0;
    CHECK(happened > tries * probability * 0.9);
    CHECK(happened < tries * probability * 1.1);
  }
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    CHECK(Chance({7, i}).happens(1));
    CHECK_FALSE(Chance({7, i}).happens(0));
  }
}

TEST_CASE("a length is between its ends, which it reaches, and does not follow from what happens") {
  std::set<Duration> lengths;
  int long_ones = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const Chance chance({7, i});
    lengths.insert(chance.between(5us, 8us));
    if (chance.happens(0.1)) long_ones += chance.between(0s, 1s) > 500ms ? 1 : 0;
  }
  CHECK(lengths == std::set<Duration>{5us, 6us, 7us, 8us});
  CHECK(long_ones > 400);
  CHECK(long_ones < 600);
  CHECK(Chance({7}).between(3s, 3s) == 3s);
}
