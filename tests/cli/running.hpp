// The built binary, as a user starts it.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "support/process.hpp"
#include "support/raw_client.hpp"

namespace jobmock::test {

// A folder of its own for a test, gone with it.
struct Folder {
  Folder() {
    static int count = 0;
    path = std::filesystem::temp_directory_path() /
           ("jobmock-cli-" + std::to_string(getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return file(name);
  }

  std::filesystem::path path;
};

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Ended {
  int status;
  std::string out;
  std::string err;
};

inline Ended run(std::vector<std::string> arguments, const Variables& variables = {}) {
  arguments.insert(arguments.begin(), JOBMOCK_BINARY);
  Process process(arguments, variables);
  const int status = process.wait();
  return {status, process.out(), process.err()};
}

inline const std::string samples = std::string(JOBMOCK_SOURCE_DIR) + "/fixtures";

// What a client asks of a server on this machine.
struct Asking {
  [[nodiscard]] RawReply get(const std::string& request) const {
    RawClient client(port);
    client.send(request);
    return client.read_reply();
  }

  // A request with these headers, and a body if there is one.
  [[nodiscard]] RawReply ask(const std::string& method, const std::string& path, const std::string& body = {},
                             const std::string& headers = "Authorization: Bearer test-token\r\n") const {
    return get(method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port); }

  std::uint16_t port = 0;
};

// `jobmock serve` on a free port, ready.
struct Server : Asking {
  // With a file for its log, no line of that is lost for want of a reader.
  explicit Server(std::vector<std::string> arguments = {samples}, const Variables& variables = {},
                  const std::string& log_file = {})
      : process(command(std::move(arguments), log_file), variables), ready_line(process.read_line()) {
    const auto colon = ready_line.find("http://127.0.0.1:");
    REQUIRE(colon != std::string::npos);
    port = static_cast<std::uint16_t>(std::stoi(ready_line.substr(colon + 17)));
  }

  static std::vector<std::string> command(std::vector<std::string> arguments, const std::string& log_file = {}) {
    arguments.insert(arguments.begin(), {JOBMOCK_BINARY, "--port", "0"});
    if (!log_file.empty()) {
      arguments.insert(arguments.begin(), {"sh", "-c", R"(log=$0; exec "$@" 2> "$log")", log_file});
    }
    return arguments;
  }

  Process process;
  std::string ready_line;
};

// Whether something becomes true, which is waited for with a limit.
template <typename Condition>
bool eventually(Condition condition) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace jobmock::test
