// Control of the application under test.
#pragma once

#include <doctest/doctest.h>

#include "api/app_under_test.hpp"
#include "control_readers.hpp"

namespace jobmock::test {

inline const std::string start_text = "2025-02-10T18:18:09.501223Z";  // when the clock of the test begins

struct AdminUnderTest : AppUnderTest {
  AdminUnderTest() { set_readers(options.control); }

  // With a token, unless it is empty.
  Reply control(std::string_view method, const std::string& target, const std::string& body = {},
                const std::string& token = "test-token") {
    const auto authorization = "Bearer " + token;
    std::vector<Request::Header> headers;
    if (!token.empty()) headers.push_back({"Authorization", authorization});
    return get().handle({method, "/__admin" + target, headers, body});
  }

  // The same when it must succeed.
  nlohmann::json ask(std::string_view method, const std::string& target, const std::string& body = {},
                     const std::string& token = "test-token") {
    CAPTURE(target);
    const auto reply = control(method, target, body, token);
    CAPTURE(reply.body);
    CHECK(reply.status / 100 == 2);
    CHECK(reply.content_type == "application/json");
    return nlohmann::json::parse(reply.body);
  }

  // Without a token: about every world.
  nlohmann::json ask_all(std::string_view method, const std::string& target, const std::string& body = {}) {
    return ask(method, target, body, "");
  }

  // The status of a job, as a poll shows it.
  std::string polled(const std::string& job_id, const std::string& token = "test-token") {
    return nlohmann::json::parse(poll(job_id, token).body)["status"];
  }

  std::string now(const std::string& token = "test-token") { return ask("GET", "/clock", {}, token)["now"]; }
};

// A refusal in one line: "404 unknown_world: there is no ...; a world begins ..."
inline std::string refusal(const Reply& reply) {
  const auto json = nlohmann::json::parse(reply.body);
  REQUIRE(json.contains("error"));
  const auto& error = json["error"];
  return std::to_string(reply.status) + ' ' + error["code"].get<std::string>() + ": " +
         error["message"].get<std::string>() + "; " + error["hint"].get<std::string>();
}

// What is wrong with each field of the request, joined.
inline std::string complaints(const Reply& reply) {
  CHECK(reply.status == 400);
  const auto error = nlohmann::json::parse(reply.body)["error"];
  CHECK(error["code"] == "bad_request");
  CHECK(error["hint"] == "GET /__admin/openapi.json describes every request");
  CHECK(error["message"] == error["problems"][0]);
  std::string all;
  for (const auto& problem : error["problems"]) all += (all.empty() ? "" : "; ") + problem.get<std::string>();
  return all;
}

}  // namespace jobmock::test
