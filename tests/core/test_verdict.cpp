#include <doctest/doctest.h>

#include <string>

#include "core/scripted_client.hpp"
#include "support/allocations.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

using Numbers = std::vector<std::uint64_t>;

// All of a verdict in one text: "fail: expected … (3, 4)".
std::string text_of(const Verdict& verdict) {
  std::string text(to_string(verdict.outcome));
  for (const auto& reason : verdict.reasons) {
    text += (&reason == verdict.reasons.data() ? ": " : "; ") + reason.text;
    if (reason.entries.empty()) continue;
    text += " (";
    for (const auto& entry : reason.entries) {
      text += (&entry == reason.entries.data() ? "" : ", ") + std::to_string(entry);
    }
    text += ')';
  }
  return text;
}

Expectation expect_backoff(const ExpectedBackoff& backoff) {
  Expectation expect;
  expect.backoff = backoff;
  return expect;
}

const ExpectedBackoff doubling{BackoffShape::exponential, 2, {}, 0.25};
const std::string dropped_900 =
    "900 entries were dropped from the journal and might have told otherwise; let it keep more, or clear it before "
    "the test";

}  // namespace

TEST_CASE("a polite client passes everything") {
  ScriptedClient client;
  client.create();
  client.wait(500ms);
  client.poll_after({1s, 2s, 4s});
  auto limited = client.wait(8s).a_refusal(429, "quota");
  limited.retry_after = 10s;
  client.record(limited);
  client.wait(10s).poll(Status::completed);

  Expectation expect;
  expect.polls = {3, 20};
  expect.interval = {500ms, 10s};
  expect.backoff = doubling;
  expect.first_poll_within = 1s;
  expect.polls_after_terminal = 0;
  expect.retry_after_honoured = true;
  expect.retries = {0, 1};
  expect.requests = {{Operation::create, 202, {1, 1}}};
  expect.no_unexpected_errors = true;
  CHECK(text_of(client.verdict(expect)) == "pass");
  CHECK(text_of(client.world_verdict(expect)) == "pass");
}

TEST_CASE("an expectation of nothing is met by everything") {
  ScriptedClient client;
  CHECK(text_of(client.verdict({})) == "pass");
  client.record(client.a_refusal(500));
  CHECK(text_of(client.verdict({})) == "pass");
  CHECK(text_of(client.world_verdict({})) == "pass");
}

TEST_CASE("too few and too many polls are named") {
  ScriptedClient client;
  client.poll_after({1s, 1s});
  Expectation expect;
  expect.polls = {3, 3};
  CHECK(text_of(client.verdict(expect)) == "pass");
  expect.polls = {4, {}};
  CHECK(text_of(client.verdict(expect)) == "fail: expected at least 4 polls, saw 3 (1, 2, 3)");
  expect.polls = {{}, 1};
  CHECK(text_of(client.verdict(expect)) == "fail: expected at most 1 poll, saw 3 (2, 3)");
}

TEST_CASE("gaps that are too short or too long are named by the poll that ends them") {
  ScriptedClient client;
  client.poll_after({500ms, 499ms, 498ms, 100ms, 5s, 6s, 7s});
  Expectation expect;
  expect.interval = {500ms, 7s};
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected at least 500ms between polls, saw 2 shorter gaps, the shortest 100ms (4, 5)");
  expect.interval = {100ms, 5s};
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected at most 5s between polls, saw 2 longer gaps, the longest 7s (7, 8)");
  expect.interval = {500ms, 6s};
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected at least 500ms between polls, saw 2 shorter gaps, the shortest 100ms (4, 5); "
        "expected at most 6s between polls, saw 1 longer gap, the longest 7s (8)");
}

TEST_CASE("after the end a poll may come as late as it likes, but not sooner than the interval") {
  ScriptedClient client;
  client.poll(Status::completed);
  client.wait(1h).poll(Status::completed);
  Expectation expect;
  expect.interval = {1s, 2s};
  CHECK(text_of(client.verdict(expect)) == "pass");
  client.wait(10ms).poll(Status::completed);
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected at least 1s between polls, saw 1 shorter gap, the shortest 10ms (3)");
}

TEST_CASE("a client that polls twice after the end is named with the two entries") {
  ScriptedClient client;
  client.poll_after({1s, 1s});
  client.wait(1s).poll(Status::failed);
  Expectation expect;
  expect.polls_after_terminal = 0;
  CHECK(text_of(client.verdict(expect)) == "pass");
  client.wait(1s).poll(Status::failed);
  client.wait(1s).poll(Status::failed);
  const auto verdict = client.verdict(expect);
  CHECK(text_of(verdict) == "fail: expected no poll once the client had seen the job's end, saw 2 (5, 6)");
  CHECK(verdict.reasons.at(0).entries == Numbers{5, 6});
  CHECK(verdict.reasons.at(0).job == test_job());
  expect.polls_after_terminal = 1;
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected at most 1 poll once the client had seen the job's end, saw 2 (5, 6)");
  expect.polls_after_terminal = 2;
  CHECK(text_of(client.verdict(expect)) == "pass");
}

TEST_CASE("a first poll that comes late is named") {
  ScriptedClient client;
  client.create();
  client.wait(2s).poll();
  Expectation expect;
  expect.first_poll_within = 2s;
  CHECK(text_of(client.verdict(expect)) == "pass");
  expect.first_poll_within = 1999ms;
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected the first poll within 1s999ms of the job's creation, saw it after 2s (2)");

  ScriptedClient unknown;
  unknown.record(unknown.a_refusal(404));
  CHECK(text_of(unknown.verdict(expect)) ==
        "inconclusive: expected the first poll within 1s999ms of the job's creation, but when it was created is not "
        "known");
}

TEST_CASE("polls that come before Retry-After are named") {
  ScriptedClient client;
  auto limited = client.a_refusal(429, "quota");
  limited.retry_after = 1s;
  client.record(limited);
  Expectation expect;
  expect.retry_after_honoured = true;
  CHECK(text_of(client.verdict(expect)) == "pass");
  client.wait(1s).record(limited);
  client.wait(10ms).record(limited);
  client.wait(20ms).poll();
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected the client to wait as Retry-After asked, saw 2 polls that came early, the first after 10ms "
        "instead of 1s (3, 4)");
}

TEST_CASE("retries are counted, whatever they were answered") {
  ScriptedClient client;
  client.poll(Status::failed);
  client.retry(2);
  client.poll(Status::in_progress, 2);
  client.retry(2);
  Expectation expect;
  expect.retries = {2, 2};
  CHECK(text_of(client.verdict(expect)) == "pass");
  expect.retries = {3, {}};
  CHECK(text_of(client.verdict(expect)) == "fail: expected at least 3 retries, saw 2 (2, 4)");
  expect.retries = {{}, 1};
  CHECK(text_of(client.verdict(expect)) == "fail: expected at most 1 retry, saw 2 (4)");
}

TEST_CASE("requests are counted in the whole world, by operation and status") {
  ScriptedClient client;
  client.create(test_job(2));
  client.create(test_job(3));
  client.record(client.a_refusal(0, "reset"));
  client.poll();
  const auto judged = [&](const ExpectedRequests& requests) {
    Expectation expect;
    expect.requests = {requests};
    CHECK(text_of(client.verdict(expect)) == text_of(client.world_verdict(expect)));
    return text_of(client.verdict(expect));
  };
  CHECK(judged({Operation::create, 202, {2, 2}}) == "pass");
  CHECK(judged({Operation::create, 202, {{}, 1}}) ==
        "fail: expected at most 1 create request answered with 202, saw 2 (2)");
  CHECK(judged({Operation::create, 202, {3, {}}}) ==
        "fail: expected at least 3 create requests answered with 202, saw 2 (1, 2)");
  CHECK(judged({{}, {}, {5, {}}}) == "fail: expected at least 5 requests, saw 4 (1, 2, 3, 4)");
  CHECK(judged({{}, 0, {{}, 0}}) == "fail: expected at most 0 requests without an answer, saw 1 (3)");
  CHECK(judged({Operation::list, {}, {1, {}}}) == "fail: expected at least 1 list request, saw 0");
}

TEST_CASE("errors that no fault made are named: of a job its own, of the world every one") {
  ScriptedClient client;
  client.record(client.a_refusal(503, "503"));
  auto other = client.a_refusal(404);
  other.job = test_job(2);
  client.record(other);
  Expectation expect;
  expect.no_unexpected_errors = true;
  CHECK(text_of(client.verdict(expect)) == "pass");
  CHECK(text_of(client.world_verdict(expect)) ==
        "fail: expected no errors but those that faults make, saw 1, the first a 404 to retrieve (2)");
  client.record(client.a_refusal(400));
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected no errors but those that faults make, saw 1, the first a 400 to retrieve (3)");
}

TEST_CASE("a backoff of another shape fails, one that could be either is not decided") {
  const auto judged = [](const std::vector<Duration>& waits, const ExpectedBackoff& expected) {
    ScriptedClient client;
    client.poll_after(waits);
    return text_of(client.verdict(expect_backoff(expected)));
  };
  const ExpectedBackoff exponential{BackoffShape::exponential, {}, {}, 0.25};
  CHECK(judged({1s, 2s, 4s, 8s}, doubling) == "pass");
  CHECK(judged({1s, 2s, 4s, 8s}, exponential) == "pass");
  CHECK(judged({800ms, 2s, 3100ms, 8s}, doubling) == "pass");
  CHECK(judged({1s, 1s, 1s}, doubling) ==
        "fail: expected a backoff that is exponential, growing by a factor of 2, each within 25%, saw constant: 1s "
        "(1, 2, 3, 4)");
  CHECK(judged({1s, 2s, 3s, 4s, 5s}, exponential) ==
        "fail: expected a backoff that is exponential, each within 25%, saw linear: 1s, growing by 1s "
        "(1, 2, 3, 4, 5, 6)");
  CHECK(judged({1s, 5s, 2s, 7s}, doubling) ==
        "fail: expected a backoff that is exponential, growing by a factor of 2, each within 25%, saw irregular "
        "(1, 2, 3, 4, 5)");
  CHECK(judged({1s, 2s, 3s}, exponential) ==
        "inconclusive: expected a backoff that is exponential, each within 25%, saw linear: 1s, growing by 1s, which "
        "more polls would tell apart");
  CHECK(judged({900ms, 1000ms, 800ms, 1000ms}, exponential) ==
        "inconclusive: expected a backoff that is exponential, each within 25%, saw constant: 1s, jitter 20%, which "
        "more polls would tell apart");
  CHECK(judged({500ms, 1500ms, 1s}, {BackoffShape::constant, {}, {}, 0.6}) == "pass");  // irregular, but allowed
}

TEST_CASE("two waits are too few for a verdict on a backoff, three are enough") {
  ScriptedClient client;
  client.poll_after({1s, 2s});
  CHECK(text_of(client.verdict(expect_backoff(doubling))) ==
        "inconclusive: expected a backoff that is exponential, growing by a factor of 2, each within 25%, saw 2 waits "
        "between polls: it takes at least 3 to tell");
  client.wait(4s).poll();
  CHECK(text_of(client.verdict(expect_backoff(doubling))) == "pass");
}

TEST_CASE("of a job that was never polled the upper bounds hold, and nothing else can be told") {
  ScriptedClient client;
  client.create(test_job(2));
  Expectation expect;
  expect.polls = {{}, 5};
  expect.interval = {1s, 2s};
  expect.polls_after_terminal = 0;
  expect.retry_after_honoured = true;
  CHECK(text_of(client.verdict(expect)) == "pass");
  CHECK(text_of(client.world_verdict(expect)) == "pass");
  expect.polls = {1, 5};
  CHECK(text_of(client.verdict(expect)) == "fail: expected at least 1 poll, saw 0");
  CHECK(text_of(client.world_verdict(expect)) == "fail: expected at least 1 poll, saw 0");
  expect.polls = {};
  expect.backoff = doubling;
  expect.first_poll_within = 1s;
  CHECK(text_of(client.verdict(expect)) ==
        "inconclusive: expected a backoff that is exponential, growing by a factor of 2, each within 25%, saw 0 waits "
        "between polls: it takes at least 3 to tell; "
        "expected the first poll within 1s of the job's creation, but it was never polled");
  CHECK(client.world_verdict(expect).outcome == Outcome::inconclusive);
}

TEST_CASE("in a world every job that was polled is judged, and each reason names its job") {
  ScriptedClient client;
  client.create(test_job(9));  // never polled, so not judged
  client.poll();
  auto other = client.a_poll();
  other.job = test_job(2);
  for (int i = 0; i < 3; ++i) client.record(other);
  auto retry = client.a_refusal(400);
  retry.operation = Operation::retry;
  retry.job = test_job(3);
  client.record(retry);

  Expectation expect;
  expect.polls = {1, 2};
  expect.retries = {{}, 0};
  const auto verdict = client.world_verdict(expect);
  CHECK(text_of(verdict) == "fail: expected at most 2 polls, saw 3 (5); expected at most 0 retries, saw 1 (6)");
  CHECK(verdict.reasons.at(0).job == test_job(2));
  CHECK(verdict.reasons.at(1).job == test_job(3));
}

TEST_CASE("a journal of 100 entries under 1,000 requests never passes") {
  ScriptedClient client(100);
  client.create();
  for (int i = 1; i < 1000; ++i) client.wait(1s).poll();
  CHECK(client.journal.dropped() == 900);
  const auto judged = [&](const Expectation& expect) {
    CHECK(text_of(client.verdict(expect)) == text_of(client.world_verdict(expect)));
    return text_of(client.verdict(expect));
  };
  Expectation expect;
  expect.polls = {1, 2000};
  CHECK(judged(expect) == "inconclusive: " + dropped_900);
  expect.polls = {500, {}};
  CHECK(judged(expect) == "inconclusive: " + dropped_900);
  expect = expect_backoff({BackoffShape::constant, {}, {}, 0.25});
  CHECK(judged(expect) == "inconclusive: " + dropped_900);
  expect = {};
  expect.first_poll_within = 1s;
  CHECK(client.verdict(expect).outcome == Outcome::inconclusive);
  expect = {};
  expect.requests = {{Operation::create, {}, {1, 1}}};
  CHECK(judged(expect) == "inconclusive: " + dropped_900);
  expect = {};
  expect.no_unexpected_errors = true;
  CHECK(judged(expect) == "inconclusive: " + dropped_900);
}

TEST_CASE("what is certain fails although entries were dropped") {
  ScriptedClient client(100);
  for (int i = 0; i < 997; ++i) client.wait(1s).poll();
  client.wait(1s).poll(Status::completed);
  client.wait(1s).poll(Status::completed);
  client.wait(1ms).poll(Status::completed);
  Expectation expect;
  expect.polls = {{}, 98};
  CHECK(text_of(client.verdict(expect)) == "fail: expected at most 98 polls, saw 100 (999, 1000)");
  expect = {};
  expect.interval = {500ms, {}};
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected at least 500ms between polls, saw 1 shorter gap, the shortest 1ms (1000)");
  expect = {};
  expect.polls_after_terminal = 1;
  CHECK(text_of(client.verdict(expect)) ==
        "fail: expected at most 1 poll once the client had seen the job's end, saw 2 (999, 1000)");
  expect = expect_backoff(doubling);
  CHECK(client.verdict(expect).outcome == Outcome::fail);
}

TEST_CASE("which poll was the first is not certain when entries were dropped") {
  ScriptedClient client(2);
  auto poll = client.a_poll();
  poll.job_created_at = client.at;
  for (int i = 0; i < 4; ++i) client.wait(1s).record(poll);
  Expectation expect;
  expect.first_poll_within = 2s;
  CHECK(client.verdict(expect).outcome == Outcome::inconclusive);
  expect.first_poll_within = 1h;
  CHECK(client.verdict(expect).outcome == Outcome::inconclusive);
}

TEST_CASE("what was dropped before a job was created does not count against it") {
  ScriptedClient client(20);
  for (int i = 0; i < 100; ++i) client.record({});
  client.create();
  client.wait(1s).poll_after({1s, 1s, 1s});
  Expectation expect = expect_backoff({BackoffShape::constant, {}, {}, 0.25});
  expect.polls = {4, 4};
  expect.first_poll_within = 1s;
  expect.no_unexpected_errors = true;
  CHECK(text_of(client.verdict(expect)) == "pass");
  CHECK(client.world_verdict(expect).outcome == Outcome::inconclusive);
  expect.requests = {{Operation::create, {}, {1, {}}}};
  CHECK(client.verdict(expect).outcome == Outcome::inconclusive);
}

TEST_CASE("several attempts of which the first waits were dropped are not failed for their backoff") {
  ScriptedClient client(8);
  client.poll_after({1s, 2s, 4s});
  client.wait(8s).poll(Status::failed);
  client.retry(2);
  client.poll_after({1s, 2s, 4s}, 2);
  const auto verdict = client.verdict(expect_backoff({BackoffShape::exponential, 2, {}, 0}));
  CHECK(client.journal.dropped() == 2);
  CHECK(verdict.outcome == Outcome::inconclusive);
}

TEST_CASE("at most a hundred reasons are given, and how many more there are") {
  ScriptedClient client;
  for (std::uint8_t i = 0; i < 150; ++i) {
    auto poll = client.a_poll();
    poll.job = test_job(i);
    client.record(poll);
  }
  Expectation expect;
  expect.polls = {2, {}};
  const auto verdict = client.world_verdict(expect);
  REQUIRE(verdict.reasons.size() == 101);
  CHECK(verdict.reasons.back().text == "and 50 more reasons");
}

TEST_CASE("reasons beyond the limit take no memory for the requests that they name") {
  ScriptedClient client;
  for (int i = 0; i < 1000; ++i) client.poll();
  const auto peak_of = [&](std::size_t reasons) {
    Expectation expect;
    expect.requests.resize(reasons, {{}, {}, {{}, 0}});
    return peak_bytes_of([&] { CHECK(client.world_verdict(expect).outcome == Outcome::fail); });
  };
  CHECK(peak_of(1000) < 2 * peak_of(100));
}
