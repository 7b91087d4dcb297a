#include <doctest/doctest.h>

#include <array>
#include <random>

#include "core/world_clock.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {

const Timestamp real(1000h);

ClockSettings with_speed(double speed) { return {{}, speed, {}}; }

}  // namespace

TEST_CASE("a world's clock begins at the real time and goes as it does, unless its settings say otherwise") {
  WorldClock clock({}, real);
  CHECK(clock.start() == real);
  CHECK(clock.now(real) == real);
  CHECK(clock.now(real + 1500ms) == real + 1500ms);

  const Timestamp given(5h);
  WorldClock later_clock({given, 1, {}}, real);
  CHECK(later_clock.start() == given);
  CHECK(later_clock.now(real + 2s) == given + 2s);
}

TEST_CASE("speed is virtual seconds per real second") {
  WorldClock fast(with_speed(60), real);
  CHECK(fast.now(real + 1s) == real + 1min);
  WorldClock slow(with_speed(0.5), real);
  CHECK(slow.now(real + 1s) == real + 500ms);
  CHECK(slow.now(real + 1s + 1us) == real + 500ms);
  CHECK(slow.now(real + 1s + 2us) == real + 500ms + 1us);
}

TEST_CASE("a frozen clock stands however long one waits") {
  WorldClock clock(with_speed(0), real);
  CHECK(clock.now(real + 24h * 365) == real);
}

TEST_CASE("a change of speed never makes time jump, nor does freezing and going on") {
  WorldClock clock({}, real);
  CHECK(clock.now(real + 10s) == real + 10s);
  clock.set_speed(1000);
  CHECK(clock.now(real + 10s) == real + 10s);
  CHECK(clock.now(real + 11s) == real + 1010s);
  clock.set_speed(0);
  CHECK(clock.speed() == 0);
  CHECK(clock.now(real + 1h) == real + 1010s);
  clock.set_speed(2);
  CHECK(clock.now(real + 1h) == real + 1010s);
  CHECK(clock.now(real + 1h + 1s) == real + 1012s);
}

TEST_CASE("a clock that is read often shows the same as one that is read once") {
  for (const double speed : {0.3, 1.0, 7.7, 1e6}) {
    CAPTURE(speed);
    WorldClock often(with_speed(speed), real);
    WorldClock once(with_speed(speed), real);
    for (int i = 0; i < 1000; ++i) often.now(real + i * 7us);
    CHECK(often.now(real + 7ms) == once.now(real + 7ms));
  }
}

TEST_CASE("an advance moves the clock, which goes on from there, a time that is past changes nothing") {
  WorldClock clock(with_speed(2), real);
  clock.now(real + 1s);
  clock.advance_to(real + 1h);
  CHECK(clock.now(real + 1s) == real + 1h);
  CHECK(clock.now(real + 2s) == real + 1h + 2s);
  clock.advance_to(real);
  CHECK(clock.now(real + 2s) == real + 1h + 2s);
  CHECK(clock.now(real + 3s) == real + 1h + 4s);
}

TEST_CASE("a request that was overtaken sees the later time, also right after a change of speed or an advance") {
  WorldClock clock(with_speed(10), real);
  CHECK(clock.now(real + 5s) == real + 50s);
  CHECK(clock.now(real + 3s) == real + 50s);
  clock.set_speed(1);
  CHECK(clock.now(real + 4s) == real + 50s);
  CHECK(clock.now(real + 6s) == real + 51s);
  clock.advance_to(real + 1h);
  CHECK(clock.now(real + 5s) == real + 1h);
  CHECK(clock.now(real + 7s) == real + 1h + 1s);
}

TEST_CASE("every clock stops at the end of time, and none goes over it") {
  WorldClock fast({end_of_time - 1h, fastest, {}}, real);
  CHECK(fast.now(real + 1ms) == end_of_time - 1h + 1000s);
  CHECK(fast.now(real + 1s) == end_of_time);
  CHECK(fast.now(real + 24h * 365 * 100) == end_of_time);
  fast.set_speed(1);
  CHECK(fast.now(real + 24h * 365 * 101) == end_of_time);

  WorldClock moved({}, real);
  moved.advance_to(end_of_time + 1h);
  CHECK(moved.now(real) == end_of_time);
  moved.advance_to(Timestamp::max());
  CHECK(moved.now(real + 1s) == end_of_time);
  CHECK(format_timestamp(end_of_time) == "9999-12-31T23:59:59.999999Z");
}

TEST_CASE("what passes in so much real time goes by the speed, and ends with time") {
  WorldClock clock({{}, 60, {}}, real);
  CHECK(clock.passes_in(2s) == 2min);
  clock.set_speed(0);
  CHECK(clock.passes_in(2s) == 0s);
  clock.set_speed(fastest);
  CHECK(clock.passes_in(24h * 365 * 100) == end_of_time - real);
}

TEST_CASE("later is so much later, or the end of time") {
  CHECK(later(real, 2s) == real + 2s);
  CHECK(later(real, 0s) == real);
  CHECK(later(end_of_time - 2s, 2s) == end_of_time);
  CHECK(later(end_of_time - 2s, 2s + 1us) == end_of_time);
  CHECK(later(end_of_time, Duration::max()) == end_of_time);
}

TEST_CASE("what a poll adds is written as a duration or as next") {
  CHECK(parse_on_poll("next") == OnPoll{{}, true});
  CHECK(parse_on_poll("1m30s") == OnPoll{90s, false});
  CHECK(parse_on_poll("0s") == OnPoll());
  for (const auto* text : {"", "Next", "next ", "5", "-5s"}) {
    CAPTURE(text);
    CHECK(parse_on_poll(text).error() ==
          "a duration is a number with a unit (h, m, s, ms): 500ms, 2s, 1m30s, 1h, or next");
  }
}

TEST_CASE("now is start + speed x real time + all that was added, and never less than before, whatever is done") {
  std::mt19937 random(11);
  const auto number = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  for (int round = 0; round < 500; ++round) {
    constexpr std::array speeds{0, 1, 2, 60};
    int speed = speeds.at(static_cast<std::size_t>(number(3)));
    Timestamp expected = real;
    Timestamp latest = real;
    WorldClock clock(with_speed(speed), real);
    auto before = clock.now(real);
    for (int i = 0; i < 40; ++i) {
      const auto given = latest + Duration(number(30) - 5);  // now and then a request that was overtaken
      expected += speed * std::max(given - latest, Duration(0));
      latest = std::max(latest, given);
      const auto now = clock.now(given);
      CHECK(now == expected);
      CHECK(now >= before);
      before = now;
      if (number(4) == 0) {
        speed = speeds.at(static_cast<std::size_t>(number(3)));
        clock.set_speed(speed);
      }
      if (number(4) == 0) {
        const auto to = expected + Duration(number(50) - 10);
        clock.advance_to(to);
        expected = std::max(expected, to);
      }
    }
  }
}
