#include <doctest/doctest.h>

#include <vector>

#include "core/world_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

const Timestamp start(1000h);

void poll(Run& run, const Plan& plan, Timestamp now, int times = 1) {
  for (int i = 0; i < times; ++i) run.count_poll(plan, now);
}

}  // namespace

TEST_CASE("a run says what its job is, since when, and what comes next") {
  const Plan plan{{{2s, {}}, {5s, completed()}}, {}};
  const Run run(start);
  CHECK(run.created_at() == start);
  CHECK(run.attempt() == 1);

  const auto first = run.progress(plan, start + 1s);
  CHECK(first.state->status == Status::in_progress);
  CHECK(first.since == start);
  CHECK(first.elapsed == 1s);
  CHECK(first.next == &plan.timeline[0]);
  CHECK(first.next_at == start + 2s);
  CHECK(first.next_polls == 0);

  const auto second = run.progress(plan, start + 3s);
  CHECK(second.since == start + 2s);
  CHECK(second.next == &plan.timeline[1]);

  const auto last = run.progress(plan, start + 1h);
  CHECK(*last.state == completed());
  CHECK(last.since == start + 5s);
  CHECK(last.next == nullptr);
  CHECK_FALSE(last.next_at);
}

TEST_CASE("from the nth poll of the attempt on, a job is what its entry by polls says") {
  const Plan plan{{by_polls(2), by_polls(3, failed())}, {}};
  Run run(start);
  CHECK(run.progress(plan, start).next_polls == 2);
  poll(run, plan, start + 1s);
  CHECK(run.progress(plan, start + 1s).next_polls == 1);
  CHECK_FALSE(run.progress(plan, start + 1s).next_at);
  poll(run, plan, start + 2s);
  CHECK(run.progress(plan, start + 2s).since == start + 2s);
  CHECK(run.progress(plan, start + 2s).next_polls == 1);
  poll(run, plan, start + 4s);
  CHECK(*run.progress(plan, start + 4s).state == failed());
  CHECK(run.progress(plan, start + 4s).since == start + 4s);
  CHECK(run.polls() == 3);
  poll(run, plan, start + 5s);
  CHECK(run.progress(plan, start + 5s).since == start + 4s);
  CHECK(run.polls() == 4);
}

TEST_CASE("polls count from the beginning of the attempt, also while the job waits for a time") {
  const Plan plan{{{5s, {}}, by_polls(3, completed())}, {}};
  Run early(start);
  poll(early, plan, start + 1s, 3);
  CHECK(early.progress(plan, start + 5s - 1us).state->status == Status::in_progress);
  CHECK(*early.progress(plan, start + 5s).state == completed());
  CHECK(early.progress(plan, start + 9s).since == start + 5s);

  Run late(start);
  poll(late, plan, start + 1s, 2);
  CHECK(late.progress(plan, start + 1h).next_polls == 1);
  poll(late, plan, start + 2h);
  CHECK(late.progress(plan, start + 2h).since == start + 2h);
}

TEST_CASE("each attempt counts its own polls and its own time, and plays its own timeline") {
  const Plan plan{{by_polls(2, failed())}, {{{3s, failed("again")}}, {by_polls(1, completed())}}};
  Run run(start);
  poll(run, plan, start, 2);
  run.retry(start + 10s);
  CHECK(run.attempt() == 2);
  CHECK(run.polls() == 0);
  CHECK(run.created_at() == start);
  CHECK(run.progress(plan, start + 10s).since == start + 10s);
  CHECK(run.progress(plan, start + 12s).elapsed == 2s);
  CHECK(*run.progress(plan, start + 13s).state == failed("again"));
  run.retry(start + 20s);
  CHECK(run.progress(plan, start + 20s).next_polls == 1);
  poll(run, plan, start + 21s);
  CHECK(*run.progress(plan, start + 21s).state == completed());
}

TEST_CASE("a held job stays what it is, released, its own time goes on where it stopped") {
  const Plan plan{{{2s, {}}, {5s, completed()}}, {}};
  Run run(start);
  run.hold(plan, start + 3s);
  CHECK(run.is_held());
  const auto held = run.progress(plan, start + 1h);
  CHECK(held.state->status == Status::in_progress);
  CHECK(held.since == start + 2s);
  CHECK(held.elapsed == 3s);
  CHECK(held.next == &plan.timeline[1]);
  CHECK_FALSE(held.next_at);

  run.release(start + 1h);
  CHECK_FALSE(run.is_held());
  const auto released = run.progress(plan, start + 1h + 1s);
  CHECK(released.since == start + 2s);  // it did not change by being held
  CHECK(released.elapsed == 4s);
  CHECK(released.next_at == start + 1h + 2s);
  CHECK(*run.progress(plan, start + 1h + 2s).state == completed());
  CHECK(run.progress(plan, start + 2h).since == start + 1h + 2s);
}

TEST_CASE("holding what is held and releasing what is not does nothing") {
  const Plan plan{{{5s, completed()}}, {}};
  Run run(start);
  run.release(start + 1s);
  CHECK(run.progress(plan, start + 1s).next_at == start + 5s);
  run.hold(plan, start + 2s);
  run.hold(plan, start + 3s);
  CHECK(run.progress(plan, start + 4s).elapsed == 2s);
  run.release(start + 12s);
  run.release(start + 20s);
  CHECK(run.progress(plan, start + 20s).since == start + 15s);
}

TEST_CASE("a job may be held again and again, each time for as long as it is") {
  const Plan plan{{{1s, {}}, {4s, completed()}}, {}};
  Run run(start);
  for (int i = 0; i < 3; ++i) {
    run.hold(plan, start + 2s + i * 10s);
    run.release(start + 12s + i * 10s);
  }
  CHECK(run.progress(plan, start + 33s).since == start + 1s);
  CHECK(run.progress(plan, start + 33s).next_at == start + 34s);
}

TEST_CASE("polls of a held job are counted, but bring it no further, not even later") {
  const Plan plan{{by_polls(3, completed())}, {}};
  Run run(start);
  poll(run, plan, start);
  run.hold(plan, start);
  poll(run, plan, start, 5);
  CHECK(run.polls() == 6);
  CHECK(run.progress(plan, start).next_polls == 2);
  run.release(start);
  poll(run, plan, start);
  CHECK(run.progress(plan, start).state->status == Status::in_progress);
  poll(run, plan, start);
  CHECK(*run.progress(plan, start).state == completed());
}

TEST_CASE("a job that is forced into progress goes on with its timeline from there") {
  const Plan plan{{{2s, {}}, {5s, completed()}}, {}};
  Run run(start);
  run.force(plan, {}, start + 3s);
  CHECK(run.progress(plan, start + 4s).since == start + 3s);
  CHECK(run.progress(plan, start + 4s).next_at == start + 5s);
  CHECK(run.progress(plan, start + 6s).since == start + 5s);
  CHECK(*run.progress(plan, start + 6s).state == completed());
}

TEST_CASE("a job that is forced to an end stays there, until it is retried") {
  const Plan plan{{{5s, completed()}}, {{{1s, completed("second")}}}};
  Run run(start);
  run.force(plan, failed("forced"), start + 1s);
  const auto ended = run.progress(plan, start + 1h);
  CHECK(*ended.state == failed("forced"));
  CHECK(ended.since == start + 1s);
  CHECK(ended.next == nullptr);
  CHECK_FALSE(ended.next_at);
  CHECK(run.coming(plan, start + 1s).empty());
  CHECK(*run.forced() == failed("forced"));

  run.retry(start + 2h);
  CHECK(run.forced() == nullptr);
  CHECK(run.progress(plan, start + 2h).state->status == Status::in_progress);
  CHECK(*run.progress(plan, start + 2h + 1s).state == completed("second"));
}

TEST_CASE("what control forced outlives the run that it was forced on, for as long as an answer shows it") {
  const Plan plan;
  Progress shown{};
  {
    Run run(start);
    run.force(plan, failed("forced"), start);
    shown = run.progress(plan, start);
    run.retry(start);
  }
  CHECK(*shown.state == failed("forced"));
}

TEST_CASE("a job that is forced while it is held stays held, unless that ended it") {
  const Plan plan{{{5s, completed()}}, {}};
  Run run(start);
  run.hold(plan, start + 1s);
  run.force(plan, {}, start + 10s);
  CHECK(run.is_held());
  CHECK(run.progress(plan, start + 20s).since == start + 10s);
  run.release(start + 20s);
  CHECK(run.progress(plan, start + 20s).since == start + 10s);
  CHECK(run.progress(plan, start + 24s).since == start + 24s);

  Run ended(start);
  ended.hold(plan, start + 1s);
  ended.force(plan, failed(), start + 2s);
  CHECK_FALSE(ended.is_held());
  CHECK(*ended.progress(plan, start + 1h).state == failed());
}

TEST_CASE("what time alone will bring is known in advance: up to the next entry that waits for a poll") {
  const Plan plan{{{1s, {}}, {2s, {}}, by_polls(2), {3s, {}}, by_polls(4), {9s, completed()}}, {}};
  const auto times = [&](const Run& run, Timestamp now) {
    std::vector<Duration> all;
    for (const auto& coming : run.coming(plan, now)) all.push_back(coming.at - start);
    return all;
  };
  Run run(start);
  CHECK(times(run, start) == std::vector<Duration>{1s, 2s});
  CHECK(times(run, start + 1s) == std::vector<Duration>{2s});
  CHECK(times(run, start + 2s).empty());
  poll(run, plan, start + 2s, 2);
  CHECK(times(run, start + 2s) == std::vector<Duration>{3s});
  poll(run, plan, start + 4s, 2);
  CHECK(times(run, start + 4s) == std::vector<Duration>{9s});
  run.hold(plan, start + 4s);
  CHECK(times(run, start + 4s).empty());
}
