// What the two halves of World share: world.cpp, which clients use, and world_control.cpp, which tests use.
#pragma once

#include <algorithm>

#include "core/world.hpp"

namespace jobmock {

// One job under the lock, wherever it is defined.
struct World::Job {
  Uuid id;
  const Application* application = nullptr;
  const Plan* plan = nullptr;
  Place place;
  std::uint32_t index = 0;         // into fixtures_->jobs, when own is null
  Own* own = nullptr;              // otherwise
  Run* run = nullptr;              // null: nothing is kept of it yet
  std::optional<Timestamp> birth;  // known without a run
};

// When a job was created, if its definition says so.
inline std::optional<Timestamp> pinned_birth(const CreatedAt& created_at, Timestamp world_start) {
  if (const auto* timestamp = std::get_if<Timestamp>(&created_at)) return *timestamp;
  if (const auto* before = std::get_if<Duration>(&created_at))
    return std::max(world_start - *before, beginning_of_time);
  return std::nullopt;
}

// Bytes that a world counts of what it keeps. What several worlds share, each of them counts.
std::size_t size_of(const std::vector<std::string>& texts);
std::size_t size_of(const State& state);
std::size_t size_of(const Fault& fault);
std::size_t size_of(const OwnJob& job);
std::size_t size_of_forced(const Run& run);

}  // namespace jobmock
