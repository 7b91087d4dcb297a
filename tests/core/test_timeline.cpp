#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "core/timeline.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {

Entry entry(Duration at, Status status) { return {at, {status, {}, {}}}; }

struct Reached {
  const State* state;
  Duration at;
};

Reached reached(const Timeline& timeline, Duration elapsed) {
  Walk walk(timeline, {});
  walk.to(elapsed);
  return {&walk.state(), walk.at()};
}

}  // namespace

TEST_CASE("a job without a timeline is in progress for ever") {
  for (const auto elapsed : {Duration(-1h), Duration(0s), Duration(10000h)}) {
    const auto [state, at] = reached({}, elapsed);
    CHECK(state->status == Status::in_progress);
    CHECK(at == 0s);
  }
}

TEST_CASE("an entry is reached at its very time, not a microsecond before") {
  const Timeline timeline{entry(5s, Status::completed)};
  CHECK(reached(timeline, 5s - 1us).state->status == Status::in_progress);
  CHECK(reached(timeline, 5s).state->status == Status::completed);
  CHECK(reached(timeline, 5h).state->status == Status::completed);
  CHECK(reached(timeline, 5h).at == 5s);
}

TEST_CASE("of entries at the same time the last counts") {
  const Timeline timeline{entry(1s, Status::in_progress), entry(1s, Status::failed)};
  CHECK(reached(timeline, 1s).state == &timeline[1].state);
}

TEST_CASE("the state is what a naive reading of the timeline says, whatever the time") {
  std::mt19937 random(7);
  const auto number = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  for (int round = 0; round < 300; ++round) {
    Timeline timeline;
    Duration at{0};
    for (int i = number(6); i > 0; --i) timeline.push_back(entry(at += Duration(number(5)), Status::in_progress));
    if (number(1) == 1) timeline.push_back(entry(at + Duration(number(5)), Status::failed));
    for (int i = 0; i < 50; ++i) {
      const Duration elapsed(number(40) - 5);
      const Entry* expected = nullptr;
      for (const auto& candidate : timeline) {
        if (candidate.at <= elapsed) expected = &candidate;
      }
      const auto actual = reached(timeline, elapsed);
      CHECK(actual.at == (expected == nullptr ? Duration(0) : expected->at));
      if (expected != nullptr) CHECK(actual.state == &expected->state);
      if (expected == nullptr) CHECK(actual.state->status == Status::in_progress);
    }
  }
}

namespace {

Entry polled_entry(std::uint32_t polls, Status status) { return {Duration(0), {status, {}, {}}, polls}; }

// How many entries are reached after `elapsed`, with the polls that came at these times.
std::size_t count_reached(const Timeline& timeline, const std::vector<Duration>& poll_times, Duration elapsed) {
  Walk walk(timeline, poll_times);
  walk.to(elapsed);
  return walk.count();
}

}  // namespace

TEST_CASE("an entry by polls is reached when its poll came, and time alone never reaches it") {
  const Timeline timeline{polled_entry(2, Status::in_progress), polled_entry(3, Status::completed)};
  CHECK(count_reached(timeline, {}, 10000h) == 0);
  CHECK(count_reached(timeline, {7s}, 7s - 1us) == 0);
  CHECK(count_reached(timeline, {7s}, 7s) == 1);
  CHECK(count_reached(timeline, {7s, 9s}, 8s) == 1);
  CHECK(count_reached(timeline, {7s, 9s}, 9s) == 2);
  const std::vector<Duration> poll_times{7s, 9s};
  Walk walk(timeline, poll_times);
  walk.to(1h);
  CHECK(walk.at() == 9s);
  CHECK(walk.next() == nullptr);
  CHECK_FALSE(walk.next_at());
}

TEST_CASE("an entry by polls waits for the entry by time before it, even if its poll came earlier") {
  const Timeline timeline{entry(5s, Status::in_progress), polled_entry(1, Status::completed)};
  CHECK(count_reached(timeline, {1s}, 5s - 1us) == 0);
  CHECK(count_reached(timeline, {1s}, 5s) == 2);
  CHECK(count_reached(timeline, {8s}, 5s) == 1);
  CHECK(count_reached(timeline, {8s}, 8s) == 2);
}

TEST_CASE("an entry by time waits for the entry by polls before it, even if its time is past") {
  const Timeline timeline{polled_entry(1, Status::in_progress), entry(5s, Status::completed)};
  CHECK(count_reached(timeline, {}, 6s) == 0);
  CHECK(count_reached(timeline, {1s}, 4s) == 1);
  CHECK(count_reached(timeline, {1s}, 5s) == 2);
  CHECK(count_reached(timeline, {8s}, 8s) == 2);
  const std::vector<Duration> late{8s};
  Walk walk(timeline, late);
  walk.to(8s);
  CHECK(walk.at() == 8s);  // not at 5s: it was held up
}

TEST_CASE("entries for the same poll are reached with it, the last counts") {
  const Timeline timeline{polled_entry(2, Status::in_progress), polled_entry(2, Status::failed)};
  CHECK(count_reached(timeline, {3s, 3s}, 3s) == 2);
}

TEST_CASE("polls and times before the attempt began reach nothing before it") {
  const Timeline timeline{polled_entry(1, Status::in_progress), entry(0s, Status::completed)};
  CHECK(count_reached(timeline, {-3s}, -1us) == 0);
  CHECK(count_reached(timeline, {-3s}, 0s) == 2);
}

TEST_CASE("what comes next is known: when, or that it waits for a poll") {
  const Timeline timeline{entry(1s, Status::in_progress), polled_entry(2, Status::in_progress),
                          entry(3s, Status::completed)};
  const std::vector<Duration> polled{2s};
  Walk waiting(timeline, {});
  CHECK(waiting.next_at() == 1s);
  waiting.to(1h);
  CHECK(waiting.next() == &timeline[1]);
  CHECK_FALSE(waiting.next_at());
  Walk going(timeline, polled);
  going.step();
  CHECK(going.at() == 1s);
  CHECK(going.next_at() == 2s);
  going.step();
  CHECK(going.next_at() == 3s);
  going.step();
  CHECK(going.at() == 3s);
  CHECK(going.state().status == Status::completed);
  CHECK_FALSE(going.next_at());
}

TEST_CASE("statuses are written as the API writes them") {
  for (const auto status : {Status::in_progress, Status::completed, Status::failed}) {
    CHECK(parse_status(to_string(status)) == status);
  }
  CHECK(to_string(Status::in_progress) == "in_progress");
  CHECK_FALSE(parse_status("running"));
  CHECK_FALSE(parse_status("Completed"));
  CHECK_FALSE(parse_status(""));
}
