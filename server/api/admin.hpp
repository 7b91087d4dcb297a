// The answers under /__admin. See Call.
#pragma once

#include "api/call.hpp"

namespace jobmock {

// Ready, which version, how much was read.
Reply show_health(Call& call);

}  // namespace jobmock
