#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/world_under_test.hpp"
#include "support/allocations.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

constexpr auto start = WorldUnderTest::start;
const ClockSettings frozen{{}, 0, {}};

// "1 in_progress>completed 5s": the job, what it was and is, and when after the start.
std::vector<std::string> texts(const std::vector<World::Transition>& transitions) {
  std::vector<std::string> all;
  for (const auto& [job, from, to, time] : transitions) {
    const auto id = format_uuid(job);
    all.push_back(id.substr(id.find_last_not_of("0123456789") + 1).substr(11) + ' ' + std::string(to_string(from)) +
                  '>' + std::string(to_string(to)) + ' ' + format_duration(time - start));
  }
  return all;
}

using Texts = std::vector<std::string>;

// Job 1 ends after 5s, 2 after steps at 2s and 5s with an error, 3 waits for two polls and then for 20s, 4 is never
// born on its own.
Fixtures four_jobs() {
  Fixtures fixtures;
  fixtures.clock(frozen)
      .job(1, {{{5s, completed()}}, {}}, Duration(0))
      .job(2, {{{2s, {}}, {5s, failed()}}, {}}, Duration(0))
      .job(3, {{by_polls(2), {20s, completed()}}, {}}, Duration(0))
      .job(4, {{{3s, completed()}}, {}});
  return fixtures;
}

}  // namespace

TEST_CASE("an advance by a duration tells every transition on its way, in the order of time") {
  WorldUnderTest t(four_jobs());
  const auto first = t.world.advance(Duration(4s), t.now());
  REQUIRE(first);
  CHECK(first->from == start);
  CHECK(first->to == start + 4s);
  CHECK(texts(first->transitions) == Texts{"2 in_progress>in_progress 2s"});
  const auto second = t.world.advance(Duration(1h), t.now());
  CHECK(second->from == start + 4s);
  CHECK(second->to == start + 1h + 4s);
  CHECK(texts(second->transitions) == Texts{"1 in_progress>completed 5s", "2 in_progress>failed 5s"});
  CHECK(t.world.advance(Duration(0), t.now())->transitions.empty());
}

TEST_CASE("an advance tells exactly what is reached: what was before it is not told again") {
  WorldUnderTest t(four_jobs());
  CHECK(t.world.advance(Duration(2s - 1us), t.now())->transitions.empty());
  CHECK(texts(t.world.advance(Duration(1us), t.now())->transitions) == Texts{"2 in_progress>in_progress 2s"});
  CHECK(t.world.advance(Duration(1us), t.now())->transitions.empty());
}

TEST_CASE("an advance to a timestamp goes there, and refuses one that is past") {
  WorldUnderTest t(four_jobs());
  const auto there = t.world.advance(start + 5s, t.now());
  REQUIRE(there);
  CHECK(there->to == start + 5s);
  CHECK(there->transitions.size() == 3);
  CHECK(t.world.advance(start + 5s - 1us, t.now()).error() == WorldRefusal::is_past);
  CHECK(t.world.clock(t.now()).now == start + 5s);
  CHECK(t.world.advance(start + 5s, t.now()));  // where it is
}

TEST_CASE("an advance to the next transition goes from one to another, and stands when there is none") {
  WorldUnderTest t(four_jobs());
  const auto next = [&] {
    const auto advanced = t.world.advance(World::ToNext(), t.now());
    return std::pair(advanced->to - start, texts(advanced->transitions));
  };
  CHECK(next() == std::pair(Duration(2s), Texts{"2 in_progress>in_progress 2s"}));
  CHECK(next() == std::pair(Duration(5s), Texts{"1 in_progress>completed 5s", "2 in_progress>failed 5s"}));
  CHECK(next() == std::pair(Duration(5s), Texts{}));
  t.world.poll(job_number(4), t.now());
  CHECK(next() == std::pair(Duration(8s), Texts{"4 in_progress>completed 8s"}));
}

TEST_CASE("an advance until idle passes everything that time alone brings, and no more") {
  WorldUnderTest t(four_jobs());
  const auto idle = t.world.advance(World::ToIdle(), t.now());
  CHECK(idle->to == start + 5s);
  CHECK(texts(idle->transitions) ==
        Texts{"2 in_progress>in_progress 2s", "1 in_progress>completed 5s", "2 in_progress>failed 5s"});
  CHECK(t.world.advance(World::ToIdle(), t.now())->to == start + 5s);
  t.world.poll(job_number(3), t.now());
  CHECK(t.world.advance(World::ToIdle(), t.now())->to == start + 5s);  // it waits for one more poll
  t.world.poll(job_number(3), t.now());
  CHECK(texts(t.world.advance(World::ToIdle(), t.now())->transitions) == Texts{"3 in_progress>completed 20s"});
}

TEST_CASE("an advance to a job's status goes to the moment at which it has it") {
  WorldUnderTest t(four_jobs());
  const auto to = [&](unsigned number, Status status) {
    return t.world.advance(World::ToStatus{job_number(number), status}, t.now());
  };
  CHECK(to(1, Status::in_progress)->to == start);
  const auto ended = to(1, Status::completed);
  CHECK(ended->to == start + 5s);
  CHECK(ended->transitions.size() == 3);
  CHECK(to(1, Status::completed)->to == start + 5s);  // it has it already
  CHECK(to(2, Status::failed)->transitions.empty());

  const auto born = to(4, Status::completed);  // born by being named
  CHECK(texts(born->transitions) == Texts{"4 in_progress>completed 8s"});
}

TEST_CASE("an advance to a status that time does not bring is refused, and moves nothing") {
  WorldUnderTest t(four_jobs());
  const auto refusal = [&](unsigned number, Status status) {
    return t.world.advance(World::ToStatus{job_number(number), status}, t.now()).error();
  };
  CHECK(refusal(1, Status::failed) == WorldRefusal::is_not_reached);
  CHECK(refusal(3, Status::completed) == WorldRefusal::is_not_reached);  // it waits for polls
  CHECK(refusal(9, Status::completed) == WorldRefusal::unknown_job);
  t.world.hold(job_number(1), t.now());
  CHECK(refusal(1, Status::completed) == WorldRefusal::is_not_reached);
  CHECK(t.world.clock(t.now()).now == start);
  t.world.release(job_number(1), t.now());
  t.world.advance(Duration(5s), t.now());
  CHECK(refusal(1, Status::in_progress) == WorldRefusal::is_not_reached);  // it has ended
}

TEST_CASE("what happens at the same time is told by the order of the jobs, and of the entries") {
  Fixtures fixtures;
  fixtures.clock(frozen)
      .job(2, {{{1s, {}}, {1s, failed()}}, {}}, Duration(0))
      .job(1, {{{1s, completed()}}, {}}, Duration(0));
  WorldUnderTest t(std::move(fixtures));
  CHECK(texts(t.world.advance(Duration(1s), t.now())->transitions) ==
        Texts{"2 in_progress>in_progress 1s", "2 in_progress>failed 1s", "1 in_progress>completed 1s"});
}

TEST_CASE("many jobs that end at the same time are told in their order") {
  Fixtures fixtures;
  fixtures.clock(frozen);
  for (unsigned i = 100; i > 0; --i) fixtures.job(i, {{{1s, completed()}}, {}}, Duration(0));
  WorldUnderTest t(std::move(fixtures));
  const auto transitions = t.world.advance(Duration(1s), t.now())->transitions;
  REQUIRE(transitions.size() == 100);
  for (unsigned i = 0; i < 100; ++i) CHECK(transitions[i].job == job_number(100 - i));
}

TEST_CASE("jobs that are only counted take no memory") {
  Fixtures fixtures;
  for (unsigned i = 1; i <= 100; ++i) fixtures.job(i, {});
  WorldUnderTest t(std::move(fixtures));
  t.world.remove(job_number(7), t.now());
  const auto before = allocations();
  const auto page = t.world.explain_all(0, 0, t.now());
  CHECK(allocations() == before);
  CHECK(page.total == 99);
  CHECK(page.jobs.empty());
}

TEST_CASE("an advance that tells only so many transitions tells the first in time, and how many there were") {
  Fixtures fixtures;
  fixtures.clock(frozen);
  for (unsigned i = 20; i > 0; --i) {
    fixtures.job(i, {{{Duration(1s) * (1 + i % 10), {}}, {1min, completed()}}, {}}, Duration(0));
  }
  for (const std::size_t most : {0U, 1U, 3U, 7U, 20U, 39U, 40U, 41U}) {
    CAPTURE(most);
    WorldUnderTest all(fixtures);
    WorldUnderTest few(fixtures);
    auto expected = texts(all.world.advance(World::ToIdle(), all.now())->transitions);
    REQUIRE(expected.size() == 40);
    expected.resize(std::min(expected.size(), most));
    const auto advanced = few.world.advance(World::ToIdle(), few.now(), most);
    CHECK(texts(advanced->transitions) == expected);
    CHECK(advanced->total == 40);
    CHECK(few.world.clock(few.now()).now == start + 1min);
  }
}

TEST_CASE("time goes on while an advance is on its way: what real time brought is not told as the advance's") {
  Fixtures fixtures;
  fixtures.job(1, {{{1s, {}}, {5s, completed()}}, {}}, Duration(0));
  WorldUnderTest t(std::move(fixtures));
  const auto advanced = t.world.advance(Duration(3s), at(start + 2s));
  CHECK(advanced->from == start + 2s);
  CHECK(advanced->to == start + 5s);
  CHECK(texts(advanced->transitions) == Texts{"1 in_progress>completed 5s"});
  CHECK(t.world.clock(at(start + 3s)).now == start + 6s);
}

TEST_CASE("no advance goes beyond the end of time") {
  Fixtures fixtures;
  fixtures.clock({end_of_time - 1h, 0, {}}).job(1, {{{50min, {}}, {2h, completed()}}, {}}, Duration(0));
  WorldUnderTest t(std::move(fixtures));
  CHECK(t.world.advance(World::ToStatus{job_number(1), Status::completed}, t.now()).error() ==
        WorldRefusal::is_not_reached);
  CHECK(t.world.advance(World::ToNext(), t.now())->to == end_of_time - 10min);
  const auto idle = t.world.advance(World::ToIdle(), t.now());  // the last entry never comes
  CHECK(idle->to == end_of_time - 10min);
  CHECK(idle->transitions.empty());
  CHECK(t.world.advance(Duration(876'000h), t.now())->to == end_of_time);
}

TEST_CASE("the clock tells what time brings next, in any job that is born") {
  WorldUnderTest t(four_jobs());
  const auto clock = t.world.clock(t.now());
  CHECK(clock.start == start);
  CHECK(clock.now == start);
  CHECK(clock.speed == 0);
  CHECK(clock.on_poll == OnPoll());
  REQUIRE(clock.next);
  CHECK(clock.next->id == job_number(2));
  CHECK(clock.next->progress.next_at == start + 2s);
  t.world.advance(World::ToIdle(), t.now());
  CHECK_FALSE(t.world.clock(t.now()).next);
}

TEST_CASE("the clock may be changed in one go: its time, its speed, and what polls add") {
  WorldUnderTest t(four_jobs());
  const auto changed = t.world.change_clock({60.0, OnPoll{1s, false}, start + 3s}, t.now());
  REQUIRE(changed);
  CHECK(changed->now == start + 3s);
  CHECK(changed->speed == 60);
  CHECK(changed->on_poll == OnPoll{1s, false});
  CHECK(t.world.clock(at(start + 1s)).now == start + 63s);
  CHECK(t.world.change_clock({0.0, {}, {}}, at(start + 1s))->now == start + 63s);
  CHECK(t.world.clock(at(start + 9s)).now == start + 63s);
}

TEST_CASE("a time that is past is refused, and then nothing is changed") {
  WorldUnderTest t(four_jobs());
  t.world.advance(Duration(1h), t.now());
  CHECK(t.world.change_clock({60.0, OnPoll{1s, false}, start}, t.now()).error() == WorldRefusal::is_past);
  CHECK(t.world.clock(t.now()).speed == 0);
  CHECK(t.world.clock(t.now()).on_poll == OnPoll());
}

TEST_CASE("a poll adds to the clock once it is answered") {
  auto fixtures = four_jobs();
  fixtures.clock({{}, 0, {2s, false}});
  WorldUnderTest t(std::move(fixtures));
  for (int i = 0; i < 3; ++i) {
    CHECK(t.world.poll(job_number(1), t.now())->state().status == Status::in_progress);
    CHECK(t.world.clock(t.now()).now == start + (i + 1) * 2s);
  }
  CHECK(t.world.poll(job_number(1), t.now())->state().status == Status::completed);
  CHECK_FALSE(t.world.poll(job_number(9), t.now()));  // no poll of any job
  CHECK(t.world.clock(t.now()).now == start + 8s);
}

TEST_CASE("with next a poll moves on to the polled job's own next entry, and stands where none comes with time") {
  auto fixtures = four_jobs();
  fixtures.clock({{}, 0, {{}, true}});
  WorldUnderTest t(std::move(fixtures));
  const auto poll = [&](unsigned number) {
    t.world.poll(job_number(number), t.now());
    return t.world.clock(t.now()).now - start;
  };
  CHECK(poll(1) == 5s);
  CHECK(poll(1) == 5s);  // it has ended
  CHECK(poll(3) == 5s);  // it waits for polls
  CHECK(poll(3) == 20s);
  CHECK(poll(4) == 23s);  // 3s after its birth
  CHECK(poll(4) == 23s);
}

TEST_CASE("with next every state of a timeline is seen exactly once, in order, by polls without any pause") {
  Fixtures fixtures;
  fixtures.clock({{}, 0, {{}, true}}).job(1, {{{1s, {}}, {10s, {}}, {11s, {}}, {1h, {}}, {100h, completed()}}, {}});
  WorldUnderTest t(std::move(fixtures));
  std::vector<Duration> seen;
  for (int i = 0; i < 7; ++i) seen.push_back(t.world.poll(job_number(1), t.now())->updated_at() - start);
  CHECK(seen == std::vector<Duration>{0s, 1s, 10s, 11s, 1h, 100h, 100h});
}

TEST_CASE("a job is explained without being born or counted") {
  WorldUnderTest t(four_jobs());
  const auto unborn = t.world.explain(job_number(4), t.now());
  REQUIRE(unborn);
  CHECK_FALSE(unborn->is_born);
  CHECK(unborn->polls == 0);
  CHECK_FALSE(unborn->progress.next_at);
  t.world.advance(Duration(1h), t.now());
  const auto born = t.world.poll(job_number(4), t.now());
  CHECK(born->created_at == start + 1h);
  CHECK(t.world.explain(job_number(4), t.now())->is_born);
  CHECK(t.world.explain(job_number(4), t.now())->polls == 1);
  CHECK(t.world.explain(job_number(9), t.now()).error() == WorldRefusal::unknown_job);
}

TEST_CASE("all jobs are explained page by page: the fixtures' in their order, then the others in theirs") {
  WorldUnderTest t(four_jobs());
  const auto& app = t.set->applications[0];
  std::vector<Uuid> expected{job_number(1), job_number(2), job_number(3), job_number(4)};
  for (int i = 0; i < 20; ++i) expected.push_back(t.world.create(t.set, app, {}, t.now())->id);
  std::vector<Uuid> explained;
  for (std::size_t offset = 0; offset < 25; offset += 5) {
    const auto page = t.world.explain_all(offset, 5, t.now());
    CHECK(page.total == 24);
    for (const auto& job : page.jobs) explained.push_back(job.id);
  }
  CHECK(explained == expected);
  CHECK(t.world.explain_all(24, 5, t.now()).jobs.empty());
}

TEST_CASE("a job may be added while the world runs, and does what a job of the fixtures does") {
  WorldUnderTest t(four_jobs());
  const auto added_job = [&](unsigned number, CreatedAt created_at, Plan plan) {
    OwnJob job;
    job.id = job_number(number);
    job.fixtures = t.set;
    job.application = t.set->applications.data();
    job.created_at = created_at;
    job.own_plan = std::move(plan);
    return job;
  };
  t.world.advance(Duration(1h), t.now());
  const auto added = t.world.add(added_job(7, {}, {{by_polls(2, failed())}, {{{1s, completed()}}}}), t.now());
  REQUIRE(added);
  CHECK_FALSE(added->is_born);
  CHECK(t.world.poll(job_number(7), t.now())->created_at == start + 1h);
  CHECK(t.world.poll(job_number(7), t.now())->state() == failed());
  CHECK(t.world.retry(job_number(7), t.now())->attempt == 2);
  CHECK(t.world.advance(Duration(1s), t.now())->transitions.size() == 1);

  const auto before = t.world.add(added_job(8, Duration(1min), {{{2min, completed()}}, {}}), t.now());
  CHECK(before->created_at == start - 1min);  // before the start of the world
  CHECK(t.status(8) == Status::completed);
  CHECK(t.world.add(added_job(10, Timestamp(5s), {}), t.now())->created_at == Timestamp(5s));

  CHECK(t.world.add(added_job(7, {}, {}), t.now()).error() == WorldRefusal::job_exists);
  CHECK(t.world.add(added_job(1, {}, {}), t.now()).error() == WorldRefusal::job_exists);
  CHECK(t.world.list("app", {}, 0, 0, t.now()).total == 7);
}

TEST_CASE("an added job counts as one that a client created: in number and bytes") {
  WorldLimits limits;
  limits.created_jobs = 1;
  WorldUnderTest t(four_jobs(), limits);
  const auto job = [&](unsigned number, const std::string& error) {
    OwnJob own;
    own.id = job_number(number);
    own.fixtures = t.set;
    own.application = t.set->applications.data();
    own.own_plan = {{{1s, failed(error)}}, {}};
    return own;
  };
  CHECK(t.world.add(job(7, std::string(5000, 'x')), t.now()));
  CHECK(*t.bytes > 5000);
  CHECK(t.world.add(job(8, "x"), t.now()).error() == WorldRefusal::is_full);
  CHECK(t.world.remove(job_number(7), t.now()));
  CHECK(*t.bytes == 0);
  CHECK(t.world.add(job(8, "x"), t.now()));
}

TEST_CASE("a removed job is unknown, be it of the fixtures or not, until the world begins anew") {
  WorldUnderTest t(four_jobs());
  const auto created = t.world.create(t.set, t.set->applications[0], {}, t.now())->id;
  for (const auto& id : {job_number(1), created}) {
    CHECK(t.world.remove(id, t.now()));
    CHECK(t.world.poll(id, t.now()).error() == WorldRefusal::unknown_job);
    CHECK(t.world.explain(id, t.now()).error() == WorldRefusal::unknown_job);
    CHECK(t.world.remove(id, t.now()).error() == WorldRefusal::unknown_job);
  }
  CHECK(t.world.list("app", {}, 0, 50, t.now()).total == 3);
  CHECK(t.world.explain_all(0, 50, t.now()).total == 3);
  CHECK(t.world.summary(t.now()).jobs == 3);
  CHECK(texts(t.world.advance(World::ToNext(), t.now())->transitions) == Texts{"2 in_progress>in_progress 2s"});
  t.world.reset(frozen, t.now());
  CHECK(t.world.poll(job_number(1), t.now()));
  CHECK_FALSE(t.world.poll(created, t.now()));
}

TEST_CASE("the id of a removed job may be taken by another") {
  WorldUnderTest t(four_jobs());
  t.world.remove(job_number(1), t.now());
  OwnJob own;
  own.id = job_number(1);
  own.fixtures = t.set;
  own.application = t.set->applications.data();
  own.own_plan = {{{0s, failed("another")}}, {}};
  CHECK(t.world.add(own, t.now()));
  CHECK(t.world.poll(job_number(1), t.now())->state() == failed("another"));
}

TEST_CASE("a job is forced to a state, and is born by it") {
  WorldUnderTest t(four_jobs());
  t.world.advance(Duration(1s), t.now());
  const auto forced = t.world.force(job_number(4), completed("forced"), t.now());
  REQUIRE(forced);
  CHECK(forced->created_at == start + 1s);
  CHECK(forced->state() == completed("forced"));
  CHECK(t.world.poll(job_number(4), t.now())->state() == completed("forced"));
  CHECK(t.world.force(job_number(4), failed(), t.now()).error() == WorldRefusal::has_ended);
  CHECK(t.world.hold(job_number(4), t.now()).error() == WorldRefusal::has_ended);
  CHECK(t.world.release(job_number(4), t.now()).error() == WorldRefusal::has_ended);
  CHECK(t.world.force(job_number(9), failed(), t.now()).error() == WorldRefusal::unknown_job);
  CHECK(t.world.hold(job_number(9), t.now()).error() == WorldRefusal::unknown_job);
  CHECK(t.world.release(job_number(9), t.now()).error() == WorldRefusal::unknown_job);
}

TEST_CASE("a job that was forced to fail may be retried") {
  WorldUnderTest t(four_jobs());
  t.world.force(job_number(1), failed("forced"), t.now());
  CHECK(t.world.retry(job_number(1), t.now())->state().status == Status::in_progress);
  CHECK(texts(t.world.advance(World::ToIdle(), t.now())->transitions).back() == "2 in_progress>failed 5s");
  CHECK(t.status(1) == Status::completed);
}

TEST_CASE("held jobs are left out when time moves on, and go on when they are released") {
  WorldUnderTest t(four_jobs());
  t.world.hold(job_number(2), t.now());
  CHECK(texts(t.world.advance(World::ToIdle(), t.now())->transitions) == Texts{"1 in_progress>completed 5s"});
  CHECK(t.world.explain(job_number(2), t.now())->is_held);
  t.world.release(job_number(2), t.now());
  CHECK(texts(t.world.advance(World::ToIdle(), t.now())->transitions) ==
        Texts{"2 in_progress>in_progress 7s", "2 in_progress>failed 10s"});
}

TEST_CASE("what control forces is counted in bytes, and given back when it counts no more") {
  const std::string error(4000, 'x');
  WorldLimits limits;
  limits.bytes = 10'000;
  WorldUnderTest t(four_jobs(), limits);
  const auto is_free = [&] { return *t.bytes == 0; };

  SUBCASE("by a retry") {
    t.world.force(job_number(1), failed(error), t.now());
    CHECK(*t.bytes > 4000);
    t.world.retry(job_number(1), t.now());
    CHECK(is_free());
  }
  SUBCASE("by another that is forced after it") {
    for (int i = 0; i < 100; ++i) CHECK(t.world.force(job_number(1), {Status::in_progress, {}, error}, t.now()));
    CHECK(*t.bytes < 5000);
  }
  SUBCASE("by removing the job") {
    t.world.force(job_number(1), failed(error), t.now());
    t.world.remove(job_number(1), t.now());
    CHECK(is_free());
  }
  SUBCASE("by a hold, once the job has gone on") {
    t.world.force(job_number(2), {Status::in_progress, {}, error}, t.now());
    t.world.advance(Duration(3s), t.now());
    t.world.hold(job_number(2), t.now());
    CHECK(is_free());
  }
  SUBCASE("not by a hold as long as it counts") {
    t.world.force(job_number(2), {Status::in_progress, {}, error}, t.now());
    t.world.hold(job_number(2), t.now());
    CHECK(*t.bytes > 4000);
    t.world.release(job_number(2), t.now());
    t.world.remove(job_number(2), t.now());
    CHECK(is_free());
  }
  SUBCASE("by a reset") {
    t.world.force(job_number(1), failed(error), t.now());
    t.world.reset(frozen, t.now());
    CHECK(is_free());
  }
  SUBCASE("and refused when it is too much") {
    CHECK(t.world.force(job_number(1), failed(std::string(20'000, 'x')), t.now()).error() == WorldRefusal::is_full);
    CHECK(t.world.explain(job_number(1), t.now())->state().status == Status::in_progress);
    CHECK(is_free());
  }
}

TEST_CASE("a reset begins the world anew: jobs, births, graphs, ids, and the clock") {
  WorldUnderTest t(four_jobs());
  const auto& app = t.set->applications[0];
  const auto first = t.world.create(t.set, app, {}, t.now())->id;
  const auto second = t.world.create(t.set, app, {}, t.now())->id;
  t.world.set_graphs("app", {"g"}, t.now());
  t.world.poll(job_number(4), t.now());
  t.world.list("app", {}, 0, 50, t.now());
  t.world.advance(Duration(1h), t.now());
  t.world.change_clock({2.0, OnPoll{1h, false}, {}}, t.now());

  Moment moment{start + 10s};
  t.world.reset({{}, 0, {1s, false}}, moment);
  CHECK(moment.world == start + 10s);
  const auto clock = t.world.clock(at(start + 20s));
  CHECK(clock.start == start + 10s);
  CHECK(clock.now == start + 10s);
  CHECK(clock.speed == 0);
  CHECK(clock.on_poll == OnPoll{1s, false});
  CHECK(t.world.graphs("app", at(start + 20s)).empty());
  CHECK_FALSE(t.world.explain(job_number(4), at(start + 20s))->is_born);
  CHECK(t.world.explain_all(0, 50, at(start + 20s)).total == 4);
  CHECK(t.world.explain(job_number(1), at(start + 20s))->created_at == start + 10s);
  CHECK(t.world.create(t.set, app, {}, at(start + 20s))->id == first);
  CHECK(t.world.create(t.set, app, {}, at(start + 20s))->id == second);
}

TEST_CASE("a summary counts jobs and those that were made here") {
  WorldUnderTest t(four_jobs());
  t.world.create(t.set, t.set->applications[0], {}, t.now());
  t.world.advance(Duration(1h), t.now());
  const auto summary = t.world.summary(t.now());
  CHECK(summary.start == start);
  CHECK(summary.now == start + 1h);
  CHECK(summary.speed == 0);
  CHECK(summary.own_jobs == 1);
  CHECK(summary.jobs == 5);
}

TEST_CASE("faults are counted in bytes with all they hold, and given back with what they were added to") {
  const std::string body(4000, 'x');
  WorldLimits limits;
  limits.bytes = 10'000;
  WorldUnderTest t(four_jobs(), limits);
  const auto large = [&] { return std::make_shared<const Fault>(Fault{{}, {AnswerEffect{503, {}, {}, {}, body}}}); };
  const auto add = [&] { return t.world.add_fault({0, large(), {}, {}}, t.now()); };
  const auto add_job = [&](unsigned number, FaultList faults) {
    OwnJob job;
    job.id = job_number(number);
    job.fixtures = t.set;
    job.application = t.set->applications.data();
    job.faults = std::move(faults);
    return t.world.add(job, t.now());
  };
  const auto fill = [&] {
    CHECK(add());
    CHECK(*t.bytes > 4000);
    CHECK(add_job(7, {large()}));
    CHECK(*t.bytes > 8000);
    CHECK(add().error() == WorldRefusal::is_full);
    CHECK(add_job(8, {large()}).error() == WorldRefusal::is_full);
  };
  fill();
  SUBCASE("one by one") {
    t.world.remove_fault(1, t.now());
    CHECK(*t.bytes < 5000);
    t.world.remove(job_number(7), t.now());
  }
  SUBCASE("all faults at once") {
    t.world.remove_faults(t.now());
    CHECK(*t.bytes < 5000);
    t.world.remove(job_number(7), t.now());
  }
  SUBCASE("by a reset") { t.world.reset(frozen, t.now()); }
  CHECK(*t.bytes == 0);
  fill();
  t.world.reset(frozen, t.now());

  AnswerEffect headers;
  headers.headers = {{std::string(3000, 'n'), std::string(3000, 'v')}};
  CHECK(t.world.add_fault({0, std::make_shared<const Fault>(Fault{{}, {headers}}), {}, {}}, t.now()));
  CHECK(*t.bytes > 6000);
  CHECK(t.world.add_fault({0, std::make_shared<const Fault>(Fault{{}, {DelayEffect()}}), {}, body}, t.now()).error() ==
        WorldRefusal::is_full);
}

TEST_CASE("what is expected of an added job is counted in bytes") {
  WorldLimits limits;
  limits.bytes = 10'000;
  WorldUnderTest t(four_jobs(), limits);
  Expectation expectation;
  expectation.requests.resize(1000);
  OwnJob job;
  job.id = job_number(7);
  job.fixtures = t.set;
  job.application = t.set->applications.data();
  job.expect = std::make_shared<const Expectation>(expectation);
  CHECK(t.world.add(job, t.now()).error() == WorldRefusal::is_full);
  job.expect.reset();
  CHECK(t.world.add(job, t.now()));
}

TEST_CASE("a fault leaves memory with the added job that it was of, though it was applied") {
  WorldUnderTest t(four_jobs());
  std::weak_ptr<const Fault> fault;
  {
    OwnJob job;
    job.id = job_number(7);
    job.fixtures = t.set;
    job.application = t.set->applications.data();
    job.faults = {std::make_shared<const Fault>(Fault{{}, {AnswerEffect{503}}})};
    fault = job.faults.front();
    t.world.add(std::move(job), t.now());
    const auto shown = t.world.poll(job_number(7), t.now());
    CHECK(t.world.decide_faults({Operation::retrieve, &*shown, shown->application, {}}, t.now()).effects.size() == 1);
  }
  CHECK_FALSE(fault.expired());
  t.world.remove(job_number(7), t.now());
  CHECK(fault.expired());
}

TEST_CASE("a fault that is added to several worlds is kept once, and each counts it alone") {
  const auto fault = std::make_shared<const Fault>(Fault{{.times = 1}, {AnswerEffect{503}}});
  WorldUnderTest a(four_jobs());
  WorldUnderTest b(four_jobs());
  for (auto* t : {&a, &b}) CHECK(t->world.add_fault({0, fault, {}, {}}, t->now())->fault == fault);
  const auto is_applied = [](WorldUnderTest& t) {
    const auto shown = t.world.poll(job_number(1), t.now());
    const auto decision = t.world.decide_faults({Operation::retrieve, &*shown, shown->application, {}}, t.now());
    return !decision.effects.empty();
  };
  CHECK(is_applied(a));
  CHECK_FALSE(is_applied(a));
  CHECK(is_applied(b));
  a.world.remove_faults(a.now());
  CHECK(b.world.faults(b.now()).at(0).applied == 1);
}

TEST_CASE("what an answer would show is worked out only where there may be a fault for it") {
  WorldUnderTest t(four_jobs());
  int asked = 0;
  const auto decide = [&] {
    const auto would_show = [&] {
      ++asked;
      return std::optional(Status::completed);
    };
    return t.world.decide_faults({Operation::create, nullptr, t.set->applications.data(), would_show}, t.now());
  };
  CHECK(decide().effects.empty());
  CHECK(asked == 0);
  const Selector completed{.operation = Operation::create, .when_status = Status::completed};
  t.world.add_fault({0, std::make_shared<const Fault>(Fault{completed, {AnswerEffect{503}}}), {}, {}}, t.now());
  CHECK(decide().effects.size() == 1);
  CHECK(asked == 1);
}
