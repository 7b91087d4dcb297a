// The built binary in surroundings that are not as they should be, and how it ends in them.
#pragma once

#include <csignal>

#include "cli/running.hpp"

namespace jobmock::test {

using Arguments = std::vector<std::string>;

// JOBMOCK_BINARY with its arguments, where the script says `exec "$@"`.
inline Arguments in_shell(const std::string& script, Arguments arguments) {
  arguments.insert(arguments.begin(), {"sh", "-c", script, "sh", JOBMOCK_BINARY});
  return arguments;
}

inline Ended run_in_shell(const std::string& script, Arguments arguments, const Variables& variables = {}) {
  Process process(in_shell(script, std::move(arguments)), variables);
  const int status = process.wait();
  return {status, process.out(), process.err()};
}

// `jobmock serve` as a script starts it. It may print nothing, so its port comes from a file.
struct ServerInShell : Asking {
  explicit ServerInShell(const std::string& script, Arguments arguments = {samples}, const Variables& variables = {})
      : process(in_shell(script, command(std::move(arguments), folder.file("port"))), variables) {
    REQUIRE(eventually([&] { return std::filesystem::exists(folder.file("port")); }));
    port = static_cast<std::uint16_t>(std::stoi(text_of(folder.file("port"))));
  }

  static Arguments command(Arguments arguments, const std::string& port_file) {
    arguments.insert(arguments.begin(), {"--port", "0", "--port-file", port_file});
    return arguments;
  }

  Folder folder;
  Process process;
};

// What only a library that is preloaded into the server makes of its surroundings, see support/surroundings.cpp. Not
// under the sanitizers: their own library must come first.
#ifdef JOBMOCK_SURROUNDINGS
constexpr bool cannot_preload = false;
inline Variables surroundings(const std::string& which) {
  return {{"LD_PRELOAD", JOBMOCK_SURROUNDINGS}, {"SURROUNDINGS", which}};
}
#else
constexpr bool cannot_preload = true;
inline Variables surroundings(const std::string& /*which*/) { return {}; }
#endif

// The status that the process ends with once it has the signal. How long that takes is said; what fails the test is far
// more than it may take anywhere.
inline int end_by(Process& process, int signal) {
  using Clock = std::chrono::steady_clock;
  const auto sent = Clock::now();
  process.signal(signal);
  const int status = process.wait();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - sent);
  MESSAGE("ended within ", took.count(), " ms");
  CHECK(took < std::chrono::seconds(10));
  return status;
}

}  // namespace jobmock::test
