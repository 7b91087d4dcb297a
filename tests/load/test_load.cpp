// Mixed traffic of hundreds of clients in dozens of worlds, with faults, clock changes, reloads and resets, each answer
// compared with a model. JOBMOCK_LOAD_SECONDS says how long: 10 when it is not set.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/running.hpp"
#include "load/player.hpp"
#include "support/memory.hpp"
#include "support/sanitized.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

using Clock = Player::Clock;

constexpr unsigned worlds = 41;
constexpr unsigned players_of_each = 8;

Clock::duration chosen_duration() {
  const auto* seconds = std::getenv("JOBMOCK_LOAD_SECONDS");
  return std::chrono::seconds(seconds != nullptr ? std::stoi(seconds) : 10);
}

// Writes the changing fixture and has it read, again and again; now and then one with a mistake, which is refused.
class Reloader {
 public:
  Reloader(const Server& server, const Folder& folder, ChangingFixture& changing)
      : server_(server), folder_(folder), changing_(changing) {}

  void reload_until(Clock::time_point end) {
    constexpr int one_in = 5;
    while (problem_.empty() && Clock::now() < end) {
      if (++reloads_ % one_in == 0) {
        reload("version: 1\njobs: nonsense\n", 422);
      } else {
        const auto version = ++changing_.newest;
        reload(ChangingFixture::text(version), 200);
        changing_.oldest = version;
      }
    }
  }

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] int reloads() const { return reloads_; }

 private:
  void reload(const std::string& text, int status) {
    folder_.write("new", text);
    std::filesystem::rename(folder_.file("new"), folder_.file("changing.yaml"));
    const auto reply = server_.ask("POST", "/__admin/fixtures/reload", "", "");
    if (reply.status != status) problem_ = "a reload is answered with " + reply.body;
  }

  const Server& server_;
  const Folder& folder_;
  ChangingFixture& changing_;
  std::string problem_;
  int reloads_ = 0;
};

// What all players found, as they end.
class Results {
 public:
  void add(const Player& player) {
    const std::lock_guard lock(mutex_);
    problems_ += player.problem();
    microseconds_.insert(microseconds_.end(), player.microseconds().begin(), player.microseconds().end());
    for (const auto& [deed, times] : player.done()) done_[deed] += times;
  }
  void add_problem(const std::string& problem) {
    const std::lock_guard lock(mutex_);
    problems_ += problem;
  }

  [[nodiscard]] const std::string& problems() const { return problems_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& done() const { return done_; }
  [[nodiscard]] std::size_t answers() const { return microseconds_.size(); }

  std::uint32_t percentile(std::size_t percent) {
    const auto at = microseconds_.begin() + static_cast<std::ptrdiff_t>(microseconds_.size() * percent / 100);
    std::nth_element(microseconds_.begin(), at, microseconds_.end());
    return *at;
  }

 private:
  std::mutex mutex_;
  std::string problems_;
  std::vector<std::uint32_t> microseconds_;
  std::map<std::string, std::uint64_t> done_;
};

std::thread play(std::uint16_t port, PlayedWorld& world, const ChangingFixture& changing, unsigned seed,
                 Clock::time_point end, Results& results) {
  return std::thread([&, port, seed, end] {
    try {
      Player player(port, world, changing, seed);
      player.play_until(end);
      results.add(player);
    } catch (...) {  // a wait of the client took too long, which doctest has reported
      results.add_problem(world.token + ": a client has given up\n");
    }
  });
}

}  // namespace

TEST_CASE("hundreds of clients in dozens of worlds see nothing but what their own worlds hold") {
  const Folder folder;
  const auto fixture = folder.write("fixture.yaml", WorldModel::fixtures());
  const auto changing_file = folder.write("changing.yaml", ChangingFixture::text(1));
  const Server server({"--quiet", fixture, changing_file}, {}, "/dev/null");
  const auto process = server.process.id();
  const auto kib_at_the_start = resident(process) / 1024;

  ChangingFixture changing;
  std::deque<PlayedWorld> played(worlds);
  Results results;
  const auto begin = Clock::now();
  const auto end = begin + chosen_duration();
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < worlds * players_of_each; ++i) {
    auto& world = played[i % worlds];
    if (world.token.empty()) world.token = "client-" + std::to_string(i);
    threads.push_back(play(server.port, world, changing, i, end, results));
  }
  std::size_t kib_after_a_third = 0;
  std::thread sampler([&] {
    std::this_thread::sleep_until(begin + (end - begin) / 3);
    kib_after_a_third = resident(process) / 1024;
  });
  Reloader reloader(server, folder, changing);
  reloader.reload_until(end);
  sampler.join();
  for (auto& thread : threads) thread.join();
  const auto kib_at_the_end = resident(process) / 1024;

  CHECK(results.problems() == "");
  CHECK(reloader.problem() == "");
  CHECK(reloader.reloads() > 0);
  CHECK(server.ask("GET", "/__admin/health").status == 200);
  REQUIRE(results.answers() > worlds * players_of_each);
  for (const auto& [deed, times] : results.done()) MESSAGE(times, " ", deed);
  MESSAGE(results.answers(), " answers, ", reloader.reloads(), " reloads; p50 ", results.percentile(50), " µs, p99 ",
          results.percentile(99), " µs; ", kib_at_the_start, " KiB at the start, ", kib_after_a_third,
          " KiB after a third, ", kib_at_the_end, " KiB at the end");
  if (!is_sanitized) CHECK(kib_at_the_end < kib_after_a_third + 16 * 1024);
}
