#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <string_view>
#include <system_error>
#include <vector>

#include "server.hpp"

namespace jobmock {
namespace {

// What shells give for a command that is not there, and for one that cannot be run.
constexpr int not_found = 127;
constexpr int not_executable = 126;
constexpr int ended_by_signal = 128;

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& variables) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto is_set = [&](const auto& variable) { return text.starts_with(variable.first + '='); };
    if (std::none_of(variables.begin(), variables.end(), is_set)) environment.emplace_back(text);
  }
  for (const auto& [name, value] : variables) environment.push_back(name + '=' + value);
  return environment;
}

std::vector<char*> as_arguments(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Starts the command with the signals as they were before this process changed them. Sets errno and gives -1 when it
// cannot.
pid_t start(std::vector<std::string> command, std::vector<std::string> environment, const Signals& signals) {
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);  // the listener ignores it
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &signals.before());
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  auto arguments = as_arguments(command);
  auto variables = as_arguments(environment);
  pid_t child = -1;
  const int error = posix_spawnp(&child, arguments.front(), nullptr, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  errno = error;
  return error == 0 ? child : -1;
}

// The exit status of the child, once it has ended; hands signals on until then.
int wait_for(pid_t child, Server& server, const Signals& signals) {
  while (true) {
    const auto arrived = server.wait(signals);
    if (arrived.number != SIGCHLD) {
      // The terminal's own have reached the command already.
      if (!arrived.is_of_terminal) kill(child, arrived.number);
      continue;
    }
    int status = 0;
    if (waitpid(child, &status, WNOHANG) != child) continue;
    return WIFSIGNALED(status) ? ended_by_signal + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

}  // namespace

int run_command(const RunCommand& options) {
  const Signals signals({SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGCHLD});
  const auto server = Server::start(options.serve);
  if (!server) {
    std::cerr << server.error().message;
    return static_cast<int>(server.error().exit);
  }
  const auto url = (*server)->url();
  const auto token = (*server)->app().fixtures()->tokens.an_accepted_one();
  auto environment = environment_with({{"WRITER_BASE_URL", url}, {"WRITER_API_KEY", token}, {"JOBMOCK_URL", url}});
  const auto child = start(options.command, std::move(environment), signals);
  if (child < 0) {
    std::cerr << "jobmock: cannot run " << options.command.front() << ": " << std::generic_category().message(errno)
              << '\n';
    return errno == ENOENT ? not_found : not_executable;
  }
  return wait_for(child, **server, signals);
}

}  // namespace jobmock
