// An application that can give every answer of the OpenAPI document, and holds each that it gives to it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/app.hpp"
#include "api/openapi_facts.hpp"
#include "api/routes.hpp"

namespace jobmock::test {

// What it serves, beside what is in app_under_test.hpp.
inline const std::string ends_in_error = "f0000000-0000-4000-8000-000000000001";  // 3s after its first poll
inline const std::string fails_at_once = "f0000000-0000-4000-8000-000000000002";  // and again when it is retried
inline const std::string completed_without_data = "f0000000-0000-4000-8000-000000000003";
constexpr std::size_t most_added_faults = 10;  // in one world
inline const std::string posts = "/v1/applications/social-post";

class Documented {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  enum class Explains { no, everything };
  explicit Documented(Explains explains = Explains::no);

  // With the token and, where control asks for one, the admin token. An empty token is none.
  Reply send(std::string_view method, const std::string& target, const std::string& body = {},
             const std::string& content_type = "application/json", const std::string& token = "test-token");

  // With these headers only.
  Reply send_bare(std::string_view method, const std::string& target, const Headers& headers,
                  const std::string& body = {});

  // A body that the listener does not take, whatever it would have been for.
  void send_too_much(std::string_view method, const std::string& target);

  // The answer to a request beside what the operations list.
  Reply send_beside(std::string_view method, const std::string& target, const std::string& body = {});

  // An answer beside what the operations list.
  void hold_to(const Pointer& schema, const Reply& reply);

  App& app() { return *app_; }

  ManualClock clock{Timestamp(std::chrono::microseconds(1739211489501223))};  // 2025-02-10T18:18:09.501223Z
  Problems problems_of_next_reload;
  Texts reached;        // "GET /path 200 application/json"
  Texts headers_given;  // "GET /path 200 has Allow"
  Texts facts;
  std::map<std::string, std::set<nlohmann::json>> answers;  // by where the media type stands

 private:
  Reply ask(std::string_view method, const std::string& target, const Headers& headers, const std::string& body);
  void hold(const Route& route, const Reply& reply);

  std::unique_ptr<App> app_;
};

}  // namespace jobmock::test
