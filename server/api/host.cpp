#include "api/host.hpp"

#include "api/message.hpp"

namespace jobmock {
namespace {

// Of "localhost:8080", "[::1]:8080".
std::string_view without_port(std::string_view authority) {
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return authority.substr(0, colon);
}

// "localhost" and "a.localhost", of the domain localhost.
bool is_in_domain(std::string_view name, std::string_view domain) {
  if (name.size() < domain.size()) return false;
  const auto before = name.size() - domain.size();
  return equals_in_any_case(name.substr(before), domain) && (before == 0 || name[before - 1] == '.');
}

bool is_number(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

bool is_of_this_machine(std::string_view host) {
  const auto name = without_port(host);
  return name.starts_with('[') || is_number(name) || is_in_domain(name, "localhost");
}

bool is_public_name(std::string_view host) {
  if (is_of_this_machine(host)) return false;
  const auto name = without_port(host);
  return name.find('.') != std::string_view::npos && !is_in_domain(name, "internal");
}

}  // namespace jobmock
