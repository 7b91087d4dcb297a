#include <doctest/doctest.h>

#include "api/app_under_test.hpp"
#include "api/routes.hpp"
#include "api/url.hpp"

using namespace jobmock;
using namespace jobmock::test;

TEST_CASE("a path is split before it is decoded") {
  const auto found = match("GET", "/v1/applications/jobs/a%2Fb%20c");
  REQUIRE(found.route != nullptr);
  CHECK(found.parameters == std::vector<std::string>{"a/b c"});
}

TEST_CASE("what is no valid escape stands for itself") {
  CHECK(match("GET", "/v1/applications/jobs/%zz%4").parameters == std::vector<std::string>{"%zz%4"});
}

TEST_CASE("query and fragment are no part of the path, an absolute target is taken like a plain one") {
  for (const auto* target : {"/v1/applications/jobs/x?a=/b", "/v1/applications/jobs/x#y",
                             "http://localhost:8080/v1/applications/jobs/x?y"}) {
    CAPTURE(target);
    CHECK(match("GET", target).parameters == std::vector<std::string>{"x"});
  }
  CHECK(path_of("http://localhost:8080") == "/");
}

TEST_CASE("a path that is not exactly one of the routes is unknown") {
  for (const auto* target : {"", "/", "*", "/v1", "/v1/applications/jobs/", "//v1/applications/jobs/x",
                             "/v1/applications/jobs/x/", "/v1/applications/jobs/x/y", "/V1/applications/jobs/x",
                             "/v1/applications/./jobs/x", "v1/applications/jobs/x", "/v1%2Fapplications/jobs/x"}) {
    CAPTURE(target);
    CHECK(allowed_methods(target).empty());
  }
}

TEST_CASE("HEAD is answered as GET is, the listener leaves the body away") {
  AppUnderTest t;
  const auto target = "/v1/applications/jobs/" + completes;
  const auto head = t.send("HEAD", target, {{"Authorization", "Bearer x"}});
  const auto get = t.send("GET", target, {{"Authorization", "Bearer x"}});
  CHECK(head.status == 200);
  CHECK(head.body == get.body);
  CHECK(head.headers == get.headers);
}

TEST_CASE("OPTIONS says what is allowed, without a token") {
  AppUnderTest t;
  const auto reply = t.send("OPTIONS", "/v1/applications/jobs/x");
  CHECK(reply.status == 200);
  CHECK(header_of(reply, "Allow") == "GET, HEAD, OPTIONS");
  CHECK(reply.body.empty());
  CHECK(t.send("OPTIONS", "*").status == 200);
  CHECK(t.send("OPTIONS", "/nowhere").status == 404);
}

TEST_CASE("health needs no token and says what is served") {
  AppUnderTest t;
  const auto reply = t.send("GET", "/__admin/health");
  CHECK(reply.status == 200);
  const auto json = nlohmann::json::parse(reply.body);
  CHECK(json["status"] == "ready");
  CHECK(json["version"].get<std::string>().find('.') != std::string::npos);
  CHECK(json["fixtures"] == nlohmann::json{{"files", 1}, {"jobs", 6}, {"applications", 5}});
}

TEST_CASE("every route is found by its own path, and HEAD and OPTIONS are allowed where GET is") {
  for (const auto& route : all_routes()) {
    std::string path(route.path);
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      path.replace(at, path.find('}') - at + 1, "x");
    }
    CAPTURE(path);
    CHECK(match(route.method, path).route == &route);
  }
}
