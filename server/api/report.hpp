// What clients did in the worlds of a server, and what to think of it: for GET /__admin/report and for `jobmock run`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/admin_wire.hpp"
#include "core/verdict.hpp"
#include "core/world.hpp"

namespace jobmock {

// An expectation and what became of it.
struct Judged {
  std::optional<Uuid> job;  // unset: of the world
  std::string place;        // where the job is defined
  std::string world;        // empty: it was polled in none
  Verdict verdict;
};

struct WorldReport {
  std::string world;
  Timestamp start;
  Timestamp now;
  std::size_t requests = 0;   // in the journal
  std::uint64_t dropped = 0;  // no longer there: what is said below is then of the last ones only
  std::vector<JobPolling> jobs;
  std::vector<Judged> judged;

  // What was never exercised here.
  struct UnusedState {
    Uuid job;
    Status status = Status::in_progress;
  };
  std::vector<World::PlannedJob> unused_jobs;
  std::vector<UnusedState> unused_states;  // of jobs that were
  std::vector<World::FaultView> unused_faults;
};

// `forgotten`: see Evidence.
WorldReport report_on(World& world, Timestamp real, std::uint64_t forgotten);

// Every expectation on a job in each world that polled or retried it, or in none; every other one in each world, or in
// none. `fixtures` are those that are served now, for when no world has begun. `worlds` are all but the forgotten.
std::vector<Judged> judge_all(const std::vector<std::shared_ptr<World>>& worlds,
                              const std::shared_ptr<const FixtureSet>& fixtures, std::uint64_t forgotten);

Json report_json(const WorldReport& report);
Json judged_json(const Judged& judged);
Json verdict_json(const Verdict& verdict);

// The same for people, as a table with a line for each job.
std::string report_text(const WorldReport& report);
std::string judged_text(const Judged& judged);

}  // namespace jobmock
