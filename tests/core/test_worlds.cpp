#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "core/world_under_test.hpp"
#include "core/worlds.hpp"
#include "support/memory.hpp"
#include "support/sanitized.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

constexpr auto start = WorldUnderTest::start;

std::vector<std::string> names(const Worlds& worlds) {
  std::vector<std::string> all;
  for (const auto& world : worlds.all()) all.push_back(world->name());
  return all;
}

}  // namespace

TEST_CASE("worlds are found by name once they have begun, and listed by name") {
  Worlds worlds(Fixtures().share(), {10, 0, {}, {}});
  CHECK(worlds.find("a") == nullptr);
  CHECK(worlds.all().empty());
  const auto b = worlds.enter("b", start).world;
  worlds.enter("a", start);
  CHECK(worlds.enter("b", start + 1s).world == b);
  CHECK(worlds.find("b") == b);
  CHECK(worlds.find("c") == nullptr);
  CHECK(b->name() == "b");
  CHECK(names(worlds) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a forgotten world begins anew when it is next entered") {
  Worlds worlds(Fixtures().job(1, {}).share(), {10, 0, {}, {}});
  const auto before = worlds.enter("a", start).world;
  before->poll(job_number(1), at(start));
  CHECK(worlds.forget("a"));
  CHECK_FALSE(worlds.forget("a"));
  CHECK_FALSE(worlds.forget("never begun"));
  CHECK(worlds.find("a") == nullptr);
  const auto after = worlds.enter("a", start + 1h).world;
  CHECK(after != before);
  CHECK(after->poll(job_number(1), at(start + 1h))->created_at == start + 1h);
  CHECK(worlds.forgotten() == 0);  // none by the limit
}

TEST_CASE("worlds that the limit forgot are counted, those that were used lately stay") {
  Worlds worlds(Fixtures().share(), {3, 0, {}, {}});
  CHECK(worlds.most() == 3);
  worlds.enter("a", start);
  worlds.enter("b", start + 1s);
  worlds.enter("c", start + 2s);
  worlds.enter("a", start + 3s);
  worlds.find("b")->use(start + 4s);
  CHECK(worlds.enter("d", start + 5s).forgot_another);
  CHECK(names(worlds) == std::vector<std::string>{"a", "b", "d"});
  CHECK(worlds.enter("e", start + 6s).forgot_another);
  CHECK(names(worlds) == std::vector<std::string>{"b", "d", "e"});
  CHECK(worlds.forgotten() == 2);
}

TEST_CASE("a world that is only looked at is not used: it goes first") {
  Worlds worlds(Fixtures().share(), {2, 0, {}, {}});
  worlds.enter("looked at", start);
  worlds.enter("used", start + 1s);
  Moment moment{start + 2s};
  worlds.find("looked at")->clock(moment);
  CHECK(worlds.all().size() == 2);
  worlds.enter("new", start + 3s);
  CHECK(names(worlds) == std::vector<std::string>{"new", "used"});
}

TEST_CASE("worlds begin with the clock of the fixtures, and flags beat it part by part, also after a reset") {
  const auto set = Fixtures().clock({Timestamp(7h), 60, {5s, false}}).share();
  const auto clock_of = [&](const ClockOverrides& overrides) {
    Worlds worlds(set, {10, 0, {}, overrides});
    const auto world = worlds.enter("a", start).world;
    const auto first = world->clock(at(start));
    world->change_clock({3.0, OnPoll{1h, false}, {}}, at(start));
    Moment moment{start + 1s};
    worlds.reset(*world, moment);
    const auto again = world->clock(at(start + 1s));
    CHECK(again.start == Timestamp(7h));
    CHECK(again.speed == first.speed);
    CHECK(again.on_poll == first.on_poll);
    return first;
  };
  CHECK(clock_of({}).start == Timestamp(7h));
  CHECK(clock_of({}).speed == 60);
  CHECK(clock_of({}).on_poll == OnPoll{5s, false});
  CHECK(clock_of({0.0, {}}).speed == 0);
  CHECK(clock_of({0.0, {}}).on_poll == OnPoll{5s, false});
  CHECK(clock_of({{}, OnPoll{{}, true}}).speed == 60);
  CHECK(clock_of({{}, OnPoll{{}, true}}).on_poll == OnPoll{{}, true});
}

TEST_CASE("requests are counted in one world or in all, those that begin and those that are forgotten included") {
  Worlds worlds(Fixtures().share(), {10, 0, {}, {}});
  const auto record = [&](const std::string& name, int status) {
    JournalEntry entry;
    entry.status = status;
    worlds.enter(name, start).world->record(std::move(entry));
  };
  record("a", 200);
  record("a", 503);
  record("b", 503);
  JournalFilter refused;
  refused.status = 503;
  const auto in_all = worlds.count_requests({}, {});
  const auto in_a = worlds.count_requests({}, "a");
  const auto refused_in_all = worlds.count_requests(refused, {});
  const auto in_c = worlds.count_requests(refused, "c");
  const auto values = [&] {
    return std::vector<std::size_t>{in_all->value(), in_a->value(), refused_in_all->value(), in_c->value()};
  };
  using Values = std::vector<std::size_t>;
  CHECK(values() == Values{3, 2, 2, 0});
  record("c", 503);
  record("c", 200);
  CHECK(values() == Values{5, 2, 3, 1});
  worlds.forget("a");
  CHECK(values() == Values{3, 0, 2, 1});
  record("a", 503);
  CHECK(values() == Values{4, 1, 3, 1});
  worlds.find("c")->clear_journal();
  CHECK(values() == Values{2, 1, 2, 0});
  Moment moment{start};
  worlds.reset(*worlds.find("b"), moment);
  CHECK(values() == Values{1, 1, 1, 0});
}

TEST_CASE("a count that begins while requests come and journals are cleared counts each once") {
  constexpr int clients = 4;
  constexpr int each = is_sanitized ? 500 : 5000;
  Worlds worlds(Fixtures().share(), {10, 0, {}, {}});
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < each; ++j) {
        const auto world = worlds.enter(std::to_string((i + j) % 5), start).world;
        world->record({});
        if (j % 100 == 0) world->clear_journal();
      }
    });
  }
  std::vector<std::shared_ptr<const RequestCount>> counts;
  for (int i = 0; i < 100; ++i) counts.push_back(worlds.count_requests({}, {}));
  counts.push_back(worlds.count_requests({}, "1"));
  for (auto& thread : threads) thread.join();
  const auto remembered = [&](const std::string& name) {
    const auto world = worlds.find(name);
    return world == nullptr ? 0 : world->journal({}, Journal::Order::oldest_first, 0).matching;
  };
  std::size_t in_all = 0;
  for (int i = 0; i < 5; ++i) in_all += remembered(std::to_string(i));
  CHECK(counts.back()->value() == remembered("1"));
  counts.pop_back();
  for (const auto& count : counts) CHECK(count->value() == in_all);
}

TEST_CASE("each world has its own clock, polls, retries, and jobs that were forced or removed") {
  Worlds worlds(Fixtures().job(1, {{by_polls(2, failed())}, {}}).job(2, {{{5s, completed()}}, {}}).share(),
                {10, 0, {}, {0.0, {}}});
  const auto a = worlds.enter("a", start).world;
  const auto b = worlds.enter("b", start).world;
  a->advance(Duration(1h), at(start));
  CHECK(b->clock(at(start)).now == start);
  a->poll(job_number(1), at(start));
  CHECK(b->poll(job_number(1), at(start))->state().status == Status::in_progress);
  CHECK(a->poll(job_number(1), at(start))->state() == failed());
  a->retry(job_number(1), at(start));
  CHECK(b->explain(job_number(1), at(start))->attempt == 1);
  a->force(job_number(2), failed(), at(start));
  CHECK(b->poll(job_number(2), at(start))->state().status == Status::in_progress);
  a->remove(job_number(2), at(start));
  CHECK(b->explain(job_number(2), at(start)));
}

TEST_CASE("of a thousand polls at the same time exactly n - 1 show what was before the nth") {
  for (const std::uint32_t n : {1U, 2U, 500U, 1000U}) {
    CAPTURE(n);
    Worlds worlds(Fixtures().job(1, {{by_polls(n, completed())}, {}}).share(), {10, 0, {}, {0.0, {}}});
    constexpr int clients = 20;
    constexpr int each = 50;
    std::atomic<std::uint32_t> earlier = 0;
    std::atomic<int> out_of_order = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back([&] {
        bool has_ended = false;
        for (int j = 0; j < each; ++j) {
          const auto status = worlds.enter("a", start).world->poll(job_number(1), at(start))->state().status;
          if (status == Status::in_progress) ++earlier;
          if (has_ended && status != Status::completed) ++out_of_order;
          has_ended = status == Status::completed;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(earlier == n - 1);
    CHECK(out_of_order == 0);
  }
}

TEST_CASE("ten thousand worlds over ten thousand jobs, each polled and listed, take less than 200 MB") {
  constexpr unsigned jobs = 10'000;
  constexpr unsigned most = is_sanitized ? 500 : 10'000;
  Fixtures fixtures;
  for (unsigned i = 0; i < 10; ++i) fixtures.application(std::to_string(i));
  for (unsigned i = 1; i <= jobs; ++i) {
    fixtures.job(i, {{by_polls(2), {5s, completed("a text that is neither long nor short")}}, {}}, {},
                 std::to_string(i % 10));
  }
  Worlds worlds(fixtures.share(), {most, 0, {}, {0.0, {}}});
  std::size_t listed = 0;
  for (unsigned i = 0; i < most; ++i) {
    const auto world = worlds.enter(world_of_token("ci-worker-" + std::to_string(i)), start).world;
    for (unsigned poll = 0; poll < 5; ++poll) world->poll(job_number(1 + (i + poll / 2) % jobs), at(start));
    listed += world->list(std::to_string(i % 10), {}, 0, 50, at(start)).total;
  }
  CHECK(listed == std::size_t{most} * 1000);
  CHECK(worlds.all().size() == most);
  CHECK(worlds.forgotten() == 0);
  MESSAGE("resident: ", resident() >> 20U, " MB");
  if (!is_sanitized) CHECK(resident() < 200'000'000);
}
