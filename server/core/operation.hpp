// What a request to the mocked API is about, for faults, the journal and the verdict.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace jobmock {

enum class Operation {
  retrieve,  // one poll of a job
  list,      // the jobs of an application
  create,
  retry,
  list_applications,
  retrieve_application,
  generate,
  list_graphs,
  update_graphs,
};

inline constexpr std::array all_operations{Operation::retrieve,
                                           Operation::list,
                                           Operation::create,
                                           Operation::retry,
                                           Operation::list_applications,
                                           Operation::retrieve_application,
                                           Operation::generate,
                                           Operation::list_graphs,
                                           Operation::update_graphs};

// As the fixtures and the journal write it: "list_applications".
std::string_view to_string(Operation operation);
std::optional<Operation> parse_operation(std::string_view text);

}  // namespace jobmock
