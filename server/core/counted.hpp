#pragma once

#include <cstddef>
#include <string>

namespace jobmock {

// "1 job", "2 jobs".
inline std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

}  // namespace jobmock
