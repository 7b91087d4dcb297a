#include "api/admin_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string patient = "00000000-0000-4000-8000-000000000011";   // completes 1h after its first poll
const std::string stepwise = "00000000-0000-4000-8000-000000000012";  // five entries, the last at 100h
const std::string polled_thrice = "00000000-0000-4000-8000-000000000013";

// A frozen clock, and jobs that take their time.
struct Frozen : AdminUnderTest {
  explicit Frozen(std::optional<OnPoll> on_poll = {}) {
    options.worlds.clock = {0.0, on_poll};
    const State done{Status::completed, Output{{}, "Done."}, {}};
    more_jobs = {{patient, {{{1h, done}}, {}}},
                 {stepwise, {{{1s, {}}, {5s, {}}, {1min, {}}, {1h, {}}, {100h, done}}, {}}},
                 {polled_thrice, {{{0s, {}, 3}, {0s, done, 4}}, {}}}};
  }
};

json move_on(AdminUnderTest& t, const std::string& body) { return t.ask("POST", "/clock/advance", body); }

}  // namespace

TEST_CASE("the clock of a world says its time, its start, its speed, what polls add, and what comes next") {
  AdminUnderTest t;
  CHECK(t.ask("GET", "/clock") == json{{"world", world_of_token("test-token")},
                                       {"now", start_text},
                                       {"start", start_text},
                                       {"speed", 1.0},
                                       {"on_poll", "0s"},
                                       {"next",
                                        {{"job_id", started_before},
                                         {"status", "completed"},
                                         {"at", "2025-02-10T18:19:09.501223Z"},
                                         {"in", "1m"}}}});
  t.clock.advance(1min);
  const auto later = t.ask("GET", "/clock");
  CHECK(later["now"] == "2025-02-10T18:19:09.501223Z");
  CHECK(later["start"] == start_text);
  CHECK(later["next"].is_null());
}

TEST_CASE("a frozen job is in progress however long one waits, an advance of an hour completes it, and says so") {
  Frozen t;
  t.ask("DELETE", "/jobs/" + started_before);
  CHECK(t.polled(patient) == "in_progress");
  t.clock.advance(24h * 365);
  CHECK(t.polled(patient) == "in_progress");
  CHECK(move_on(t, R"({"by":"1h"})") == json{{"world", world_of_token("test-token")},
                                             {"from", start_text},
                                             {"to", "2025-02-10T19:18:09.501223Z"},
                                             {"transitions",
                                              {{{"job_id", patient},
                                                {"from", "in_progress"},
                                                {"to", "completed"},
                                                {"at", "2025-02-10T19:18:09.501223Z"}}}},
                                             {"total", 1}});
  const auto job = json::parse(t.poll(patient).body);
  CHECK(job["status"] == "completed");
  const auto created_at = parse_timestamp(job["created_at"].get<std::string>()).value();
  const auto completed_at = parse_timestamp(job["completed_at"].get<std::string>()).value();
  CHECK(completed_at - created_at == 3600s);
}

TEST_CASE(
    "an advance lists ten thousand transitions of all worlds together, moves every world, and counts what it did") {
  constexpr std::size_t entries = 6000;
  AdminUnderTest t;
  t.options.worlds.clock = {0.0, {}};
  const std::string often = "00000000-0000-4000-8000-000000000077";
  Timeline timeline;
  for (std::size_t i = 1; i <= entries; ++i) timeline.push_back({Duration(i), {}});
  t.more_jobs = {{often, {timeline, {}}}};
  for (const auto* token : {"one", "two", "three"}) {
    t.ask("DELETE", "/jobs/" + started_before, {}, token);
    t.poll(often, token);
  }
  const auto advanced = t.ask_all("POST", "/clock/advance", R"({"to":"idle"})");
  std::vector<std::size_t> listed;
  for (const auto& world : advanced["worlds"]) {
    listed.push_back(world["transitions"].size());
    CHECK(world["total"] == entries);
    CHECK(world["to"] == "2025-02-10T18:18:09.507223Z");
  }
  CHECK(listed == std::vector<std::size_t>{6000, 4000, 0});
  for (const auto* token : {"one", "two", "three"}) CHECK(t.now(token) == "2025-02-10T18:18:09.507223Z");
}

TEST_CASE(
    "a client that polls without a pause sees every state of a job exactly once, in order, when polls move time") {
  Frozen t(OnPoll{{}, true});
  std::vector<std::string> seen;
  for (int i = 0; i < 8; ++i) {
    const auto job = json::parse(t.poll(stepwise).body);
    const auto since = parse_timestamp(job["updated_at"].get<std::string>()).value() -
                       parse_timestamp(job["created_at"].get<std::string>()).value();
    seen.push_back(job["status"].get<std::string>() + ' ' + format_duration(since));
  }
  CHECK(seen == std::vector<std::string>{"in_progress 0s", "in_progress 1s", "in_progress 5s", "in_progress 1m",
                                         "in_progress 1h", "completed 100h", "completed 100h", "completed 100h"});
}

TEST_CASE("a poll adds a duration to its world's time, once it is answered") {
  Frozen t(OnPoll{20min, false});
  for (const auto* status : {"in_progress", "in_progress", "in_progress", "completed"}) {
    CHECK(t.polled(patient) == status);
  }
  CHECK(t.now() == "2025-02-10T19:38:09.501223Z");
  t.get_with_token(t.app_path("/jobs"));
  t.get_with_token("/v1/applications");
  CHECK(t.poll(unknown).status == 404);
  CHECK(t.now() == "2025-02-10T19:38:09.501223Z");  // none of these is a poll
}

TEST_CASE("a job whose entries wait for polls is what they say from the nth poll on, and time changes nothing") {
  Frozen t;
  CHECK(t.polled(polled_thrice) == "in_progress");
  move_on(t, R"({"by":"1000h"})");
  for (const auto* status : {"in_progress", "in_progress", "completed", "completed"}) {
    CHECK(t.polled(polled_thrice) == status);
  }
}

TEST_CASE("an advance goes by a duration, to a timestamp, to the next change, until idle, or to a job's status") {
  Frozen t;
  t.ask("DELETE", "/jobs/" + started_before);
  t.poll(stepwise);
  const auto to = [&](const std::string& target) {
    const auto advanced = move_on(t, R"({"to":)" + target + "}");
    return advanced["to"].get<std::string>() + ' ' + std::to_string(advanced["transitions"].size());
  };
  CHECK(to(R"("next")") == "2025-02-10T18:18:10.501223Z 1");
  CHECK(to(R"("next")") == "2025-02-10T18:18:14.501223Z 1");
  CHECK(to(R"("2025-02-10T20:00:00+01:00")") == "2025-02-10T19:00:00.000000Z 1");
  CHECK(to(R"({"job_id":")" + patient + R"(","status":"completed"})") == "2025-02-10T20:00:00.000000Z 2");
  CHECK(to(R"("idle")") == "2025-02-14T22:18:09.501223Z 1");
  CHECK(to(R"("next")") == "2025-02-14T22:18:09.501223Z 0");
  CHECK(to(R"("idle")") == "2025-02-14T22:18:09.501223Z 0");
}

TEST_CASE("an advance that cannot be is refused, and the clock stands") {
  Frozen t;
  const auto refused = [&](const std::string& to) {
    return refusal(t.control("POST", "/clock/advance", R"({"to":)" + to + "}"));
  };
  CHECK(refused(R"("2025-02-10T18:18:09.501222Z")") ==
        "409 time_is_past: the world's clock is beyond that time, and never runs backwards; POST /__admin/reset begins "
        "anew");
  CHECK(refused(R"({"job_id":")" + polled_thrice + R"(","status":"completed"})") ==
        "409 status_is_not_reached: time alone does not bring the job to that status; GET /__admin/jobs/{job_id} says "
        "what it waits for: polls, a release, a retry, or nothing");
  CHECK(refused(R"({"job_id":")" + unknown + R"(","status":"completed"})") ==
        "404 unknown_job: there is no such job in this world; GET /__admin/jobs lists those there are");
  CHECK(t.now() == start_text);
}

TEST_CASE("what is wrong with the body of an advance is said by field") {
  AdminUnderTest t;
  const std::string either =
      R"(body: expected either "by", a duration, or "to": a timestamp, "next", "idle" or {job_id, status})";
  const std::string duration = "a duration is a number with a unit (h, m, s, ms): 500ms, 2s, 1m30s, 1h; found ";
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"", "body: expected a JSON object, found nothing"},
      {"{", "body: not valid JSON at byte 2"},
      {"\"1h\"", "body: expected a JSON object, found a text"},
      {"{}", either},
      {R"({"by":"1h","to":"next"})", either},
      {R"({"by":"1h","wait":true})", "wait: is no field here; there are by, to"},
      {R"({"by":3600})", "by: expected a text, found a number"},
      {R"({"by":"-1h"})", "by: " + duration + "'-1h'"},
      {R"({"by":"1 hour"})", "by: " + duration + "'1 hour'"},
      {R"({"by":"900000h"})", "by: a duration is at most 100 years (876000h); found '900000h'"},
      {R"({"to":"tomorrow"})", "to: a timestamp is written as 2025-02-10T18:18:09.501223Z; found 'tomorrow'"},
      {R"({"to":"2025-02-10T18:18:09"})",
       "to: a timestamp ends with Z or an offset such as +01:00; found '2025-02-10T18:18:09'"},
      {R"({"to":true})", R"(to: expected a timestamp, "next", "idle" or {job_id, status}, found a boolean)"},
      {R"({"to":null})", R"(to: expected a timestamp, "next", "idle" or {job_id, status}, found null)"},
      {R"({"to":{}})", "to.job_id: is missing; to.status: is missing"},
      {R"({"to":{"job_id":"x","status":"done"}})",
       "to.job_id: expected a UUID in the form 8-4-4-4-12, found 'x'; to.status: expected in_progress, completed or "
       "failed, found 'done'"},
      {R"({"to":{"job_id":1,"status":[],"x":0}})",
       "to.job_id: expected a text, found a number; to.status: expected a text, found a list; to.x: is no field here; "
       "there are job_id, status"},
  };
  for (const auto& [body, complaint] : bodies) {
    CAPTURE(body);
    CHECK(complaints(t.control("POST", "/clock/advance", body)) == complaint);
  }
  CHECK(t.now() == start_text);
}

TEST_CASE("speed, what polls add and the time itself may be changed, each alone or in one go") {
  AdminUnderTest t;
  CHECK(t.ask("PUT", "/clock", R"({"speed":60})")["speed"] == 60.0);
  t.clock.advance(1s);
  CHECK(t.now() == "2025-02-10T18:19:09.501223Z");
  CHECK(t.ask("PUT", "/clock", R"({"speed":0})")["now"] == "2025-02-10T18:19:09.501223Z");
  t.clock.advance(1h);
  CHECK(t.ask("PUT", "/clock", R"({"on_poll":"next"})")["on_poll"] == "next");
  CHECK(t.ask("PUT", "/clock", R"({"on_poll":"1m30s"})")["on_poll"] == "1m30s");
  CHECK(t.now() == "2025-02-10T18:19:09.501223Z");
  const auto all = t.ask("PUT", "/clock", R"({"speed":0.5,"on_poll":"0s","now":"2025-02-11T00:00:00Z"})");
  CHECK(all["now"] == "2025-02-11T00:00:00.000000Z");
  CHECK(all["speed"] == 0.5);
  CHECK(all["on_poll"] == "0s");
  CHECK(all["start"] == start_text);
  t.clock.advance(1min);
  CHECK(t.now() == "2025-02-11T00:00:30.000000Z");
  CHECK(t.ask("PUT", "/clock", R"({"speed":1000000})")["speed"] == 1e6);
}

TEST_CASE("a change of the clock that cannot be is refused, and changes nothing") {
  AdminUnderTest t;
  CHECK(refusal(t.control("PUT", "/clock", R"({"now":"2025-02-10T18:18:09Z","speed":2})"))
            .starts_with("409 time_is_past: "));
  const std::string speed =
      "speed: expected virtual seconds per real second, a number from 0 (frozen) to 1000000, found ";
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"", "body: expected a JSON object, found nothing"},
      {"{}", "body: expected at least one of speed, on_poll and now"},
      {R"({"speed":-1})", speed + "-1"},
      {R"({"speed":1000001})", speed + "1000001"},
      {R"({"speed":1e999})", "body: has a number that is too large"},
      {R"({"speed":"fast"})", speed + "a text"},
      {R"({"speed":null})", speed + "null"},
      {R"({"on_poll":"often"})",
       "on_poll: a duration is a number with a unit (h, m, s, ms): 500ms, 2s, 1m30s, 1h, or next; found 'often'"},
      {R"({"on_poll":1})", "on_poll: expected a text, found a number"},
      {R"({"now":"later","spede":1})",
       "now: a timestamp is written as 2025-02-10T18:18:09.501223Z; found 'later'; spede: is no field here; there are "
       "speed, on_poll, now"},
      {R"({"now":"9999-12-31T23:59:59-01:00"})",
       "now: a timestamp is from the year 0000 to 9999 in UTC; found '9999-12-31T23:59:59-01:00'"},
  };
  for (const auto& [body, complaint] : bodies) {
    CAPTURE(body);
    CHECK(complaints(t.control("PUT", "/clock", body)) == complaint);
  }
  CHECK(t.ask("GET", "/clock")["speed"] == 1.0);
  CHECK(t.now() == start_text);
}

TEST_CASE("the mocked API lives by the world's clock: Date, and every time of a job") {
  Frozen t;
  move_on(t, R"({"to":"2030-01-01T00:00:00Z"})");
  const auto reply = t.poll(patient);
  CHECK(header_of(reply, "Date") == "Tue, 01 Jan 2030 00:00:00 GMT");
  CHECK(json::parse(reply.body)["created_at"] == "2030-01-01T00:00:00.000000Z");
  const auto created = t.post(t.app_path("/jobs"), R"({"inputs":[]})");
  CHECK(header_of(created, "Date") == "Tue, 01 Jan 2030 00:00:00 GMT");
  CHECK(json::parse(created.body)["created_at"] == "2030-01-01T00:00:00.000000Z");
  for (const auto* path : {"/v1/applications", "/v1/applications/nobody", "/v1/applications/social-post/graphs"}) {
    CHECK(header_of(t.get_with_token(path), "Date") == "Tue, 01 Jan 2030 00:00:00 GMT");
  }
}

TEST_CASE("the end of time is reached, and not passed") {
  Frozen t;
  move_on(t, R"({"to":"9999-12-31T23:59:59Z"})");
  for (int i = 0; i < 3; ++i) move_on(t, R"({"by":"876000h"})");
  CHECK(t.now() == "9999-12-31T23:59:59.999999Z");
  CHECK(header_of(t.poll(patient), "Date") == "Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(t.polled(patient) == "in_progress");
  CHECK(t.ask("GET", "/jobs/" + patient)["next"] == json{{"status", "completed"}});
  CHECK(t.ask("PUT", "/clock", R"({"speed":1000000})")["now"] == "9999-12-31T23:59:59.999999Z");
  t.clock.advance(1h);
  CHECK(t.now() == "9999-12-31T23:59:59.999999Z");
}
