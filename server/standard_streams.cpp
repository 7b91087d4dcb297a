#include "standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <system_error>

namespace jobmock {

void settle_standard_streams() {
  int lowest_free = 0;
  do {
    lowest_free = open("/dev/null", O_RDWR);  // NOLINT(android-cloexec-open): for what is started, too
  } while (lowest_free >= 0 && lowest_free <= STDERR_FILENO);
  if (lowest_free >= 0) close(lowest_free);
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

Exit print(const std::string& text) {
  if (std::cout << text << std::flush) return Exit::ok;
  const int error = errno;
  std::cout.clear();
  if (error == EPIPE) return Exit::ok;
  // In one piece: the log may be written to at the same time.
  std::cerr << "jobmock: cannot write to standard output: " + std::generic_category().message(error) + '\n';
  return Exit::failure;
}

}  // namespace jobmock
