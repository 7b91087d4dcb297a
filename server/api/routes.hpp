// THE CONTRACT: every method and path that is answered, and how a request's target finds its row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.hpp"
#include "core/operation.hpp"

namespace jobmock {

enum class Needs {
  token,    // of a world
  access,   // to /__admin, see refuse_access
  nothing,  // but to come from this machine, as all of /__admin
};

struct Route {
  std::string_view method;
  std::string_view path;  // a segment in braces takes any text that is not empty
  Needs needs;
  Handler handler;
  std::optional<Operation> operation{};  // of the mocked API
};

std::span<const Route> all_routes();

// What a method and a target lead to; no route for an unknown path, and for one that is known under other methods only.
struct Match {
  const Route* route = nullptr;
  std::vector<std::string> parameters;  // decoded
};

// HEAD goes where GET goes. The target may be in origin form or absolute form (RFC 9112, 3.2); its path is
// split before it is decoded, so an id may hold an encoded slash.
Match match(std::string_view method, std::string_view target);

// What the target's path is known under, for Allow: "GET, HEAD, OPTIONS"; empty for an unknown path.
std::string allowed_methods(std::string_view target);

}  // namespace jobmock
