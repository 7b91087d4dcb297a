// The places for connections, of all reactors together, and which connection makes room when all are taken: the one
// that is idle for the longest time; or else of those that are busy; or else of those that wait. And the memory that
// connections hold together, and which one is closed when that is too much. Any thread may call.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "core/clock.hpp"
#include "core/mutex.hpp"

namespace jobmock {

class Reactor;

// What a connection does.
struct Standing {
  enum class State {
    idle,   // between two requests, or stalled; for less than a second it counts as busy
    busy,   // its request is not complete, or its answer not taken
    waits,  // its answer comes later, as was asked for
  };
  State state = State::idle;
  Timestamp since;
  std::size_t bytes = 0;  // of requests and answers that it holds
};

class Places {
 public:
  // The connection that has a place.
  struct Holder {
    Reactor* reactor = nullptr;
    int descriptor = -1;
  };

 private:
  struct Taken {
    explicit Taken(const Holder& by) : holder(by) {}
    const Holder holder;
    std::atomic<Standing::State> state = Standing::State::idle;
    std::atomic<Timestamp> since = Timestamp();
    std::atomic<std::size_t> bytes = 0;
  };
  struct GiveBack {
    void operator()(Taken* /*taken*/) const;
    Places* places;
    std::list<Taken>::iterator taken;
  };

 public:
  // Given back when it is gone.
  class Place {
   public:
    void stands(const Standing& standing);

   private:
    friend class Places;
    explicit Place(std::unique_ptr<Taken, GiveBack> taken) : taken_(std::move(taken)) {}
    std::unique_ptr<Taken, GiveBack> taken_;
  };

  explicit Places(std::size_t count, std::size_t most_bytes = std::size_t{512} << 20U)
      : count_(count), most_bytes_(most_bytes) {}

  // Nothing when all are taken.
  std::optional<Place> take(const Holder& holder, const Standing& standing);

  // Whose connection goes first; nothing when there is none. What those of other threads do may have changed
  // meanwhile.
  [[nodiscard]] std::optional<Holder> first_to_go(Timestamp now) const;

  // While connections hold too much together: of those that hold more than others, the one that has stood still for
  // the longest time.
  [[nodiscard]] std::optional<Holder> holds_too_much() const;

  // Clients that are accepted and wait until another reactor makes a place for them.
  void begin_to_wait() { ++waiting_; }
  void end_to_wait(std::size_t count) { waiting_ -= count; }
  [[nodiscard]] bool may_more_wait() const { return waiting_ < most_waiting; }

 private:
  static constexpr std::size_t most_waiting = 64;

  const std::size_t count_;
  const std::size_t most_bytes_;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::size_t> waiting_ = 0;
  mutable Mutex mutex_;
  std::list<Taken> taken_ GUARDED_BY(mutex_);
};

}  // namespace jobmock
