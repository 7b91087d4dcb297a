#include "core/worlds.hpp"

#include <algorithm>
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
    : options_(options), fixtures_(std::move(fixtures)) {
  shared_.seed = options_.seed;
}

Worlds::Entered Worlds::enter(std::string_view name, Timestamp now) {
  const Lock lock(mutex_);
  if (const auto found = worlds_.find(name); found != worlds_.end()) {
    found->second->use(now);
    return {found->second, false};
  }
  const bool full = worlds_.size() >= options_.most;
  if (full) forget_longest_unused();
  auto world = std::make_shared<World>(std::string(name), fixtures_, clock_settings(*fixtures_), now,
                                       seed_for(name, options_.seed), options_.limits, shared_);
  worlds_.emplace(name, world);
  return {std::move(world), full};
}

// Looks at every world, which is nothing beside beginning one.
void Worlds::forget_longest_unused() {
  const auto longest = std::min_element(
      worlds_.begin(), worlds_.end(), [](const auto& a, const auto& b) { return a.second->used() < b.second->used(); });
  if (longest == worlds_.end()) return;
  worlds_.erase(longest);
  ++forgotten_;
  ++generation_;
}

std::shared_ptr<World> Worlds::find(std::string_view name) const {
  const Lock lock(mutex_);
  const auto found = worlds_.find(name);
  return found == worlds_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<World>> Worlds::all() const {
  std::vector<std::shared_ptr<World>> worlds;
  {
    const Lock lock(mutex_);
    for (const auto& [name, world] : worlds_) worlds.push_back(world);
  }
  std::sort(worlds.begin(), worlds.end(), [](const auto& a, const auto& b) { return a->name() < b->name(); });
  return worlds;
}

std::shared_ptr<const RequestCount> Worlds::count_requests(const JournalFilter& filter,
                                                           const std::optional<std::string>& name) const {
  std::vector<std::shared_ptr<World>> begun;
  std::shared_ptr<RequestCount> count;
  {
    // A world that begins after this begins with no requests, and tells of each.
    const Lock lock(mutex_);
    for (const auto& [its_name, world] : worlds_) {
      if (!name || its_name == *name) begun.push_back(world);
    }
    std::unordered_set<const World*> uncounted;
    for (const auto& world : begun) uncounted.insert(world.get());
    count = std::make_shared<RequestCount>(shared_.counts, filter, name, std::move(uncounted));
  }
  for (const auto& world : begun) world->include_in(*count);
  return count;
}

bool Worlds::forget(std::string_view name) {
  if (const auto world = find(name)) world->clear_journal();  // which tells whoever counts its requests
  const Lock lock(mutex_);
  const auto found = worlds_.find(name);
  if (found == worlds_.end()) return false;
  worlds_.erase(found);
  ++generation_;
  return true;
}

void Worlds::reset(World& world, Moment& moment) const { world.reset(clock_settings(*fixtures()), moment); }

std::uint64_t Worlds::forgotten() const {
  const Lock lock(mutex_);
  return forgotten_;
}

std::shared_ptr<const FixtureSet> Worlds::fixtures() const {
  const Lock lock(mutex_);
  return fixtures_;
}

void Worlds::adopt(FixtureSet fixtures) {
  const Lock one_at_a_time(adopting_);
  const auto succession = succeed(*this->fixtures(), fixtures);
  const auto after = std::make_shared<const FixtureSet>(std::move(fixtures));
  auto before = after;  // goes when the lock is free again
  {
    const Lock lock(mutex_);
    std::swap(fixtures_, before);
    ++generation_;
  }
  for (const auto& world : all()) world->adopt(after, succession);
}

ClockSettings Worlds::clock_settings(const FixtureSet& fixtures) const {
  auto settings = fixtures.clock;
  settings.speed = options_.clock.speed.value_or(settings.speed);
  settings.on_poll = options_.clock.on_poll.value_or(settings.on_poll);
  return settings;
}

}  // namespace jobmock
