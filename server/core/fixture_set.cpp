#include "core/fixture_set.hpp"

#include <map>
#include <utility>

namespace jobmock {
namespace {

void succeed(const FaultList& before, FaultList& after) {
  std::multimap<std::uint64_t, std::shared_ptr<const Fault>> old;  // by key, those of one in their order
  for (const auto& fault : before) old.emplace(fault->key, fault);
  for (auto& fault : after) {
    const auto found = old.lower_bound(fault->key);
    if (found == old.end() || found->first != fault->key) continue;
    auto same = std::make_shared<Fault>(*fault);
    same->first = found->second->first ? found->second->first : found->second;
    fault = std::move(same);
    old.erase(found);
  }
}

}  // namespace

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
    succeed(old.faults, job.faults);
    succession.jobs[i] = found->second;
  }
  succeed(before.faults, after.faults);
  for (const auto& old : before.applications) {
    const auto found = after.application_by_name.find(old.id);
    if (found == after.application_by_name.end()) continue;
    auto& application = after.applications[found->second];
    if (application.id == old.id) succeed(old.faults, application.faults);
  }
  if (after.without_jobs) {  // which has the faults, too
    after.without_jobs.reset();
    set_apart_jobs(after);
  }
  return succession;
}

}  // namespace jobmock
