#pragma once

#include <unistd.h>

#include <csignal>
#include <ctime>
#include <initializer_list>
#include <optional>

#include "core/time.hpp"

namespace jobmock {

// Blocks signals in this thread and those it will start, so that one place waits for them. To be made before any other
// thread exists.
class Signals {
 public:
  Signals(std::initializer_list<int> signals) {
    sigemptyset(&set_);
    for (const int signal : signals) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }

  struct Arrived {
    int number = 0;               // 0: none within the time
    bool is_own = false;          // this process sent it
    bool is_of_terminal = false;  // the terminal sent it, and to every process in front of it
  };

  // The next signal, or none when `longest` has passed.
  [[nodiscard]] Arrived wait(std::optional<Duration> longest = std::nullopt) const {
    siginfo_t info{};
    int number = -1;
    if (longest) {
      const auto seconds = std::chrono::floor<std::chrono::seconds>(*longest);
      const timespec limit{seconds.count(), std::chrono::nanoseconds(*longest - seconds).count()};
      number = sigtimedwait(&set_, &info, &limit);
    } else {
      number = sigwaitinfo(&set_, &info);
    }
    if (number < 0) return {};
    const bool by_process = info.si_code == SI_USER || info.si_code == SI_QUEUE || info.si_code == SI_TKILL;
    return {number, by_process && info.si_pid == getpid(), info.si_code == SI_KERNEL};
  }

  // What was blocked before: what a process that is started should have.
  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

}  // namespace jobmock
