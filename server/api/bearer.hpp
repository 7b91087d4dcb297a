#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "api/message.hpp"

namespace jobmock {

// The token of `Authorization: Bearer <token>` (RFC 6750, 2.1). The scheme in any case (RFC 9110, 11.1), the
// token as it stands, spaces in it too: the SDKs' own suites use one.
inline std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (!equals_in_any_case(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
  authorization.remove_prefix(scheme.size());
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
  return authorization;
}

// That of the request; nothing when it carries none.
inline std::optional<std::string_view> bearer_token(const Request& request) {
  const auto header = request.header("Authorization");
  return header ? bearer_token(*header) : std::nullopt;
}

// A note for the log: the limit of worlds was reached.
constexpr const char* too_many_worlds = "too many worlds: forgot the one that was used longest ago";

}  // namespace jobmock
