// How many connections there may be, for all reactors together. Any thread may call.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace jobmock {

class Places {
 private:
  struct GiveBack {
    void operator()(Places* places) const { ++places->free_; }
  };

 public:
  explicit Places(std::size_t count) : free_(count) {}

  // Given back when it is gone. Null: none.
  using Place = std::unique_ptr<Places, GiveBack>;

  // Null when all are taken.
  Place take() {
    auto free = free_.load();
    while (free > 0) {
      if (free_.compare_exchange_weak(free, free - 1)) return Place(this);
    }
    return nullptr;
  }

 private:
  std::atomic<std::size_t> free_;
};

}  // namespace jobmock
