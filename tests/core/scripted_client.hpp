// A world's journal as a client fills it that does just what a test says, on clocks that the test moves.
#pragma once

#include <memory>
#include <vector>

#include "core/journal.hpp"
#include "core/verdict.hpp"

namespace jobmock {

inline Uuid test_job(std::uint8_t number = 1) {
  Uuid uuid;
  uuid.bytes[15] = number;
  return uuid;
}

class ScriptedClient {
 public:
  explicit ScriptedClient(std::size_t most_entries = 10'000)
      : journal({most_entries, 256U << 20U}, std::make_shared<std::atomic<std::size_t>>(0)) {}

  // Of both clocks.
  ScriptedClient& wait(Duration duration) {
    at += duration;
    real += duration;
    return *this;
  }

  // What is recorded next, with the fields that every entry has; number, times and the like are filled in.
  std::uint64_t record(JournalEntry entry) {
    entry.at = at;
    entry.real = real;
    return journal.append(std::move(entry));
  }

  std::uint64_t create(const Uuid& job = test_job(), Duration delay = Duration(0)) {
    JournalEntry entry;
    entry.operation = Operation::create;
    entry.job = job;
    entry.status = 202;
    entry.delay = entry.world_delay = delay;
    entry.job_created_at = at;
    entry.attempt = 1;
    return record(std::move(entry));
  }

  JournalEntry a_poll(Status shown = Status::in_progress, std::uint32_t attempt = 1) const {
    JournalEntry entry;
    entry.job = test_job();
    entry.status = 200;
    entry.shown = shown;
    entry.attempt = attempt;
    return entry;
  }

  std::uint64_t poll(Status shown = Status::in_progress, std::uint32_t attempt = 1) {
    return record(a_poll(shown, attempt));
  }

  // An answer that a fault made, or 404 and the like without one.
  JournalEntry a_refusal(int status, const std::string& fault = {}) const {
    auto entry = a_poll();
    entry.status = status;
    entry.shown.reset();
    entry.fault = fault;
    return entry;
  }

  std::uint64_t retry(std::uint32_t attempt) {
    JournalEntry entry;
    entry.operation = Operation::retry;
    entry.job = test_job();
    entry.status = 202;
    entry.attempt = attempt;
    return record(std::move(entry));
  }

  // A poll at once, and one after each wait.
  ScriptedClient& poll_after(const std::vector<Duration>& waits, std::uint32_t attempt = 1) {
    poll(Status::in_progress, attempt);
    for (const auto duration : waits) wait(duration).poll(Status::in_progress, attempt);
    return *this;
  }

  std::vector<JobPolling> polling() const { return analyse_polling(journal.find({})); }

  Verdict verdict(const Expectation& expectation) const {
    const auto entries = journal.find({});
    return Judge({entries, journal.dropped()}).on_job(expectation, test_job());
  }

  Verdict world_verdict(const Expectation& expectation) const {
    const auto entries = journal.find({});
    return Judge({entries, journal.dropped()}).on_world(expectation);
  }

  Journal journal;
  Timestamp at{std::chrono::hours(1000)};
  Timestamp real{std::chrono::hours(2000)};
};

}  // namespace jobmock
