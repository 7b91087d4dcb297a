#pragma once

#include <csignal>
#include <ctime>

#include "core/time.hpp"

namespace jobmock {

// Blocks SIGTERM, SIGINT and SIGHUP in this thread and those it will start, so that one place waits for them.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  // The next signal.
  [[nodiscard]] int wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
  }

  // The next signal, or 0 when none has come for so long.
  [[nodiscard]] int wait_for(Duration longest) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(longest);
    const timespec limit{seconds.count(), std::chrono::nanoseconds(longest - seconds).count()};
    const int signal = sigtimedwait(&set_, nullptr, &limit);
    return signal < 0 ? 0 : signal;
  }

 private:
  sigset_t set_{};
};

}  // namespace jobmock
