#include "core/polling.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace jobmock {
namespace {

using Entries = std::vector<const JournalEntry*>;

struct Attempt {
  std::uint32_t number = 1;
  Entries polls;
};

// One call of the client's loop: a poll, and those that an SDK made on its own after it.
struct Call {
  const JournalEntry* first;
  const JournalEntry* last;
};

Duration gap(const JournalEntry& from, const JournalEntry& to) {
  return std::max({to.at - from.at, to.real - from.real, Duration(0)});
}

// From an answer, which a fault may have delayed, to a request.
Duration gap_from_answer(const JournalEntry& from, const JournalEntry& to) {
  return std::max({to.at - from.at - from.world_delay, to.real - from.real - from.delay, Duration(0)});
}

// The client cannot have known the answer: it gave up before, or did not wait for it.
bool came_before_answer(const JournalEntry& from, const JournalEntry& to) { return to.real - from.real < from.delay; }

// Of what Retry-After asked for.
Duration waited(const JournalEntry& asked, const JournalEntry& next) {
  return asked.retry_after_is_date ? gap(asked, next) : gap_from_answer(asked, next);
}

bool is_made_by_sdk(const JournalEntry& poll) { return poll.retry_count.value_or(0) > 0; }

bool is_unexpected_error(const JournalEntry& entry) { return entry.status >= 400 && entry.fault.empty(); }

bool shows_end(const JournalEntry& poll) { return poll.shown && is_terminal(*poll.shown); }

Attempt& attempt_of(std::vector<Attempt>& attempts, std::uint32_t number) {
  if (!attempts.empty() && number <= attempts.back().number) {
    const auto is_it = [&](const Attempt& attempt) { return attempt.number == number; };
    const auto found = std::find_if(attempts.rbegin(), attempts.rend(), is_it);
    if (found != attempts.rend()) return *found;
  }
  return attempts.emplace_back(Attempt{number, {}});
}

std::vector<Attempt> attempts_of(const Entries& entries) {
  std::vector<Attempt> attempts;
  const auto knows = [](const JournalEntry* entry) { return entry->attempt != 0; };
  const auto first_known = std::find_if(entries.begin(), entries.end(), knows);
  std::uint32_t current = first_known == entries.end() ? 1 : (*first_known)->attempt;
  for (const auto* entry : entries) {
    if (entry->attempt != 0) current = entry->attempt;
    if (entry->operation == Operation::retrieve) attempt_of(attempts, current).polls.push_back(entry);
  }
  return attempts;
}

// Up to the one that was shown the end.
std::vector<Call> calls_of(const Attempt& attempt) {
  std::vector<Call> calls;
  for (const auto* poll : attempt.polls) {
    if (!is_made_by_sdk(*poll))
      calls.push_back({poll, poll});
    else if (!calls.empty())
      calls.back().last = poll;
    if (shows_end(*poll)) break;
  }
  return calls;
}

// How the waits of a loop are told; nobody can know it from outside.
struct Reading {
  bool from_answer;                                            // or from the beginning of a call
  enum class Obeyed { counts, takes_place, is_extra } obeyed;  // a wait that Retry-After asked for
};

std::vector<Wait> waits_of(const std::vector<std::vector<Call>>& loops, const Reading& reading) {
  std::vector<Wait> waits;
  for (const auto& loop : loops) {
    std::uint32_t index = 0;
    for (std::size_t i = 1; i < loop.size(); ++i) {
      const auto& before = loop[i - 1];
      const auto& next = *loop[i].first;
      const auto& asked = before.last->retry_after;
      const bool knew_answer = !came_before_answer(*before.last, next);
      const bool obeyed = asked && knew_answer && waited(*before.last, next) + allowed_earliness >= *asked;
      if (obeyed && reading.obeyed == Reading::Obeyed::is_extra) continue;
      if (!obeyed || reading.obeyed == Reading::Obeyed::counts) {
        if (!reading.from_answer)
          waits.push_back({index, gap(*before.first, next)});
        else if (knew_answer)
          waits.push_back({index, gap_from_answer(*before.last, next)});
      }
      ++index;
    }
  }
  return waits;
}

// 0: a shape without jitter; 1: one with it; 2: none.
int irregularity(const Backoff& backoff) {
  if (backoff.shape == BackoffShape::too_few || backoff.shape == BackoffShape::irregular) return 2;
  return backoff.jitter > 0 ? 1 : 0;
}

bool has_delay(const std::vector<std::vector<Call>>& loops) {
  const auto is_delayed = [](const Call& call) { return call.last->delay > Duration(0); };
  return std::any_of(loops.begin(), loops.end(),
                     [&](const auto& loop) { return std::any_of(loop.begin(), loop.end(), is_delayed); });
}

void find_backoff(JobPolling& job, const std::vector<std::vector<Call>>& loops) {
  using Obeyed = Reading::Obeyed;
  std::array readings{Reading{false, Obeyed::counts}, Reading{true, Obeyed::counts}, Reading{true, Obeyed::takes_place},
                      Reading{true, Obeyed::is_extra}};
  // Of two readings that are as regular, that from the beginning would count delays to the client's own waits.
  if (has_delay(loops)) std::swap(readings[0], readings[1]);
  std::vector<Wait> before;
  for (const auto& reading : readings) {
    auto waits = waits_of(loops, reading);
    const bool is_first = &reading == readings.data();
    const auto is_same = [](const Wait& a, const Wait& b) { return a.index == b.index && a.length == b.length; };
    if (!is_first && std::equal(waits.begin(), waits.end(), before.begin(), before.end(), is_same)) continue;
    const auto backoff = detect_backoff(waits);
    before = waits;
    if (is_first || irregularity(backoff) < irregularity(job.backoff)) {
      job.backoff = backoff;
      job.waits = std::move(waits);
    }
  }
}

void add_attempt(JobPolling& job, const Attempt& attempt) {
  const JournalEntry* before = nullptr;
  bool has_ended = false;
  for (const auto* poll : attempt.polls) {
    if (before != nullptr) job.gaps.push_back({before->number, poll->number, gap(*before, *poll), has_ended});
    before = poll;
    if (has_ended) {
      job.polls_after_end.push_back(poll->number);
    } else if (shows_end(*poll)) {
      job.ends.push_back({attempt.number, poll->number, poll->at, *poll->shown});
      has_ended = true;
    }
  }
}

void add_poll(JobPolling& job, const JournalEntry& poll, const JournalEntry* next) {
  job.polls.push_back(poll.number);
  if (!poll.fault.empty()) job.faults.push_back({poll.number, poll.fault});
  if (!poll.retry_after || (next != nullptr && came_before_answer(poll, *next))) return;
  AskedToWait asked{poll.number, *poll.retry_after, {}, {}};
  if (next != nullptr) {
    asked.next = next->number;
    asked.waited = waited(poll, *next);
  }
  job.asked_to_wait.push_back(asked);
}

std::optional<Duration> first_poll_after(const Entries& entries, const JournalEntry& first_poll) {
  std::optional<Timestamp> created_at;
  for (const auto* entry : entries) {
    if (entry->operation == Operation::create) return gap_from_answer(*entry, first_poll);
    if (!created_at) created_at = entry->job_created_at;
  }
  if (!created_at) return std::nullopt;
  return std::max(first_poll.at - *created_at, Duration(0));
}

JobPolling analyse(const Uuid& id, const Entries& entries) {
  JobPolling job;
  job.job = id;
  Entries polls;
  for (const auto* entry : entries) {
    if (entry->operation == Operation::create) job.was_created_here = true;
    if (entry->operation == Operation::retry) job.retries.push_back(entry->number);
    if (entry->operation == Operation::retrieve) polls.push_back(entry);
    if (is_unexpected_error(*entry)) job.unexpected_errors.push_back({entry->number, entry->status, entry->operation});
  }
  if (polls.empty()) return job;

  for (std::size_t i = 0; i < polls.size(); ++i) {
    add_poll(job, *polls[i], i + 1 < polls.size() ? polls[i + 1] : nullptr);
  }
  job.first_poll_after = first_poll_after(entries, *polls.front());
  std::vector<std::vector<Call>> loops;
  for (const auto& attempt : attempts_of(entries)) {
    add_attempt(job, attempt);
    loops.push_back(calls_of(attempt));
    ++job.attempts;
  }
  find_backoff(job, loops);
  return job;
}

}  // namespace

std::vector<JobPolling> analyse_polling(std::span<const JournalEntry> entries) {
  std::unordered_map<Uuid, std::size_t> index;
  std::vector<std::pair<Uuid, Entries>> by_job;
  for (const auto& entry : entries) {
    const auto operation = entry.operation;
    const bool is_about_one_job =
        operation == Operation::retrieve || operation == Operation::create || operation == Operation::retry;
    if (!entry.job || !is_about_one_job) continue;
    const auto [found, is_new] = index.try_emplace(*entry.job, by_job.size());
    if (is_new) by_job.emplace_back(*entry.job, Entries());
    by_job[found->second].second.push_back(&entry);
  }
  std::vector<JobPolling> jobs;
  jobs.reserve(by_job.size());
  for (const auto& [id, of_job] : by_job) jobs.push_back(analyse(id, of_job));
  return jobs;
}

std::vector<UnexpectedError> unexpected_errors(std::span<const JournalEntry> entries) {
  std::vector<UnexpectedError> errors;
  for (const auto& entry : entries) {
    if (is_unexpected_error(entry)) errors.push_back({entry.number, entry.status, entry.operation});
  }
  return errors;
}

}  // namespace jobmock
