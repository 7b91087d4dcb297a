#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/world_under_test.hpp"
#include "core/worlds.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

const Timestamp start(1000h);
const auto fixture_job = parse_uuid("00000000-0000-0000-0000-000000000001").value();
const auto completed_job = parse_uuid("00000000-0000-0000-0000-000000000002").value();
const auto unknown = parse_uuid("00000000-0000-0000-0000-000000000009").value();

// The application "ruled" has rules, "plain" has none and declares an input; two jobs of the first.
std::shared_ptr<const FixtureSet> fixtures() {
  auto set = std::make_shared<FixtureSet>();
  set->applications.resize(2);
  set->applications[0].id = "ruled";
  set->applications[1].id = "plain";
  set->application_by_name = {{"ruled", 0}, {"plain", 1}};
  set->applications[0].created_jobs.push_back({{{"topic", "boom"}}, {{{2s, failed("first")}}, {{{1s, completed()}}}}});
  set->applications[0].created_jobs.push_back({{}, {{{3s, completed()}}, {}}});
  set->applications[1].inputs.emplace();
  const auto add = [&](const Uuid& id, Plan plan) {
    set->job_by_id.emplace(id, static_cast<std::uint32_t>(set->jobs.size()));
    set->jobs.push_back({id, 0, std::monostate(), std::move(plan), {}});
  };
  add(fixture_job, {{{1s, failed("one")}}, {{{2s, failed("two")}}, {{1s, completed()}}}});
  add(completed_job, {{{0s, completed()}}, {}});
  return set;
}

struct InWorld {
  explicit InWorld(const WorldLimits& limits = {}, std::uint64_t seed = 1)
      : bytes(std::make_shared<std::atomic<std::size_t>>(0)), world("test", set, {}, start, seed, limits, bytes) {}

  World::Expected<JobView> create_in(const std::string& application, const Inputs& inputs, Timestamp now) {
    return world.create(set, set->applications[set->application_by_name.at(application)], inputs, at(now));
  }

  Uuid create(const std::string& topic, Timestamp now) { return create_in("ruled", {{"topic", {topic}}}, now)->id; }

  World::Page list(std::optional<Status> status, std::size_t offset, std::size_t limit, Timestamp now) {
    return world.list("ruled", status, offset, limit, at(now));
  }

  std::shared_ptr<const FixtureSet> set = fixtures();
  World::Bytes bytes;
  World world;
};

std::vector<Uuid> ids(const World::Page& page) {
  std::vector<Uuid> result;
  for (const auto& job : page.jobs) result.push_back(job.id);
  return result;
}

}  // namespace

TEST_CASE("a created job begins in progress and does what its rule says") {
  InWorld in;
  const auto created = in.create_in("ruled", {{"topic", {"tea"}}}, start + 1s);
  REQUIRE(created);
  CHECK(created->state().status == Status::in_progress);
  CHECK(created->created_at == start + 1s);
  CHECK(created->own->inputs.at(0).values == std::vector<std::string>{"tea"});
  CHECK(in.world.poll(created->id, at(start + 4s - 1us))->state().status == Status::in_progress);
  CHECK(in.world.poll(created->id, at(start + 4s))->state().status == Status::completed);
}

TEST_CASE("a job with inputs that do not fit is accepted, and fails") {
  InWorld in;
  const auto created = in.create_in("plain", {{"typo", {"tea"}}}, start);
  REQUIRE(created);
  CHECK(created->state().status == Status::in_progress);
  const auto later = in.world.poll(created->id, at(start + 2s));
  CHECK(later->state().status == Status::failed);
  CHECK(later->state().error == "Invalid inputs: 'typo' is no input of this application");
}

TEST_CASE("a retry begins the next attempt: same id, created_at kept, its own timeline") {
  InWorld in;
  in.world.poll(fixture_job, at(start));
  const auto retried = in.world.retry(fixture_job, at(start + 10s));
  REQUIRE(retried);
  CHECK(retried->state().status == Status::in_progress);
  CHECK(retried->created_at == start);
  CHECK(retried->updated_at() == start + 10s);
  CHECK(retried->attempt == 2);
  CHECK(in.world.poll(fixture_job, at(start + 12s))->state().error == "two");
  for (int i = 0; i < 2; ++i) {  // the second retry and all after it
    if (i == 0) REQUIRE(in.world.retry(fixture_job, at(start + 20s)));
    CHECK(in.world.poll(fixture_job, at(start + 21s))->state().status == Status::completed);
  }
  const auto id = in.create("boom", start + 30s);
  REQUIRE(in.world.retry(id, at(start + 32s)));
  CHECK(in.world.poll(id, at(start + 33s))->state().status == Status::completed);
}

TEST_CASE("only a job that has failed is retried") {
  InWorld in;
  CHECK(in.world.retry(unknown, at(start)).error() == WorldRefusal::unknown_job);
  CHECK(in.world.retry(fixture_job, at(start)).error() == WorldRefusal::has_not_failed);
  CHECK(in.world.retry(completed_job, at(start)).error() == WorldRefusal::has_not_failed);
}

TEST_CASE("a list has the newest first, those created last before others of the same time, then the fixtures' own") {
  InWorld in;
  const auto first = in.create("a", start);
  const auto second = in.create("b", start);
  const auto third = in.create("c", start + 1s);
  const auto page = in.list({}, 0, 50, start + 1s);
  CHECK(page.total == 5);
  CHECK(ids(page) == std::vector<Uuid>{third, fixture_job, completed_job, second, first});
  CHECK(ids(in.list({}, 0, 50, start + 5s)) == ids(page));  // born at the first list, so it is stable
  CHECK(in.world.list("plain", {}, 0, 50, at(start + 5s)).total == 0);
}

TEST_CASE("a list is filtered by the status of its moment, and totals count what is filtered") {
  InWorld in;
  const auto tea = in.create("tea", start);
  in.create("boom", start);
  const auto total = [&](Status status, Timestamp now) { return in.list(status, 0, 0, now).total; };
  CHECK(total(Status::in_progress, start) == 3);
  CHECK(total(Status::completed, start) == 1);
  CHECK(total(Status::failed, start + 2s) == 2);
  CHECK(ids(in.list(Status::completed, 0, 50, start + 3s)) == std::vector<Uuid>{tea, completed_job});
}

TEST_CASE("pages cover a list without gap or overlap, and an offset past its end is an empty page") {
  InWorld in;
  for (int i = 0; i < 23; ++i) in.create("tea", start + std::chrono::seconds(i / 8));
  const auto whole = ids(in.list({}, 0, 1000, start + 5s));
  CHECK(whole.size() == 25);
  for (const std::size_t limit : {1U, 4U, 7U, 25U}) {
    std::vector<Uuid> paged;
    for (std::size_t offset = 0; offset < 25; offset += limit) {
      const auto page = in.list({}, offset, limit, start + 5s);
      CHECK(page.total == 25);
      for (const auto& job : page.jobs) paged.push_back(job.id);
    }
    CHECK(paged == whole);
  }
  CHECK(in.list({}, 25, 10, start + 5s).jobs.empty());
  CHECK(in.list({}, SIZE_MAX / 2, 10, start + 5s).total == 25);
}

TEST_CASE("ids follow from the seed and the world's name alone") {
  const auto first_ids = [](std::uint64_t seed, const char* name) {
    const auto set = fixtures();
    Worlds worlds(set, {10, seed, {}, {}});
    const auto world = worlds.enter(name, start).world;
    std::vector<Uuid> created;
    for (int i = 0; i < 5; ++i) created.push_back(world->create(set, set->applications[0], {}, at(start))->id);
    return created;
  };
  CHECK(first_ids(1, "a") == first_ids(1, "a"));
  CHECK(first_ids(1, "a") != first_ids(1, "b"));
  CHECK(first_ids(1, "a") != first_ids(2, "a"));
  for (const auto& id : first_ids(1, "a")) {
    const auto text = format_uuid(id);
    CHECK(text[14] == '4');
    CHECK(std::string("89ab").find(text[19]) != std::string::npos);
  }
}

TEST_CASE("many clients create at once: as many ids as jobs") {
  InWorld in;
  constexpr int clients = 16;
  constexpr int each = 200;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < each; ++j) in.create("tea", start);
    });
  }
  for (auto& thread : threads) thread.join();
  const auto page = in.list({}, 0, 10'000, start);
  const auto all = ids(page);
  std::unordered_map<Uuid, int> counts;
  for (const auto& id : all) ++counts[id];
  CHECK(page.total == clients * each + 2);
  CHECK(counts.size() == clients * each + 2);
}

TEST_CASE("a full world takes no more jobs, and loses none of those it has") {
  WorldLimits limits;
  limits.created_jobs = 3;
  InWorld in(limits);
  for (int i = 0; i < 3; ++i) in.create("tea", start);
  CHECK_FALSE(in.create_in("ruled", {}, start));
  CHECK(in.list({}, 0, 50, start).total == 5);
}

TEST_CASE("what a world keeps is counted in bytes, in it and in all of them, and given back with it") {
  WorldLimits limits;
  limits.bytes = 10'000;
  limits.bytes_of_all = 15'000;
  const auto bytes = std::make_shared<std::atomic<std::size_t>>(0);
  const Inputs large{{"topic", {std::string(8000, 'x')}}};
  {
    const auto set = fixtures();
    const auto& application = set->applications[0];
    World one("one", set, {}, start, 1, limits, bytes);
    World two("two", set, {}, start, 2, limits, bytes);
    CHECK(one.create(set, application, large, at(start)));
    CHECK_FALSE(one.create(set, application, large, at(start)));  // beyond its own bytes
    CHECK_FALSE(two.create(set, application, large, at(start)));  // beyond those of all
    CHECK(two.create(set, application, {{"topic", {"small"}}}, at(start)));
    CHECK(*bytes > 8000);
  }
  CHECK(*bytes == 0);
}

TEST_CASE("graphs are replaced as a whole, and what they took is free again") {
  WorldLimits limits;
  limits.bytes = 10'000;
  InWorld in(limits);
  const auto set_graphs = [&](std::vector<std::string> graphs) {
    return in.world.set_graphs("ruled", std::move(graphs), at(start));
  };
  CHECK(in.world.graphs("ruled", at(start)).empty());
  for (int i = 0; i < 10; ++i) CHECK(set_graphs({std::string(4000, 'a')}));
  CHECK_FALSE(set_graphs({std::string(20'000, 'b')}));
  CHECK(in.world.graphs("ruled", at(start)) == std::vector<std::string>{std::string(4000, 'a')});
  CHECK(in.world.graphs("plain", at(start)).empty());
  CHECK(set_graphs({}));
  CHECK(*in.bytes == 0);
}
