// What X-Jobmock-Explain says of an answer. Pure.
#pragma once

#include <optional>
#include <string>

#include "core/world.hpp"

namespace jobmock {

// A dictionary of RFC 8941: world="~6a09e667f3bc", place="fixtures/quickstart.yaml:12", attempt=1, polls=2,
// offset="3s", next="completed in 2s". Of an answer that is about no single job, only the world.
std::string explanation(const std::string& world, const std::optional<JobView>& job, Timestamp now);

}  // namespace jobmock
