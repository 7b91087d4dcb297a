#include "core/world.hpp"

#include <utility>

namespace jobmock {

World::World(std::shared_ptr<const FixtureSet> fixtures, Timestamp now) : fixtures_(std::move(fixtures)), start_(now) {}

std::optional<JobView> World::poll(const Uuid& id, Timestamp now) {
  const auto found = fixtures_->job_by_id.find(id);
  if (found == fixtures_->job_by_id.end()) return std::nullopt;
  const auto& job = fixtures_->jobs[found->second];
  const auto created = created_at(found->second, now);
  const auto [state, at] = reached(job.timeline, now - created);
  return JobView{&job, &fixtures_->applications[job.application], state, created, created + at};
}

Timestamp World::created_at(std::uint32_t job, Timestamp now) {
  const auto& pinned = fixtures_->jobs[job].created_at;
  if (const auto* timestamp = std::get_if<Timestamp>(&pinned)) return *timestamp;
  if (const auto* before = std::get_if<Duration>(&pinned)) return start_ - *before;
  const std::lock_guard lock(mutex_);
  return births_.try_emplace(job, now).first->second;
}

}  // namespace jobmock
