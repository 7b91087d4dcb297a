// What a job is at a moment: a pure function of its timeline, the time since its attempt began, and when the polls
// came that it waits for. Nothing is scheduled, so the answer does not depend on who looked before or how often.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace jobmock {

// The API knows no other status; the last two are terminal.
enum class Status { in_progress, completed, failed };

constexpr bool is_terminal(Status status) { return status != Status::in_progress; }

// As the API and the fixtures write it: "in_progress".
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);

// The result of a completed job (the API's `data`).
struct Output {
  std::optional<std::string> title;
  std::string suggestion;

  bool operator==(const Output&) const = default;
};

// What a job is from one moment on. `output` only when completed, `error` only when failed.
struct State {
  Status status = Status::in_progress;
  std::optional<Output> output;
  std::string error;
  bool error_is_literal = false;  // not a template: it quotes a client

  bool operator==(const State&) const = default;
};

// Reached `at` after the attempt began or, when `polls` is not zero, at that poll of the attempt; never before the
// entry that stands before it.
struct Entry {
  Duration at{0};
  State state;
  std::uint32_t polls = 0;

  bool operator==(const Entry&) const = default;
};

// Entries are reached in order; those by time are in the order of `at`, those by polls in the order of `polls`. A
// terminal entry is the last. Every job begins in progress, so an empty timeline is a job that never ends.
using Timeline = std::vector<Entry>;

// Goes along a timeline, from the beginning every job has.
class Walk {
 public:
  // `poll_times` says when, since the attempt began, the polls came that entries wait for: one time for each entry
  // by polls that has had its poll, in order. Both outlive the walk.
  Walk(const Timeline& timeline, std::span<const Duration> poll_times) : timeline_(timeline), poll_times_(poll_times) {}

  // Takes every entry that is reached by `elapsed`, which may be negative: the job has not begun to change.
  void to(Duration elapsed);

  // Takes the next entry, which must have a time.
  void step();

  [[nodiscard]] const State& state() const;
  [[nodiscard]] Duration at() const { return at_; }  // when `state` was reached, since the attempt began
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const Entry* next() const { return count_ < timeline_.size() ? &timeline_[count_] : nullptr; }

  // When the next entry is reached; nothing at the end, and while it waits for a poll.
  [[nodiscard]] std::optional<Duration> next_at() const;

 private:
  const Timeline& timeline_;
  std::span<const Duration> poll_times_;
  std::size_t count_ = 0;  // of entries taken
  std::size_t polls_ = 0;  // of poll_times_ used by them
  Duration at_{0};
};

}  // namespace jobmock
