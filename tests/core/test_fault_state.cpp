#include <doctest/doctest.h>

#include <algorithm>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/fault_state.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {

const Timestamp start(1000h);
const auto job = parse_uuid("00000000-0000-4000-8000-000000000001").value();
const auto other_job = parse_uuid("00000000-0000-4000-8000-000000000002").value();
const ConnectionEffect reset{ConnectionEffect::Does::reset};

std::shared_ptr<const Fault> fault(Selector selector, std::vector<Effect> effects, std::string origin = "a.yaml:3:5") {
  return std::make_shared<Fault>(Fault{std::move(selector), std::move(effects), std::move(origin), 99});
}

FaultRequest poll(std::uint32_t number, const Uuid& of = job) {
  FaultRequest request;
  request.job = of;
  request.attempt = 1;
  request.poll = number;
  request.would_show = Status::in_progress;
  request.world_start = request.now = start;
  request.seed = 7;
  request.world_seed = 77;
  return request;
}

FaultRequest without_job(Operation operation) {
  auto request = poll(0);
  request.operation = operation;
  request.job.reset();
  request.attempt = 0;
  request.would_show.reset();
  return request;
}

FaultDecision decide(FaultState& state, const FaultList& faults, const FaultRequest& request) {
  const FaultList* const lists[] = {&faults};
  return state.decide(lists, request);
}

bool is_applied(FaultState& state, const FaultList& faults, const FaultRequest& request) {
  return !decide(state, faults, request).effects.empty();
}

template <typename Effect>
Effect effect_of(const FaultDecision& decision) {
  for (const auto& effect : decision.effects) {
    if (const auto* found = std::get_if<Effect>(&effect)) return *found;
  }
  FAIL("no such effect in: ", decision.description);
  return {};
}

}  // namespace

TEST_CASE("a fault that does not fit leaves the answer alone, and stores nothing") {
  FaultState state;
  const auto second_poll = fault({.polls = Selector::Polls{2, 2}}, {AnswerEffect{503}});
  const auto decision = decide(state, {second_poll}, poll(1));
  CHECK(decision.effects.empty());
  CHECK(decision.description.empty());
  CHECK(second_poll.use_count() == 1);
  CHECK(sizeof(FaultState) <= sizeof(void*));
}

TEST_CASE("a fault that fits is applied, described with where it is written, and counted") {
  FaultState state;
  const FaultList faults{fault({}, {AnswerEffect{503, AnswerEffect::RetryAfter{1s, false}}})};
  CHECK(state.times_applied(*faults[0]) == 0);
  const auto decision = decide(state, faults, poll(1));
  CHECK(decision.description == "503, retry after 1s (a.yaml:3:5)");
  const auto answer = effect_of<AppliedAnswer>(decision);
  CHECK(answer.status == 503);
  CHECK(answer.headers == Headers{{"Retry-After", "1"}});
  CHECK(answer.retry_after == 1s);
  CHECK_FALSE(answer.body);
  CHECK(state.times_applied(*faults[0]) == 1);
}

TEST_CASE("an answer may ask to wait until a date, which follows from the world's clock") {
  FaultState state;
  const AnswerEffect effect{503, AnswerEffect::RetryAfter{30s, true}, 1500ms, {{"X-Reason", "maintenance"}}, "down"};
  auto request = poll(1);
  request.now = Timestamp(std::chrono::sys_days(std::chrono::year(2025) / 2 / 10)) + 18h + 18min + 9s + 501ms;
  const auto answer = effect_of<AppliedAnswer>(decide(state, {fault({}, {effect})}, request));
  CHECK(answer.headers == Headers{{"X-Reason", "maintenance"},
                                  {"Retry-After", "Mon, 10 Feb 2025 18:18:40 GMT"},
                                  {"retry-after-ms", "1500"}});
  CHECK(answer.retry_after == 1500ms);  // the SDKs look at that one first
  CHECK(answer.body == "down");
}

TEST_CASE("a date is rounded up to a second, and that long the client is asked to wait") {
  FaultState state;
  auto request = poll(1);
  request.now = Timestamp(1000h) + 501ms;
  const FaultList faults{fault({}, {AnswerEffect{503, AnswerEffect::RetryAfter{30s, true}}})};
  CHECK(effect_of<AppliedAnswer>(decide(state, faults, request)).retry_after == 30s + 499ms);
}

TEST_CASE("a date to wait until is not beyond the end of time, whose year no date can write") {
  AnswerEffect answer;
  answer.status = 503;
  answer.retry_after = AnswerEffect::RetryAfter{24h, true};
  FaultState state;
  auto request = poll(1);
  request.now = end_of_time - 1h;
  const auto decided = effect_of<AppliedAnswer>(decide(state, {fault({}, {answer})}, request));
  CHECK(decided.headers.at(0).second == "Fri, 31 Dec 9999 23:59:59 GMT");
  request.now = end_of_time;
  CHECK(effect_of<AppliedAnswer>(decide(state, {fault({}, {answer})}, request)).retry_after == Duration::zero());
}

TEST_CASE("the decision outlives the fault") {
  FaultDecision decision;
  {
    FaultState state;
    const std::string body(1000, 'x');
    decision = decide(state, {fault({}, {AnswerEffect{503, {}, {}, {}, body}}, std::string(100, 'o'))}, poll(1));
  }
  CHECK(effect_of<AppliedAnswer>(decision).body == std::string(1000, 'x'));
  CHECK(decision.description == "503 (" + std::string(100, 'o') + ")");
}

TEST_CASE("times: at most so often in a world, whichever the job") {
  FaultState state;
  const FaultList faults{fault({.times = 2}, {AnswerEffect{503}})};
  CHECK(is_applied(state, faults, poll(1)));
  CHECK(is_applied(state, faults, poll(1, other_job)));
  CHECK_FALSE(is_applied(state, faults, poll(2)));
  CHECK(state.times_applied(*faults[0]) == 2);
  FaultState another_world;
  CHECK(is_applied(another_world, faults, poll(1)));
}

TEST_CASE("a fault that has no part in the answer is not used up") {
  FaultState state;
  const FaultList faults{fault({.polls = Selector::Polls{1, 1}}, {AnswerEffect{503}}),
                         fault({.times = 1}, {AnswerEffect{500}})};
  CHECK(effect_of<AppliedAnswer>(decide(state, faults, poll(1))).status == 503);
  CHECK(state.times_applied(*faults[1]) == 0);
  CHECK(effect_of<AppliedAnswer>(decide(state, faults, poll(2))).status == 500);
  CHECK_FALSE(is_applied(state, faults, poll(3)));
}

TEST_CASE("the effects of one fault combine") {
  FaultState state;
  const FaultList faults{
      fault({}, {AnswerEffect{503}, DelayEffect{1s, 1s}, TruncateEffect{3}, DripEffect{1, 10ms}, MalformedEffect()})};
  const auto decision = decide(state, faults, poll(1));
  CHECK(decision.effects.size() == 5);
  CHECK(effect_of<AppliedDelay>(decision).length == 1s);
  CHECK(effect_of<TruncateEffect>(decision).bytes == 3);
  CHECK(effect_of<DripEffect>(decision).every == 10ms);
  CHECK(decision.description == "503, delay 1s, truncated to 3 bytes, drip 1 byte every 10ms, malformed (a.yaml:3:5)");
  CHECK(state.times_applied(*faults[0]) == 1);
}

TEST_CASE("faults of several lists combine: the job's goes first, then the application's, then the world's") {
  FaultState state;
  const FaultList of_job{fault({}, {DelayEffect{1s, 1s}}, "job")};
  const FaultList of_application{fault({}, {AnswerEffect{503}, DelayEffect{2s, 2s}}, "application")};
  const FaultList of_world{fault({}, {AnswerEffect{500}}, "world"), fault({}, {MalformedEffect()}, "world too")};
  const FaultList none;
  const FaultList* const lists[] = {&of_job, &none, &of_application, &of_world};
  const auto decision = state.decide(lists, poll(1));
  CHECK(effect_of<AppliedDelay>(decision).length == 1s);
  CHECK(effect_of<AppliedAnswer>(decision).status == 503);
  CHECK(decision.effects.size() == 3);
  CHECK(decision.description == "delay 1s (job); 503 (application); malformed (world too)");
  CHECK(state.times_applied(*of_application[0]) == 1);
  CHECK(state.times_applied(*of_world[0]) == 0);
}

TEST_CASE("a connection that is reset is not answered too") {
  FaultState state;
  const FaultList faults{fault({}, {reset}), fault({}, {AnswerEffect{503}, DelayEffect{1s, 1s}})};
  const auto decision = decide(state, faults, poll(1));
  CHECK(decision.description == "reset (a.yaml:3:5); delay 1s (a.yaml:3:5)");
}

TEST_CASE("quota: beyond it 429, with the whole seconds until the window ends on the world's clock") {
  FaultState state;
  const FaultList faults{fault({.operation = std::nullopt}, {QuotaEffect{2, 60s}})};
  auto request = poll(1);
  CHECK_FALSE(is_applied(state, faults, request));
  CHECK_FALSE(is_applied(state, faults, without_job(Operation::list)));
  request.now += 47s + 1ms;
  const auto decision = decide(state, faults, request);
  const auto answer = effect_of<AppliedAnswer>(decision);
  CHECK(answer.status == 429);
  CHECK(answer.headers == Headers{{"Retry-After", "13"}});
  CHECK(answer.retry_after == 13s);
  CHECK(decision.description == "429, quota 2 per 1m, retry after 13s (a.yaml:3:5)");
  CHECK(state.times_applied(*faults[0]) == 1);  // what it let through is not counted
  request.now = start + 60s;
  CHECK_FALSE(is_applied(state, faults, request));
}

TEST_CASE("a quota counts requests that another fault answers, and each quota for itself") {
  FaultState state;
  const FaultList faults{fault({.polls = Selector::Polls{1, 1}}, {reset}), fault({}, {QuotaEffect{1, 60s}}),
                         fault({}, {QuotaEffect{2, 30s}})};
  CHECK(decide(state, faults, poll(1)).description == "reset (a.yaml:3:5)");
  CHECK(decide(state, faults, poll(2)).description == "429, quota 1 per 1m, retry after 1m (a.yaml:3:5)");
  CHECK(state.times_applied(*faults[2]) == 0);
  auto later = poll(3);
  later.now += 10s;
  decide(state, faults, later);
  CHECK(state.times_applied(*faults[1]) == 2);
  CHECK(state.times_applied(*faults[2]) == 0);  // the first of them answered
}

TEST_CASE("a delay with a range is decided by chance, and the log says what repeats it") {
  FaultState state;
  const FaultList faults{fault({}, {DelayEffect{100ms, 800ms}})};
  std::set<Duration> lengths;
  for (std::uint32_t i = 1; i <= 200; ++i) {
    const auto decision = decide(state, faults, poll(i));
    const auto length = effect_of<AppliedDelay>(decision).length;
    CHECK(length >= 100ms);
    CHECK(length <= 800ms);
    CHECK(decision.description ==
          "delay " + format_duration(length) + " (a.yaml:3:5, seed 7, attempt 1, poll " + std::to_string(i) + ")");
    lengths.insert(length);
  }
  CHECK(lengths.size() > 190);
  CHECK(effect_of<AppliedDelay>(decide(state, faults, poll(1))).length ==
        effect_of<AppliedDelay>(decide(state, faults, poll(1))).length);
}

TEST_CASE("probability: each part of what tells a request from another matters") {
  const Selector half{.operation = std::nullopt, .probability = 0.5};
  const auto hits = [&](const FaultList& faults, const std::function<void(FaultRequest&)>& change) {
    FaultState state;
    std::string text;
    for (std::uint32_t i = 1; i <= 64; ++i) {
      auto request = poll(i);
      change(request);
      text += is_applied(state, faults, request) ? 'x' : '.';
    }
    return text;
  };
  const FaultList faults{fault(half, {AnswerEffect{503}})};
  const auto usual = hits(faults, [](FaultRequest& /*same*/) {});
  CHECK(std::count(usual.begin(), usual.end(), 'x') > 16);
  CHECK(std::count(usual.begin(), usual.end(), 'x') < 48);
  CHECK(hits(faults, [](FaultRequest& request) { request.now += 1h; }) == usual);
  CHECK(hits(faults, [](FaultRequest& request) { request.world_seed = 78; }) != usual);
  CHECK(hits(faults, [](FaultRequest& request) { request.job = other_job; }) != usual);
  CHECK(hits(faults, [](FaultRequest& request) { request.attempt = 2; }) != usual);
  CHECK(hits(faults, [](FaultRequest& request) { request.operation = Operation::retry; }) != usual);
  auto another = *faults[0];
  another.key = 100;
  CHECK(hits({std::make_shared<Fault>(another)}, [](FaultRequest& /*same*/) {}) != usual);
}

TEST_CASE("a request that is no poll is decided by how many there were, so one that is repeated has a new chance") {
  const FaultList faults{fault({.operation = std::nullopt, .probability = 0.5}, {AnswerEffect{503}})};
  const auto hits = [&](const FaultRequest& request) {
    FaultState state;
    std::string text;
    for (int i = 0; i < 64; ++i) text += is_applied(state, faults, request) ? 'x' : '.';
    return text;
  };
  auto retry = poll(0);
  retry.operation = Operation::retry;
  for (const auto& request : {without_job(Operation::create), without_job(Operation::list), retry}) {
    const auto text = hits(request);
    CHECK(text.find('x') != std::string::npos);
    CHECK(text.find('.') != std::string::npos);
    CHECK(hits(request) == text);
  }
  FaultState state;
  std::string description;
  while (description.empty()) description = decide(state, faults, without_job(Operation::create)).description;
  CHECK(description.starts_with("503 (a.yaml:3:5, seed 7, request "));
}

TEST_CASE("what chance decides for one kind of request does not depend on others in between") {
  const FaultList faults{fault({.operation = std::nullopt, .probability = 0.5}, {AnswerEffect{503}})};
  auto retry = poll(0);
  retry.operation = Operation::retry;
  auto retry_of_other = retry;
  retry_of_other.job = other_job;
  FaultState alone;
  FaultState mixed;
  for (int i = 0; i < 64; ++i) {
    is_applied(mixed, faults, without_job(Operation::list));
    is_applied(mixed, faults, retry_of_other);
    CHECK(is_applied(alone, faults, retry) == is_applied(mixed, faults, retry));
    if (i % 2 == 0) is_applied(mixed, faults, poll(static_cast<std::uint32_t>(i)));
  }
}

TEST_CASE("a seed repeats a run under any concurrency") {
  constexpr std::uint32_t threads = 8;
  constexpr std::uint32_t polls_each = 125;  // of every job
  const FaultList faults{fault({.probability = 0.1}, {AnswerEffect{503}}, "some"),
                         fault({.probability = 0.3}, {DelayEffect{1ms, 1s}}, "more")};
  const auto uuid = [](std::uint32_t number) {
    auto id = job;
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
  };
  // Every poll of `threads` jobs, shared out among as many threads in an order of its own.
  const auto run = [&](unsigned order) {
    std::vector<FaultRequest> requests;
    for (std::uint32_t i = 0; i < threads; ++i) {
      for (std::uint32_t number = 1; number <= polls_each; ++number) requests.push_back(poll(number, uuid(i)));
    }
    std::shuffle(requests.begin(), requests.end(), std::mt19937(order));
    FaultState state;
    std::mutex lock;  // the world's
    std::multiset<std::string> seen;
    const auto work = [&](std::uint32_t first) {
      for (auto i = first; i < requests.size(); i += threads) {
        const std::lock_guard guard(lock);
        const auto decision = decide(state, faults, requests[i]);
        if (!decision.effects.empty()) seen.insert(format_uuid(*requests[i].job) + decision.description);
      }
    };
    std::vector<std::thread> running;
    for (std::uint32_t i = 0; i < threads; ++i) running.emplace_back(work, i);
    for (auto& thread : running) thread.join();
    return seen;
  };
  const auto first = run(1);
  CHECK(first.size() > 200);
  CHECK(first.size() < 600);
  CHECK(run(2) == first);
  CHECK(run(3) == first);
}

TEST_CASE("requests of more jobs than are counted one by one are still decided, with bounded memory") {
  const FaultList faults{fault({.operation = Operation::retry, .probability = 0.5}, {AnswerEffect{503}})};
  FaultState state;
  int applied = 0;
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    auto request = poll(0);
    request.operation = Operation::retry;
    request.job->bytes[0] = static_cast<std::uint8_t>(i);
    request.job->bytes[1] = static_cast<std::uint8_t>(i >> 8U);
    applied += is_applied(state, faults, request) ? 1 : 0;
  }
  CHECK(applied > 2'000);
  CHECK(applied < 3'000);
  auto repeated = poll(0, other_job);
  repeated.operation = Operation::retry;
  int of_repeated = 0;
  for (int i = 0; i < 64; ++i) of_repeated += is_applied(state, faults, repeated) ? 1 : 0;
  CHECK(of_repeated > 16);
  CHECK(of_repeated < 48);
}

TEST_CASE("a fault is counted by itself, even one that reads the same, until it is forgotten") {
  FaultState state;
  const FaultList faults{fault({.times = 1}, {AnswerEffect{503}}), fault({.times = 1}, {AnswerEffect{503}})};
  CHECK(is_applied(state, faults, poll(1)));
  CHECK(is_applied(state, faults, poll(2)));
  CHECK_FALSE(is_applied(state, faults, poll(3)));
  CHECK(state.times_applied(*faults[0]) == 1);
  CHECK(state.times_applied(*faults[1]) == 1);
  state.forget(*faults[0]);
  CHECK(state.times_applied(*faults[0]) == 0);
  CHECK(faults[0].use_count() == 1);
  CHECK(is_applied(state, faults, poll(4)));
}

TEST_CASE("a fault that its list has dropped keeps its address, so that no other takes its count over") {
  FaultState state;
  auto gone = fault({.times = 1}, {AnswerEffect{503}});
  const std::weak_ptr<const Fault> watched = gone;
  decide(state, {gone}, poll(1));
  gone.reset();
  CHECK_FALSE(watched.expired());
}
