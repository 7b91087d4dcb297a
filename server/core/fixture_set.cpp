#include "core/fixture_set.hpp"

namespace jobmock {

void set_apart_jobs(FixtureSet& set) {
  FixtureSet rest{set.generation,          set.files, set.tokens, set.clock,  set.applications,
                  set.application_by_name, {},        {},         set.faults, set.expect};
  set.without_jobs = std::make_shared<const FixtureSet>(std::move(rest));
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
