// Faults as a client meets them, and as a test adds them.
#include "api/faults_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string job_list = "/v1/applications/social-post/jobs";

std::string retry_of(const std::string& job_id) { return "/v1/applications/jobs/" + job_id + "/retry"; }

std::size_t jobs_in(AppUnderTest& t, const std::string& token = "test-token") {
  return json::parse(t.get_with_token(job_list, token).body)["totalCount"];
}

}  // namespace

TEST_CASE(
    "of faults that exclude each other the added one goes first, then the job's, the application's, the world's") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"status": 502})"};
  t.of_application = {R"({"status": 503})"};
  t.of_world = {R"({"status": 504, "operation": "any"})"};
  t.ask("POST", "/faults", R"({"status": 500, "times": 1})");
  CHECK(t.poll_status(completes) == 500);
  CHECK(t.note() == "fault: 500 (added at run time)");
  CHECK(t.poll_status(completes) == 502);
  CHECK(t.note() == "fault: 502 (job)");
  CHECK(t.poll_status(fails) == 503);
  CHECK(t.note() == "fault: 503 (application)");
  CHECK(t.get_with_token("/v1/applications/two").status == 504);
  CHECK(t.note() == "fault: 504 (world)");
}

TEST_CASE("faults of different kinds and owners add up in one answer, and the log names each") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"delay": "2s"})"};
  t.of_application = {R"({"status": 503, "retry_after": "1s"})"};
  t.of_world = {R"({"drip": {"bytes": 8, "every": "50ms"}})"};
  const auto reply = t.poll(completes);
  CHECK(reply.status == 503);
  CHECK(header_of(reply, "Retry-After") == "1");
  CHECK(reply.delivery.delay == 2s);
  REQUIRE(reply.delivery.drip.has_value());
  CHECK(reply.delivery.drip->bytes == 8);
  CHECK(t.note() == "fault: delay 2s (job); 503, retry after 1s (application); drip 8 bytes every 50ms (world)");
}

TEST_CASE("a poll that a fault spoils is a poll all the same: the job is born, counts it, and time goes on") {
  FaultsUnderTest t;
  t.options.worlds.clock = {0.0, OnPoll{1s, false}};
  t.more_jobs = {
      {"00000000-0000-4000-8000-000000000021", {{{0s, {Status::completed, Output{{}, "Done."}, {}}, 3}}, {}}}};
  const std::string third = t.more_jobs.front().first;
  t.of_jobs[third] = {R"({"polls": "1..2", "status": 503})"};
  CHECK(t.poll_status(third) == 503);
  CHECK(t.now() == "2025-02-10T18:18:10.501223Z");
  CHECK(t.poll_status(third) == 503);
  CHECK(t.now() == "2025-02-10T18:18:11.501223Z");
  const auto job = json::parse(t.poll(third).body);
  CHECK(job["status"] == "completed");
  CHECK(job["created_at"] == start_text);
  CHECK(t.ask("GET", "/jobs/" + third)["polls"] == 3);
}

TEST_CASE("a fault may wait for the poll that would have shown the end") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"when_status": "completed", "times": 1, "status": 503})"};
  CHECK(t.polled(completes) == "in_progress");
  t.clock.advance(5s);
  CHECK(t.poll_status(completes) == 503);
  CHECK(t.polled(completes) == "completed");
}

TEST_CASE("a fault of creations fits the status that the job begins with, by the rule that its inputs choose") {
  FaultsUnderTest t;
  const auto with_faults = t.change_fixtures;
  t.change_fixtures = [&](FixtureSet& set) {
    with_faults(set);
    const State failed{Status::failed, {}, "No"};
    auto& rules = set.applications[0].created_jobs;
    rules.clear();
    rules.push_back({{{"topic", "doomed"}}, Plan{{{0s, failed}}, {}}});
    rules.push_back({{}, Plan{{{1s, failed}}, {}}});
  };
  t.of_application = {R"({"operation": "create", "when_status": "failed", "status": 599})"};
  const std::string doomed = R"({"inputs":[{"id":"topic","value":["doomed"]}]})";
  CHECK(t.post(job_list, doomed).status == 599);
  CHECK(t.post(job_list, R"({"inputs":[]})").status == 202);
  CHECK(t.post(job_list, "no body").status == 400);  // shows no job
  t.app.reset();
  t.of_application = {R"({"operation": "create", "when_status": "in_progress", "status": 599})"};
  CHECK(json::parse(t.post(job_list, doomed).body)["status"] == "failed");
  CHECK(t.post(job_list, R"({"inputs":[]})").status == 599);
}

TEST_CASE("a fault of retries fits the status that the next attempt begins with") {
  FaultsUnderTest t;
  const State failed{Status::failed, {}, "No"};
  const Plan plan{{{0s, failed}}, {Timeline(), {{0s, failed}}}};
  t.more_jobs = {{"00000000-0000-4000-8000-000000000021", plan}};
  const std::string job = t.more_jobs.front().first;
  t.of_jobs[job] = {R"({"operation": "retry", "when_status": "failed", "status": 599})"};
  t.poll(job);
  CHECK(t.post(retry_of(job), "").status == 202);
  CHECK(t.post(retry_of(job), "").status == 400);  // has not failed
  t.ask("POST", "/jobs/" + job + "/transition", R"({"status": "failed"})");
  CHECK(t.post(retry_of(job), "").status == 599);
}

TEST_CASE("a create whose answer is replaced is not carried out") {
  FaultsUnderTest t;
  t.of_application = {R"({"operation": "create", "times": 1, "status": 503, "retry_after": "1s"})"};
  const auto before = jobs_in(t);
  const auto refused = t.post(job_list, R"({"inputs":[]})");
  CHECK(refused.status == 503);
  CHECK(header_of(refused, "Retry-After") == "1");
  CHECK(jobs_in(t) == before);
  CHECK(t.post(job_list, R"({"inputs":[]})").status == 202);
  CHECK(jobs_in(t) == before + 1);
}

TEST_CASE("a create whose connection breaks, or whose answer is only slow or spoilt, is carried out") {
  for (const auto* effect : {R"("connection": "close")", R"("connection": "reset")", R"("connection": "stall")",
                             R"("truncate": 3)", R"("malformed": true)", R"("delay": "1s")"}) {
    CAPTURE(effect);
    FaultsUnderTest t;
    t.of_application = {std::string(R"({"operation": "create", )") + effect + "}"};
    const auto before = jobs_in(t);
    t.post(job_list, R"({"inputs":[]})");
    CHECK(jobs_in(t) == before + 1);
  }
}

TEST_CASE("a retry whose answer is replaced is not carried out, with a broken connection it is") {
  FaultsUnderTest t;
  t.of_jobs[fails] = {R"({"operation": "retry", "times": 1, "status": 500})",
                      R"({"operation": "retry", "connection": "reset"})"};
  t.poll(fails);
  t.clock.advance(3s);
  CHECK(t.polled(fails) == "failed");
  CHECK(t.post(retry_of(fails), "").status == 500);
  CHECK(t.polled(fails) == "failed");
  CHECK(t.post(retry_of(fails), "").delivery.connection == Delivery::Connection::resets);
  CHECK(t.polled(fails) == "in_progress");
  CHECK(t.ask("GET", "/jobs/" + fails)["attempt"] == 2);
}

TEST_CASE("the polls of a fault are counted anew in each attempt") {
  FaultsUnderTest t;
  t.of_jobs[fails] = {R"({"polls": 2, "status": 503})"};
  CHECK(t.poll_status(fails) == 200);
  CHECK(t.poll_status(fails) == 503);
  t.clock.advance(3s);
  CHECK(t.poll_status(fails) == 200);
  CHECK(t.post(retry_of(fails), "").status == 202);
  CHECK(t.poll_status(fails) == 200);
  CHECK(t.poll_status(fails) == 503);
}

TEST_CASE("a quota on a frozen clock: 429 with the whole window to wait, until the clock is advanced") {
  FaultsUnderTest t;
  t.options.worlds.clock = {0.0, {}};
  t.of_world = {R"({"operation": "any", "quota": {"requests": 3, "per": "60s"}})"};
  for (int i = 0; i < 3; ++i) CHECK(t.poll_status(never_ends) == 200);
  t.clock.advance(1h);  // real time is nothing to it
  auto reply = t.poll(never_ends);
  CHECK(reply.status == 429);
  CHECK(header_of(reply, "Retry-After") == "60");
  CHECK(t.note() == "fault: 429, quota 3 per 1m, retry after 1m (world)");
  CHECK(t.get_with_token(job_list).status == 429);
  t.ask("POST", "/clock/advance", R"({"by":"20500ms"})");
  CHECK(header_of(t.poll(never_ends), "Retry-After") == "40");  // 39.5s, and a client must not come early
  t.ask("POST", "/clock/advance", R"({"by":"39499ms"})");
  CHECK(header_of(t.poll(never_ends), "Retry-After") == "1");
  t.ask("POST", "/clock/advance", R"({"by":"1ms"})");
  for (int i = 0; i < 3; ++i) CHECK(t.poll_status(never_ends) == 200);
  CHECK(t.poll_status(never_ends) == 429);
}

TEST_CASE("a quota goes by the speed of the world's clock") {
  FaultsUnderTest t;
  t.options.worlds.clock = {60.0, {}};
  t.of_world = {R"({"quota": {"requests": 1, "per": "60s"}})"};
  CHECK(t.poll_status(never_ends) == 200);
  t.clock.advance(500ms);
  CHECK(header_of(t.poll(never_ends), "Retry-After") == "30");
  t.clock.advance(500ms);
  CHECK(t.poll_status(never_ends) == 200);
}

TEST_CASE("a date to come again is on the world's clock, as Date is") {
  FaultsUnderTest t;
  t.options.worlds.clock = {0.0, {}};
  t.of_world = {R"({"status": 503, "retry_after": {"date": "2m"}})"};
  t.ask("POST", "/clock/advance", R"({"to":"2030-01-01T00:00:00Z"})");
  const auto reply = t.poll(never_ends);
  CHECK(header_of(reply, "Date") == "Tue, 01 Jan 2030 00:00:00 GMT");
  CHECK(header_of(reply, "Retry-After") == "Tue, 01 Jan 2030 00:02:00 GMT");
}

TEST_CASE("each world counts for itself what its faults did") {
  FaultsUnderTest t;
  t.of_jobs[never_ends] = {R"({"times": 2, "status": 503})"};
  t.of_world = {R"({"operation": "list", "quota": {"requests": 1, "per": "60s"}})"};
  for (const auto* token : {"one", "two"}) {
    CAPTURE(token);
    CHECK(t.poll_status(never_ends, token) == 503);
    CHECK(t.poll_status(never_ends, token) == 503);
    CHECK(t.poll_status(never_ends, token) == 200);
    CHECK(t.get_with_token(job_list, token).status == 200);
    CHECK(t.get_with_token(job_list, token).status == 429);
  }
  const auto faults = t.ask("GET", "/faults", {}, "one")["faults"];
  REQUIRE(faults.size() == 2);
  CHECK(faults[0]["applied"] == 2);
  CHECK(faults[0]["job_id"] == never_ends);
  CHECK(faults[1]["applied"] == 1);
}

TEST_CASE("an id that no job has meets the faults of the world, and none of a job or an application") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"operation": "any", "status": 500})"};
  t.of_application = {R"({"operation": "any", "status": 501})"};
  CHECK(t.poll_status(unknown) == 404);
  CHECK(t.poll_status("no-uuid") == 400);
  t.ask("POST", "/faults", R"({"operation": "any", "status": 502})");
  CHECK(t.poll_status(unknown) == 502);
  CHECK(t.poll_status("no-uuid") == 502);
  CHECK(t.post(retry_of(unknown), "").status == 502);
}

TEST_CASE("what is no operation of the mocked API meets no fault: refused tokens, unknown routes, control") {
  FaultsUnderTest t;
  t.of_world = {R"({"operation": "any", "status": 503})"};
  CHECK(t.poll_status(completes, "no-access") == 403);
  CHECK(t.poll_status(completes, "revoked") == 401);
  CHECK(t.get_with_token("/v1/nothing").status == 404);
  CHECK(t.send_body("DELETE", job_list, "", "test-token").status == 405);
  t.ask("GET", "/clock");
  CHECK(t.poll_status(completes) == 503);
}

TEST_CASE("a seed repeats what chance decides, whatever else goes on, and the log says with which") {
  const auto statuses = [](std::uint64_t seed, bool with_others) {
    FaultsUnderTest t;
    t.options.worlds.seed = seed;
    t.of_world = {R"({"probability": 0.5, "status": 503})"};
    std::string all;
    for (int i = 0; i < 64; ++i) {
      if (with_others) {
        t.poll(fails);
        t.poll(never_ends, "another");
      }
      all += t.poll_status(completes) == 503 ? 'x' : '.';
    }
    return all;
  };
  const auto first = statuses(7, false);
  CHECK(first == statuses(7, false));
  CHECK(first == statuses(7, true));
  CHECK(first != statuses(8, false));
  CHECK(first.find('x') != std::string::npos);
  CHECK(first.find('.') != std::string::npos);

  FaultsUnderTest t;
  t.options.worlds.seed = 7;
  t.of_world = {R"({"probability": 1, "status": 503})"};
  t.poll(completes);
  t.poll(completes);
  CHECK(t.note() == "fault: 503 (world, seed 7, attempt 1, poll 2)");
}

TEST_CASE("HEAD meets the faults of GET, and what only a body shows is left off") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"status": 503, "retry_after": "1s", "times": 1})", R"({"truncate": 10, "delay": "1s"})"};
  const std::vector<Request::Header> headers{{"Authorization", "Bearer test-token"}};
  const auto first = t.send("HEAD", "/v1/applications/jobs/" + completes, headers);
  CHECK(first.status == 503);
  CHECK(header_of(first, "Retry-After") == "1");
  const auto second = t.send("HEAD", "/v1/applications/jobs/" + completes, headers);
  CHECK(second.status == 200);
  CHECK(second.delivery.delay == 1s);
  CHECK_FALSE(second.delivery.truncated_to.has_value());
  CHECK(t.ask("GET", "/jobs/" + completes)["polls"] == 2);
}

TEST_CASE("a fault is added to a job, an application or a world, listed first, and taken away") {
  FaultsUnderTest t;
  t.of_world = {R"({"operation": "list", "status": 500})"};
  const auto added = t.control("POST", "/faults", R"({"job_id": ")" + completes + R"(", "status": 503})");
  CHECK(added.status == 201);
  CHECK(json::parse(added.body) == json{{"world", world_of_token("test-token")},
                                        {"id", 1},
                                        {"does", "503"},
                                        {"defined_at", "added at run time"},
                                        {"job_id", completes},
                                        {"applied", 0}});
  const auto to_application = t.ask("POST", "/faults", R"({"application_id": "social-post", "delay": "1s"})");
  CHECK(to_application["application_id"] == applications()[0].id);
  t.ask("POST", "/faults", R"({"status": 599})", "another");

  CHECK(t.poll_status(completes) == 503);
  const auto other = t.poll(fails);
  CHECK(other.status == 200);
  CHECK(other.delivery.delay == 1s);
  CHECK(t.poll_status(fails, "another") == 599);

  const auto faults = t.ask("GET", "/faults")["faults"];
  REQUIRE(faults.size() == 3);
  CHECK(faults[0]["id"] == 1);
  CHECK(faults[0]["applied"] == 1);
  CHECK(faults[1]["id"] == 2);
  CHECK(faults[1]["applied"] == 2);
  CHECK(faults[2] == json{{"id", nullptr}, {"does", "500"}, {"defined_at", "world"}, {"applied", 0}});

  CHECK(t.ask("DELETE", "/faults/1")["removed"] == 1);
  CHECK(t.poll_status(completes) == 200);
  CHECK(t.control("DELETE", "/faults/1").status == 404);
  t.ask("DELETE", "/faults");
  CHECK(t.poll(completes).delivery.delay == 0s);
  CHECK(t.get_with_token(job_list).status == 500);  // that of the fixtures stays
  CHECK(t.poll_status(fails, "another") == 599);
}

TEST_CASE("a fault that cannot be read or has no place is refused, and none is added") {
  FaultsUnderTest t;
  const auto bad = t.control("POST", "/faults", R"({"status": 42, "poll": 2})");
  CHECK(bad.status == 400);
  const auto error = json::parse(bad.body)["error"];
  CHECK(error["code"] == "bad_fault");
  CHECK(error["problems"].size() == 2);
  CHECK(refusal(t.control("POST", "/faults", R"({"status": 503, "job_id": ")" + unknown + R"("})"))
            .starts_with("404 unknown_job: "));
  CHECK(refusal(t.control("POST", "/faults", R"({"status": 503, "application_id": "nobody"})"))
            .starts_with("404 unknown_application: "));
  for (const auto* id : {"0", "7", "x", "-1"}) {
    CHECK(refusal(t.control("DELETE", "/faults/" + std::string(id))).starts_with("404 unknown_fault: "));
  }
  CHECK(t.ask("GET", "/faults")["faults"].empty());
}

TEST_CASE("a world takes so many faults and no more") {
  FaultsUnderTest t;
  t.options.worlds.limits.added_faults = 2;
  t.ask("POST", "/faults", R"({"status": 503})");
  t.ask("POST", "/faults", R"({"status": 503})");
  CHECK(refusal(t.control("POST", "/faults", R"({"status": 503})")).starts_with("507 world_is_full: "));
  t.ask("DELETE", "/faults/1");
  t.ask("POST", "/faults", R"({"status": 503})");
}

TEST_CASE("a world that has no room for a fault refuses it, be it added alone or with a job, and takes it elsewhere") {
  FaultsUnderTest t;
  t.options.worlds.limits.bytes = 10'000;
  const auto fault = R"({"status": 503, "body": ")" + std::string(6000, 'x') + R"("})";
  const auto job = R"({"id": ")" + unknown + R"(", "application_id": "two", "faults": [)" + fault + "]}";
  CHECK(t.control("POST", "/faults", fault, "a").status == 201);
  CHECK(refusal(t.control("POST", "/faults", fault, "a")).starts_with("507 world_is_full: "));
  CHECK(refusal(t.control("POST", "/jobs", job, "a")).starts_with("507 world_is_full: "));
  CHECK(t.control("POST", "/jobs", job, "b").status == 201);
  CHECK(refusal(t.control("POST", "/faults", fault, "b")).starts_with("507 world_is_full: "));
  CHECK(t.control("DELETE", "/faults", {}, "a").status == 200);
  CHECK(t.control("POST", "/jobs", job, "a").status == 201);
}

TEST_CASE("a fault for every world is added to those that have room, and the others say that they are full") {
  FaultsUnderTest t;
  t.options.worlds.limits.bytes = 10'000;
  const auto fault = R"({"status": 503, "body": ")" + std::string(6000, 'x') + R"("})";
  t.ask("POST", "/faults", fault, "full");
  t.ask("GET", "/clock", {}, "empty");
  int refused = 0;
  const auto answer = t.ask_all("POST", "/faults", fault);
  for (const auto& world : answer["worlds"]) refused += world.value("/error/code"_json_pointer, "") == "world_is_full";
  CHECK(answer["worlds"].size() == 2);
  CHECK(refused == 1);
  CHECK(t.ask("GET", "/faults", {}, "full")["faults"].size() == 1);
  CHECK(t.ask("GET", "/faults", {}, "empty")["faults"].size() == 1);
  CHECK(refusal(t.control("POST", "/faults", fault, "")).starts_with("507 world_is_full: "));  // now both are full
}

TEST_CASE("a reset forgets the faults that were added, and begins the counts of the others anew") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"times": 1, "status": 503})"};
  t.ask("POST", "/faults", R"({"status": 500, "times": 1})");
  CHECK(t.poll_status(completes) == 500);
  CHECK(t.poll_status(completes) == 503);
  CHECK(t.poll_status(completes) == 200);
  t.ask("POST", "/reset");
  CHECK(t.poll_status(completes) == 503);
  CHECK(t.poll_status(completes) == 200);
}

TEST_CASE("a reload brings the faults of an application to its created jobs, polled or retried, and takes them away") {
  FaultsUnderTest t;
  const auto reload = [&](const FaultList& faults) {
    FixtureSet set;
    set.tokens = t.tokens;
    set.applications = applications();
    set.applications[0].faults = faults;
    set.application_by_name = {{set.applications[0].id, 0}, {"social-post", 0}};
    t.app->begin_reload();
    t.app->end_reload(std::move(set));
  };
  const auto created = t.post(job_list, R"({"inputs": [{"id": "topic", "value": ["boom"]}]})");
  const std::string id = json::parse(created.body)["id"];
  t.clock.advance(2s);
  CHECK(t.poll_status(id) == 200);
  reload({fault_of(R"({"operation": "any", "status": 502})", "application")});
  CHECK(t.get_with_token(job_list).status == 502);
  CHECK(t.poll_status(id) == 502);
  CHECK(t.post(retry_of(id), "").status == 502);
  CHECK(t.ask("GET", "/faults")["faults"][0]["applied"] == 3);
  reload({});
  CHECK(t.get_with_token(job_list).status == 200);
  CHECK(t.poll_status(id) == 200);
  CHECK(t.post(retry_of(id), "").status == 202);
}
