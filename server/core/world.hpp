// What one bearer token sees: the fixtures, and what differs from them in its world: births, attempts, jobs that
// were created, graphs. Every member may be called from any thread; values leave the lock, references never do.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "core/fixture_set.hpp"

namespace jobmock {

// A job that a client created. Immutable; shared between its world and the answers about it.
struct CreatedJob {
  Uuid id;
  std::uint32_t application = 0;  // index into FixtureSet::applications
  Plan own_plan;                  // used when `plan` is null: of a job whose inputs do not fit
  const Plan* plan = nullptr;     // of the fixtures, which outlive it
  Inputs inputs;
};

// A job as an answer shows it at one moment. The pointers live as long as the world's fixtures and `created`.
struct JobView {
  Uuid id;
  const Application* application = nullptr;
  const State* state = nullptr;
  Timestamp created_at;
  Timestamp updated_at;  // when `state` was reached
  std::uint32_t attempt = 1;
  std::shared_ptr<const CreatedJob> created;  // null for a job of the fixtures
};

// What all worlds of a server may keep together, so that no number of worlds exhausts the machine.
struct WorldLimits {
  std::size_t created_jobs = 100'000;      // in one world
  std::size_t bytes = 64U << 20U;          // of inputs and graph ids in one world
  std::size_t bytes_of_all = 512U << 20U;  // of those in all worlds together
};

class World {
 public:
  // Begins at `now`, with everything as the fixtures say. Ids of created jobs follow from `seed`. All worlds count
  // what they keep in `bytes_of_all`.
  using Bytes = std::shared_ptr<std::atomic<std::size_t>>;
  World(std::shared_ptr<const FixtureSet> fixtures, Timestamp now, std::uint64_t seed, const WorldLimits& limits,
        Bytes bytes_of_all);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  World(World&&) = delete;
  World& operator=(World&&) = delete;

  // One poll of a job, at `now`. A job of the fixtures without a created_at is born here. Nothing for an unknown
  // id.
  std::optional<JobView> poll(const Uuid& id, Timestamp now);

  // A new job of an application (index into FixtureSet::applications). Nothing when the world is full.
  std::optional<JobView> create(std::uint32_t application, Inputs inputs, Timestamp now);

  // Begins the next attempt of a job that has failed; `created_at` stays.
  enum class RetryRefusal { unknown_job, has_not_failed };
  tl::expected<JobView, RetryRefusal> retry(const Uuid& id, Timestamp now);

  // Jobs of an application, the newest first; of those created at the same time the one created last, and then
  // those of the fixtures in their order. Jobs that were not born yet are born.
  struct Page {
    std::vector<JobView> jobs;  // `limit` of them, from `offset` on
    std::size_t total = 0;      // with that status
  };
  Page list(std::uint32_t application, std::optional<Status> status, std::size_t offset, std::size_t limit,
            Timestamp now);

  [[nodiscard]] std::vector<std::string> graphs(std::uint32_t application) const;
  // False when the world is full.
  bool set_graphs(std::uint32_t application, std::vector<std::string> ids);

 private:
  struct Run {
    Timestamp created_at;
    Timestamp attempt_began;
    std::uint32_t attempt = 1;
  };
  struct Created {
    std::shared_ptr<const CreatedJob> job;
    Run run;
  };
  struct Listed;  // one candidate for a page

  // These are called under the lock.
  Run run_of(std::uint32_t job, Timestamp now);
  JobView view(std::uint32_t job, Timestamp now);
  JobView view(const Created& created, Timestamp now) const;
  Uuid next_id();
  bool take(std::size_t bytes);

  const std::shared_ptr<const FixtureSet> fixtures_;
  const Timestamp start_;
  const WorldLimits limits_;
  const Bytes bytes_of_all_;

  mutable std::mutex mutex_;
  // All below guarded by mutex_.
  std::unordered_map<std::uint32_t, Run> runs_;            // by index into fixtures_->jobs: those born here, or retried
  std::vector<Created> created_;                           // in the order of creation
  std::unordered_map<Uuid, std::uint32_t> created_by_id_;  // into created_
  std::unordered_map<std::uint32_t, std::vector<std::string>> graphs_;
  std::size_t bytes_ = 0;
  std::uint64_t id_state_;
};

}  // namespace jobmock
