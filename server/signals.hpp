#pragma once

#include <csignal>
#include <initializer_list>
#include <vector>

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
    int number = 0;
    bool is_of_terminal = false;  // the terminal sent it, and to every process in front of it
  };

  // The next signal.
  [[nodiscard]] Arrived wait() const {
    siginfo_t info{};
    int number = -1;
    while (number < 0) number = sigwaitinfo(&set_, &info);
    return {number, info.si_code == SI_KERNEL};
  }

  // What was blocked before: what a process that is started should have.
  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

// As long as it lives, signals that Signals blocks are not: each calls a function that ends the process. For when
// nobody waits for them, and there is nothing to clean up. Belongs to the thread that made Signals.
class EndingSignals {
 public:
  using End = void (*)(int signal);  // does what a signal handler may, and does not return

  EndingSignals(std::initializer_list<int> signals, End end) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals) {
      struct sigaction action {};
      action.sa_handler = end;
      sigaction(signal, &action, &before_.emplace_back(Before{signal, {}}).action);
      sigaddset(&set, signal);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, &mask_before_);
  }
  ~EndingSignals() {
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    for (const auto& [signal, action] : before_) sigaction(signal, &action, nullptr);
  }
  EndingSignals(const EndingSignals&) = delete;
  EndingSignals& operator=(const EndingSignals&) = delete;
  EndingSignals(EndingSignals&&) = delete;
  EndingSignals& operator=(EndingSignals&&) = delete;

 private:
  struct Before {
    int signal;
    struct sigaction action;
  };
  std::vector<Before> before_;
  sigset_t mask_before_{};
};

}  // namespace jobmock
