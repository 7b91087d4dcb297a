#pragma once

#include <string>

namespace jobmock {

// What is wrong with one parameter, or one field of a body.
struct FieldProblem {
  std::string field;    // "limit", "inputs[0].value"
  std::string problem;  // "expected a list of texts, found a number"
};

}  // namespace jobmock
