#include "api/admin_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string added = "00000000-0000-4000-8000-000000000021";
const std::string polled_thrice = "00000000-0000-4000-8000-000000000013";

// A frozen clock, and a job that waits for its third poll.
struct Frozen : AdminUnderTest {
  Frozen() {
    options.worlds.clock.speed = 0;
    more_jobs = {{polled_thrice, {{{0s, {Status::failed, {}, "Three times"}, 3}}, {}}}};
  }

  json job(const std::string& id) { return ask("GET", "/jobs/" + id); }
  void pass(const std::string& by) { ask("POST", "/clock/advance", R"({"by":")" + by + R"("})"); }
  json force(const std::string& id, const std::string& body) {
    return ask("POST", "/jobs/" + id + "/transition", body);
  }
  json add(const std::string& body) { return ask("POST", "/jobs", body); }
};

std::string job_body(const std::string& more) {
  return R"({"id":")" + added + R"(","application_id":"social-post")" + more + "}";
}

const std::string has_ended =
    "409 has_ended: the job has ended, and stays what it is; retry a job that has failed, or POST /__admin/reset to "
    "begin anew";
const std::string unknown_job =
    "404 unknown_job: there is no such job in this world; GET /__admin/jobs lists those there are";
const std::string no_uuid = "400 bad_request: 'x' is no UUID; a job_id is a UUID, in the form 8-4-4-4-12";

}  // namespace

TEST_CASE("a job is explained: where it is defined, its attempt and polls, and what comes next and when") {
  Frozen t;
  CHECK(t.job(completes) == json{{"world", world_of_token("test-token")},
                                 {"id", completes},
                                 {"application_id", "8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10"},
                                 {"status", "in_progress"},
                                 {"made_by", "fixture"},
                                 {"defined_at", {{"file", "test.yaml"}, {"line", 10}}},
                                 {"born", false},
                                 {"created_at", nullptr},
                                 {"updated_at", nullptr},
                                 {"attempt", 1},
                                 {"polls", 0},
                                 {"elapsed", nullptr},
                                 {"held", false},
                                 {"next", {{"status", "completed"}}}});
  t.poll(completes);
  t.pass("1.5s");
  CHECK(t.job(completes) ==
        json{{"world", world_of_token("test-token")},
             {"id", completes},
             {"application_id", "8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10"},
             {"status", "in_progress"},
             {"made_by", "fixture"},
             {"defined_at", {{"file", "test.yaml"}, {"line", 10}}},
             {"born", true},
             {"created_at", start_text},
             {"updated_at", start_text},
             {"attempt", 1},
             {"polls", 1},
             {"elapsed", "1s500ms"},
             {"held", false},
             {"next", {{"status", "completed"}, {"at", "2025-02-10T18:18:14.501223Z"}, {"in", "3s500ms"}}}});
  t.pass("1h");
  CHECK(t.job(completes)["next"].is_null());
  CHECK(t.job(completes)["updated_at"] == "2025-02-10T18:18:14.501223Z");
}

TEST_CASE("a job that waits for polls says for how many more") {
  Frozen t;
  CHECK(t.job(polled_thrice)["next"] == json{{"status", "failed"}, {"polls", 3}});
  t.poll(polled_thrice);
  t.poll(polled_thrice);
  CHECK(t.job(polled_thrice)["next"] == json{{"status", "failed"}, {"polls", 1}});
  t.poll(polled_thrice);
  t.post("/v1/applications/jobs/" + polled_thrice + "/retry", "");
  CHECK(t.job(polled_thrice)["attempt"] == 2);
  CHECK(t.job(polled_thrice)["next"] == json{{"status", "failed"}, {"polls", 3}});
}

TEST_CASE("to be explained is no poll, and bears no job") {
  Frozen t;
  for (int i = 0; i < 3; ++i) {
    t.job(polled_thrice);
    t.ask("GET", "/jobs");
  }
  t.pass("1h");
  CHECK(t.polled(polled_thrice) == "in_progress");
  CHECK(t.job(polled_thrice)["created_at"] == "2025-02-10T19:18:09.501223Z");
}

TEST_CASE("all jobs are explained, page by page, with who made each") {
  Frozen t;
  t.add(job_body(""));
  const auto by_rule = json::parse(t.post(t.app_path("/jobs"), R"({"inputs":[]})").body)["id"];
  const auto by_no_rule = json::parse(t.post("/v1/applications/two/jobs", R"({"inputs":[]})").body)["id"];
  const auto all = t.ask("GET", "/jobs");
  CHECK(all["total"] == 10);
  CHECK(all["offset"] == 0);
  CHECK(all["limit"] == 1000);
  REQUIRE(all["jobs"].size() == 10);
  CHECK(all["jobs"][0]["id"] == completes);
  CHECK(all["jobs"][6]["made_by"] == "fixture");
  CHECK(all["jobs"][7]["id"] == added);
  CHECK(all["jobs"][7]["made_by"] == "control");
  CHECK(all["jobs"][7]["defined_at"].is_null());
  CHECK(all["jobs"][8]["id"] == by_rule);
  CHECK(all["jobs"][8]["made_by"] == "client");
  CHECK(all["jobs"][9]["id"] == by_no_rule);
  CHECK(all["jobs"][9]["made_by"] == "client");

  const auto page = t.ask("GET", "/jobs?offset=7&limit=2");
  CHECK(page["total"] == 10);
  CHECK(page["jobs"] == json{all["jobs"][7], all["jobs"][8]});
  CHECK(t.ask("GET", "/jobs?limit=0")["jobs"].empty());
  CHECK(t.ask("GET", "/jobs?offset=10")["jobs"].empty());
  CHECK(complaints(t.control("GET", "/jobs?offset=-1&limit=10001")) ==
        "offset: expected a whole number from 0 to " + std::to_string(SIZE_MAX / 2) +
            ", found '-1'; limit: expected a whole number from 0 to 10000, found '10001'");
}

TEST_CASE("the limit of a list of jobs is for all worlds together") {
  Frozen t;
  for (const auto* token : {"a", "b", "c"}) t.poll(completes, token);
  const auto all = t.ask_all("GET", "/jobs?limit=10");
  CHECK(all["worlds"][0]["jobs"].size() == 7);
  CHECK(all["worlds"][1]["jobs"].size() == 3);
  CHECK(all["worlds"][2]["jobs"].empty());
  CHECK(all["worlds"][2]["total"] == 7);
}

TEST_CASE("a job is added in the fixtures' own shape, as JSON or YAML, and answered as one of theirs") {
  Frozen t;
  const auto json_reply = t.control(
      "POST", "/jobs",
      job_body(
          R"(,"timeline":[{"at":"2s","status":"failed","error":"No {{job.id}}"}],)"
          R"("retries":[{"timeline":[{"polls":2,"status":"completed","data":{"suggestion":"Attempt {{attempt}}"}}]}])"));
  CHECK(json_reply.status == 201);
  CHECK(json::parse(json_reply.body)["id"] == added);
  CHECK(json::parse(json_reply.body)["born"] == false);
  CHECK(t.polled(added) == "in_progress");
  t.pass("2s");
  CHECK(json::parse(t.poll(added).body)["error"] == "No " + added);
  t.post("/v1/applications/jobs/" + added + "/retry", "");
  t.poll(added);
  CHECK(json::parse(t.poll(added).body)["data"]["suggestion"] == "Attempt 2");

  const std::string yaml =
      "id: 00000000-0000-4000-8000-000000000022\napplication_id: two\ncreated_at: -1h\n"
      "timeline:\n  - {at: 30m, status: completed}\n";
  for (const auto* type : {"application/yaml", "text/yaml; charset=utf-8", "Application/X-YAML"}) {
    CAPTURE(type);
    const std::vector<Request::Header> headers{{"Authorization", "Bearer test-token"}, {"Content-Type", type}};
    const auto reply = t.get().handle({"POST", "/__admin/jobs", headers, yaml});
    CHECK(reply.status == 201);
    CHECK(json::parse(reply.body)["created_at"] == "2025-02-10T17:18:09.501223Z");
    CHECK(json::parse(reply.body)["updated_at"] == "2025-02-10T17:48:09.501223Z");
    t.ask("DELETE", "/jobs/00000000-0000-4000-8000-000000000022");
  }
}

TEST_CASE("a job that cannot be read is refused with every problem, as `jobmock check` would report it") {
  Frozen t;
  const auto reply =
      t.control("POST", "/jobs", R"({"id": "x", "application_id": "socail-post", "timeline": [{"at": 5}]})");
  CHECK(reply.status == 400);
  const auto error = json::parse(reply.body)["error"];
  CHECK(error["code"] == "bad_job");
  CHECK(error["message"] == "the job cannot be read");
  CHECK(error["hint"] == "it has the shape of a job in a fixture");
  REQUIRE(error["problems"].size() == 4);
  CHECK(error["problems"][0].get<std::string>().starts_with("body:1:8: error: "));
  std::string all;
  for (const auto& problem : error["problems"]) all += problem;
  CHECK(all.find("no application has the id or alias 'socail-post'; did you mean 'social-post'?") != std::string::npos);
  CHECK(all.find("a timeline entry needs the key 'status'") != std::string::npos);
  for (const auto* body : {"", "[]", "{", "null", "\xff", "{\"id\":1e999}"}) {
    CAPTURE(body);
    CHECK(t.control("POST", "/jobs", body).status == 400);
  }
  CHECK(t.control("POST", "/jobs", std::string(200'000, '[')).status == 400);
}

TEST_CASE("a job with the id of another is refused, and so is one for which the world has no room") {
  Frozen t;
  t.options.worlds.limits.created_jobs = 1;
  const std::string exists =
      "409 job_exists: a job of this world has that id already; take another id, or DELETE /__admin/jobs/{job_id} "
      "first";
  CHECK(refusal(t.control("POST", "/jobs", R"({"id":")" + completes + R"(","application_id":"two"})")) == exists);
  t.add(job_body(""));
  CHECK(refusal(t.control("POST", "/jobs", job_body(""))) == exists);
  CHECK(refusal(t.control("POST", "/jobs", R"({"id":")" + unknown + R"(","application_id":"two"})")) ==
        "507 world_is_full: this world keeps no more; POST /__admin/reset empties it");
}

TEST_CASE("a job is added to every world there is when no world is chosen") {
  Frozen t;
  t.poll(completes, "a");
  t.poll(completes, "b");
  t.ask("POST", "/jobs", job_body(""), "a");
  const auto reply = t.control("POST", "/jobs", job_body(""), "");
  CHECK(reply.status == 201);
  int refused = 0;
  const auto answer = json::parse(reply.body);
  for (const auto& world : answer["worlds"]) refused += world.contains("error") ? 1 : 0;
  CHECK(refused == 1);
  CHECK(t.poll(added, "b").status == 200);
  CHECK(t.poll(added, "c").status == 404);  // began later
}

TEST_CASE("a removed job is gone from this world only") {
  Frozen t;
  CHECK(t.ask("DELETE", "/jobs/" + completes) == json{{"world", world_of_token("test-token")}, {"removed", completes}});
  CHECK(t.poll(completes).status == 404);
  CHECK(json::parse(t.get_with_token(t.app_path("/jobs")).body)["totalCount"] == 6);
  CHECK(refusal(t.control("DELETE", "/jobs/" + completes)) == unknown_job);
  CHECK(refusal(t.control("GET", "/jobs/" + completes)) == unknown_job);
  CHECK(t.poll(completes, "another").status == 200);
  t.ask("POST", "/jobs", R"({"id":")" + completes + R"(","application_id":"two"})");
  CHECK(json::parse(t.poll(completes).body)["application_id"] == "two");
}

TEST_CASE("a job is forced to a state that the API then shows") {
  Frozen t;
  const auto forced = t.force(
      completes, R"({"status":"completed","data":{"title":"Forced","suggestion":"By {{job.id}}, {{attempt}}"}})");
  CHECK(forced["status"] == "completed");
  CHECK(forced["next"].is_null());
  CHECK(json::parse(t.poll(completes).body)["data"] ==
        json{{"title", "Forced"}, {"suggestion", "By " + completes + ", 1"}});

  t.force(fails, R"({"status":"failed"})");
  CHECK(json::parse(t.poll(fails).body)["error"] == "Job failed");
  t.force(never_ends, R"({"status":"failed","error":"Attempt {{attempt}} failed"})");
  CHECK(json::parse(t.poll(never_ends).body)["error"] == "Attempt 1 failed");
  CHECK(t.post("/v1/applications/jobs/" + never_ends + "/retry", "").status == 202);
  t.force(in_steps, R"({"status":"completed"})");
  CHECK_FALSE(json::parse(t.poll(in_steps).body).contains("data"));
}

TEST_CASE("a job that is forced into progress is updated, and goes on with its timeline") {
  Frozen t;
  t.poll(completes);
  t.pass("2s");
  t.force(completes, R"({"status":"in_progress"})");
  CHECK(json::parse(t.poll(completes).body)["updated_at"] == "2025-02-10T18:18:11.501223Z");
  t.pass("3s");
  CHECK(t.polled(completes) == "completed");
}

TEST_CASE("a held job stays as it is until it is released, and then goes on where it stopped") {
  Frozen t;
  t.poll(completes);
  t.pass("2s");
  const auto held = t.ask("POST", "/jobs/" + completes + "/hold");
  CHECK(held["held"] == true);
  CHECK(held["next"] == json{{"status", "completed"}});
  t.pass("1h");
  CHECK(t.polled(completes) == "in_progress");
  CHECK(t.job(completes)["elapsed"] == "2s");
  const auto released = t.ask("POST", "/jobs/" + completes + "/release");
  CHECK(released["held"] == false);
  CHECK(released["next"]["in"] == "3s");
  t.pass("3s");
  CHECK(t.polled(completes) == "completed");
}

TEST_CASE("a job that has ended is neither forced nor held nor released") {
  Frozen t;
  for (const auto* act : {"/hold", "/release"}) {
    CHECK(refusal(t.control("POST", "/jobs/" + long_ago + act)) == has_ended);
    CHECK(refusal(t.control("POST", "/jobs/" + unknown + act)) == unknown_job);
    CHECK(refusal(t.control("POST", std::string("/jobs/x") + act)) == no_uuid);
  }
  const std::string body = R"({"status":"failed"})";
  CHECK(refusal(t.control("POST", "/jobs/" + long_ago + "/transition", body)) == has_ended);
  CHECK(refusal(t.control("POST", "/jobs/" + unknown + "/transition", body)) == unknown_job);
  CHECK(refusal(t.control("POST", "/jobs/x/transition", body)) == no_uuid);
  CHECK(refusal(t.control("GET", "/jobs/x")) == no_uuid);
  CHECK(refusal(t.control("DELETE", "/jobs/x")) == no_uuid);
}

TEST_CASE("what is wrong with a state that is forced is said by field") {
  Frozen t;
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"", "body: expected a JSON object, found nothing"},
      {"{}", "status: is missing"},
      {R"({"status":1})", "status: expected a text, found a number"},
      {R"({"status":"done","extra":1})",
       "status: expected in_progress, completed or failed, found 'done'; extra: is no field here; there are status, "
       "data, error"},
      {R"({"status":"completed","data":"x"})",
       "data: expected an object with suggestion and, if you like, title, found a text"},
      {R"({"status":"completed","data":{}})", "data.suggestion: is missing"},
      {R"({"status":"completed","data":{"suggestion":1,"title":2,"x":3}})",
       "data.title: expected a text, found a number; data.suggestion: expected a text, found a number; data.x: is no "
       "field here; there are title, suggestion"},
      {R"({"status":"failed","data":{"suggestion":"x"}})", "data: only a completed job has data"},
      {R"({"status":"in_progress","error":"x"})", "error: only a failed job has an error"},
      {R"({"status":"completed","error":"x"})", "error: only a failed job has an error"},
      {R"({"status":"failed","error":[]})", "error: expected a text, found a list"},
      {R"({"status":"failed","error":""})", "error: expected a text that is not empty"},
  };
  for (const auto& [body, complaint] : bodies) {
    CAPTURE(body);
    CHECK(complaints(t.control("POST", "/jobs/" + completes + "/transition", body)) == complaint);
  }
  const auto unknown_variable = R"({"status":"failed","error":"{{job.name}}"})";
  CHECK(complaints(t.control("POST", "/jobs/" + completes + "/transition", unknown_variable)).starts_with("error: "));
  CHECK(t.job(completes)["status"] == "in_progress");
}

TEST_CASE("a state that is too large to keep is refused") {
  Frozen t;
  t.options.worlds.limits.bytes = 1000;
  CHECK(refusal(t.control("POST", "/jobs/" + completes + "/transition",
                          R"({"status":"failed","error":")" + std::string(2000, 'x') + R"("})"))
            .starts_with("507 world_is_full: "));
}

TEST_CASE("one call forces, holds or releases a job in every world") {
  Frozen t;
  t.poll(completes, "a");
  t.poll(completes, "b");
  CHECK(t.ask_all("POST", "/jobs/" + completes + "/hold")["worlds"].size() == 2);
  for (const auto* token : {"a", "b"}) CHECK(t.ask("GET", "/jobs/" + completes, {}, token)["held"] == true);
  t.ask("POST", "/jobs/" + completes + "/release", {}, "a");
  t.ask_all("POST", "/jobs/" + completes + "/transition", R"({"status":"failed","error":"Outage"})");
  for (const auto* token : {"a", "b"}) CHECK(t.polled(completes, token) == "failed");
}

TEST_CASE("the log says which job control was about, when it was about one world") {
  Frozen t;
  t.ask("GET", "/jobs/" + completes);
  CHECK(t.logged_jobs.back() == completes);
  t.ask("POST", "/jobs/" + fails + "/hold");
  CHECK(t.logged_jobs.back() == fails);
  t.ask_all("POST", "/jobs/" + fails + "/release");
  CHECK(t.logged_jobs.back().empty());
}
