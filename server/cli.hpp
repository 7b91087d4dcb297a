// The command line: flags, variables, defaults and help. Reads nothing but its arguments and the environment.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "access_log.hpp"

namespace jobmock {

// What the process ends with. Scripts rely on the numbers.
enum class Exit : int { ok = 0, failure = 1, bad_use = 2, expectation_failed = 3 };

struct Serve {
  std::vector<std::string> fixtures;
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string port_file;  // empty: none
  AccessLog::Format log_format = AccessLog::Format::text;
  bool quiet = false;                // only what there is something to say about
  std::uint64_t seed = 0;            // ids of created jobs follow from it
  std::size_t jobs_max = 100'000;    // created in one world
  std::size_t journal_max = 10'000;  // requests remembered in one world
  ClockOverrides clock;
  bool watch = false;                                   // the fixtures' files, and read them again when they change
  bool explain = false;                                 // every answer
  std::string admin_token;                              // empty: none is needed
  Duration request_timeout = std::chrono::seconds(30);  // for a request to come, and for a client to take of its answer
};

struct RunCommand {
  Serve serve;
  std::vector<std::string> command;  // with its arguments; not empty
  std::string report_file;           // JSON; empty: none
  std::string junit_file;            // empty: none
};

struct Check {
  std::vector<std::string> fixtures;
};

struct Health {
  std::string url;
};

struct Schema {};

// There is nothing left to do but to say something: help, the version, or what is wrong with the arguments.
struct Say {
  std::string text;
  Exit exit;
};

using Command = std::variant<Serve, RunCommand, Check, Health, Schema, Say>;

Command parse_command_line(int count, const char* const* arguments);

}  // namespace jobmock
