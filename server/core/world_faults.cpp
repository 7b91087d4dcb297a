#include <algorithm>
#include <utility>

#include "core/world_job.hpp"

namespace jobmock {
namespace {

bool is_for(const World::AddedFault& fault, const World::Answer& answer) {
  if (fault.job) return answer.job != nullptr && answer.job->id == *fault.job;
  if (fault.application_id.empty()) return true;
  return answer.application != nullptr && answer.application->id == fault.application_id;
}

const FaultList none;

// As `fixtures` have the application: a job that was created before a reload points to what it was then.
const FaultList& faults_of(const Application& application, const FixtureSet& fixtures) {
  const auto found = fixtures.application_by_name.find(application.id);
  if (found == fixtures.application_by_name.end()) return none;
  const auto& present = fixtures.applications[found->second];
  return present.id == application.id ? present.faults : none;  // or else the id is only an alias now
}

std::size_t size_of(const World::AddedFault& added) {
  return sizeof added + added.application_id.size() + size_of(*added.fault);
}

}  // namespace

// In the order of their right of way: those that a test added, the job's, its application's, the world's.
FaultDecision World::decide_faults(const Answer& answer, Moment& moment) {
  const auto& of_job = answer.job != nullptr ? *answer.job->faults : none;
  // Whether the lock is worth taking. What the application of a created job has now, only the lock lets us see.
  const bool may_be_of_application = (answer.job != nullptr && answer.job->own != nullptr) ||
                                     (answer.application != nullptr && !answer.application->faults.empty());
  if (of_job.empty() && !may_be_of_application && !has_faults_for_all_) return {};
  const auto would_show = answer.would_show ? answer.would_show() : std::nullopt;
  const Lock lock(mutex_);
  if (!moment.is_told) tell(moment);
  const auto& of_application = answer.application != nullptr ? faults_of(*answer.application, *fixtures_) : none;
  const auto added = added_faults_for(answer);
  const FaultList* const lists[] = {&added, &of_job, &of_application, &fixtures_->faults};
  const bool is_poll = answer.operation == Operation::retrieve && answer.job != nullptr;
  return fault_state_.decide(
      lists, {answer.operation, answer.job != nullptr ? std::optional(answer.job->id) : std::nullopt,
              answer.job != nullptr ? answer.job->attempt : 0, is_poll ? answer.job->polls : 0, would_show,
              clock_.start(), moment.world, shared_.seed, seed_});
}

FaultList World::added_faults_for(const Answer& answer) const {
  FaultList faults;
  for (const auto& added : added_faults_) {
    if (is_for(added, answer)) faults.push_back(added.fault);
  }
  return faults;
}

World::Expected<World::AddedFault> World::add_fault(AddedFault fault, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  if (fault.job && !find(*fault.job)) return tl::unexpected(WorldRefusal::unknown_job);
  if (added_faults_.size() >= limits_.added_faults || !take(size_of(fault))) {
    return tl::unexpected(WorldRefusal::is_full);
  }
  fault.id = ++last_fault_;
  added_faults_.push_back(fault);
  has_faults_for_all_ = true;
  return fault;
}

bool World::remove_fault(std::uint64_t id, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  const auto found =
      std::find_if(added_faults_.begin(), added_faults_.end(), [&](const auto& added) { return added.id == id; });
  if (found == added_faults_.end()) return false;
  fault_state_.forget(*found->fault);
  give_back(size_of(*found));
  added_faults_.erase(found);
  has_faults_for_all_ = !added_faults_.empty() || !fixtures_->faults.empty();
  return true;
}

void World::remove_faults(Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  for (const auto& added : added_faults_) {
    fault_state_.forget(*added.fault);
    give_back(size_of(added));
  }
  added_faults_.clear();
  has_faults_for_all_ = !fixtures_->faults.empty();
}

std::vector<World::FaultView> World::faults(Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  std::vector<FaultView> faults;
  for (const auto& added : added_faults_) {
    faults.push_back(
        {added.fault, added.id, added.job, added.application_id, fault_state_.times_applied(*added.fault)});
  }
  const auto add = [&](const FaultList& list, std::optional<Uuid> job, const std::string& application_id)
                       REQUIRES(mutex_) {
                         for (const auto& fault : list) {
                           faults.push_back({fault, 0, job, application_id, fault_state_.times_applied(*fault)});
                         }
                       };
  for (const auto& job : all_jobs()) {
    add(job.own != nullptr ? job.own->job->faults : fixtures_->jobs[job.index].faults, job.id, {});
  }
  for (const auto& application : fixtures_->applications) add(application.faults, {}, application.id);
  add(fixtures_->faults, {}, {});
  return faults;
}

}  // namespace jobmock
