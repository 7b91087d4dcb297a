// Waits for many connections at once in one thread (epoll) and lets each work when its bytes are there. An
// idle connection costs a descriptor and no thread. Several reactors share one listening socket.
//
// What lost, measured with 64 and with 1,000 polling clients on 2 cores: the library's own loop with a thread
// for every connection, at 70,000 and 24,000 polls a second; waiting here, at 120,000 and 113,000.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "http/connection.hpp"

namespace jobmock {

class Reactor {
 public:
  struct Options {
    ConnectionLimits limits;
    std::size_t most_connections = 0;
    std::function<void()> on_batch_end;  // after each batch of events, from run()'s thread
  };

  // `listening`, `service` and `clock` outlive it. Throws std::system_error when the system has no descriptors left.
  Reactor(const Descriptor& listening, Service& service, const Clock& clock, Options options);

  // Serves until stop().
  void run();

  // From any thread; run() returns at once, and every connection is closed with the reactor.
  void stop();

 private:
  using Timers = std::multimap<Timestamp, int>;
  struct Served {
    Connection connection;
    Connection::Wants waits_for;
    Timers::iterator timer;  // at or before the connection's deadline
  };

  void watch(int descriptor, unsigned events, int operation) const;
  void accept_waiting();
  void add(Descriptor socket);
  bool evict_one();
  bool turn_away();
  void work(int descriptor, unsigned events, Timestamp now);
  void go_on(int descriptor, Served& served, Connection::Wants wants);
  void expire(Timestamp now);
  [[nodiscard]] int milliseconds_to_wait() const;

  const Descriptor& listening_;
  Service& service_;
  const Clock& clock_;
  const Options options_;

  Descriptor epoll_;
  Descriptor wake_;   // readable once stop() was called
  Descriptor spare_;  // given up to accept, and refuse, when there are no descriptors left
  std::atomic<bool> stops_ = false;

  Exchange exchange_;
  std::array<char, 64U << 10U> scratch_{};
  std::unordered_map<int, Served> served_;
  Timers timers_;
};

}  // namespace jobmock
