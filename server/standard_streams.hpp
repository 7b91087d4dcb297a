#pragma once

#include <string>

#include "cli.hpp"

namespace jobmock {

// A standard stream that is closed leads to /dev/null from now on, so that no socket and no file is ever taken for it.
// A reader that is gone and a file that must not grow fail what is written, and do not end the process (SIGPIPE,
// SIGXFSZ). To be called before anything is opened.
void settle_standard_streams();

// Writes to standard output, at once. When that is not possible, says so on standard error and gives Exit::failure; a
// reader that is gone, as in `| head -1`, has what it wanted.
Exit print(const std::string& text);

}  // namespace jobmock
