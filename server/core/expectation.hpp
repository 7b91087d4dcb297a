// What a test expects of the client that polls: of one job, or of every job polled in a world. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/backoff.hpp"
#include "core/operation.hpp"
#include "core/time.hpp"

namespace jobmock {

// Both ends belong to it. What is unset sets no bound.
template <typename T>
struct Bounds {
  std::optional<T> min;
  std::optional<T> max;

  [[nodiscard]] bool is_set() const { return min || max; }
};

// How many requests there are in the world of one operation, or answered with one status, or both.
struct ExpectedRequests {
  std::optional<Operation> operation;  // unset: any
  std::optional<int> status;           // unset: any; 0: no answer was sent
  Bounds<std::uint64_t> count;
};

// Each is compared with the whole journal.
constexpr std::size_t most_expected_requests = 100;

// What is unset is not expected. See polling.hpp for what counts as a poll and how gaps are measured.
struct Expectation {
  Bounds<std::uint64_t> polls;
  Bounds<Duration> interval;  // of every gap between polls; `max` not of those after the end
  std::optional<ExpectedBackoff> backoff;
  std::optional<Duration> first_poll_within;          // of the job's creation
  std::optional<std::uint64_t> polls_after_terminal;  // at most, of all attempts together
  bool retry_after_honoured = false;
  Bounds<std::uint64_t> retries;           // POST …/retry
  std::vector<ExpectedRequests> requests;  // of the whole world, also where the rest is about one job
  bool no_unexpected_errors = false;       // no answer from 400 on that no fault made
};

}  // namespace jobmock
