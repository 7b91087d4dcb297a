// Counts of requests that are kept while requests come, for those who wait for some: they ask every few milliseconds,
// which must cost nothing however many worlds there are and however long their journals.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/journal.hpp"
#include "core/mutex.hpp"

namespace jobmock {

class RequestCounts;
class World;

// How many requests fit a filter: those that the worlds remembered when it began, and those that came since. One that a
// limit drops later has come all the same; what control clears, resets or forgets no longer counts. It is kept as long
// as it lives, on any thread.
class RequestCount {
 public:
  // `uncounted` are the worlds there are, of whose requests none are in it yet; see RequestCounts::include().
  // Without a `world` it is of every one; with it of that name, also when another begins with the name.
  RequestCount(std::shared_ptr<RequestCounts> all, const JournalFilter& filter, std::optional<std::string> world,
               std::unordered_set<const World*> uncounted);
  ~RequestCount();
  RequestCount(const RequestCount&) = delete;
  RequestCount& operator=(const RequestCount&) = delete;
  RequestCount(RequestCount&&) = delete;
  RequestCount& operator=(RequestCount&&) = delete;

  [[nodiscard]] std::size_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  friend class RequestCounts;
  [[nodiscard]] bool is_of(const World& world) const;

  const std::shared_ptr<RequestCounts> all_;
  const JournalFilter filter_;
  const std::optional<std::string> world_;
  std::unordered_set<const World*> uncounted_;  // under the lock of `all_`
  std::atomic<std::size_t> value_ = 0;          // changed under that lock
};

// All that are kept. Worlds call it under their own locks, so that nothing comes between a journal and its counts; it
// takes its own lock last.
class RequestCounts {
 public:
  // A world that `count` did not count so far, and what it remembers. From now on what it tells is counted.
  void include(RequestCount& count, const World& world, const Journal& journal);

  // What a world tells: one more request; or that it is about to forget all of them.
  void add(const World& world, const JournalEntry& entry);
  void remove(const World& world, const Journal& journal);

 private:
  friend class RequestCount;
  void keep(RequestCount& count);
  void leave(RequestCount& count);

  Mutex mutex_;
  std::vector<RequestCount*> kept_ GUARDED_BY(mutex_);
  std::atomic<bool> is_any_kept_ = false;  // so that usually a request costs no lock
};

}  // namespace jobmock
