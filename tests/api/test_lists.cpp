#include <doctest/doctest.h>

#include "api/app_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using nlohmann::json;

namespace {

std::string complaint(const Reply& reply) {
  CHECK(reply.status == 400);
  return json::parse(reply.body)["errors"][0]["description"];
}

}  // namespace

TEST_CASE("a list of jobs says what it is a part of") {
  AppUnderTest t;
  const auto list = [&](const std::string& query) {
    return json::parse(t.get_with_token(t.app_path("/jobs" + query)).body);
  };
  const auto all = list("");
  CHECK(all["totalCount"] == 6);
  CHECK(all["result"].size() == 6);
  CHECK(all["pagination"] == json{{"offset", 0}, {"limit", 50}});
  CHECK(all["result"][0] == json::parse(t.poll(completes).body));
  CHECK(list("?offset=4&limit=50")["result"] == json{all["result"][4], all["result"][5]});
  CHECK(list("?offset=6")["result"].empty());
  CHECK(list("?offset=9999999999999")["totalCount"] == 6);
  CHECK(list("?limit=0")["result"].empty());
  CHECK(list("?limit=0")["pagination"]["limit"] == 0);
  CHECK(list("?limit=0&offset=0&status=in_progress")["totalCount"] == 5);
  CHECK(list("?status=completed")["result"][0]["id"] == long_ago);
  CHECK(list("?something=else")["totalCount"] == 6);
}

TEST_CASE("variables add at most 16 MiB to a list of jobs, however many of them repeat a large input") {
  AppUnderTest t;
  constexpr int jobs = 20;
  const std::string topic(1'000'000, 'x');
  for (int i = 0; i < jobs; ++i) {
    t.post(t.app_path("/jobs"), R"({"inputs":[{"id":"topic","value":[")" + topic + R"("]}]})");
  }
  t.clock.advance(std::chrono::seconds(3));
  const auto list = t.get_with_token(t.app_path("/jobs?status=completed")).body;
  CHECK(list.size() < (16U << 20U) + 100'000);
  const auto result = json::parse(list)["result"];
  REQUIRE(result.size() == jobs + 1);
  const auto whole = "All about " + topic + ". Really.";
  for (std::size_t i = 0; i < jobs; ++i) {
    CAPTURE(i);
    CHECK((result[i]["data"]["suggestion"] == (i < 16 ? whole : "All about . Really.")));
  }
  CHECK((json::parse(t.poll(result[jobs - 1]["id"]).body)["data"]["suggestion"] == whole));
}

TEST_CASE("parameters that make no sense are refused by name, never with a 500") {
  AppUnderTest t;
  const auto get = [&](const std::string& query) { return t.get_with_token(t.app_path("/jobs?" + query)); };
  const std::string limit = "limit: expected a whole number from 0 to 1000, found ";
  CHECK(complaint(get("limit=-1")) == limit + "'-1'");
  CHECK(complaint(get("limit=1001")) == limit + "'1001'");
  CHECK(complaint(get("limit=99999999999999999999")) == limit + "'99999999999999999999'");
  CHECK(complaint(get("limit=")) == limit + "''");
  CHECK(complaint(get("limit=1.5")) == limit + "'1.5'");
  CHECK(complaint(get("limit=%31x")) == limit + "'1x'");
  CHECK(complaint(get("limit=1&limit=1")) == "limit: given twice");
  CHECK(complaint(get("offset=-1")).starts_with("offset: expected a whole number"));
  CHECK(complaint(get("status=done")) == "status: expected in_progress, completed or failed, found 'done'");
  CHECK(complaint(get("status=failed&status=failed")) == "status: given twice");
  CHECK(json::parse(get("limit=x&offset=x&status=x").body)["errors"].size() == 3);
  CHECK(get("%ff=%ff&&&=&limit=%ff").status == 400);
  CHECK(t.get_with_token("/v1/applications/nobody/jobs").status == 404);
}

TEST_CASE("applications are listed newest first, or oldest, with cursors both ways") {
  AppUnderTest t;
  const auto ids = [&](const std::string& query) {
    const auto page = json::parse(t.get_with_token("/v1/applications" + query).body);
    std::string all;
    for (const auto& application : page["data"]) all += application["name"].get<std::string>() + ' ';
    if (!page["data"].empty()) {
      CHECK(page["first_id"] == page["data"].front()["id"]);
      CHECK(page["last_id"] == page["data"].back()["id"]);
    } else {
      CHECK_FALSE(page.contains("first_id"));
    }
    return all + (page["has_more"] ? "+" : ".");
  };
  CHECK(ids("") == "strict three two Social post .");
  CHECK(ids("?order=asc&type=generation") == "Social post two three strict .");
  CHECK(ids("?limit=2") == "strict three +");
  CHECK(ids("?limit=2&after=three") == "two Social post .");
  CHECK(ids("?limit=1&after=three") == "two +");
  CHECK(ids("?limit=2&before=two") == "strict three .");
  CHECK(ids("?limit=1&before=two") == "three +");
  CHECK(ids("?after=strict&before=two") == "three .");
  CHECK(ids("?after=two&before=two") == ".");
  CHECK(ids("?after=two&before=strict") == ".");
  CHECK(ids("?limit=0") == "+");
  CHECK(complaint(t.get_with_token("/v1/applications?after=draft")) ==
        "after: no application that is listed has the id 'draft'");
  CHECK(complaint(t.get_with_token("/v1/applications?order=up")) == "order: expected asc or desc, found 'up'");
  CHECK(complaint(t.get_with_token("/v1/applications?type=chat")) == "type: expected generation, found 'chat'");
  CHECK(complaint(t.get_with_token("/v1/applications?limit=1001")).starts_with("limit: "));
}
