#include "core/world_job.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace jobmock {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): eight bytes of state, where the standard's generators take kilobytes in
// each of ten thousand worlds.
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

// A job with inputs that do not fit is accepted and fails later, as the real service does it.
Plan failing_plan(const std::vector<std::string>& problems) {
  std::string error = "Invalid inputs: ";
  for (const auto& problem : problems) error += (&problem == problems.data() ? "" : "; ") + problem;
  return {{{std::chrono::seconds(2), {Status::failed, {}, std::move(error), true}}}, {}};
}

}  // namespace

std::size_t size_of(const std::vector<std::string>& texts) {
  std::size_t size = texts.size() * sizeof(std::string);
  for (const auto& text : texts) size += text.size();
  return size;
}

std::size_t size_of(const State& state) {
  const auto& output = state.output;
  return sizeof state + state.error.size() +
         (output ? output->suggestion.size() + output->title.value_or("").size() : 0);
}

std::size_t size_of_forced(const Run& run) { return run.forced() != nullptr ? size_of(*run.forced()) : 0; }

std::size_t size_of(const Fault& fault) {
  std::size_t size = sizeof fault + fault.origin.size() + fault.effects.size() * sizeof(Effect);
  for (const auto& effect : fault.effects) {
    const auto* answer = std::get_if<AnswerEffect>(&effect);
    if (answer == nullptr) continue;
    if (answer->body) size += answer->body->size();
    for (const auto& [name, value] : answer->headers) size += sizeof(Headers::value_type) + name.size() + value.size();
  }
  return size;
}

std::size_t size_of(const OwnJob& job) {
  std::size_t size = sizeof job;
  for (const auto& input : job.inputs) size += sizeof input + input.id.size() + size_of(input.values);
  const auto add = [&](const Timeline& timeline) {
    for (const auto& entry : timeline) size += sizeof entry + size_of(entry.state);
  };
  add(job.own_plan.timeline);
  for (const auto& retry : job.own_plan.retries) add(retry);
  for (const auto& fault : job.faults) size += sizeof fault + size_of(*fault);
  if (job.expect) size += sizeof *job.expect + job.expect->requests.size() * sizeof(ExpectedRequests);
  return size;
}

World::World(std::string name, std::shared_ptr<const FixtureSet> fixtures, const ClockSettings& clock, Timestamp real,
             std::uint64_t seed, const WorldLimits& limits, SharedByWorlds shared)
    : name_(std::move(name)),
      seed_(seed),
      limits_(limits),
      shared_(std::move(shared)),
      used_(real),
      has_faults_for_all_(!fixtures->faults.empty()),
      fixtures_(std::move(fixtures)),
      clock_(clock, real),
      on_poll_(clock.on_poll),
      id_state_(seed),
      journal_(limits.journal, shared_.journal_bytes) {}

World::~World() { *shared_.bytes -= bytes_; }

World::Expected<JobView> World::poll(const Uuid& id, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  auto job = find(id);
  if (!job) return tl::unexpected(WorldRefusal::unknown_job);
  born(*job, moment.world).count_poll(*job->plan, moment.world);
  auto shown = view(*job, moment.world);
  if (on_poll_.to_next) {
    clock_.advance_to(shown.progress.next_at.value_or(moment.world));
  } else if (on_poll_.by > Duration::zero()) {
    clock_.advance_to(later(moment.world, on_poll_.by));
  }
  return shown;
}

World::Expected<JobView> World::create(const std::shared_ptr<const FixtureSet>& fixtures,
                                       const Application& application, Inputs inputs, Moment& moment) {
  auto job = std::make_shared<OwnJob>();
  job->fixtures = lasting_part_of(fixtures);
  job->application =
      &job->fixtures->applications[static_cast<std::size_t>(&application - fixtures->applications.data())];
  if (const auto problems = application.problems_of(inputs); !problems.empty()) {
    job->own_plan = failing_plan(problems);
    job->place = application.place;
  } else {
    const auto& rule = job->application->rule_for(inputs);
    job->plan = &rule.plan;
    job->place = rule.place;
  }
  job->inputs = std::move(inputs);
  const auto bytes = size_of(*job);

  const Lock lock(mutex_);
  tell(moment);
  if (own_.size() >= limits_.created_jobs || !take(bytes)) return tl::unexpected(WorldRefusal::is_full);
  job->id = next_id();
  auto& own = own_.emplace(job->id, Own{job, Run(moment.world), ++made_}).first->second;
  return view(job_of_own(own), moment.world);
}

World::Expected<JobView> World::retry(const Uuid& id, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  auto job = find(id);
  if (!job) return tl::unexpected(WorldRefusal::unknown_job);
  auto& run = born(*job, moment.world);
  if (run.progress(*job->plan, moment.world).state->status != Status::failed) {
    return tl::unexpected(WorldRefusal::has_not_failed);
  }
  give_back(size_of_forced(run));
  run.retry(moment.world);
  return view(*job, moment.world);
}

World::Page World::list(const std::string& application_id, std::optional<Status> status, std::size_t offset,
                        std::size_t limit, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  auto& births = births_[application_id];
  if (births.empty() || births.back().generation < fixtures_->generation) {
    births.push_back({fixtures_->generation, moment.world});
  }
  auto jobs = jobs_of(application_id);
  struct Listed {
    Timestamp created_at;
    std::int64_t rank;  // among those created at the same time
    Job* job;
  };
  std::vector<Listed> listed;
  listed.reserve(jobs.size());
  for (auto& job : jobs) {
    if (job.own != nullptr) born(job, moment.world);
    if (status && progress_of(job, moment.world).state->status != *status) continue;
    const auto created_at = job.run != nullptr ? job.run->created_at() : job.birth.value_or(moment.world);
    const auto rank = job.own != nullptr ? -static_cast<std::int64_t>(job.own->number) : std::int64_t{job.index};
    listed.push_back({created_at, rank, &job});
  }
  const auto begin = std::min(offset, listed.size());
  const auto end = begin + std::min(limit, listed.size() - begin);
  const auto at = [&](std::size_t index) { return listed.begin() + static_cast<std::ptrdiff_t>(index); };
  std::partial_sort(listed.begin(), at(end), listed.end(), [](const Listed& a, const Listed& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.rank < b.rank;
  });
  Page page{{}, listed.size()};
  for (auto i = begin; i < end; ++i) page.jobs.push_back(view(*listed[i].job, moment.world));
  return page;
}

std::vector<std::string> World::graphs(const std::string& application_id, Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  const auto found = graphs_.find(application_id);
  return found == graphs_.end() ? std::vector<std::string>() : found->second;
}

World::Expected<void> World::set_graphs(const std::string& application_id, std::vector<std::string> ids,
                                        Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
  auto& kept = graphs_[application_id];
  if (!take(size_of(ids))) return tl::unexpected(WorldRefusal::is_full);
  give_back(size_of(kept));
  kept = std::move(ids);
  return {};
}

void World::tell_time(Moment& moment) {
  const Lock lock(mutex_);
  tell(moment);
}

std::optional<World::Job> World::find(const Uuid& id) {
  if (const auto found = fixtures_->job_by_id.find(id);
      found != fixtures_->job_by_id.end() && !removed_.contains(found->second)) {
    return job_of_fixture(found->second);
  }
  const auto own = own_.find(id);
  if (own == own_.end()) return std::nullopt;
  return job_of_own(own->second);
}

World::Job World::job_of_fixture(std::uint32_t index) {
  const auto& definition = fixtures_->jobs[index];
  const auto run = runs_.find(index);
  Job job{definition.id,
          &fixtures_->applications[definition.application],
          &definition.plan,
          definition.place,
          index,
          nullptr,
          run == runs_.end() ? nullptr : &run->second,
          {}};
  if (job.run == nullptr) job.birth = birth_of(index);
  return job;
}

World::Job World::job_of_own(Own& own) {
  const auto& job = *own.job;
  return {job.id,
          job.application,
          job.plan != nullptr ? job.plan : &job.own_plan,
          job.place,
          0,
          &own,
          own.run ? &*own.run : nullptr,
          pinned_birth(job.created_at, clock_.start())};
}

std::vector<World::Job> World::all_jobs() {
  std::vector<Job> jobs;
  jobs.reserve(fixtures_->jobs.size() + own_.size());
  for (std::uint32_t i = 0; i < fixtures_->jobs.size(); ++i) {
    if (!removed_.contains(i)) jobs.push_back(job_of_fixture(i));
  }
  const auto first_own = static_cast<std::ptrdiff_t>(jobs.size());
  for (auto& [id, own] : own_) jobs.push_back(job_of_own(own));
  std::sort(jobs.begin() + first_own, jobs.end(),
            [](const Job& a, const Job& b) { return a.own->number < b.own->number; });
  return jobs;
}

std::vector<World::Job> World::jobs_of(const std::string& application_id) {
  std::vector<Job> jobs;
  const auto application = fixtures_->application_by_name.find(application_id);
  if (application != fixtures_->application_by_name.end()) {
    for (std::uint32_t i = 0; i < fixtures_->jobs.size(); ++i) {
      const bool is_listed = fixtures_->jobs[i].application == application->second && !removed_.contains(i);
      if (is_listed) jobs.push_back(job_of_fixture(i));
    }
  }
  for (auto& [id, own] : own_) {
    if (own.job->application->id == application_id) jobs.push_back(job_of_own(own));
  }
  return jobs;
}

std::optional<Timestamp> World::birth_of(std::uint32_t index) const {
  const auto& job = fixtures_->jobs[index];
  if (const auto pinned = pinned_birth(job.created_at, clock_.start())) return pinned;
  const auto listed = births_.find(fixtures_->applications[job.application].id);
  if (listed == births_.end()) return std::nullopt;
  for (const auto& birth : listed->second) {
    if (birth.generation >= job.since) return birth.at;
  }
  return std::nullopt;
}

Run& World::born(Job& job, Timestamp now) {
  if (job.run != nullptr) return *job.run;
  const Timestamp created_at = job.birth.value_or(now);
  job.run =
      job.own != nullptr ? &job.own->run.emplace(created_at) : &runs_.emplace(job.index, created_at).first->second;
  return *job.run;
}

Progress World::progress_of(const Job& job, Timestamp now) {
  return job.run != nullptr ? job.run->progress(*job.plan, now) : Run(job.birth.value_or(now)).progress(*job.plan, now);
}

std::vector<Run::Coming> World::coming_of(const Job& job, Timestamp now) {
  if (job.run != nullptr) return job.run->coming(*job.plan, now);
  return job.birth ? Run(*job.birth).coming(*job.plan, now) : std::vector<Run::Coming>();
}

JobView World::view(const Job& job, Timestamp now) const {
  const auto* run = job.run;
  JobView view{job.id,
               job.own != nullptr ? job.own->job->fixtures : fixtures_,
               job.own != nullptr ? job.own->job : nullptr,
               job.application,
               job.own != nullptr ? &job.own->job->faults : &fixtures_->jobs[job.index].faults,
               job.place,
               run != nullptr || job.birth.has_value(),
               run != nullptr ? run->created_at() : job.birth.value_or(now),
               run != nullptr ? run->attempt() : 1,
               run != nullptr ? run->polls() : 0,
               run != nullptr && run->is_held(),
               progress_of(job, now)};
  if (!view.is_born) view.progress.next_at.reset();
  return view;
}

// A UUID of version 4 (RFC 9562, 5.4) that no job has.
Uuid World::next_id() {
  while (true) {
    const std::uint64_t halves[] = {next_random(id_state_), next_random(id_state_)};
    Uuid id;
    std::memcpy(id.bytes.data(), halves, sizeof halves);
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0FU) | 0x40U);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3FU) | 0x80U);
    if (!fixtures_->job_by_id.contains(id) && !own_.contains(id)) return id;
  }
}

// Counts bytes that are to be kept; false when they are too many.
bool World::take(std::size_t bytes) {
  if (bytes > limits_.bytes - bytes_) return false;
  if (shared_.bytes->fetch_add(bytes) + bytes > limits_.bytes_of_all) {
    *shared_.bytes -= bytes;
    return false;
  }
  bytes_ += bytes;
  return true;
}

void World::give_back(std::size_t bytes) {
  bytes_ -= bytes;
  *shared_.bytes -= bytes;
}

}  // namespace jobmock
