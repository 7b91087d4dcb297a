#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "core/world_under_test.hpp"
#include "core/worlds.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

const auto unpinned = parse_uuid("00000000-0000-0000-0000-000000000001").value();
const auto offset = parse_uuid("00000000-0000-0000-0000-000000000002").value();
const auto pinned = parse_uuid("00000000-0000-0000-0000-000000000003").value();
const auto unknown = parse_uuid("00000000-0000-0000-0000-000000000009").value();
const Timestamp start(1000h);

std::shared_ptr<const FixtureSet> three_jobs() {
  auto set = std::make_shared<FixtureSet>();
  Application application;
  application.id = "app";
  set->applications.push_back(application);
  const auto add = [&](const Uuid& id, CreatedAt created_at) {
    set->job_by_id.emplace(id, static_cast<std::uint32_t>(set->jobs.size()));
    set->jobs.push_back({id, 0, created_at, {{{5s, {Status::completed, Output{{}, "done"}, {}}}}, {}}, {}});
  };
  add(unpinned, std::monostate());
  add(offset, Duration(4s));
  add(pinned, Timestamp(1s));
  return set;
}

}  // namespace

TEST_CASE("a job is not created before the beginning of time, however long before its world") {
  ClockSettings clock;
  clock.start = beginning_of_time + 1h;
  test::Fixtures fixtures;
  fixtures.clock(clock).job(1, {}, Duration(2h));
  test::WorldUnderTest t(std::move(fixtures));
  CHECK(t.world.poll(test::job_number(1), t.now())->created_at == beginning_of_time);
}

TEST_CASE("a job without created_at is born at its first poll, not when its world begins") {
  World world("test", three_jobs(), {}, start, 0, {});
  const auto first = world.poll(unpinned, at(start + 1h));
  REQUIRE(first);
  CHECK(first->created_at == start + 1h);
  CHECK(first->state().status == Status::in_progress);
  CHECK(first->updated_at() == start + 1h);
  const auto later = world.poll(unpinned, at(start + 1h + 5s));
  CHECK(later->created_at == start + 1h);
  CHECK(later->state().status == Status::completed);
  CHECK(later->updated_at() == start + 1h + 5s);
}

TEST_CASE("an offset counts from the start of the world") {
  World world("test", three_jobs(), {}, start, 0, {});
  CHECK(world.poll(offset, at(start + 500ms))->created_at == start - 4s);
  CHECK(world.poll(offset, at(start + 500ms))->state().status == Status::in_progress);
  CHECK(world.poll(offset, at(start + 1s))->state().status == Status::completed);
}

TEST_CASE("a timestamp is when the job was created, in every world") {
  World world("test", three_jobs(), {}, start, 0, {});
  const auto view = world.poll(pinned, at(start));
  CHECK(view->created_at == Timestamp(1s));
  CHECK(view->updated_at() == Timestamp(6s));
  CHECK(view->state().status == Status::completed);
}

TEST_CASE("an unknown id is no job") {
  World world("test", three_jobs(), {}, start, 0, {});
  CHECK_FALSE(world.poll(unknown, at(start)));
}

TEST_CASE("each world has its own births") {
  Worlds worlds(three_jobs(), {10, 0, {}, {}});
  CHECK(worlds.enter("a", start).world->poll(unpinned, at(start + 1s))->created_at == start + 1s);
  CHECK(worlds.enter("b", start).world->poll(unpinned, at(start + 2s))->created_at == start + 2s);
  CHECK(worlds.enter("a", start).world->poll(unpinned, at(start + 3s))->created_at == start + 1s);
}

TEST_CASE("at the limit the world that was used longest ago is forgotten, and that is said") {
  Worlds worlds(three_jobs(), {2, 0, {}, {}});
  const auto birth = [&](const char* name, Timestamp now) {
    return worlds.enter(name, now).world->poll(unpinned, at(now))->created_at;
  };
  birth("a", start);
  birth("b", start);
  birth("a", start + 1s);
  CHECK(worlds.enter("c", start + 2s).forgot_another);
  CHECK_FALSE(worlds.enter("a", start + 3s).forgot_another);
  CHECK(birth("a", start + 3s) == start);
  CHECK(birth("b", start + 3s) == start + 3s);  // begun anew
}

TEST_CASE("a forgotten world can still be used by who is in it") {
  Worlds worlds(three_jobs(), {1, 0, {}, {}});
  const auto world = worlds.enter("a", start).world;
  worlds.enter("b", start);
  CHECK(world->poll(unpinned, at(start)));
}

TEST_CASE("polled by many threads at once, a job is born once") {
  Worlds worlds(three_jobs(), {10, 0, {}, {}});
  constexpr std::size_t threads = 16;
  std::vector<Timestamp> births(threads);
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      const auto now = start + Duration(i);
      births[i] = worlds.enter("a", now).world->poll(unpinned, at(now))->created_at;
    });
  }
  for (auto& thread : running) thread.join();
  CHECK(std::set<Timestamp>(births.begin(), births.end()).size() == 1);
}
