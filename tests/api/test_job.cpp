#include <doctest/doctest.h>

#include "api/app_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

TEST_CASE("a job in progress is answered without data, without completed_at and with a null error") {
  AppUnderTest t;
  const auto reply = t.poll(completes);
  CHECK(reply.status == 200);
  CHECK(reply.content_type == "application/json");
  CHECK(header_of(reply, "Date") == "Mon, 10 Feb 2025 18:18:09 GMT");
  CHECK(reply.body ==
        R"({"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","status":"in_progress",)"
        R"("application_id":"8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10","created_at":"2025-02-10T18:18:09.501223Z",)"
        R"("updated_at":"2025-02-10T18:18:09.501223Z","error":null})");
}

TEST_CASE("a job completes when its time has come, and not a microsecond before") {
  AppUnderTest t;
  t.poll(completes);
  t.clock.advance(5s - 1us);
  CHECK(t.poll(completes).body.find(R"("status":"in_progress")") != std::string::npos);
  t.clock.advance(1us);
  CHECK(t.poll(completes).body ==
        R"({"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","status":"completed",)"
        R"("application_id":"8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10","created_at":"2025-02-10T18:18:09.501223Z",)"
        R"("updated_at":"2025-02-10T18:18:14.501223Z","completed_at":"2025-02-10T18:18:14.501223Z",)"
        R"("data":{"title":"Social post","suggestion":"# Coffee"},"error":null})");
}

TEST_CASE("a job that failed has its error and neither data nor completed_at") {
  AppUnderTest t;
  t.poll(fails);
  t.clock.advance(10s);
  CHECK(t.poll(fails).body ==
        R"({"id":"00000000-0000-4000-8000-000000000002","status":"failed",)"
        R"("application_id":"8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10","created_at":"2025-02-10T18:18:09.501223Z",)"
        R"("updated_at":"2025-02-10T18:18:12.501223Z","error":"Generation timed out"})");
}

TEST_CASE("a job without a timeline never ends") {
  AppUnderTest t;
  t.poll(never_ends);
  t.clock.advance(24h * 365);
  const auto json = nlohmann::json::parse(t.poll(never_ends).body);
  CHECK(json["status"] == "in_progress");
  CHECK(json["updated_at"] == json["created_at"]);
}

TEST_CASE("the state depends on the time alone, not on who polled in between") {
  AppUnderTest polled;
  AppUnderTest left_alone;
  polled.poll(completes);
  left_alone.poll(completes);
  for (int i = 0; i < 10; ++i) {
    polled.clock.advance(500ms);
    polled.poll(completes);
  }
  left_alone.clock.advance(5s);
  CHECK(polled.poll(completes).body == left_alone.poll(completes).body);
}

TEST_CASE("updated_at is when the current entry was reached") {
  AppUnderTest t;
  const auto updated_at = [&] { return nlohmann::json::parse(t.poll(in_steps).body)["updated_at"]; };
  CHECK(updated_at() == "2025-02-10T18:18:09.501223Z");
  t.clock.advance(1500ms);
  CHECK(updated_at() == "2025-02-10T18:18:10.501223Z");
  t.clock.advance(1s);
  CHECK(updated_at() == "2025-02-10T18:18:11.501223Z");
  t.clock.advance(1h);
  const auto json = nlohmann::json::parse(t.poll(in_steps).body);
  CHECK(json["updated_at"] == "2025-02-10T18:18:12.501223Z");
  CHECK(json["completed_at"] == json["updated_at"]);
  CHECK_FALSE(json.contains("data"));  // the fixture gives none
}

TEST_CASE("created_at as a timestamp: the job has ended before anyone asks") {
  AppUnderTest t;
  const auto json = nlohmann::json::parse(t.poll(long_ago).body);
  CHECK(json["status"] == "completed");
  CHECK(json["created_at"] == "1970-01-01T00:16:40.000000Z");
  CHECK(json["completed_at"] == "1970-01-01T00:16:45.000000Z");
  CHECK(json["data"] == nlohmann::json{{"suggestion", "Done."}});
}

TEST_CASE("created_at as an offset counts from the start of the token's world") {
  AppUnderTest t;
  const auto created_at = [&](const std::string& token) {
    return nlohmann::json::parse(t.poll(started_before, token).body)["created_at"];
  };
  CHECK(created_at("first") == "2025-02-10T17:18:09.501223Z");
  t.clock.advance(59s);
  CHECK(created_at("second") == "2025-02-10T17:19:08.501223Z");
  CHECK(created_at("first") == "2025-02-10T17:18:09.501223Z");
  t.clock.advance(1s);
  CHECK(nlohmann::json::parse(t.poll(started_before, "first").body)["status"] == "completed");
  CHECK(nlohmann::json::parse(t.poll(started_before, "second").body)["status"] == "in_progress");
}

TEST_CASE("each token has its own world, tokens that share one see the same") {
  AppUnderTest t;
  const auto created_at = [&](const std::string& token) {
    return nlohmann::json::parse(t.poll(completes, token).body)["created_at"];
  };
  CHECK(created_at("a") == "2025-02-10T18:18:09.501223Z");
  CHECK(created_at("shared-1") == "2025-02-10T18:18:09.501223Z");
  t.clock.advance(1s);
  CHECK(created_at("b") == "2025-02-10T18:18:10.501223Z");
  CHECK(created_at("shared-2") == "2025-02-10T18:18:09.501223Z");
}

TEST_CASE("a job is found under its id in any case, and answers in lower case") {
  AppUnderTest t;
  const auto reply = t.poll("3C90C3CC-0D44-4B50-8888-8DD25736052A");
  CHECK(reply.status == 200);
  CHECK(reply.body.find("\"id\":\"3c90c3cc-0d44-4b50-8888-8dd25736052a\"") != std::string::npos);
}
