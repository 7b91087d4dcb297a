// The places for connections, of all reactors together, and which connection makes room when all are taken: the one
// that is idle for the longest time; or else of those that are busy; or else of those that wait. Any thread may call.
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
    Taken(const Holder& by, const Standing& standing) : holder(by), state(standing.state), since(standing.since) {}
    const Holder holder;
    std::atomic<Standing::State> state;
    std::atomic<Timestamp> since;
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
    void stands(const Standing& standing) {
      taken_->state.store(standing.state, std::memory_order_relaxed);
      taken_->since.store(standing.since, std::memory_order_relaxed);
    }

   private:
    friend class Places;
    explicit Place(std::unique_ptr<Taken, GiveBack> taken) : taken_(std::move(taken)) {}
    std::unique_ptr<Taken, GiveBack> taken_;
  };

  explicit Places(std::size_t count) : count_(count) {}

  // Nothing when all are taken.
  std::optional<Place> take(const Holder& holder, const Standing& standing);

  // Whose connection goes first; nothing when there is none. What those of other threads do may have changed
  // meanwhile.
  [[nodiscard]] std::optional<Holder> first_to_go(Timestamp now) const;

 private:
  const std::size_t count_;
  mutable Mutex mutex_;
  std::list<Taken> taken_ GUARDED_BY(mutex_);
};

}  // namespace jobmock
