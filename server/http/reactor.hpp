// Waits for many connections at once in one thread (epoll) and lets each work when its bytes are there. An
// idle connection costs a descriptor and no thread. Several reactors share one listening socket and the places for
// connections.
//
// When all places are taken, a client goes to the reactor whose connection makes room (see places.hpp).
//
// What lost, measured with 64 and with 1,000 polling clients on 2 cores: the library's own loop with a thread
// for every connection, at 70,000 and 24,000 polls a second; waiting here, at 120,000 and 113,000.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "core/mutex.hpp"
#include "http/connection.hpp"
#include "http/places.hpp"

namespace jobmock {

class Reactor {
 public:
  struct Options {
    ConnectionLimits limits;
    std::function<void()> on_batch_end;  // after each batch of events, from run()'s thread
  };

  // `listening`, `places`, `service` and `clock` outlive it. Throws std::system_error when the system has no
  // descriptors left.
  Reactor(const Descriptor& listening, Places& places, Service& service, const Clock& clock, Options options);

  // Serves until stop().
  void run();

  // From any thread; run() returns at once, and every connection is closed with the reactor.
  void stop();

 private:
  using Timers = std::multimap<Timestamp, int>;
  struct Served {
    Connection connection;
    Places::Place place;  // free before the socket is closed: a client that sees its end finds it so
    Connection::Wants waits_for;
    Timers::iterator timer;  // at or before the connection's deadline
  };

  // A client without a place.
  struct Newcomer {
    Descriptor socket;
    bool needs_descriptor = false;  // not only a place: another connection is to be closed for it
  };

  void watch(int descriptor, unsigned events, int operation) const;
  void accept_waiting();
  [[nodiscard]] Descriptor accept_one() const;
  void pause_accepting();
  void go_on_accepting();
  void find_place(Newcomer newcomer);
  void pass(Newcomer newcomer);
  void take_over();
  bool add(Descriptor& socket);
  void take_turns(Timestamp now);
  void work(int descriptor, unsigned events, Timestamp now);
  void close(int descriptor, const Served& served);
  void go_on(int descriptor, Served& served, Connection::Wants wants);
  void expire(Timestamp now);
  void keep_memory_bounded();
  [[nodiscard]] int milliseconds_to_wait() const;

  const Descriptor& listening_;
  Places& places_;
  Service& service_;
  const Clock& clock_;
  const Options options_;

  Descriptor epoll_;
  Descriptor wake_;   // readable once it is to look at what others did: stop(), pass(), keep_memory_bounded()
  Descriptor spare_;  // given up to accept when there are no descriptors left
  std::atomic<bool> stops_ = false;

  Mutex mutex_;
  std::vector<Newcomer> newcomers_ GUARDED_BY(mutex_);  // from another reactor

  // Of run()'s thread:
  Exchange exchange_;
  std::array<char, 64U << 10U> scratch_{};
  std::unordered_map<int, Served> served_;
  Timers timers_;
  std::vector<int> turns_;  // connections that have their turn next
  bool accepts_ = true;
};

}  // namespace jobmock
