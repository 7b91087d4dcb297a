#include "support/process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

extern char** environ;

namespace jobmock::test {
namespace {

constexpr int most_milliseconds = 30'000;

std::vector<std::string> environment(const Variables& variables) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string(*entry).starts_with("JOBMOCK_")) all.emplace_back(*entry);
  }
  for (const auto& [name, value] : variables) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const Variables& variables) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  REQUIRE(pipe2(out.data(), O_CLOEXEC) == 0);
  REQUIRE(pipe2(err.data(), O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  auto arguments = command;
  auto all_variables = environment(variables);
  const int error = posix_spawnp(&id_, command.front().c_str(), &actions, nullptr, pointers(arguments).data(),
                                 pointers(all_variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  REQUIRE(error == 0);
  out_descriptor_ = out[0];
  err_descriptor_ = err[0];
}

Process::~Process() {
  if (id_ > 0) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  close_output();
}

void Process::close_output() {
  for (int* descriptor : {&out_descriptor_, &err_descriptor_}) {
    if (*descriptor >= 0) close(std::exchange(*descriptor, -1));
  }
}

std::string Process::read_line() {
  while (true) {
    const auto end = out_.find('\n', lines_read_to_);
    if (end != std::string::npos) {
      const auto line = out_.substr(lines_read_to_, end - lines_read_to_);
      lines_read_to_ = end + 1;
      return line;
    }
    INFO("standard error: ", err_);
    REQUIRE(out_descriptor_ >= 0);
    pump();
  }
}

void Process::signal(int number) const { REQUIRE(kill(id_, number) == 0); }

int Process::wait() {
  while (out_descriptor_ >= 0 || err_descriptor_ >= 0) pump();
  int status = 0;
  REQUIRE(waitpid(id_, &status, 0) == id_);
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void Process::pump() {
  std::array<pollfd, 2> polled{pollfd{out_descriptor_, POLLIN, 0}, pollfd{err_descriptor_, POLLIN, 0}};
  REQUIRE(poll(polled.data(), polled.size(), most_milliseconds) > 0);
  if (polled[0].revents != 0) read_some(out_descriptor_, out_);
  if (polled[1].revents != 0) read_some(err_descriptor_, err_);
}

void Process::read_some(int& descriptor, std::string& text) {
  std::array<char, 4096> block{};
  const auto count = read(descriptor, block.data(), block.size());
  if (count > 0) {
    text.append(block.data(), static_cast<std::size_t>(count));
    return;
  }
  close(descriptor);
  descriptor = -1;
}

}  // namespace jobmock::test
