// An application as the fixtures define it: what it is called, what a job of it takes, and what a job that a
// client creates becomes. Immutable once read; any thread may use it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/fault.hpp"
#include "core/place.hpp"
#include "core/plan.hpp"

namespace jobmock {

// A value for one input, as a client sends it with a job.
struct InputValue {
  std::string id;  // the input's name
  std::vector<std::string> values;
};
using Inputs = std::vector<InputValue>;

// The API's kinds of input. Each has its own `options`; of these only a dropdown's list means anything here.
enum class InputType { text, dropdown, file, media };
std::string_view to_string(InputType type);

struct Input {
  std::string name;
  InputType type = InputType::text;
  bool required = false;
  std::optional<std::string> description;
  std::vector<std::string> choices;  // of a dropdown; empty: any value
};

// What a job made by POST does, when its inputs fit.
struct CreationRule {
  // By input name: a whole value, or with a trailing `*` the beginning of one. Each must fit one of the input's
  // values. Empty: every job fits.
  std::vector<std::pair<std::string, std::string>> when;
  Plan plan;
  Place place{};

  [[nodiscard]] bool fits(const Inputs& inputs) const;
};

struct Application {
  std::string id;
  std::vector<std::string> aliases;
  std::string name;
  bool is_deployed = true;  // or a draft
  Timestamp created_at;
  std::optional<std::vector<Input>> inputs;  // unset: anything is taken
  bool strict_inputs = false;                // inputs that do not fit are refused, rather than fail the job
  std::vector<CreationRule> created_jobs;    // the first that fits
  Place place;
  FaultList faults{};

  // What a job with these inputs follows: the first rule that fits, or else one that completes it after five seconds.
  [[nodiscard]] const CreationRule& rule_for(const Inputs& values) const;

  // What is wrong with the inputs of a job, one text each, beginning with the input's name in quotes; at most twenty.
  [[nodiscard]] std::vector<std::string> problems_of(const Inputs& values) const;
};

}  // namespace jobmock
