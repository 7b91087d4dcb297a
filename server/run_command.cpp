#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/counted.hpp"
#include "junit.hpp"
#include "server.hpp"

namespace jobmock {
namespace {

// What shells give for a command that is not there, and for one that cannot be run.
constexpr int not_found = 127;
constexpr int not_executable = 126;
constexpr int ended_by_signal = 128;

// What ends this process while there is no command to end.
constexpr std::initializer_list<int> ending{SIGTERM, SIGINT, SIGHUP, SIGQUIT};
void end(int signal) { std::_Exit(ended_by_signal + signal); }

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
  pointers.reserve(texts.size() + 1);
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
  for (const int ignored : {SIGPIPE, SIGXFSZ}) sigaddset(&defaults, ignored);  // by settle_standard_streams()
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
int wait_for(pid_t child, const Signals& signals) {
  while (true) {
    const auto arrived = signals.wait();
    if (arrived.number != SIGCHLD) {
      // The terminal's own have reached the command already, but for the hang-up: its session's leader is told alone.
      const bool is_told_alone = arrived.number == SIGHUP && getsid(0) == getpid();
      if (!arrived.is_of_terminal || is_told_alone) kill(child, arrived.number);
      continue;
    }
    int status = 0;
    if (waitpid(child, &status, WNOHANG) != child) continue;
    return WIFSIGNALED(status) ? ended_by_signal + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

bool write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const bool is_open = file.is_open();
  file << text;
  file.close();
  if (!file.fail()) return true;
  std::cerr << "jobmock: cannot write " << path << ": " << std::generic_category().message(errno) << '\n';
  std::error_code is_no_file;
  if (is_open) std::filesystem::resize_file(path, 0, is_no_file);  // no part of a report is taken for one
  return false;
}

struct Conclusion {
  std::size_t failed = 0;
  std::size_t inconclusive = 0;
  std::size_t passed = 0;
};

Conclusion conclude(const std::vector<Judged>& judged) {
  Conclusion conclusion;
  for (const auto& one : judged) {
    const auto outcome = one.verdict.outcome;
    ++(outcome == Outcome::pass   ? conclusion.passed
       : outcome == Outcome::fail ? conclusion.failed
                                  : conclusion.inconclusive);
  }
  return conclusion;
}

std::string summary(const Conclusion& conclusion) {
  return counted(conclusion.passed + conclusion.failed + conclusion.inconclusive, "expectation") + ": " +
         std::to_string(conclusion.passed) + " passed, " + std::to_string(conclusion.failed) + " failed, " +
         std::to_string(conclusion.inconclusive) + " inconclusive";
}

// Says what clients did, and gives the exit status that a command which ended with `status` leads to.
int report(Server& server, const RunCommand& options, int status) {
  const auto& app = server.app();
  const auto now = server.now();  // not what the clock of the machine says meanwhile
  std::string text;
  Json reports = Json::array();
  for (const auto& world : app.worlds()) {
    const auto of_world = report_on(*world, now, app.forgotten_worlds());
    text += report_text(of_world);
    Json json{{"world", of_world.world}};
    json.update(report_json(of_world));
    reports.push_back(std::move(json));
  }
  const auto judged = judge_all(app.worlds(), app.fixtures(), app.forgotten_worlds());
  Json expectations = Json::array();
  for (const auto& one : judged) {
    if (one.verdict.outcome != Outcome::pass) text += judged_text(one);
    expectations.push_back(judged_json(one));
  }
  const auto conclusion = conclude(judged);
  if (!judged.empty()) text += summary(conclusion) + '\n';
  std::cerr << text;

  const Json all{{"worlds", std::move(reports)}, {"expectations", std::move(expectations)}};
  const bool has_report =
      write_file(options.report_file, all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
  const bool has_junit = write_file(options.junit_file, junit_xml(judged));
  if (status != 0) return status;
  if (conclusion.failed > 0) return static_cast<int>(Exit::expectation_failed);
  return static_cast<int>(has_report && has_junit ? Exit::ok : Exit::failure);
}

}  // namespace

int run_command(const RunCommand& options) {
  std::signal(SIGCHLD, SIG_DFL);  // ignored, as it may be inherited, it would not tell of the end
  const Signals signals({SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD});
  const auto server = Server::start(options.serve, ending, end);
  if (!server) {
    const EndingSignals ending_signals(ending, end);
    std::cerr << server.error().message;
    return static_cast<int>(server.error().exit);
  }
  const auto url = (*server)->url();
  const auto token = (*server)->app().fixtures()->tokens.an_accepted_one();
  auto environment = environment_with({{"WRITER_BASE_URL", url}, {"WRITER_API_KEY", token}, {"JOBMOCK_URL", url}});
  const auto child = start(options.command, std::move(environment), signals);
  if (child < 0) {
    const int error = errno;
    std::cerr << "jobmock: cannot run " << options.command.front() << ": " << std::generic_category().message(error)
              << '\n';
    return error == ENOENT ? not_found : not_executable;
  }
  const int ended = wait_for(child, signals);
  int status = 0;
  (*server)->remove_port_file();
  {
    const EndingSignals ending_signals(ending, end);  // there may be nobody who reads what it says
    status = report(**server, options, ended);
  }
  (*server)->will_end(status);
  return status;
}

}  // namespace jobmock
