#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "fixture/reader.hpp"

namespace jobmock {

// read_fixtures(), with a line on standard error that says how far it has come, when that is a terminal and the set
// is large. The line is gone when it returns.
tl::expected<FixtureSet, std::vector<Problem>> read_with_progress(const std::vector<std::string>& paths);

}  // namespace jobmock
