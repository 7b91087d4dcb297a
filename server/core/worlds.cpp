#include "core/worlds.hpp"

#include <utility>

namespace jobmock {

Worlds::Worlds(std::shared_ptr<const FixtureSet> fixtures, std::size_t limit)
    : fixtures_(std::move(fixtures)), limit_(limit) {}

Worlds::Entered Worlds::enter(std::string_view name, Timestamp now) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return {found->second->world, false};
  }
  const bool full = by_use_.size() >= limit_;
  if (full) {
    by_name_.erase(by_use_.back().name);
    by_use_.pop_back();
  }
  by_use_.push_front({std::string(name), std::make_shared<World>(fixtures_, now)});
  by_name_.emplace(by_use_.front().name, by_use_.begin());
  return {by_use_.front().world, full};
}

}  // namespace jobmock
