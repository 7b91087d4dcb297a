#include "reading_progress.hpp"

#include <unistd.h>

#include <iostream>

namespace jobmock {

tl::expected<FixtureSet, std::vector<Problem>> read_with_progress(const std::vector<std::string>& paths) {
  constexpr std::size_t soon_read = 10'000;  // jobs, for which nobody needs to be told
  constexpr auto* erase_line = "\r\033[K";
  if (isatty(STDERR_FILENO) == 0) return read_fixtures(paths);
  bool is_shown = false;
  auto read = read_fixtures(paths, [&](std::size_t jobs) {
    if (jobs <= soon_read) return;
    std::cerr << erase_line << "jobmock: reading the fixtures, " << jobs << " jobs so far" << std::flush;
    is_shown = true;
  });
  if (is_shown) std::cerr << erase_line << std::flush;
  return read;
}

}  // namespace jobmock
