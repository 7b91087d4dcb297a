#include "core/worlds.hpp"

#include <utility>

namespace jobmock {
namespace {

// Another seed for each name: FNV-1a, from the server's seed on.
std::uint64_t seed_for(std::string_view name, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037U ^ seed;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

}  // namespace

Worlds::Worlds(std::shared_ptr<const FixtureSet> fixtures, const Options& options)
    : fixtures_(std::move(fixtures)), options_(options) {}

Worlds::Entered Worlds::enter(std::string_view name, Timestamp now) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return {found->second->world, false};
  }
  const bool full = by_use_.size() >= options_.most;
  if (full) {
    by_name_.erase(by_use_.back().name);
    by_use_.pop_back();
  }
  const auto seed = seed_for(name, options_.seed);
  by_use_.push_front(
      {std::string(name), std::make_shared<World>(fixtures_, now, seed, options_.limits, bytes_of_all_)});
  by_name_.emplace(by_use_.front().name, by_use_.begin());
  return {by_use_.front().world, full};
}

}  // namespace jobmock
