// What a client did with each job, from the entries of a journal. Pure; any thread may call.
//
// A gap between two requests is the larger of the gaps on the world's clock and on the machine's: a world that stands
// still shows none, and one that is advanced shows more than the client waited. Neither is below zero. What a client
// waits after an answer begins when that was sent: a delay that a fault made is no part of it.
//
// A retry of a job begins a new attempt, and gaps are between polls of the same attempt. An entry that does not know
// its attempt counts to the one before it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/backoff.hpp"
#include "core/journal.hpp"

namespace jobmock {

// A client's timer may fire so much early without being called impatient (that of Node.js does).
constexpr Duration allowed_earliness = std::chrono::milliseconds(1);

// Entries are named by their numbers.
struct PollGap {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  Duration length{0};
  bool is_after_end = false;  // the client had been shown before that the attempt has ended
};

struct SeenEnd {
  std::uint32_t attempt = 1;
  std::uint64_t poll = 0;  // the first of the attempt that showed it
  Timestamp at;            // on the world's clock
  Status status = Status::completed;
};

// An answer to a poll with a Retry-After, and the job's next poll. One that the next poll did not wait for is none: a
// client that gave up before cannot know of it.
struct AskedToWait {
  std::uint64_t poll = 0;
  Duration asked{0};
  std::optional<std::uint64_t> next;  // none: the client did not come again, which honours it
  Duration waited{0};

  [[nodiscard]] bool is_honoured() const { return !next || waited + allowed_earliness >= asked; }
};

struct MetFault {
  std::uint64_t poll = 0;
  std::string fault;
};

// An answer from 400 on that no fault made.
struct UnexpectedError {
  std::uint64_t entry = 0;
  int status = 0;
  Operation operation = Operation::retrieve;
};

struct JobPolling {
  Uuid job;
  std::vector<std::uint64_t> polls;    // every GET, those included that an SDK made on its own after an error
  std::vector<std::uint64_t> retries;  // every POST …/retry, whatever it was answered
  bool was_created_here = false;       // its creation is among the entries, so that none about it is missing
  // From the answer to the POST that created the job, or else its created_at on the world's clock. Unset: no poll, or
  // neither known.
  std::optional<Duration> first_poll_after;
  std::vector<PollGap> gaps;
  std::uint32_t attempts = 0;  // that were polled

  // The waits of the client's own loop, and their shape. Left out are polls with an X-Stainless-Retry-Count above
  // zero, which an SDK makes on its own, and polls after the end. A loop may keep a rhythm, or wait after each
  // answer; and after a wait that Retry-After asked for it may go on with the next wait or with the same. What is
  // more regular is taken.
  std::vector<Wait> waits;
  Backoff backoff;

  std::vector<SeenEnd> ends;  // one for each attempt that was seen to end
  std::vector<std::uint64_t> polls_after_end;
  std::vector<AskedToWait> asked_to_wait;
  std::vector<MetFault> faults;
  std::vector<UnexpectedError> unexpected_errors;  // of its polls, creation and retries
};

// Every job that an entry of a poll, a creation or a retry names, in the order of their first. `entries` are all of
// a world, the oldest first. Linear time, and some milliseconds for a job with hundreds of growing waits.
std::vector<JobPolling> analyse_polling(std::span<const JournalEntry> entries);

// Of every request.
std::vector<UnexpectedError> unexpected_errors(std::span<const JournalEntry> entries);

}  // namespace jobmock
