// Everything that the fixtures define, once read: shared by all worlds and never changed. Any thread may
// read it.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/application.hpp"
#include "core/fault.hpp"
#include "core/place.hpp"
#include "core/plan.hpp"
#include "core/tokens.hpp"
#include "core/uuid.hpp"

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
  FaultList faults{};
};

struct FixtureSet {
  std::vector<std::string> files;
  Tokens tokens;
  std::vector<Application> applications;
  std::unordered_map<std::string, std::uint32_t> application_by_name;  // id or alias; into applications
  std::vector<FixtureJob> jobs;
  std::unordered_map<Uuid, std::uint32_t> job_by_id;  // into jobs
  FaultList faults;                                   // of every world
};

}  // namespace jobmock
