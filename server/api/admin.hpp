// The answers under /__admin. See Call.
#pragma once

#include "api/call.hpp"

namespace jobmock {

// Ready, which version, how much was read.
Reply show_health(Call& call);

// What is served, as an OpenAPI document.
Reply show_openapi(Call& call);

}  // namespace jobmock
