// What a job is at a moment: a pure function of its timeline and the time since its attempt began. Nothing
// is scheduled and nothing is stored, so the answer does not depend on who asked before or how often.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace jobmock {

// The API knows no other status; the last two are terminal.
enum class Status { in_progress, completed, failed };

constexpr bool is_terminal(Status status) { return status != Status::in_progress; }

// As the API and the fixtures write it: "in_progress".
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);

// The result of a completed job (the API's `data`).
struct Output {
  std::optional<std::string> title;
  std::string suggestion;
};

// What a job is from one moment on. `output` only when completed, `error` only when failed.
struct State {
  Status status = Status::in_progress;
  std::optional<Output> output;
  std::string error;
};

// Reached `at` after the attempt began.
struct Entry {
  Duration at{0};
  State state;
};

// In order of `at`; a terminal entry is the last. Every job begins in progress, so an empty timeline is a job
// that never ends.
using Timeline = std::vector<Entry>;

struct Reached {
  const State* state;  // of the timeline it was asked for, or the one every job begins with
  Duration at;         // since the attempt began; zero for the beginning
};

// The last entry whose time has come. `elapsed` may be negative: the job has not begun to change.
Reached reached(const Timeline& timeline, Duration elapsed);

}  // namespace jobmock
