#include "core/operation.hpp"

namespace jobmock {

std::string_view to_string(Operation operation) {
  switch (operation) {
    case Operation::retrieve:
      return "retrieve";
    case Operation::list:
      return "list";
    case Operation::create:
      return "create";
    case Operation::retry:
      return "retry";
    case Operation::list_applications:
      return "list_applications";
    case Operation::retrieve_application:
      return "retrieve_application";
    case Operation::generate:
      return "generate";
    case Operation::list_graphs:
      return "list_graphs";
    case Operation::update_graphs:
      return "update_graphs";
  }
  return "";
}

std::optional<Operation> parse_operation(std::string_view text) {
  for (const auto operation : all_operations) {
    if (to_string(operation) == text) return operation;
  }
  return std::nullopt;
}

}  // namespace jobmock
