// What becomes of worlds when the fixtures are read again.
#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/world_under_test.hpp"
#include "core/worlds.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

constexpr auto start = WorldUnderTest::start;
const Plan completes{{{5s, completed()}}, {}};
const Plan fails{{{1s, failed()}}, {{{2s, completed()}}}};

// Worlds of frozen clocks, and one of them.
struct Reloading {
  explicit Reloading(Fixtures fixtures) : worlds(fixtures.share(), {10'000, 1, {}, {0.0, {}}}) {}

  World& world() { return *worlds.enter("a", start).world; }
  Moment& now(Moment&& moment = {}) const { return at(start, std::move(moment)); }

  JobView poll(unsigned number) { return world().poll(job_number(number), now()).value(); }
  bool is_known(unsigned number) { return world().explain(job_number(number), now()).has_value(); }
  JobView explain(unsigned number) { return world().explain(job_number(number), now()).value(); }
  void advance(Duration by) { world().advance(by, now()); }

  Worlds worlds;
};

}  // namespace

TEST_CASE("jobs that are defined as before stay what they are, wherever they stand in the set") {
  Reloading t(Fixtures().job(1, fails).job(2, completes, Duration(1h)).job(3, completes));
  t.poll(1);
  t.advance(1s);
  t.world().retry(job_number(1), t.now());
  t.poll(1);
  t.world().hold(job_number(3), t.now());
  t.advance(1s);

  t.worlds.adopt(Fixtures()
                     .application("new")
                     .job(9, completes)
                     .job(3, completes)
                     .job(2, completes, Duration(1h))
                     .job(1, fails)
                     .take());
  CHECK(t.explain(1).attempt == 2);
  CHECK(t.explain(1).polls == 1);
  CHECK(t.explain(1).created_at == start);
  CHECK(t.explain(1).updated_at() == start + 1s);
  CHECK(t.explain(2).created_at == start - 1h);
  CHECK(t.explain(3).is_held);
  CHECK(t.explain(3).created_at == start + 1s);
  t.advance(1s);
  CHECK(t.poll(1).state() == completed());
}

TEST_CASE("jobs whose definition changed begin anew") {
  Reloading t(Fixtures()
                  .application("other")
                  .job(1, completes)
                  .job(2, completes, Duration(1s))
                  .job(3, completes)
                  .job(4, completes));
  for (const unsigned number : {1U, 2U, 3U, 4U}) t.poll(number);
  t.advance(1h);
  t.worlds.adopt(Fixtures()
                     .application("other")
                     .job(1, fails)
                     .job(2, completes)
                     .job(3, completes, {}, "other")
                     .job(4, completes)
                     .take());
  for (const unsigned number : {1U, 2U, 3U}) {
    CAPTURE(number);
    CHECK_FALSE(t.explain(number).is_born);
    CHECK(t.poll(number).created_at == start + 1h);
    CHECK(t.poll(number).polls == 2);
    CHECK(t.poll(number).state().status == Status::in_progress);
  }
  CHECK(t.poll(4).state() == completed());
  CHECK(t.poll(3).application->id == "other");
}

TEST_CASE("an application may stand elsewhere in the set and have other rules: its jobs stay what they are") {
  Reloading t(Fixtures().job(1, completes));
  t.poll(1);
  t.advance(5s);
  auto after = Fixtures().application("first").take();
  std::swap(after.applications[0], after.applications[1]);
  after.application_by_name = {{"first", 0}, {"app", 1}};
  auto fixtures = Fixtures(std::move(after));
  fixtures.job(1, completes);
  t.worlds.adopt(fixtures.take());
  CHECK(t.poll(1).state() == completed());
  CHECK(t.poll(1).application->id == "app");
}

TEST_CASE("jobs that are gone are unknown, new ones are there") {
  Reloading t(Fixtures().job(1, completes).job(2, completes));
  t.poll(1);
  t.poll(2);
  t.worlds.adopt(Fixtures().job(2, completes).job(3, completes).take());
  CHECK_FALSE(t.is_known(1));
  CHECK(t.explain(2).polls == 1);
  CHECK(t.poll(3).created_at == start);
  CHECK(t.world().list("app", {}, 0, 0, t.now()).total == 2);

  t.worlds.adopt(Fixtures().job(1, completes).take());
  CHECK_FALSE(t.explain(1).is_born);  // come back, as new
  CHECK_FALSE(t.is_known(2));
}

TEST_CASE("jobs that were made in a world stay, with what they point to, though their application is gone") {
  Fixtures before;
  before.application("short-lived");
  auto set = before.take();
  set.applications[1].created_jobs.push_back({{}, {{{3s, completed("by a rule")}}, {}}, {}});
  Reloading t{Fixtures(std::move(set))};
  Uuid created;
  {
    const auto fixtures = t.worlds.fixtures();
    created = t.world().create(fixtures, fixtures->applications[1], {}, t.now())->id;
    OwnJob job;
    job.id = job_number(7);
    job.fixtures = fixtures;
    job.application = &fixtures->applications[1];
    job.own_plan = completes;
    t.world().add(job, t.now());
  }
  for (int i = 0; i < 3; ++i) t.worlds.adopt(Fixtures().take());
  t.poll(7);
  t.advance(5s);
  CHECK(t.world().poll(created, t.now())->state() == completed("by a rule"));
  CHECK(t.world().poll(created, t.now())->application->id == "short-lived");
  CHECK(t.poll(7).state() == completed());
  CHECK(t.world().list("short-lived", {}, 0, 50, t.now()).total == 2);
}

TEST_CASE("a job that a test added beats one of its id that the fixtures have afterwards") {
  Reloading t(Fixtures().job(1, completes));
  OwnJob job;
  job.id = job_number(7);
  job.fixtures = t.worlds.fixtures();
  job.application = t.worlds.fixtures()->applications.data();
  job.own_plan = {{{0s, failed("the added one")}}, {}};
  t.world().add(job, t.now());
  t.worlds.adopt(Fixtures().job(1, completes).job(7, completes).take());
  CHECK(t.poll(7).state() == failed("the added one"));
  CHECK(t.world().list("app", {}, 0, 50, t.now()).total == 2);
  t.world().reset({{}, 0, {}}, t.now());
  CHECK(t.poll(7).state().status == Status::in_progress);
}

TEST_CASE("a job that was removed stays so, unless its definition changed") {
  Reloading t(Fixtures().job(1, completes).job(2, completes));
  t.world().remove(job_number(1), t.now());
  t.world().remove(job_number(2), t.now());
  t.worlds.adopt(Fixtures().job(3, completes).job(2, fails).job(1, completes).take());
  CHECK_FALSE(t.is_known(1));
  CHECK(t.is_known(2));
  CHECK(t.is_known(3));
}

TEST_CASE("being listed bears the jobs of then: those that change or come later are born by the next list") {
  Reloading t(Fixtures().job(1, completes).job(2, completes));
  t.world().list("app", {}, 0, 0, t.now());
  t.advance(1s);
  t.worlds.adopt(Fixtures().job(3, completes).job(2, fails).job(1, completes).take());
  CHECK(t.explain(1).created_at == start);
  CHECK_FALSE(t.explain(2).is_born);
  CHECK_FALSE(t.explain(3).is_born);
  t.world().list("app", {}, 0, 0, t.now());
  t.advance(1s);
  t.world().list("app", {}, 0, 0, t.now());
  CHECK(t.explain(1).created_at == start);
  CHECK(t.explain(2).created_at == start + 1s);
  CHECK(t.explain(3).created_at == start + 1s);
}

TEST_CASE("a world's clock and its graphs go on, worlds that begin later have the clock of the new fixtures") {
  Worlds worlds(Fixtures().clock({{}, 0, {1s, false}}).job(1, completes).share(), {10, 0, {}, {}});
  const auto old = worlds.enter("old", start).world;
  old->set_graphs("app", {"g"}, at(start));
  old->advance(Duration(1h), at(start));
  worlds.adopt(Fixtures().clock({Timestamp(5h), 60, {{}, true}}).job(1, completes).take());
  const auto clock = old->clock(at(start + 1s));
  CHECK(clock.now == start + 1h);
  CHECK(clock.speed == 0);
  CHECK(clock.on_poll == OnPoll{1s, false});
  CHECK(old->graphs("app", at(start)) == std::vector<std::string>{"g"});

  const auto later_world = worlds.enter("new", start).world->clock(at(start + 1s));
  CHECK(later_world.start == Timestamp(5h));
  CHECK(later_world.now == Timestamp(5h) + 1min);
  CHECK(later_world.on_poll == OnPoll{{}, true});
  Moment moment{start + 2s};
  worlds.reset(*old, moment);
  CHECK(old->clock(at(start + 3s)).now == Timestamp(5h) + 1min);  // a reset begins with the new one
}

TEST_CASE("what control forced on a job that is gone takes no bytes any more") {
  const Plan in_steps{{{1s, {}}, {2s, {}}, {3s, completed()}}, {}};
  WorldUnderTest t(Fixtures().job(1, in_steps).job(2, in_steps));
  t.world.force(job_number(1), failed(std::string(4000, 'x')), t.now());
  t.world.force(job_number(2), failed(std::string(4000, 'x')), t.now());
  auto after = Fixtures().job(2, in_steps).take();
  const auto succession = succeed(*t.set, after);
  t.world.adopt(std::make_shared<const FixtureSet>(std::move(after)), succession);
  CHECK(*t.bytes > 4000);
  CHECK(*t.bytes < 8000);
  CHECK(t.world.explain(job_number(2), t.now())->state().status == Status::failed);
}

TEST_CASE("a world that began with the new fixtures already, while they were taken over, stays as it is") {
  const auto before = Fixtures().take();
  auto set = Fixtures().job(1, completes).take();
  const auto succession = succeed(before, set);
  const auto after = std::make_shared<const FixtureSet>(std::move(set));
  World world("a", after, {}, start, 1, {});
  world.poll(job_number(1), at(start));
  world.adopt(after, succession);
  CHECK(world.explain(job_number(1), at(start))->polls == 1);
}

TEST_CASE("whoever remembers a world that a token opened is told when that may have changed") {
  Worlds worlds(Fixtures().share(), {2, 0, {}, {}});
  auto last = worlds.generation();
  const auto has_changed = [&] { return std::exchange(last, worlds.generation()) != last; };
  CHECK(last != 0);
  worlds.enter("a", start);
  worlds.enter("b", start + 1s);
  CHECK_FALSE(has_changed());
  worlds.enter("c", start + 2s);  // forgets one
  CHECK(has_changed());
  CHECK(worlds.forget("c"));
  CHECK(has_changed());
  worlds.adopt(Fixtures().take());
  CHECK(has_changed());
  CHECK_FALSE(worlds.forget("c"));
  CHECK_FALSE(has_changed());
}

TEST_CASE("fixtures that are read again and again keep exactly what did not change") {
  std::mt19937 random(3);
  const auto number = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  for (int round = 0; round < 200; ++round) {
    struct Known {
      int version;
      std::uint32_t polls;
    };
    std::map<unsigned, Known> known;
    const auto next_fixtures = [&] {
      std::vector<unsigned> order{1, 2, 3, 4, 5, 6};
      std::shuffle(order.begin(), order.end(), random);
      Fixtures fixtures;
      std::map<unsigned, Known> now_known;
      for (const auto id : order) {
        if (number(3) == 0) continue;
        const auto before = known.find(id);
        const bool stays = before != known.end() && number(1) == 0;
        now_known[id] = stays ? before->second : Known{number(1000), 0};
        fixtures.job(id, {{{std::chrono::seconds(now_known[id].version), completed()}}, {}});
        if (before != known.end() && now_known[id].version == before->second.version) now_known[id] = before->second;
      }
      known = std::move(now_known);
      return fixtures;
    };
    Reloading t(next_fixtures());
    for (int i = 0; i < 20; ++i) {
      for (int polls = number(5); polls > 0; --polls) {
        const auto id = static_cast<unsigned>(1 + number(5));
        const auto polled = t.world().poll(job_number(id), t.now());
        REQUIRE(polled.has_value() == known.contains(id));
        if (polled) REQUIRE(polled->polls == ++known[id].polls);
      }
      t.worlds.adopt(next_fixtures().take());
    }
  }
}

TEST_CASE("worlds that begin and are polled while fixtures are read again see either the old or the new") {
  const auto with_jobs = [](unsigned count) {
    Fixtures fixtures;
    for (unsigned i = 1; i <= count; ++i) fixtures.job(i, completes);
    return fixtures;
  };
  Worlds worlds(with_jobs(2).share(), {10'000, 0, {}, {}});
  constexpr int clients = 3;
  std::atomic<int> busy = clients;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      for (int i = 0; i < 2000; ++i) {
        const auto world = worlds.enter(std::to_string(client) + '-' + std::to_string(i), start).world;
        for (const unsigned number : {1U, 2U, 50U}) {
          const auto polled = world->poll(job_number(number), at(start));
          if (number <= 2 && !polled) ++wrong;
          if (polled && polled->id != job_number(number)) ++wrong;
        }
      }
      --busy;
    });
  }
  for (bool many = true; busy > 0; many = !many) worlds.adopt(with_jobs(many ? 50 : 2).take());
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("faults that read as before count on, wherever they are written, and others begin anew") {
  const auto fault = [](std::uint64_t key, const std::string& origin) {
    return std::make_shared<const Fault>(Fault{{.times = 1}, {AnswerEffect{503}}, origin, key});
  };
  const auto fixtures = [&](std::uint64_t key, const std::string& origin, const Plan& plan) {
    auto set = Fixtures().job(1, plan).job(2, completes).take();
    set.jobs[0].faults = {fault(key, origin), fault(key, origin)};
    set.applications[0].faults = {fault(key + 1, origin)};
    set.faults = {fault(key + 2, origin)};
    set_apart_jobs(set);
    return set;
  };
  Reloading t{Fixtures(fixtures(1, "a:1", fails))};
  const auto decide = [&](unsigned number) {
    const auto job = t.poll(number);
    return t.world().decide_faults({Operation::retrieve, &job, job.application, {}}, t.now()).description;
  };
  const auto create = [&] {
    const auto set = t.worlds.fixtures();
    return t.world().create(set, set->applications[0], {}, t.now()).value().application;
  };
  CHECK(decide(1) == "503 (a:1)");  // the first of the job, and no other status
  CHECK(t.world().faults(t.now()).size() == 4);
  const auto applied = [&] {
    std::vector<std::uint64_t> counts;
    for (const auto& view : t.world().faults(t.now())) counts.push_back(view.applied);
    return counts;
  };
  for (int i = 0; i < 3; ++i) decide(1);
  CHECK(applied() == std::vector<std::uint64_t>{1, 1, 1, 1});
  CHECK(decide(1).empty());
  for (const auto* origin : {"a:2", "b:3", "b:3"}) {
    t.worlds.adopt(fixtures(1, origin, fails));
    CHECK(decide(1).empty());
    CHECK(decide(2).empty());
    CHECK(applied() == std::vector<std::uint64_t>{1, 1, 1, 1});
    CHECK(t.worlds.fixtures()->faults[0]->origin == origin);
    CHECK(t.world().decide_faults({Operation::retrieve, nullptr, create(), {}}, t.now()).effects.empty());
  }
  SUBCASE("a job that changed begins anew, with its faults") {
    t.worlds.adopt(fixtures(1, "a:1", completes));
    CHECK(applied() == std::vector<std::uint64_t>{0, 0, 1, 1});
    CHECK(decide(1) == "503 (a:1)");
  }
  SUBCASE("faults that changed begin anew") {
    t.worlds.adopt(fixtures(10, "a:1", fails));
    CHECK(applied() == std::vector<std::uint64_t>{0, 0, 0, 0});
    CHECK(decide(1) == "503 (a:1)");
  }
}

TEST_CASE("a world keeps no count of faults that are read no more") {
  const auto fixtures = [](std::uint64_t key) {
    auto set = Fixtures().take();
    set.faults = {std::make_shared<const Fault>(Fault{{}, {AnswerEffect{503}}, "a:1", key})};
    return set;
  };
  Reloading t{Fixtures(fixtures(0))};
  std::vector<std::weak_ptr<const Fault>> read;
  for (std::uint64_t key = 1; key <= 5; ++key) {
    read.push_back(t.worlds.fixtures()->faults[0]);
    CHECK_FALSE(t.world().decide_faults({Operation::retrieve, nullptr, nullptr, {}}, t.now()).effects.empty());
    t.worlds.adopt(fixtures(key));
  }
  for (std::size_t i = 0; i + 1 < read.size(); ++i) CHECK(read[i].expired());
}

TEST_CASE("a job that was created does not keep the jobs of fixtures that are read no more") {
  auto first = Fixtures().job(1, completes).take();
  set_apart_jobs(first);
  auto set = std::make_shared<const FixtureSet>(std::move(first));
  const std::weak_ptr<const FixtureSet> seen = set;
  Worlds worlds(std::move(set), {10'000, 1, {}, {0.0, {}}});
  const auto world = worlds.enter("a", start).world;
  const auto created = [&] {
    const auto fixtures = worlds.fixtures();
    return world->create(fixtures, fixtures->applications.at(0), {}, at(start))->id;
  }();

  worlds.adopt(Fixtures().job(2, completes).take());
  CHECK(seen.expired());
  CHECK(world->poll(created, at(start))->state().status == Status::in_progress);
}

TEST_CASE("a created job meets the faults that its application has now, not those of when it was created") {
  const auto with_fault = [](int status) {
    auto set = Fixtures().take();
    if (status != 0) set.applications[0].faults = {std::make_shared<const Fault>(Fault{{}, {AnswerEffect{status}}})};
    return set;
  };
  Reloading t{Fixtures(with_fault(501))};
  const auto set = t.worlds.fixtures();
  const auto created = t.world().create(set, set->applications[0], {}, t.now())->id;
  const auto met = [&] {  // the status of the fault; 0: none
    const auto job = t.world().poll(created, t.now()).value();
    const auto decision = t.world().decide_faults({Operation::retrieve, &job, job.application, {}}, t.now());
    return decision.effects.empty() ? 0 : std::get<AppliedAnswer>(decision.effects[0]).status;
  };
  CHECK(met() == 501);
  t.worlds.adopt(with_fault(502));
  CHECK(met() == 502);
  t.worlds.adopt(with_fault(0));
  CHECK(met() == 0);
  t.worlds.adopt(with_fault(503));
  CHECK(met() == 503);

  auto renamed = with_fault(504);
  renamed.applications[0].id = "other";
  SUBCASE("none when the application is gone") { renamed.application_by_name = {{"other", 0}}; }
  SUBCASE("none when its id is an alias of another now") { renamed.application_by_name["other"] = 0; }
  t.worlds.adopt(std::move(renamed));
  CHECK(met() == 0);
  t.world().add_fault({0, std::make_shared<const Fault>(Fault{{}, {AnswerEffect{505}}}), {}, "app"}, t.now());
  CHECK(met() == 505);  // what a test adds for jobs of that id is for this one still
}
