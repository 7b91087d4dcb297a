#include "core/fixture_set.hpp"

#include <utility>

namespace jobmock {

void set_apart_jobs(FixtureSet& set) {
  auto jobs = std::exchange(set.jobs, {});
  auto job_by_id = std::exchange(set.job_by_id, {});
  set.without_jobs = std::make_shared<const FixtureSet>(set);
  set.jobs = std::move(jobs);
  set.job_by_id = std::move(job_by_id);
}

std::shared_ptr<const FixtureSet> lasting_part_of(const std::shared_ptr<const FixtureSet>& set) {
  return set->without_jobs ? set->without_jobs : set;
}

Succession succeed(const FixtureSet& before, FixtureSet& after) {
  after.generation = before.generation + 1;
  for (auto& job : after.jobs) job.since = after.generation;
  Succession succession{std::vector<std::uint32_t>(before.jobs.size(), Succession::gone)};
  for (std::size_t i = 0; i < before.jobs.size(); ++i) {
    const auto& old = before.jobs[i];
    const auto found = after.job_by_id.find(old.id);
    if (found == after.job_by_id.end()) continue;
    auto& job = after.jobs[found->second];
    const bool is_same = before.applications[old.application].id == after.applications[job.application].id &&
                         old.created_at == job.created_at && old.plan == job.plan;
    if (!is_same) continue;
    job.since = old.since;
    succession.jobs[i] = found->second;
  }
  return succession;
}

}  // namespace jobmock
