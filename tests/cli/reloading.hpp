// A server whose fixtures change, and what it shows of that.
#pragma once

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/running.hpp"

namespace jobmock::test {

inline std::string id(int number) { return "00000000-0000-4000-8000-00000000000" + std::to_string(number); }

// Jobs that end when they are polled so many times.
inline std::string fixture(const std::vector<std::pair<int, int>>& jobs) {
  std::string text = "version: 1\napplications: [{id: app}]\njobs:\n";
  for (const auto& [number, polls] : jobs) {
    text += "  - {id: " + id(number) + ", application_id: app, timeline: [{polls: " + std::to_string(polls) +
            ", status: completed}]}\n";
  }
  return text;
}

inline const std::string broken =
    "version: 1\napplications: [{id: app}]\njobs: [{id: x, application_id: app}, {id: y}]\n";

inline nlohmann::json health(const Asking& server) {
  return nlohmann::json::parse(server.ask("GET", "/__admin/health").body);
}

// Waits for a health that is as it should be.
template <typename Condition>
inline bool comes_to(const Asking& server, Condition condition) {
  return eventually([&] { return condition(health(server)); });
}

inline bool comes_to_jobs(const Asking& server, int jobs) {
  return comes_to(server, [&](const nlohmann::json& shown) { return shown["fixtures"]["jobs"] == jobs; });
}

inline bool comes_to_problems(const Asking& server, std::size_t problems) {
  return comes_to(server, [&](const nlohmann::json& shown) {
    return !shown["reload"].is_null() && shown["reload"]["problems"].size() == problems;
  });
}

inline std::string polled(const Asking& server, int number) {
  const auto reply = server.get(poll_request(id(number)));
  if (reply.status != 200) return std::to_string(reply.status);
  return nlohmann::json::parse(reply.body)["status"];
}

inline std::string log_of(Server& server) {
  server.process.signal(SIGTERM);
  CHECK(server.process.wait() == 0);
  return server.process.err();
}

}  // namespace jobmock::test
