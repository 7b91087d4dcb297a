// What one bearer token sees: its clock, the fixtures, and what differs from them in its world: births, attempts,
// polls, jobs that were created, graphs. Every member may be called from any thread; values leave the lock, references
// never do.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "core/fault_state.hpp"
#include "core/fixture_set.hpp"
#include "core/journal.hpp"
#include "core/mutex.hpp"
#include "core/request_counts.hpp"
#include "core/run.hpp"
#include "core/world_clock.hpp"

namespace jobmock {

// A job that is not of the fixtures: a client created it, or a test added it. Immutable; shared between its world and
// the answers about it.
struct OwnJob {
  Uuid id;
  std::shared_ptr<const FixtureSet> fixtures;  // as they were then; what is below points into them
  const Application* application = nullptr;
  CreatedAt created_at;
  Plan own_plan;               // used when `plan` is null
  const Plan* plan = nullptr;  // of a rule
  Inputs inputs;
  Place place;         // of the rule; none of an added job
  FaultList faults{};  // of its own
  std::shared_ptr<const Expectation> expect{};
};

// A job as an answer shows it at one moment.
struct JobView {
  Uuid id;
  std::shared_ptr<const FixtureSet> fixtures;  // with `own` and `progress`, keeps what the pointers point to
  std::shared_ptr<const OwnJob> own;           // null for a job of the fixtures
  const Application* application = nullptr;
  const FaultList* faults = nullptr;  // its own
  Place place;
  bool is_born = true;
  Timestamp created_at;
  std::uint32_t attempt = 1;
  std::uint32_t polls = 0;
  bool is_held = false;
  Progress progress{};

  [[nodiscard]] const State& state() const { return *progress.state; }
  [[nodiscard]] Timestamp updated_at() const { return progress.since; }
};

// What all worlds of a server may keep together, so that no number of worlds exhausts the machine.
struct WorldLimits {
  std::size_t created_jobs = 100'000;      // in one world
  std::size_t bytes = 64U << 20U;          // of what one world was sent: jobs, inputs, graph ids, faults
  std::size_t bytes_of_all = 512U << 20U;  // of that in all worlds together
  std::size_t added_faults = 1000;         // in one world
  Journal::Limits journal;
};

// When something happens: by the machine's clock, and by the world's, which each call on the world tells.
struct Moment {
  Timestamp real;
  Timestamp world = real;
  bool is_told = false;
};

enum class WorldRefusal {
  unknown_job,
  job_exists,
  has_not_failed,  // so it cannot be retried
  has_ended,
  is_past,         // time never runs backwards
  is_not_reached,  // by time alone
  is_full,
};

// What all worlds of a server share.
struct SharedByWorlds {
  using Bytes = std::shared_ptr<std::atomic<std::size_t>>;

  std::uint64_t seed = 0;                                               // of the server, as a person gave it
  Bytes bytes = std::make_shared<std::atomic<std::size_t>>(0);          // counts to WorldLimits::bytes_of_all
  Bytes journal_bytes = std::make_shared<std::atomic<std::size_t>>(0);  // counts to Journal::Limits::bytes_of_all
  std::shared_ptr<RequestCounts> counts = std::make_shared<RequestCounts>();
};

class World {
 public:
  template <typename Result>
  using Expected = tl::expected<Result, WorldRefusal>;

  // Begins at the real time `real`, with everything as the fixtures say. Ids of created jobs, and what chance decides,
  // follow from `seed`.
  World(std::string name, std::shared_ptr<const FixtureSet> fixtures, const ClockSettings& clock, Timestamp real,
        std::uint64_t seed, const WorldLimits& limits, SharedByWorlds shared = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  World(World&&) = delete;
  World& operator=(World&&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  // When it was used last, by the machine's clock. Without the lock.
  void use(Timestamp real) { used_.store(real, std::memory_order_relaxed); }
  [[nodiscard]] Timestamp used() const { return used_.load(std::memory_order_relaxed); }

  // What clients do. Each call moves the clock to its moment.

  // One poll of a job. A job of the fixtures without a created_at is born here. The clock then goes on as its settings
  // for polls say.
  Expected<JobView> poll(const Uuid& id, Moment& moment);

  // A new job of an application of `fixtures`.
  Expected<JobView> create(const std::shared_ptr<const FixtureSet>& fixtures, const Application& application,
                           Inputs inputs, Moment& moment);

  // Begins the next attempt of a job that has failed; `created_at` stays.
  Expected<JobView> retry(const Uuid& id, Moment& moment);

  // Jobs of an application, the newest first; of those created at the same time the one created last, and then
  // those of the fixtures in their order. Jobs that were not born yet are born.
  struct Page {
    std::vector<JobView> jobs;  // `limit` of them, from `offset` on
    std::size_t total = 0;      // with that status
  };
  Page list(const std::string& application_id, std::optional<Status> status, std::size_t offset, std::size_t limit,
            Moment& moment);

  std::vector<std::string> graphs(const std::string& application_id, Moment& moment);
  Expected<void> set_graphs(const std::string& application_id, std::vector<std::string> ids, Moment& moment);

  // The world's time, and nothing else.
  void tell_time(Moment& moment);

  // What a test does.

  struct ClockView {
    Timestamp start;
    Timestamp now;
    double speed = 1;
    OnPoll on_poll;
    std::optional<JobView> next;  // the job of the next change that time brings
  };
  ClockView clock(Moment& moment);

  struct ClockChange {
    std::optional<double> speed;
    std::optional<OnPoll> on_poll;
    std::optional<Timestamp> now;
  };
  // Refuses a time that is past, and then changes nothing.
  Expected<ClockView> change_clock(const ClockChange& change, Moment& moment);

  struct ToNext {};  // the next change that time brings
  struct ToIdle {};  // until time brings no more
  struct ToStatus {
    Uuid job;  // born now if it was not
    Status status = Status::in_progress;
  };
  using Target = std::variant<Duration, Timestamp, ToNext, ToIdle, ToStatus>;
  struct Transition {
    Uuid job;
    Status from = Status::in_progress;
    Status to = Status::in_progress;
    Timestamp at;
  };
  struct Advance {
    Timestamp from;
    Timestamp to;
    std::vector<Transition> transitions;  // the first entries that were reached, in the order of time
    std::size_t total = 0;                // that were reached
  };
  // Moves the clock, and tells `most` transitions. Where there is nothing to move on to, it stands.
  Expected<Advance> advance(const Target& target, Moment& moment, std::size_t most = SIZE_MAX);

  // A job without any effect on it, be it born or not.
  Expected<JobView> explain(const Uuid& id, Moment& moment);
  // Jobs of the fixtures in their order, then the others in the order they were made.
  Page explain_all(std::size_t offset, std::size_t limit, Moment& moment);

  // A job that no other has the id of; `job.fixtures` are those that its application is of.
  Expected<JobView> add(OwnJob job, Moment& moment);
  Expected<void> remove(const Uuid& id, Moment& moment);

  // These bear a job that was not born. None of them moves a job that has ended.
  Expected<JobView> force(const Uuid& id, State state, Moment& moment);
  Expected<JobView> hold(const Uuid& id, Moment& moment);
  Expected<JobView> release(const Uuid& id, Moment& moment);

  // Begins anew, with the fixtures and the clock of the beginning.
  void reset(const ClockSettings& clock, Moment& moment);

  // Goes over to the fixtures that were read after its own. Jobs that are defined as before stay what they are, as do
  // those that were created; others begin anew. The clock goes on. A world that began with these already stays as it
  // is.
  void adopt(const std::shared_ptr<const FixtureSet>& fixtures, const Succession& succession);

  // Faults.

  // What becomes of one answer, and counts it: to be asked once for each request, with the job that the answer is
  // about (a poll counts itself before) or else the application, if there is one.
  struct Answer {
    Operation operation = Operation::retrieve;
    const JobView* job = nullptr;
    const Application* application = nullptr;
    // The status that the answer would show. Asked only where there may be a fault for it; unset: none.
    std::function<std::optional<Status>()> would_show;
  };
  FaultDecision decide_faults(const Answer& answer, Moment& moment);

  // A fault that a test added: of a job, of an application, or of the world.
  struct AddedFault {
    std::uint64_t id = 0;  // from 1; given by the world
    std::shared_ptr<const Fault> fault;
    std::optional<Uuid> job;
    std::string application_id;  // empty: none
  };
  // `fault.fault` must be new to this world, for it is what is counted; other worlds may share it.
  Expected<AddedFault> add_fault(AddedFault fault, Moment& moment);
  bool remove_fault(std::uint64_t id, Moment& moment);
  void remove_faults(Moment& moment);  // all that were added

  struct FaultView {
    std::shared_ptr<const Fault> fault;
    std::uint64_t id = 0;  // 0: of the fixtures
    std::optional<Uuid> job;
    std::string application_id;
    std::uint64_t applied = 0;
  };
  // Those that were added, and those of the fixtures.
  std::vector<FaultView> faults(Moment& moment);

  // The record of requests, and what to think of it.

  void record(JournalEntry entry);
  struct JournalView {
    std::vector<JournalEntry> entries;
    std::size_t matching = 0;   // entries that there are, though the limit left some out
    std::uint64_t dropped = 0;  // entries that are no longer there, whatever they were
  };
  JournalView journal(const JournalFilter& filter, Journal::Order order, std::size_t limit) const;
  void include_in(RequestCount& count) const;  // what it remembers
  void clear_journal();

  // What is expected of a job, or of the whole world (no job).
  struct ExpectationOf {
    std::optional<Uuid> job;
    Expectation expectation;
    std::string place;  // of the job: "fixtures/a.yaml:12"; empty for one that was added, and for the world
  };
  std::vector<ExpectationOf> expectations() const;

  // The jobs of this world, for a report: which states each can show.
  struct PlannedJob {
    Uuid id;
    std::string place;
    std::vector<Status> states;
  };
  std::vector<PlannedJob> planned_jobs() const;

  struct Summary {
    Timestamp start;
    Timestamp now;
    double speed = 1;
    std::size_t own_jobs = 0;
    std::size_t jobs = 0;  // with those of the fixtures
  };
  Summary summary(Moment& moment);

 private:
  struct Own {
    std::shared_ptr<const OwnJob> job;
    std::optional<Run> run;  // unset: not born
    std::uint64_t number;    // in the order they were made
  };
  struct Birth {
    std::uint32_t generation = 0;  // of the fixtures that were listed
    Timestamp at;
  };
  struct Job;

  void tell(Moment& moment) REQUIRES(mutex_) { moment = {moment.real, clock_.now(moment.real), true}; }
  std::optional<Job> find(const Uuid& id) REQUIRES(mutex_);
  Job job_of_fixture(std::uint32_t index) REQUIRES(mutex_);
  Job job_of_own(Own& own) REQUIRES(mutex_);
  std::vector<Job> all_jobs() REQUIRES(mutex_);
  [[nodiscard]] std::size_t count_jobs() const REQUIRES(mutex_) {
    return fixtures_->jobs.size() - removed_.size() + own_.size();
  }
  std::vector<Job> jobs_of(const std::string& application_id) REQUIRES(mutex_);
  [[nodiscard]] std::optional<Timestamp> birth_of(std::uint32_t index) const REQUIRES(mutex_);
  Run& born(Job& job, Timestamp now) REQUIRES(mutex_);
  static Progress progress_of(const Job& job, Timestamp now);
  static std::vector<Run::Coming> coming_of(const Job& job, Timestamp now);
  JobView view(const Job& job, Timestamp now) const REQUIRES(mutex_);
  ClockView clock_view(Timestamp now) REQUIRES(mutex_);
  Expected<Timestamp> moment_of(const Target& target, Timestamp now) REQUIRES(mutex_);
  Advance transitions(Timestamp from, Timestamp to, std::size_t most) REQUIRES(mutex_);
  Expected<Job> unended(const Uuid& id, Moment& moment) REQUIRES(mutex_);
  Uuid next_id() REQUIRES(mutex_);
  bool take(std::size_t bytes) REQUIRES(mutex_);
  FaultList added_faults_for(const Answer& answer) const REQUIRES(mutex_);
  void give_back(std::size_t bytes) REQUIRES(mutex_);

  const std::string name_;
  const std::uint64_t seed_;
  const WorldLimits limits_;
  const SharedByWorlds shared_;
  std::atomic<Timestamp> used_;
  std::atomic<bool> has_faults_for_all_;  // that were added, or are the world's: so the lock is worth taking

  mutable Mutex mutex_;
  std::shared_ptr<const FixtureSet> fixtures_ GUARDED_BY(mutex_);
  WorldClock clock_ GUARDED_BY(mutex_);
  OnPoll on_poll_ GUARDED_BY(mutex_);
  // By index into fixtures_->jobs: those asked about.
  std::unordered_map<std::uint32_t, Run> runs_ GUARDED_BY(mutex_);
  // By application: births of its jobs, by being listed.
  std::unordered_map<std::string, std::vector<Birth>> births_ GUARDED_BY(mutex_);
  std::unordered_set<std::uint32_t> removed_ GUARDED_BY(mutex_);  // index into fixtures_->jobs
  std::unordered_map<Uuid, Own> own_ GUARDED_BY(mutex_);
  std::uint64_t made_ GUARDED_BY(mutex_) = 0;  // own jobs, ever
  std::unordered_map<std::string, std::vector<std::string>> graphs_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::uint64_t id_state_ GUARDED_BY(mutex_);
  Journal journal_ GUARDED_BY(mutex_);
  FaultState fault_state_ GUARDED_BY(mutex_);
  std::vector<AddedFault> added_faults_ GUARDED_BY(mutex_);
  std::uint64_t last_fault_ GUARDED_BY(mutex_) = 0;  // id
};

}  // namespace jobmock
