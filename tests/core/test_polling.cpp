#include <doctest/doctest.h>

#include "core/scripted_client.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {

using Numbers = std::vector<std::uint64_t>;

JobPolling only_job(const ScriptedClient& client) {
  const auto jobs = client.polling();
  REQUIRE(jobs.size() == 1);
  return jobs[0];
}

std::vector<Duration> lengths(const JobPolling& job) {
  std::vector<Duration> result;
  for (const auto& gap : job.gaps) result.push_back(gap.length);
  return result;
}

using Durations = std::vector<Duration>;

}  // namespace

TEST_CASE("polls and the gaps between them are told, and the shape of the waits") {
  ScriptedClient client;
  client.poll_after({1s, 2s, 4s, 8s, 8s, 8s});
  const auto job = only_job(client);
  CHECK(job.job == test_job());
  CHECK(job.polls == Numbers{1, 2, 3, 4, 5, 6, 7});
  CHECK(lengths(job) == Durations{1s, 2s, 4s, 8s, 8s, 8s});
  CHECK(job.gaps[2].from == 3);
  CHECK(job.gaps[2].to == 4);
  CHECK(describe(job.backoff) == "exponential: 1s, growing by a factor of 2, at most 8s");
  CHECK(job.ends.empty());
  CHECK(job.polls_after_end.empty());
  CHECK(job.attempts == 1);
}

TEST_CASE("linear and constant polling are told apart") {
  ScriptedClient linear;
  linear.poll_after({1s, 2s, 3s, 4s});
  CHECK(describe(only_job(linear).backoff) == "linear: 1s, growing by 1s");
  ScriptedClient constant;
  constant.poll_after({1s, 1s, 1s});
  CHECK(describe(only_job(constant).backoff) == "constant: 1s");
  ScriptedClient twice;
  twice.poll_after({1s, 1s});
  CHECK(only_job(twice).backoff.shape == BackoffShape::too_few);
}

TEST_CASE("a gap is the larger of those on the two clocks, and never below zero") {
  ScriptedClient client;
  client.poll();
  client.real += 2s;  // a world that stands still
  client.poll();
  client.at += 1h;  // an advance
  client.real += 1s;
  client.poll();
  client.at -= 5s;
  client.real -= 1s;  // two answers that overtook each other
  client.poll();
  CHECK(lengths(only_job(client)) == Durations{2s, 1h, 0s});
}

TEST_CASE("each job is told on its own, in the order of their first entries") {
  ScriptedClient client;
  client.create(test_job(2));
  client.poll();
  auto other = client.wait(1s).a_poll(Status::completed);
  other.job = test_job(2);
  client.record(other);
  client.wait(1s).poll();
  JournalEntry list;
  list.operation = Operation::list;
  client.record(list);
  const auto jobs = client.polling();
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].job == test_job(2));
  CHECK(jobs[0].was_created_here);
  CHECK(jobs[0].polls == Numbers{3});
  CHECK(jobs[1].job == test_job(1));
  CHECK_FALSE(jobs[1].was_created_here);
  CHECK(jobs[1].polls == Numbers{2, 4});
  CHECK(lengths(jobs[1]) == Durations{2s});
}

TEST_CASE("a job that was created and never polled is told too") {
  ScriptedClient client;
  client.create();
  const auto job = only_job(client);
  CHECK(job.polls.empty());
  CHECK_FALSE(job.first_poll_after);
  CHECK(job.backoff.shape == BackoffShape::too_few);
}

TEST_CASE("when the end was first seen, and by which polls after that") {
  ScriptedClient client;
  client.poll_after({1s, 1s});
  const auto end = client.wait(1s).poll(Status::completed);
  const auto seen_at = client.at;
  client.wait(2s).poll(Status::completed);
  client.wait(10ms).poll(Status::completed);
  const auto job = only_job(client);
  REQUIRE(job.ends.size() == 1);
  CHECK(job.ends[0].poll == end);
  CHECK(job.ends[0].at == seen_at);
  CHECK(job.ends[0].status == Status::completed);
  CHECK(job.ends[0].attempt == 1);
  CHECK(job.polls_after_end == Numbers{5, 6});
  CHECK_FALSE(job.gaps[2].is_after_end);
  CHECK(job.gaps[3].is_after_end);
  CHECK(job.gaps[4].is_after_end);
  CHECK(describe(job.backoff) == "constant: 1s");  // what comes after the end is no waiting
}

TEST_CASE("an end that the client could not see is none") {
  ScriptedClient client;
  auto cut = client.a_refusal(200, "truncated to 10 bytes");
  client.record(cut);
  client.wait(1s).poll(Status::completed);
  const auto job = only_job(client);
  CHECK(job.ends.at(0).poll == 2);
  CHECK(job.polls_after_end.empty());
  REQUIRE(job.faults.size() == 1);
  CHECK(job.faults[0].poll == 1);
  CHECK(job.faults[0].fault == "truncated to 10 bytes");
}

TEST_CASE("a retry begins a new attempt: its gaps, its end, its waits from the first") {
  ScriptedClient client;
  client.poll_after({1s, 2s});
  client.wait(4s).poll(Status::failed);
  client.wait(1min).retry(2);
  client.poll_after({1s, 2s, 4s}, 2);
  client.wait(8s).poll(Status::completed, 2);
  const auto job = only_job(client);
  CHECK(job.attempts == 2);
  CHECK(job.retries == Numbers{5});
  CHECK(lengths(job) == Durations{1s, 2s, 4s, 1s, 2s, 4s, 8s});
  REQUIRE(job.ends.size() == 2);
  CHECK(job.ends[0].status == Status::failed);
  CHECK(job.ends[1].status == Status::completed);
  CHECK(job.ends[1].attempt == 2);
  CHECK(job.polls_after_end.empty());
  CHECK(describe(job.backoff) == "exponential: 1s, growing by a factor of 2");
}

TEST_CASE("an entry that does not know its attempt counts to the one before it") {
  ScriptedClient client;
  auto unknown = client.a_refusal(503, "503");
  unknown.attempt = 0;
  client.record(unknown);
  client.wait(1s).poll(Status::failed, 3);
  client.retry(4);
  client.wait(1s).record(unknown);
  client.wait(2s).poll(Status::in_progress, 4);
  const auto job = only_job(client);
  CHECK(job.attempts == 2);
  CHECK(lengths(job) == Durations{1s, 2s});
  CHECK(job.polls_after_end.empty());
}

TEST_CASE("what an SDK repeats by itself is a gap, and no part of the loop's shape") {
  ScriptedClient client;
  const auto sdk_retry = [&](std::uint32_t count, int status) {
    auto poll = status == 200 ? client.a_poll() : client.a_refusal(status, "503");
    poll.retry_count = count;
    client.record(poll);
  };
  SUBCASE("of a loop that keeps its rhythm") {
    sdk_retry(0, 200);
    client.wait(1s).record(client.a_refusal(503, "503"));
    client.wait(400ms);
    sdk_retry(1, 503);
    client.wait(400ms);
    sdk_retry(2, 200);
    client.wait(200ms);
    sdk_retry(0, 200);
    client.wait(1s);
    sdk_retry(0, 200);
    CHECK(lengths(only_job(client)) == Durations{1s, 400ms, 400ms, 200ms, 1s});
    CHECK(describe(only_job(client).backoff) == "constant: 1s");
    CHECK(only_job(client).waits.size() == 3);
  }
  SUBCASE("of a loop that waits after each answer") {
    client.poll_after({1s});
    client.wait(2s).record(client.a_refusal(503, "503"));
    client.wait(450ms);
    sdk_retry(1, 200);
    client.wait(4s).poll();
    client.wait(8s).poll();
    CHECK(describe(only_job(client).backoff) == "exponential: 1s, growing by a factor of 2");
  }
}

TEST_CASE("Retry-After is honoured by whoever does not come sooner") {
  ScriptedClient client;
  const auto limited = [&](Duration wait) {
    auto poll = client.a_refusal(429, "quota");
    poll.retry_after = wait;
    return client.record(poll);
  };
  const auto first = limited(2s);
  client.wait(2s);
  limited(2s);
  client.wait(1999ms);  // a timer that fires a millisecond early
  limited(2s);
  client.wait(1998ms);
  limited(2s);
  const auto job = only_job(client);
  REQUIRE(job.asked_to_wait.size() == 4);
  CHECK(job.asked_to_wait[0].poll == first);
  CHECK(job.asked_to_wait[0].asked == 2s);
  CHECK(job.asked_to_wait[0].waited == 2s);
  CHECK(job.asked_to_wait[0].next == 2);
  CHECK(job.asked_to_wait[0].is_honoured());
  CHECK(job.asked_to_wait[1].is_honoured());
  CHECK_FALSE(job.asked_to_wait[2].is_honoured());
  CHECK(job.asked_to_wait[2].next == 4);
  CHECK_FALSE(job.asked_to_wait[3].next);
  CHECK(job.asked_to_wait[3].is_honoured());  // it did not come again
}

TEST_CASE("a loop that obeys Retry-After keeps its shape, wherever it goes on") {
  const auto polled = [](const std::vector<Duration>& after_obeying) {
    ScriptedClient client;
    client.poll_after({1s, 2s});
    auto limited = client.wait(4s).a_refusal(429, "quota");
    limited.retry_after = 30s;
    client.record(limited);
    client.wait(30s).poll();
    for (const auto wait : after_obeying) client.wait(wait).poll();
    return describe(only_job(client).backoff);
  };
  CHECK(polled({8s, 16s, 32s}) == "exponential: 1s, growing by a factor of 2");   // with the same wait
  CHECK(polled({16s, 32s, 64s}) == "exponential: 1s, growing by a factor of 2");  // with the next
}

TEST_CASE("a loop that ignores Retry-After is not spared the wait it made instead") {
  ScriptedClient client;
  client.poll_after({1s, 1s});
  auto limited = client.wait(1s).a_refusal(429, "quota");
  limited.retry_after = 30s;
  client.record(limited);
  client.wait(10ms).poll();
  client.wait(1s).poll();
  CHECK(describe(only_job(client).backoff) == "irregular");
}

TEST_CASE("what a delay takes is no part of the wait that Retry-After asked for") {
  ScriptedClient client;
  const auto delayed = [&](bool is_date) {
    auto poll = client.a_refusal(503, "503, delay 1.5s");
    poll.delay = poll.world_delay = 1500ms;
    poll.retry_after = 2s;
    poll.retry_after_is_date = is_date;
    return client.record(poll);
  };
  const auto early = delayed(false);
  client.wait(3s);
  const auto in_time = delayed(false);
  client.wait(3500ms);
  const auto by_date = delayed(true);
  client.wait(2s);
  delayed(false);
  client.wait(1499ms).poll();  // gave up before the answer was there
  const auto job = only_job(client);
  REQUIRE(job.asked_to_wait.size() == 3);
  CHECK(job.asked_to_wait[0].poll == early);
  CHECK(job.asked_to_wait[0].waited == 1500ms);
  CHECK_FALSE(job.asked_to_wait[0].is_honoured());
  CHECK(job.asked_to_wait[1].poll == in_time);
  CHECK(job.asked_to_wait[1].is_honoured());
  CHECK(job.asked_to_wait[2].poll == by_date);
  CHECK(job.asked_to_wait[2].is_honoured());
}

TEST_CASE("a delay spoils the shape of no loop, be it one that waits after each answer or keeps a rhythm") {
  ScriptedClient client;
  const std::vector<Duration> delays{10ms, 700ms, 350ms, 90ms, 520ms, 230ms};
  const auto delayed = [&](Duration delay) {
    auto poll = client.a_poll();
    poll.delay = poll.world_delay = delay;
    client.record(poll);
  };
  SUBCASE("waits after each answer") {
    for (const auto delay : delays) {
      delayed(delay);
      client.wait(delay + 200ms);
    }
    CHECK(describe(only_job(client).backoff) == "constant: 200ms");
  }
  SUBCASE("waits after each answer, with jitter") {
    const Duration waits[] = {800ms, 1700ms, 3100ms, 7800ms, 13s, 30s};
    for (std::size_t i = 0; i < delays.size(); ++i) {
      delayed(delays[i]);
      client.wait(delays[i] + waits[i]);
    }
    client.poll();
    CHECK(only_job(client).backoff.shape == BackoffShape::exponential);
    CHECK(only_job(client).waits[0].length == 800ms);
  }
  SUBCASE("keeps a rhythm") {
    for (const auto delay : delays) {
      delayed(delay);
      client.wait(1s);
    }
    CHECK(describe(only_job(client).backoff) == "constant: 1s");
  }
  SUBCASE("gives up before some answers") {
    for (const Duration delay : {10ms, 700ms, 20ms, 800ms, 30ms, 900ms}) {
      delayed(delay);
      client.wait(std::min<Duration>(delay, 300ms) + 200ms);
    }
    delayed(10ms);
    CHECK(describe(only_job(client).backoff) == "constant: 200ms");
    CHECK(only_job(client).waits.size() == 3);
  }
}

TEST_CASE("the first poll is counted from the answer to the job's POST, or else from its created_at in the world") {
  ScriptedClient posted;
  posted.create();
  posted.real += 3s;  // while the world stands still
  posted.poll();
  CHECK(only_job(posted).first_poll_after == 3s);

  ScriptedClient delayed;
  delayed.create(test_job(), 2s);
  delayed.wait(3s).poll();
  CHECK(only_job(delayed).first_poll_after == 1s);

  ScriptedClient of_fixture;
  auto poll = of_fixture.a_refusal(503, "503");
  of_fixture.record(poll);
  poll = of_fixture.a_poll();
  poll.job_created_at = of_fixture.at - 5s;
  of_fixture.wait(1s).record(poll);
  CHECK(only_job(of_fixture).first_poll_after == 5s);

  poll.job_created_at = of_fixture.at + 1h;
  ScriptedClient before_birth;
  before_birth.record(poll);
  CHECK(only_job(before_birth).first_poll_after == 0s);

  ScriptedClient unknown;
  unknown.record(unknown.a_refusal(404));
  CHECK_FALSE(only_job(unknown).first_poll_after);
}

TEST_CASE("errors that no fault made are told") {
  ScriptedClient client;
  client.record(client.a_refusal(503, "503"));
  client.record(client.a_refusal(404));
  client.poll();
  auto list = client.a_refusal(400);
  list.operation = Operation::list;
  list.job.reset();
  client.record(list);
  const auto job = only_job(client);
  REQUIRE(job.unexpected_errors.size() == 1);
  CHECK(job.unexpected_errors[0].entry == 2);
  CHECK(job.unexpected_errors[0].status == 404);
  CHECK(job.unexpected_errors[0].operation == Operation::retrieve);
  const auto of_all = unexpected_errors(client.journal.find({}));
  REQUIRE(of_all.size() == 2);
  CHECK(of_all[1].entry == 4);
  CHECK(of_all[1].operation == Operation::list);
}
