#include <algorithm>
#include <utility>

#include "core/world_job.hpp"

namespace jobmock {
namespace {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;  // which clang 14 does not deduce

}  // namespace

World::ClockView World::clock(Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  return clock_view(moment.world);
}

World::ClockView World::clock_view(Timestamp now) {
  ClockView clock{clock_.start(), now, clock_.speed(), on_poll_, {}};
  for (const auto& job : all_jobs()) {
    const auto shown = view(job, now);
    if (!shown.progress.next_at) continue;
    if (!clock.next || *shown.progress.next_at < *clock.next->progress.next_at) clock.next = shown;
  }
  return clock;
}

World::Expected<World::ClockView> World::change_clock(const ClockChange& change, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  if (change.now && *change.now < moment.world) return tl::unexpected(WorldRefusal::is_past);
  if (change.now) {
    clock_.advance_to(*change.now);
    tell(moment);
  }
  if (change.speed) clock_.set_speed(*change.speed);
  if (change.on_poll) on_poll_ = *change.on_poll;
  return clock_view(moment.world);
}

World::Expected<World::Advance> World::advance(const Target& target, Moment& moment, std::size_t most) {
  const Lock lock(mutex_);
  tell(moment);
  const auto from = moment.world;
  const auto to = moment_of(target, from);
  if (!to) return tl::unexpected(to.error());
  auto passed = transitions(from, *to, most);
  clock_.advance_to(*to);
  tell(moment);
  return passed;
}

World::Expected<Timestamp> World::moment_of(const Target& target, Timestamp now) {
  const auto to_change = [&](bool last) REQUIRES(mutex_) {
    std::optional<Timestamp> found;
    for (const auto& job : all_jobs()) {
      const auto coming = coming_of(job, now);
      if (coming.empty()) continue;
      const auto at = last ? coming.back().at : coming.front().at;
      if (!found || (last ? at > *found : at < *found)) found = at;
    }
    return found.value_or(now);
  };
  const auto to_status = [&](const ToStatus& wanted) REQUIRES(mutex_) -> Expected<Timestamp> {
    auto job = find(wanted.job);
    if (!job) return tl::unexpected(WorldRefusal::unknown_job);
    const auto& run = born(*job, now);
    if (run.progress(*job->plan, now).state->status == wanted.status) return now;
    for (const auto& [entry, at] : run.coming(*job->plan, now)) {
      if (entry->state.status == wanted.status) return at;
    }
    return tl::unexpected(WorldRefusal::is_not_reached);
  };
  const auto to_timestamp = [&](Timestamp time) -> Expected<Timestamp> {
    if (time < now) return tl::unexpected(WorldRefusal::is_past);
    return time;
  };
  return std::visit(
      Overloaded{[&](Duration by) -> Expected<Timestamp> { return later(now, by); }, to_timestamp,
                 [&](ToNext) REQUIRES(mutex_) -> Expected<Timestamp> { return to_change(false); },
                 [&](ToIdle) REQUIRES(mutex_) -> Expected<Timestamp> { return to_change(true); }, to_status},
      target);
}

// Every entry that time brings after `from` and until `to`.
World::Advance World::transitions(Timestamp from, Timestamp to, std::size_t most) {
  Advance passed{from, to, {}, 0};
  auto& first = passed.transitions;
  const auto leave_only_first = [&] {
    std::stable_sort(first.begin(), first.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    if (first.size() > most) first.resize(most);
  };
  for (const auto& job : all_jobs()) {
    const auto coming = coming_of(job, from);
    if (coming.empty() || coming.front().at > to) continue;
    auto before = progress_of(job, from).state->status;
    for (const auto& [entry, at] : coming) {
      if (at > to) break;
      if (most > 0) first.push_back({job.id, before, entry->state.status, at});
      before = entry->state.status;
      ++passed.total;
      if (first.size() / 2 > most) leave_only_first();  // seldom enough to be cheap, often enough to stay small
    }
  }
  leave_only_first();
  return passed;
}

World::Expected<JobView> World::explain(const Uuid& id, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  const auto job = find(id);
  if (!job) return tl::unexpected(WorldRefusal::unknown_job);
  return view(*job, moment.world);
}

World::Page World::explain_all(std::size_t offset, std::size_t limit, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  if (limit == 0) return {{}, count_jobs()};
  const auto jobs = all_jobs();
  Page page{{}, jobs.size()};
  for (auto i = offset; i < jobs.size() && page.jobs.size() < limit; ++i) {
    page.jobs.push_back(view(jobs[i], moment.world));
  }
  return page;
}

World::Expected<JobView> World::add(OwnJob job, Moment& moment) {
  const auto bytes = size_of(job);
  const auto shared = std::make_shared<const OwnJob>(std::move(job));
  const Lock lock(mutex_);
  tell(moment);
  if (find(shared->id)) return tl::unexpected(WorldRefusal::job_exists);
  if (own_.size() >= limits_.created_jobs || !take(bytes)) return tl::unexpected(WorldRefusal::is_full);
  auto& own = own_.emplace(shared->id, Own{shared, {}, ++made_}).first->second;
  return view(job_of_own(own), moment.world);
}

World::Expected<void> World::remove(const Uuid& id, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  const auto job = find(id);
  if (!job) return tl::unexpected(WorldRefusal::unknown_job);
  if (job->run != nullptr) give_back(size_of_forced(*job->run));
  if (job->own != nullptr) {
    for (const auto& fault : job->own->job->faults) fault_state_.forget(*fault);  // or it would stay in memory
    give_back(size_of(*job->own->job));
    own_.erase(id);
  } else {
    runs_.erase(job->index);
    removed_.insert(job->index);
  }
  return {};
}

World::Expected<JobView> World::force(const Uuid& id, State state, Moment& moment) {
  const Lock lock(mutex_);
  auto job = unended(id, moment);
  if (!job) return tl::unexpected(job.error());
  const auto freed = size_of_forced(*job->run);
  if (!take(size_of(state))) return tl::unexpected(WorldRefusal::is_full);
  give_back(freed);
  job->run->force(*job->plan, std::move(state), moment.world);
  return view(*job, moment.world);
}

World::Expected<JobView> World::hold(const Uuid& id, Moment& moment) {
  const Lock lock(mutex_);
  auto job = unended(id, moment);
  if (!job) return tl::unexpected(job.error());
  const auto kept = size_of_forced(*job->run);
  job->run->hold(*job->plan, moment.world);
  give_back(kept - size_of_forced(*job->run));
  return view(*job, moment.world);
}

World::Expected<JobView> World::release(const Uuid& id, Moment& moment) {
  const Lock lock(mutex_);
  auto job = unended(id, moment);
  if (!job) return tl::unexpected(job.error());
  job->run->release(moment.world);
  return view(*job, moment.world);
}

// A job that control may still move, born.
World::Expected<World::Job> World::unended(const Uuid& id, Moment& moment) {
  tell(moment);
  auto job = find(id);
  if (!job) return tl::unexpected(WorldRefusal::unknown_job);
  const auto& run = born(*job, moment.world);
  if (is_terminal(run.progress(*job->plan, moment.world).state->status)) {
    return tl::unexpected(WorldRefusal::has_ended);
  }
  return *job;
}

void World::reset(const ClockSettings& clock, Moment& moment) {
  const Lock lock(mutex_);
  give_back(bytes_);
  clock_ = WorldClock(clock, moment.real);
  on_poll_ = clock.on_poll;
  runs_.clear();
  births_.clear();
  removed_.clear();
  own_.clear();
  made_ = 0;
  graphs_.clear();
  id_state_ = seed_;
  shared_.counts->remove(*this, journal_);
  journal_.clear();
  fault_state_.clear();
  added_faults_.clear();
  has_faults_for_all_ = !fixtures_->faults.empty();
  tell(moment);
}

void World::adopt(const std::shared_ptr<const FixtureSet>& fixtures, const Succession& succession) {
  const Lock lock(mutex_);
  if (fixtures_ == fixtures) return;
  std::unordered_map<std::uint32_t, Run> runs;
  for (auto& [index, run] : runs_) {
    if (const auto after = succession.jobs[index]; after != Succession::gone) {
      runs.emplace(after, std::move(run));
    } else {
      give_back(size_of_forced(run));
    }
  }
  std::unordered_set<std::uint32_t> removed;
  for (const auto index : removed_) {
    if (const auto after = succession.jobs[index]; after != Succession::gone) removed.insert(after);
  }
  for (const auto& [id, own] : own_) {  // a job that a test made stays, whatever the fixtures have now
    if (const auto found = fixtures->job_by_id.find(id); found != fixtures->job_by_id.end()) {
      removed.insert(found->second);
    }
  }
  runs_ = std::move(runs);
  removed_ = std::move(removed);
  fixtures_ = fixtures;
  fault_state_.forget_unused();  // of fixtures before those that are still held here and there, so that few stay
  has_faults_for_all_ = !added_faults_.empty() || !fixtures_->faults.empty();
}

World::Summary World::summary(Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  return {clock_.start(), moment.world, clock_.speed(), own_.size(), count_jobs()};
}

}  // namespace jobmock
