// Verdicts and reports on what a client did.
#include <malloc.h>

#include "api/faults_under_test.hpp"
#include "api/report.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string job_list = "/v1/applications/social-post/jobs";

struct Verified {
  int status;
  json answer;

  [[nodiscard]] std::string verdict() const { return answer["verdict"]; }
  [[nodiscard]] std::string reasons() const {
    std::string all;
    for (const auto& reason : answer["reasons"]) {
      all += (all.empty() ? "" : "; ") + reason["text"].get<std::string>() + ' ' + reason["requests"].dump();
    }
    return all;
  }
};

Verified verify(AdminUnderTest& t, const std::string& expectation, const std::string& token = "test-token") {
  const auto reply = t.control("POST", "/verify", expectation, token);
  return {reply.status, json::parse(reply.body)};
}

std::string of_job(const std::string& job_id, const std::string& expectation) {
  return R"({"job_id": ")" + job_id + R"(", )" + expectation + "}";
}

// Polls `completes` every second until it has ended, and `more` times after that.
void poll_every_second(FaultsUnderTest& t, int more = 0) {
  while (t.polled(completes) != "completed") t.clock.advance(1s);
  for (int i = 0; i < more; ++i) {
    t.clock.advance(1s);
    t.poll(completes);
  }
}

json report_of(AdminUnderTest& t) { return t.ask("GET", "/report"); }

std::string text_of(AdminUnderTest& t, const std::string& token = "test-token") {
  const auto reply = t.control("GET", "/report?format=text", "", token);
  CHECK(reply.status == 200);
  CHECK(reply.content_type == "text/plain; charset=utf-8");
  return reply.body;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a client that did what was expected passes, with 200 and no reason") {
  FaultsUnderTest t;
  poll_every_second(t);
  const auto verified = verify(t, of_job(completes, R"("polls": {"min": 6, "max": 6}, "interval": {"min": "1s"},
      "backoff": {"shape": "constant"}, "first_poll_within": "0s", "polls_after_terminal": 0, "retries": {"max": 0},
      "retry_after_honoured": true, "no_unexpected_errors": true,
      "requests": [{"operation": "retrieve", "status": 200, "min": 6}])"));
  CHECK(verified.status == 200);
  CHECK(verified.answer == json{{"world", world_of_token("test-token")},
                                {"verdict", "pass"},
                                {"reasons", json::array()},
                                {"requests", json::array()}});
}

TEST_CASE("a client that polls twice after the end fails with 409, and both requests are named and shown") {
  FaultsUnderTest t;
  poll_every_second(t, 2);
  const auto verified = verify(t, of_job(completes, R"("polls_after_terminal": 0)"));
  CHECK(verified.status == 409);
  CHECK(verified.verdict() == "fail");
  CHECK(verified.reasons() == "expected no poll once the client had seen the job's end, saw 2 [7,8]");
  CHECK(verified.answer["reasons"][0]["job_id"] == completes);
  const auto& requests = verified.answer["requests"];
  REQUIRE(requests.size() == 2);
  CHECK(requests[0] == t.ask("GET", "/requests")["requests"][6]);
  CHECK(requests[1]["number"] == 8);
  CHECK(requests[1]["job_status"] == "completed");
}

TEST_CASE("every expectation that fails is a reason of its own") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"polls": 1, "status": 503, "retry_after": "3s"})"};
  t.poll(completes);
  t.clock.advance(1s);
  t.poll(completes);
  t.poll(unknown);
  const auto on_job =
      verify(t, of_job(completes, R"("polls": {"min": 3}, "interval": {"min": "2s"}, "retry_after_honoured": true)"));
  CHECK(on_job.status == 409);
  CHECK(on_job.reasons() ==
        "expected at least 3 polls, saw 2 [1,2]; expected at least 2s between polls, saw 1 shorter gap, the shortest "
        "1s [2]; expected the client to wait as Retry-After asked, saw 1 poll that came early, the first after 1s "
        "instead of 3s [2]");
  const auto on_world = verify(t, R"({"no_unexpected_errors": true, "requests": [{"operation": "list", "min": 1}]})");
  CHECK(on_world.status == 409);
  CHECK(on_world.reasons() ==
        "expected no errors but those that faults make, saw 1, the first a 404 to retrieve [3]; expected at least 1 "
        "list request, saw 0 []");
}

TEST_CASE("a client that honours Retry-After passes, be it on the world's clock alone") {
  FaultsUnderTest t;
  t.options.worlds.clock = {0.0, {}};
  t.of_world = {R"({"quota": {"requests": 1, "per": "30s"}})"};
  t.poll(completes);
  CHECK(t.poll_status(completes) == 429);
  t.ask("POST", "/clock/advance", R"({"by":"29s"})");
  t.poll(completes);
  CHECK(verify(t, R"({"retry_after_honoured": true})").verdict() == "fail");
  t.ask("DELETE", "/requests");
  CHECK(t.poll_status(completes) == 429);
  t.ask("POST", "/clock/advance", R"({"by":"1s"})");
  CHECK(t.poll_status(completes) == 200);
  CHECK(verify(t, R"({"retry_after_honoured": true})").status == 200);
}

TEST_CASE("a client that polls again at once has not waited for Retry-After, however late the answer was") {
  for (const double speed : {1.0, 0.0, 60.0}) {
    CAPTURE(speed);
    FaultsUnderTest t;
    t.options.worlds.clock = {speed, {}};
    t.of_jobs[completes] = {R"({"polls": 1, "status": 503, "retry_after": "1s", "delay": "1500ms"})"};
    t.clock.advance(t.poll(completes).delivery.delay);
    t.poll(completes);
    const auto verified = verify(t, R"({"retry_after_honoured": true})");
    CHECK(verified.reasons() ==
          "expected the client to wait as Retry-After asked, saw 1 poll that came early, the first after 0s instead of "
          "1s [2]");
    CHECK(report_of(t)["jobs"][0]["retry_after"] == json{{"asked", 1}, {"honoured", 0}});
  }
}

TEST_CASE("a client that waits for a world's clock alone honours Retry-After, however late the answer was") {
  FaultsUnderTest t;
  t.options.worlds.clock = {0.0, {}};
  t.of_jobs[completes] = {R"({"polls": 1, "status": 503, "retry_after": "30s", "delay": "2s"})"};
  t.clock.advance(t.poll(completes).delivery.delay);
  t.ask("POST", "/clock/advance", R"({"by":"30s"})");
  t.poll(completes);
  CHECK(verify(t, R"({"retry_after_honoured": true})").verdict() == "pass");
}

TEST_CASE("a client that waits until the date of Retry-After honours it, however late the answer was") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"polls": 1, "status": 503, "retry_after": {"date": "5s"}, "delay": "2s"})"};
  t.poll(completes);
  t.clock.advance(5499ms);  // the date is rounded up, to 18:18:15
  t.poll(completes);
  CHECK(verify(t, R"({"retry_after_honoured": true})").verdict() == "pass");
}

TEST_CASE("a constant backoff passes while answers are delayed") {
  FaultsUnderTest t;
  t.of_jobs[never_ends] = {R"({"delay": "10ms..700ms"})"};
  for (int i = 0; i < 6; ++i) t.clock.advance(t.poll(never_ends).delivery.delay + 200ms);
  t.poll(never_ends);
  const auto verified = verify(t, R"({"backoff": {"shape": "constant"}})");
  CHECK(verified.reasons().empty());
  CHECK(report_of(t)["jobs"][0]["backoff"]["description"] == "constant: 200ms");
}

TEST_CASE("a backoff is told from the polls, and what is too little to tell is inconclusive") {
  FaultsUnderTest t;
  t.poll(never_ends);
  t.clock.advance(1s);
  t.poll(never_ends);
  const auto early = verify(t, R"({"backoff": {"shape": "exponential", "factor": 2}})");
  CHECK(early.status == 409);
  CHECK(early.verdict() == "inconclusive");
  CHECK(has(early.reasons(), "it takes at least 3 to tell"));
  for (const auto wait : {2s, 4s, 8s, 16s}) {
    t.clock.advance(wait);
    t.poll(never_ends);
  }
  CHECK(verify(t, R"({"backoff": {"shape": "exponential", "factor": 2}})").verdict() == "pass");
  CHECK(verify(t, R"({"backoff": {"shape": "constant"}})").verdict() == "fail");
  const auto job = report_of(t)["jobs"][0];
  CHECK(job["backoff"]["shape"] == "exponential");
  CHECK(job["backoff"]["factor"].get<double>() == doctest::Approx(2));
}

TEST_CASE("a client that was never seen fails what asks for something, and passes what forbids") {
  FaultsUnderTest t;
  t.ask("GET", "/clock");
  const auto verified = verify(t, of_job(completes, R"("polls": {"min": 1})"));
  CHECK(verified.status == 409);
  CHECK(verified.reasons() == "expected at least 1 poll, saw 0 []");
  CHECK(verify(t, of_job(completes, R"("polls_after_terminal": 0)")).status == 200);
  CHECK(verify(t, of_job(completes, R"("first_poll_within": "1s")")).verdict() == "inconclusive");
}

TEST_CASE("without a token every world is judged, and one that fails fails all, without a world nothing can be said") {
  FaultsUnderTest t;
  const std::string expectation = R"({"polls": {"max": 1}})";
  CHECK(refusal(t.control("POST", "/verify", expectation, "")) ==
        "409 no_evidence: no world has begun yet, so nothing can be said of it; send a token to begin its world");
  t.poll(completes, "one");
  t.poll(completes, "two");
  auto verified = verify(t, expectation, "");
  CHECK(verified.status == 200);
  CHECK(verified.answer["worlds"].size() == 2);
  t.poll(completes, "two");
  verified = verify(t, expectation, "");
  CHECK(verified.status == 409);
  for (const auto& world : verified.answer["worlds"]) {
    CHECK(world["verdict"] == (world["world"] == world_of_token("two") ? "fail" : "pass"));
  }
  CHECK(verify(t, expectation, "one").status == 200);
}

TEST_CASE(
    "a world that was forgotten for others makes a pass on all worlds inconclusive, and neither a fail nor one world") {
  FaultsUnderTest t;
  t.options.worlds.most = 1;
  t.expected_of_jobs[completes] = R"({"polls": {"min": 1, "max": 1}})";
  t.expected_of_jobs[fails] = R"({"polls": {"min": 1}})";  // maybe it was in the world that is gone
  t.poll(completes, "bad");
  t.poll(completes, "bad");
  t.poll(fails, "bad");
  t.poll(completes, "good");
  const std::string reason =
      "1 world was forgotten, as there were too many, and might have told otherwise; use fewer tokens";
  const auto all = [&] { return judge_all(t.get().worlds(), t.get().fixtures(), t.get().forgotten_worlds()); };
  REQUIRE(all().size() == 2);
  for (const auto& judged : all()) {
    CHECK(judged.verdict.outcome == Outcome::inconclusive);
    CHECK(judged.verdict.reasons.at(0).text == reason);
  }
  CHECK(has(t.control("GET", "/report?format=text", "", "").body, "inconclusive: job " + completes));
  const std::string once = R"({"polls": {"max": 1}})";
  const auto of_all = verify(t, once, "");
  CHECK(of_all.status == 409);
  CHECK(of_all.answer["worlds"][0]["reasons"][0]["text"] == reason);
  CHECK(verify(t, once, "good").verdict() == "pass");

  t.poll(completes, "good");
  CHECK(all().front().verdict.outcome == Outcome::fail);

  t.ask("DELETE", "/worlds/" + world_of_token("good"), "", "");
  for (const auto& judged : all()) CHECK(judged.verdict.outcome == Outcome::inconclusive);
}

TEST_CASE("the first hundred requests that any reason names are shown, in their order and each once") {
  FaultsUnderTest t;
  for (int i = 0; i < 60; ++i) {
    t.poll(completes);
    t.get_with_token(job_list);
    t.get_with_token("/v1/applications");
  }
  const auto verified = verify(t, R"({"requests": [{"operation": "list", "max": 1}, {"operation": "retrieve", "max": 0},
                                                   {"operation": "list", "max": 0}]})");
  CHECK(verified.status == 409);
  const auto& named = verified.answer["requests"];
  REQUIRE(named.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) CHECK(named[i]["number"] == 1 + i / 2 * 3 + i % 2);
}

TEST_CASE("an expectation has at most a hundred kinds of requests, since each is compared with every entry") {
  FaultsUnderTest t;
  t.poll(completes);
  const auto expectation = [](int items) {
    std::string list;
    for (int i = 0; i < items; ++i) list += std::string(i == 0 ? "" : ",") + R"({"max":5})";
    return R"({"requests":[)" + list + "]}";
  };
  CHECK(verify(t, expectation(100)).verdict() == "pass");
  const auto refused = verify(t, expectation(101));
  CHECK(refused.status == 400);
  CHECK(refused.answer["error"]["code"] == "bad_expectation");
  CHECK(has(refused.answer["error"]["problems"][0], "'requests' has at most 100 items"));
}

TEST_CASE("an expectation that cannot be read is refused with every problem and its place") {
  FaultsUnderTest t;
  const auto reply = t.control("POST", "/verify", "{\"polls\": {\"mix\": 1},\n \"interval\": \"1s\"}");
  CHECK(reply.status == 400);
  const auto error = json::parse(reply.body)["error"];
  CHECK(error["code"] == "bad_expectation");
  CHECK(error["hint"] == "it has the shape of `expect` in a fixture, and job_id where it is about one job");
  std::string problems;
  for (const auto& problem : error["problems"]) problems += problem.get<std::string>();
  CAPTURE(problems);
  CHECK(has(problems, "1:12: error: "));
  CHECK(has(problems, "2:14: error: "));
  for (const auto* text :
       {"", "{}", "[]", "{", "null", R"({"polls": {}})", R"({"job_id": "x", "retries": {"max": 0}})"}) {
    CAPTURE(text);
    CHECK(t.control("POST", "/verify", text).status == 400);
  }
}

TEST_CASE("a report says of each job its polls, gaps, backoff, end, polls after it, and Retry-After honoured") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"polls": 2, "status": 503, "retry_after": "1s"})",
                          R"({"operation": "retry", "status": 500})"};
  t.expected_of_jobs[completes] = R"({"polls_after_terminal": 0})";
  t.expected_of_jobs[never_ends] = R"({"polls": {"min": 1}})";
  for (int i = 0; i < 7; ++i) {
    t.poll(completes);
    t.clock.advance(1s);
  }
  const auto report = report_of(t);
  CHECK(report["world"] == world_of_token("test-token"));
  CHECK(report["start"] == start_text);
  CHECK(report["now"] == "2025-02-10T18:18:16.501223Z");
  CHECK(report["requests"] == 7);
  CHECK(report["dropped"] == 0);
  REQUIRE(report["jobs"].size() == 1);
  const auto& job = report["jobs"][0];
  CHECK(job["job_id"] == completes);
  CHECK(job["polls"] == 7);
  CHECK(job["retries"] == 0);
  CHECK(job["attempts"] == 1);
  CHECK(job["first_poll_after"] == "0s");
  CHECK(job["gaps"].size() == 6);
  CHECK(job["gaps"][0] == json{{"from", 1}, {"to", 2}, {"length", "1s"}});
  CHECK(job["backoff"]["shape"] == "constant");
  CHECK(job["ends"] ==
        json{{{"attempt", 1}, {"status", "completed"}, {"at", "2025-02-10T18:18:14.501223Z"}, {"request", 6}}});
  CHECK(job["polls_after_end"] == json{7});
  CHECK(job["retry_after"] == json{{"asked", 1}, {"honoured", 1}});
  CHECK(job["faults"] == json{{{"request", 2}, {"fault", "503, retry after 1s (job)"}}});
  CHECK(job["unexpected_errors"].empty());

  REQUIRE(report["expectations"].size() == 2);
  const auto& failed = report["expectations"][0];
  CHECK(failed["job_id"] == completes);
  CHECK(failed["defined_at"] == "test.yaml:10");
  CHECK(failed["verdict"] == "fail");
  CHECK(failed["reasons"][0]["requests"] == json{7});
  CHECK(report["expectations"][1]["job_id"] == never_ends);
  CHECK(report["expectations"][1]["verdict"] == "fail");

  const auto& unused = report["never_exercised"];
  CHECK(unused["jobs"].size() == 5);
  CHECK(unused["jobs"][0] == json{{"job_id", fails}, {"defined_at", "test.yaml:11"}});
  CHECK(unused["states"].empty());
  CHECK(unused["faults"] == json{{{"does", "500"}, {"defined_at", "job"}}});
}

TEST_CASE("a state that no client was shown is told as never exercised, and a shown one is not") {
  FaultsUnderTest t;
  t.of_jobs[completes] = {R"({"when_status": "completed", "times": 1, "malformed": true})"};
  const auto states = [&] { return report_of(t)["never_exercised"]["states"]; };
  t.poll(completes);
  CHECK(states() == json{{{"job_id", completes}, {"status", "completed"}}});
  t.clock.advance(5s);
  t.poll(completes);  // spoilt, so nobody saw it
  CHECK(states().size() == 1);
  CHECK(report_of(t)["never_exercised"]["faults"].empty());
  t.poll(completes);
  CHECK(states().empty());
  t.poll(fails);
  CHECK(states() == json{{{"job_id", fails}, {"status", "failed"}}});
}

TEST_CASE("a report as text has a line for each job, what was never exercised, and the verdicts") {
  FaultsUnderTest t;
  CHECK(text_of(t, "") == "no world has begun yet\n");
  t.of_jobs[completes] = {R"({"polls": 9, "status": 503})"};
  t.expected_of_jobs[completes] = R"({"polls_after_terminal": 0})";
  t.app.reset();
  poll_every_second(t, 1);
  t.poll(never_ends);
  const auto text = text_of(t);
  CAPTURE(text);
  CHECK(text.starts_with("world " + world_of_token("test-token") + ": 8 requests\n"));
  CHECK(has(text, "  " + completes + "  7 "));
  CHECK(has(text, "completed at request 6"));
  CHECK(has(text, "  " + never_ends + "  1 "));
  CHECK(has(text, "not seen"));
  CHECK(has(text, "never exercised: 4 jobs\n    " + fails + " (test.yaml:11)\n"));
  CHECK(has(text, "never exercised: 1 fault\n    503 (job)\n"));
  CHECK(has(text, "fail: job " + completes + " (test.yaml:10) in world " + world_of_token("test-token") +
                      "\n  expected no poll once the client had seen the job's end, saw 1\n"));
  CHECK(complaints(t.control("GET", "/report?format=xml")) == "format: expected json or text, found 'xml'");
}

TEST_CASE("a journal of 100 entries under 1,000 requests: 900 dropped, never a pass, and no more memory") {
  FaultsUnderTest t;
  t.options.worlds.limits.journal.entries = 100;
  t.options.log = {};
  const auto poll_often = [&](int polls) {
    for (int i = 0; i < polls; ++i) {
      t.poll(never_ends);
      t.log.clear();
      t.logged_jobs.clear();
    }
  };
  poll_often(500);
  const auto before = mallinfo2().uordblks;
  poll_often(500);
  CHECK(mallinfo2().uordblks <= before + 16 * 1024);

  const auto journal = t.ask("GET", "/requests");
  CHECK(journal["dropped"] == 900);
  CHECK(journal["matching"] == 100);
  CHECK(journal["requests"][0]["number"] == 901);

  const auto verified = verify(t, R"({"polls": {"max": 1000}})");
  CHECK(verified.status == 409);
  CHECK(verified.verdict() == "inconclusive");
  CHECK(verified.reasons() ==
        "900 entries were dropped from the journal and might have told otherwise; let it keep more, or clear it before "
        "the test []");
  CHECK(verify(t, of_job(never_ends, R"("polls": {"min": 1})")).verdict() == "inconclusive");
  CHECK(verify(t, R"({"polls": {"max": 99}})").verdict() == "fail");  // what is left is enough for that
  CHECK(verify(t, R"({"polls": {"min": 2000}})").verdict() == "inconclusive");

  CHECK(report_of(t)["dropped"] == 900);
  CHECK(has(text_of(t), ": 100 requests, after 900 that are no longer known\n"));

  t.ask("DELETE", "/requests");
  CHECK(verify(t, R"({"polls": {"max": 1000}})").verdict() == "pass");
}
