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
