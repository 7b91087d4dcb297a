#include <doctest/doctest.h>

#include "api/app_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

TEST_CASE("create, list, poll until failed, retry, poll until completed, list: right at every step") {
  AppUnderTest t;
  const auto listed = [&](const std::string& query) {
    return json::parse(t.get_with_token(t.app_path("/jobs" + query)).body);
  };
  const auto before = listed("?limit=0")["totalCount"].get<int>();

  const auto created = t.post(t.app_path("/jobs"), R"({"inputs":[{"id":"topic","value":["boom"]}]})");
  CHECK(created.status == 202);
  const auto job = json::parse(created.body);
  CHECK(job.size() == 3);
  CHECK(job["status"] == "in_progress");
  CHECK(job["created_at"] == "2025-02-10T18:18:09.501223Z");
  const auto id = job["id"].get<std::string>();
  CHECK(listed("?limit=0")["totalCount"] == before + 1);
  CHECK(listed("?status=in_progress&limit=1")["result"][0]["id"] == id);

  t.clock.advance(2s);
  const auto failed = json::parse(t.poll(id).body);
  CHECK(failed["status"] == "failed");
  CHECK(failed["error"] == "No post about boom");
  CHECK(listed("?status=failed")["result"][0] == failed);

  const auto retried = t.post("/v1/applications/jobs/" + id + "/retry", "");
  CHECK(retried.status == 202);
  CHECK(json::parse(retried.body) == json{{"id", id}, {"status", "in_progress"}, {"created_at", job["created_at"]}});
  const auto again = json::parse(t.poll(id).body);
  CHECK(again["status"] == "in_progress");
  CHECK(again["error"].is_null());
  CHECK(again["updated_at"] == "2025-02-10T18:18:11.501223Z");

  t.clock.advance(1s);
  const auto completed = json::parse(t.poll(id).body);
  CHECK(completed["status"] == "completed");
  CHECK(completed["data"] == json{{"suggestion", "Attempt 2 about boom."}});
  CHECK(completed["completed_at"] == "2025-02-10T18:18:12.501223Z");
  CHECK(listed("?status=completed&limit=1")["result"][0] == completed);
  const auto still_failed = listed("?status=failed");
  CHECK(still_failed["totalCount"] == 1);  // the one of the fixtures
  CHECK(still_failed["result"][0]["id"] == fails);
}

TEST_CASE("two creates are two jobs, whatever they say") {
  AppUnderTest t;
  const auto body = R"({"inputs":[]})";
  const auto first = json::parse(t.post(t.app_path("/jobs"), body).body)["id"];
  CHECK(json::parse(t.post(t.app_path("/jobs"), body).body)["id"] != first);
}

TEST_CASE("only a job that has failed is retried, an unknown one is unknown") {
  AppUnderTest t;
  CHECK(t.post("/v1/applications/jobs/" + completes + "/retry", "").status == 400);
  CHECK(t.post("/v1/applications/jobs/" + unknown + "/retry", "").status == 404);
  CHECK(t.post("/v1/applications/jobs/not-a-uuid/retry", "").status == 400);
  CHECK(t.post("/v1/applications/jobs/" + long_ago + "/retry", "")
            .body.find("only a job that has failed can be retried") != std::string::npos);
}

TEST_CASE("a retry takes an empty body with a content type, as the Python SDK sends it") {
  AppUnderTest t;
  t.poll(fails);
  t.clock.advance(3s);
  CHECK(t.post("/v1/applications/jobs/" + fails + "/retry", "").status == 202);
}

TEST_CASE("worlds do not see each other's jobs, retries or graphs") {
  AppUnderTest t;
  const auto id = json::parse(t.post(t.app_path("/jobs"), R"({"inputs":[]})", "a").body)["id"].get<std::string>();
  CHECK(t.poll(id, "a").status == 200);
  CHECK(t.poll(id, "b").status == 404);
  t.send_body("PUT", t.app_path("/graphs"), R"({"graph_ids":["g"]})", "a");
  CHECK(t.get_with_token(t.app_path("/graphs"), "a").body == R"({"graph_ids":["g"]})");
  CHECK(t.get_with_token(t.app_path("/graphs"), "b").body == R"({"graph_ids":[]})");
}

TEST_CASE("a full world answers 507 with the envelope, and the log says so") {
  AppUnderTest t;
  t.options.worlds.limits.created_jobs = 1;
  t.post(t.app_path("/jobs"), R"({"inputs":[]})");
  const auto reply = t.post(t.app_path("/jobs"), R"({"inputs":[]})");
  CHECK(reply.status == 507);
  CHECK(json::parse(reply.body)["errors"][0]["key"] == "fail.insufficientStorage.world");
  CHECK(t.log.back().ends_with(" the world is full: nothing was kept"));
}

TEST_CASE("an application is answered under its id and its aliases, with its own id") {
  AppUnderTest t;
  const auto by_alias = json::parse(t.get_with_token("/v1/applications/social-post").body);
  CHECK(by_alias ==
        json::parse(R"({"id":"8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10","name":"Social post","type":"generation",
      "status":"deployed","created_at":"1970-01-01T00:00:00.000000Z","updated_at":"1970-01-01T00:00:00.000000Z",
      "last_deployed_at":"1970-01-01T00:00:00.000000Z",
      "inputs":[{"name":"topic","input_type":"text","required":false,"description":"What it is about"},
                {"name":"tone","input_type":"dropdown","required":false,"options":{"list":["plain","funny"]}}]})"));
  CHECK(json::parse(t.get_with_token("/v1/applications/" + std::string(by_alias["id"])).body) == by_alias);
  const auto nobody = t.get_with_token("/v1/applications/nobody");
  CHECK(nobody.status == 404);
  CHECK(nobody.body.find(R"("application_id":"nobody")") != std::string::npos);
  CHECK(json::parse(t.get_with_token("/v1/applications/draft").body)["status"] == "draft");
}

TEST_CASE("content is generated at once by the rule that a job would follow") {
  AppUnderTest t;
  const auto generate = [&](const std::string& topic, const std::string& more) {
    return t.post(t.app_path(""), R"({"inputs":[{"id":"topic","value":[")" + topic + R"("]}])" + more + "}");
  };
  CHECK(generate("tea", "").body == R"({"title":"Post","suggestion":"All about tea. Really."})");
  const auto stream = generate("tea", R"(,"stream":true)");
  CHECK(stream.content_type == "text/event-stream");
  CHECK(stream.body ==
        "data: {\"delta\":{\"title\":\"Post\"}}\n\ndata: {\"delta\":{\"content\":\"All \"}}\n\n"
        "data: {\"delta\":{\"content\":\"about \"}}\n\ndata: {\"delta\":{\"content\":\"tea. \"}}\n\n"
        "data: {\"delta\":{\"content\":\"Really.\"}}\n\ndata: [DONE]\n\n");
  CHECK(generate("boom", "").status == 500);
  CHECK(header_of(generate("boom", ""), "x-should-retry") == "false");
  CHECK(generate("boom", "").body.find("No post about boom") != std::string::npos);
  CHECK(generate("forever", "").status == 503);
  CHECK(t.post(t.app_path(""), R"({"inputs":[{"id":"typo","value":[]}]})").status == 400);
}
