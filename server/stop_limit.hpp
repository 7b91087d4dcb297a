#pragma once

#include <thread>

#include "access_log.hpp"

namespace jobmock {

// Whoever stops the server wants it gone, whatever it has still to do: an answer about ten thousand worlds, fixtures
// that are being read, gigabytes to be given back. Unless it is destroyed within 50 ms it ends the process, with the
// log written.
class StopLimit {
 public:
  StopLimit(AccessLog& log, int status);  // `log` outlives it

 private:
  std::jthread thread_;
};

}  // namespace jobmock
