#pragma once

#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace jobmock::test {

// Bytes of a process that are in memory.
inline std::size_t resident(pid_t process = getpid()) {
  std::size_t pages = 0;
  std::ifstream("/proc/" + std::to_string(process) + "/statm") >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace jobmock::test
