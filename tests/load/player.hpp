// One of many clients, which does anything at random and remembers the first thing that was not as the model of its
// world says. Those of one world take turns at what changes it, and read it at the same time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <shared_mutex>
#include <string>
#include <vector>

#include "load/world_model.hpp"
#include "support/raw_client.hpp"

namespace jobmock::test {

// What the players of one world share.
struct PlayedWorld {
  std::string token;
  std::shared_mutex turn;  // shared: reads; alone: whatever changes what they show
  std::optional<WorldModel> model;
  std::atomic<std::uint64_t> polls_of_timed = 0;  // since the world began
};

// The file of fixtures that is written again and again meanwhile. Its job says with which version it was read.
struct ChangingFixture {
  static const std::string job;
  static std::string text(std::uint64_t version);

  std::atomic<std::uint64_t> oldest = 1;  // version that an answer may still show
  std::atomic<std::uint64_t> newest = 1;  // that it may show already
};

class Player {
 public:
  using Clock = std::chrono::steady_clock;

  Player(std::uint16_t port, PlayedWorld& world, const ChangingFixture& changing, unsigned seed);

  void play_until(Clock::time_point end);

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::vector<std::uint32_t>& microseconds() const { return microseconds_; }  // of each answer
  [[nodiscard]] const std::map<std::string, std::uint64_t>& done() const { return done_; }        // by what was done

 private:
  struct Deed {
    const char* name;
    int share;  // of all that is done
    bool alone;
    void (Player::*act)();
  };
  static const std::vector<Deed>& deeds();

  void step();
  void begin_world();
  std::uint64_t number(std::uint64_t least, std::uint64_t most);
  void send(const std::string& method, const std::string& path, const std::string& body, const std::string& token);
  RawReply ask(const std::string& method, const std::string& path, const std::string& body = {});
  void expect(const RawReply& reply, int status, const std::string& body = {});
  void check(bool holds, const std::string& what);
  void connect_again() { connection_.emplace(port_); }

  // Reads.
  void poll_timed();
  void poll_changing();
  void show_application();
  void be_refused();

  // Changes.
  void poll_retried();
  void advance();
  void retry();
  void list();
  void create();
  void poll_created();
  void put_graphs();
  void meet_fault();
  void count_requests();
  void verify();
  void begin_anew();

  // Adds a fault for `timed`, and gives what takes it away again.
  std::string add_fault(const std::string& effect);
  void send_poll_of_timed();
  void meet_broken_connection(const std::string& effect);
  void meet_late_answer(const std::string& effect);
  void meet_malformed_answer();
  void meet_refusal();
  void meet_quota();

  const std::uint16_t port_;
  std::optional<RawClient> connection_;
  PlayedWorld& world_;
  const ChangingFixture& changing_;
  std::mt19937_64 random_;
  std::string problem_;
  std::vector<std::uint32_t> microseconds_;
  std::map<std::string, std::uint64_t> done_;
};

}  // namespace jobmock::test
