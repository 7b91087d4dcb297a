#pragma once

#include <cstdint>

namespace jobmock {

// Where something was defined, for messages. Line and column count from 1; line 0: in no file.
struct Place {
  std::uint32_t file = 0;  // index into FixtureSet::files
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

}  // namespace jobmock
