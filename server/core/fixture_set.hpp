// Everything that the fixtures define, once read: shared by all worlds and never changed. Any thread may
// read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/timeline.hpp"
#include "core/tokens.hpp"
#include "core/uuid.hpp"

namespace jobmock {

// Where something was defined, for messages. Line and column count from 1.
struct Place {
  std::uint32_t file = 0;  // index into FixtureSet::files
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Application {
  std::string id;
  std::vector<std::string> aliases;
  std::string name;
  Place place;
};

// When a job was created: unset, it is born when its world first answers with it; a duration is how long
// before the start of the world; a timestamp is itself.
using CreatedAt = std::variant<std::monostate, Duration, Timestamp>;

struct FixtureJob {
  Uuid id;
  std::uint32_t application = 0;  // index into FixtureSet::applications
  CreatedAt created_at;
  Timeline timeline;
  Place place;
};

struct FixtureSet {
  std::vector<std::string> files;
  Tokens tokens;
  std::vector<Application> applications;
  std::vector<FixtureJob> jobs;
  std::unordered_map<Uuid, std::uint32_t> job_by_id;  // into jobs
};

}  // namespace jobmock
