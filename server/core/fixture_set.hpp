// Everything that the fixtures define, once read: shared by all worlds and never changed. Any thread may
// read it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/application.hpp"
#include "core/expectation.hpp"
#include "core/fault.hpp"
#include "core/place.hpp"
#include "core/plan.hpp"
#include "core/tokens.hpp"
#include "core/uuid.hpp"
#include "core/world_clock.hpp"

namespace jobmock {

// When a job was created: unset, it is born when its world first answers with it; a duration is how long
// before the start of the world; a timestamp is itself.
using CreatedAt = std::variant<std::monostate, Duration, Timestamp>;

struct FixtureJob {
  Uuid id;
  std::uint32_t application = 0;  // index into FixtureSet::applications
  CreatedAt created_at;
  Plan plan;
  Place place;
  std::uint32_t since = 0;  // the generation of the set in which it became what it is
  FaultList faults{};
  std::shared_ptr<const Expectation> expect{};  // null: nothing; few of many jobs have one
};

struct FixtureSet {
  std::uint32_t generation = 0;  // how often it was read again
  std::vector<std::string> files;
  Tokens tokens;
  ClockSettings clock;
  std::vector<Application> applications;
  std::unordered_map<std::string, std::uint32_t> application_by_name;  // id or alias; into applications
  std::vector<FixtureJob> jobs;
  std::unordered_map<Uuid, std::uint32_t> job_by_id;  // into jobs
  FaultList faults;                                   // of every world
  std::optional<Expectation> expect;                  // of every job polled in a world, and of the world
  std::shared_ptr<const FixtureSet> without_jobs{};   // all but jobs and job_by_id; null: not set apart
};

// Sets all but the jobs apart, for what outlasts the set; see lasting_part_of.
void set_apart_jobs(FixtureSet& set);

// What a job that a client creates holds on to, so that jobs of a set that is read no more do not stay in memory with
// it: the set without its jobs, with all places and applications at the same indices.
std::shared_ptr<const FixtureSet> lasting_part_of(const std::shared_ptr<const FixtureSet>& set);

// How a set goes over into the one that was read after it.
struct Succession {
  static constexpr std::uint32_t gone = UINT32_MAX;
  std::vector<std::uint32_t> jobs;  // by index before: the index after of those whose definition is the same, or `gone`
};

// Also counts the generation of `after`, and says since when its jobs are what they are, and which of its faults were
// in `before`: those of the same text that the same job, the same application or the set has.
Succession succeed(const FixtureSet& before, FixtureSet& after);

}  // namespace jobmock
