#include "core/request_counts.hpp"

#include <algorithm>
#include <utility>

#include "core/world.hpp"

namespace jobmock {

RequestCount::RequestCount(std::shared_ptr<RequestCounts> all, const JournalFilter& filter,
                           std::optional<std::string> world, std::unordered_set<const World*> uncounted)
    : all_(std::move(all)), filter_(filter), world_(std::move(world)), uncounted_(std::move(uncounted)) {
  all_->keep(*this);
}

RequestCount::~RequestCount() { all_->leave(*this); }

bool RequestCount::is_of(const World& world) const {
  return (!world_ || *world_ == world.name()) && !uncounted_.contains(&world);
}

void RequestCounts::include(RequestCount& count, const World& world, const Journal& journal) {
  const auto remembered = journal.count(count.filter_);
  const Lock lock(mutex_);
  count.uncounted_.erase(&world);
  count.value_ += remembered;
}

// Whoever includes this world has its lock after it was kept: so this sees that one is, or that one sees the entry.
void RequestCounts::add(const World& world, const JournalEntry& entry) {
  if (!is_any_kept_.load(std::memory_order_relaxed)) return;
  const Lock lock(mutex_);
  for (auto* count : kept_) {
    if (count->filter_.fits(entry) && count->is_of(world)) ++count->value_;
  }
}

void RequestCounts::remove(const World& world, const Journal& journal) {
  if (!is_any_kept_.load(std::memory_order_relaxed)) return;
  const Lock lock(mutex_);
  for (auto* count : kept_) {
    if (!count->is_of(world)) continue;
    // Of one world all are gone, those that were dropped before too.
    const auto before = count->value();
    count->value_ = count->world_ ? 0 : before - std::min(before, journal.count(count->filter_));
  }
}

void RequestCounts::keep(RequestCount& count) {
  const Lock lock(mutex_);
  kept_.push_back(&count);
  is_any_kept_ = true;
}

void RequestCounts::leave(RequestCount& count) {
  const Lock lock(mutex_);
  kept_.erase(std::find(kept_.begin(), kept_.end(), &count));
  is_any_kept_ = !kept_.empty();
}

}  // namespace jobmock
