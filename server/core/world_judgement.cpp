#include <algorithm>

#include "core/world_job.hpp"

namespace jobmock {
namespace {

std::vector<Status> states_of(const Plan& plan) {
  std::vector<Status> states{Status::in_progress};
  const auto add = [&](const Timeline& timeline) {
    for (const auto& entry : timeline) {
      const bool is_new = std::find(states.begin(), states.end(), entry.state.status) == states.end();
      if (is_new) states.push_back(entry.state.status);
    }
  };
  add(plan.timeline);
  for (const auto& retry : plan.retries) add(retry);
  return states;
}

}  // namespace

void World::record(JournalEntry entry) {
  const Lock lock(mutex_);
  entry.world_delay = clock_.passes_in(entry.delay);
  shared_.counts->add(*this, entry);
  journal_.append(std::move(entry));
}

World::JournalView World::journal(const JournalFilter& filter, Journal::Order order, std::size_t limit) const {
  const Lock lock(mutex_);
  return {journal_.find(filter, order, limit), journal_.count(filter), journal_.dropped()};
}

void World::include_in(RequestCount& count) const {
  const Lock lock(mutex_);
  shared_.counts->include(count, *this, journal_);
}

void World::clear_journal() {
  const Lock lock(mutex_);
  shared_.counts->remove(*this, journal_);
  journal_.clear();
}

std::vector<World::ExpectationOf> World::expectations() const {
  const Lock lock(mutex_);
  std::vector<ExpectationOf> all;
  for (std::uint32_t i = 0; i < fixtures_->jobs.size(); ++i) {
    const auto& job = fixtures_->jobs[i];
    if (!job.expect || removed_.contains(i)) continue;
    all.push_back({job.id, *job.expect, fixtures_->files[job.place.file] + ':' + std::to_string(job.place.line)});
  }
  for (const auto& [id, own] : own_) {
    if (own.job->expect) all.push_back({id, *own.job->expect, {}});
  }
  if (fixtures_->expect) all.push_back({{}, *fixtures_->expect, {}});
  return all;
}

std::vector<World::PlannedJob> World::planned_jobs() const {
  const Lock lock(mutex_);
  std::vector<PlannedJob> jobs;
  for (std::uint32_t i = 0; i < fixtures_->jobs.size(); ++i) {
    const auto& job = fixtures_->jobs[i];
    if (removed_.contains(i)) continue;
    jobs.push_back(
        {job.id, fixtures_->files[job.place.file] + ':' + std::to_string(job.place.line), states_of(job.plan)});
  }
  return jobs;
}

}  // namespace jobmock
