// What one bearer token sees: when its world began and which jobs were born in it. Every member may be called
// from any thread; values leave the lock, references never do.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/fixture_set.hpp"

namespace jobmock {

// A job as an answer shows it at one moment. The pointers live as long as the world's fixtures.
struct JobView {
  const FixtureJob* job = nullptr;
  const Application* application = nullptr;
  const State* state = nullptr;
  Timestamp created_at;
  Timestamp updated_at;  // when `state` was reached
};

class World {
 public:
  // Begins at `now`, with everything as the fixtures say.
  World(std::shared_ptr<const FixtureSet> fixtures, Timestamp now);

  // One poll of a job, at `now`. A job without a created_at is born here. Nothing for an unknown id.
  std::optional<JobView> poll(const Uuid& id, Timestamp now);

 private:
  Timestamp created_at(std::uint32_t job, Timestamp now);

  const std::shared_ptr<const FixtureSet> fixtures_;
  const Timestamp start_;

  std::mutex mutex_;
  std::unordered_map<std::uint32_t, Timestamp> births_;  // guarded by mutex_; by index into fixtures_->jobs
};

}  // namespace jobmock
