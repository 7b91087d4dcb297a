// What becomes of one answer. Plain values that own all they hold: the fixtures that the faults came from may be gone
// before the answer is sent.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/fault.hpp"
#include "core/time.hpp"

namespace jobmock {

struct AppliedAnswer {
  int status = 500;
  Headers headers{};                      // those that ask to wait among them
  std::optional<std::string> body{};      // unset: the API's error envelope
  std::optional<Duration> retry_after{};  // what the headers ask for, as the SDKs read them: retry-after-ms first
  bool retry_after_is_date = false;
};

struct AppliedDelay {
  Duration length{0};  // of real time
};

using AppliedEffect =
    std::variant<AppliedAnswer, AppliedDelay, ConnectionEffect, TruncateEffect, DripEffect, MalformedEffect>;

struct FaultDecision {
  std::vector<AppliedEffect> effects{};  // each kind at most once; empty: the answer is sent as it is

  // For the log and the journal: each fault that has a part in this, with its origin, and with the seed and the
  // number of the poll when chance had a part: "503 (a.yaml:3:9, seed 7, attempt 1, poll 2); delay 1s (a.yaml:9:5)".
  std::string description{};

  // Adds an effect, unless one of its kind is there, or one that leaves no room for it: then null. The pointer lives
  // until the next call.
  const AppliedEffect* add(AppliedEffect effect);
};

}  // namespace jobmock
