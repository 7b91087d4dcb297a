#include "core/world.hpp"

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

std::size_t size_of(const std::vector<std::string>& texts) {
  std::size_t size = texts.size() * sizeof(std::string);
  for (const auto& text : texts) size += text.size();
  return size;
}

std::size_t size_of(const Inputs& inputs) {
  std::size_t size = 0;
  for (const auto& input : inputs) size += sizeof input + input.id.size() + size_of(input.values);
  return size;
}

// A job with inputs that do not fit is accepted and fails later, as the real service does it.
Plan failing_plan(const std::vector<std::string>& problems) {
  std::string error = "Invalid inputs: ";
  for (const auto& problem : problems) error += (&problem == problems.data() ? "" : "; ") + problem;
  return {{{std::chrono::seconds(2), {Status::failed, {}, std::move(error)}}}, {}};
}

}  // namespace

World::World(std::shared_ptr<const FixtureSet> fixtures, Timestamp now, std::uint64_t seed, const WorldLimits& limits,
             Bytes bytes_of_all)
    : fixtures_(std::move(fixtures)),
      start_(now),
      limits_(limits),
      bytes_of_all_(std::move(bytes_of_all)),
      id_state_(seed) {}

World::~World() { *bytes_of_all_ -= bytes_; }

std::optional<JobView> World::poll(const Uuid& id, Timestamp now) {
  const auto found = fixtures_->job_by_id.find(id);
  const std::lock_guard lock(mutex_);
  if (found != fixtures_->job_by_id.end()) return view(found->second, now);
  const auto created = created_by_id_.find(id);
  if (created == created_by_id_.end()) return std::nullopt;
  return view(created_[created->second], now);
}

std::optional<JobView> World::create(std::uint32_t application, Inputs inputs, Timestamp now) {
  const auto& definition = fixtures_->applications[application];
  auto job = std::make_shared<CreatedJob>();
  job->application = application;
  if (const auto problems = definition.problems_of(inputs); !problems.empty()) {
    job->own_plan = failing_plan(problems);
  } else {
    job->plan = &definition.plan_for(inputs);
  }
  const auto bytes = size_of(inputs);
  job->inputs = std::move(inputs);

  const std::lock_guard lock(mutex_);
  if (created_.size() >= limits_.created_jobs || !take(bytes)) return std::nullopt;
  job->id = next_id();
  created_by_id_.emplace(job->id, static_cast<std::uint32_t>(created_.size()));
  created_.push_back({std::move(job), {now, now, 1}});
  return view(created_.back(), now);
}

tl::expected<JobView, World::RetryRefusal> World::retry(const Uuid& id, Timestamp now) {
  const auto of_fixture = fixtures_->job_by_id.find(id);
  const bool is_of_fixture = of_fixture != fixtures_->job_by_id.end();
  const std::lock_guard lock(mutex_);
  const auto created = is_of_fixture ? created_by_id_.end() : created_by_id_.find(id);
  if (!is_of_fixture && created == created_by_id_.end()) return tl::unexpected(RetryRefusal::unknown_job);
  const auto show = [&] {
    return is_of_fixture ? view(of_fixture->second, now) : view(created_[created->second], now);
  };
  if (show().state->status != Status::failed) return tl::unexpected(RetryRefusal::has_not_failed);
  auto& run = is_of_fixture ? runs_.try_emplace(of_fixture->second, run_of(of_fixture->second, now)).first->second
                            : created_[created->second].run;
  run.attempt_began = now;
  ++run.attempt;
  return show();
}

struct World::Listed {
  Timestamp created_at;
  std::int64_t rank;  // among those created at the same time
  std::uint32_t index;
  bool is_created;
};

World::Page World::list(std::uint32_t application, std::optional<Status> status, std::size_t offset, std::size_t limit,
                        Timestamp now) {
  const std::lock_guard lock(mutex_);
  std::vector<Listed> listed;
  const auto fits = [&](const JobView& job) { return !status || job.state->status == *status; };
  for (std::uint32_t i = 0; i < fixtures_->jobs.size(); ++i) {
    if (fixtures_->jobs[i].application != application) continue;
    const auto job = view(i, now);
    if (fits(job)) listed.push_back({job.created_at, i, i, false});
  }
  for (std::uint32_t i = 0; i < created_.size(); ++i) {
    if (created_[i].job->application != application) continue;
    if (fits(view(created_[i], now))) listed.push_back({created_[i].run.created_at, -1 - std::int64_t{i}, i, true});
  }
  std::sort(listed.begin(), listed.end(), [](const Listed& a, const Listed& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.rank < b.rank;
  });
  Page page{{}, listed.size()};
  for (auto i = offset; i < listed.size() && page.jobs.size() < limit; ++i) {
    page.jobs.push_back(listed[i].is_created ? view(created_[listed[i].index], now) : view(listed[i].index, now));
  }
  return page;
}

std::vector<std::string> World::graphs(std::uint32_t application) const {
  const std::lock_guard lock(mutex_);
  const auto found = graphs_.find(application);
  return found == graphs_.end() ? std::vector<std::string>() : found->second;
}

bool World::set_graphs(std::uint32_t application, std::vector<std::string> ids) {
  const std::lock_guard lock(mutex_);
  auto& kept = graphs_[application];
  const auto freed = size_of(kept);
  if (!take(size_of(ids))) return false;
  bytes_ -= freed;
  *bytes_of_all_ -= freed;
  kept = std::move(ids);
  return true;
}

World::Run World::run_of(std::uint32_t job, Timestamp now) {
  if (const auto found = runs_.find(job); found != runs_.end()) return found->second;
  const auto& pinned = fixtures_->jobs[job].created_at;
  if (const auto* timestamp = std::get_if<Timestamp>(&pinned)) return {*timestamp, *timestamp, 1};
  if (const auto* before = std::get_if<Duration>(&pinned)) return {start_ - *before, start_ - *before, 1};
  return runs_.emplace(job, Run{now, now, 1}).first->second;
}

JobView World::view(std::uint32_t job, Timestamp now) {
  const auto& definition = fixtures_->jobs[job];
  const auto run = run_of(job, now);
  const auto [state, at] = reached(definition.plan.of_attempt(run.attempt), now - run.attempt_began);
  return {definition.id,
          &fixtures_->applications[definition.application],
          state,
          run.created_at,
          run.attempt_began + at,
          run.attempt,
          nullptr};
}

JobView World::view(const Created& created, Timestamp now) const {
  const auto& [job, run] = created;
  const auto& plan = job->plan != nullptr ? *job->plan : job->own_plan;
  const auto [state, at] = reached(plan.of_attempt(run.attempt), now - run.attempt_began);
  return {
      job->id, &fixtures_->applications[job->application], state, run.created_at, run.attempt_began + at, run.attempt,
      job};
}

// A UUID of version 4 (RFC 9562, 5.4) that no job has.
Uuid World::next_id() {
  while (true) {
    const std::uint64_t halves[] = {next_random(id_state_), next_random(id_state_)};
    Uuid id;
    std::memcpy(id.bytes.data(), halves, sizeof halves);
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0FU) | 0x40U);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3FU) | 0x80U);
    if (!fixtures_->job_by_id.contains(id) && !created_by_id_.contains(id)) return id;
  }
}

// Counts bytes that are to be kept; false when they are too many.
bool World::take(std::size_t bytes) {
  if (bytes > limits_.bytes - bytes_) return false;
  if (bytes_of_all_->fetch_add(bytes) + bytes > limits_.bytes_of_all) {
    *bytes_of_all_ -= bytes;
    return false;
  }
  bytes_ += bytes;
  return true;
}

}  // namespace jobmock
