// The parts of a request's target (RFC 3986, RFC 9112 3.2). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/field_problem.hpp"

namespace jobmock {

// The path of a target in origin form or absolute form, without query and not decoded.
std::string_view path_of(std::string_view target);

// Replaces %XX. What is no valid escape stands for itself.
std::string percent_decode(std::string_view text);

// "42": digits and nothing else.
std::optional<std::uint64_t> whole_number(std::string_view text);

// The query of a target, from its '?' on, with "***" for each value that `is_shown(name, value)` does not let through,
// and for a name without a value when it lets none through.
std::string masked_query(std::string_view target,
                         const std::function<bool(std::string_view, std::string_view)>& is_shown);

// The parameters after `?`. What is wrong with those that are asked for is collected; others are ignored.
class Query {
 public:
  explicit Query(std::string_view target);

  // The value of a parameter; one that is there twice is a problem.
  std::optional<std::string> text(std::string_view name);

  // A whole number from 0 to `most`; `otherwise` when it is not there, or is a problem.
  std::size_t number(std::string_view name, std::size_t otherwise, std::size_t most);

  void add_problem(std::string_view name, std::string problem);
  [[nodiscard]] const std::vector<FieldProblem>& problems() const { return problems_; }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
  std::vector<FieldProblem> problems_;
};

}  // namespace jobmock
