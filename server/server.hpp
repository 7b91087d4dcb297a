// The composition root: everything put together for `jobmock serve`.
#pragma once

#include "cli.hpp"

namespace jobmock {

// Reads the fixtures, takes the port, says that it is ready (one line on standard output), and serves until
// SIGTERM or SIGINT. Problems go to standard error. Call it once, from the main thread, before any other
// thread exists: it blocks those signals for all.
Exit serve(const Serve& options);

}  // namespace jobmock
