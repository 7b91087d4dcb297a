// How far one job has come in its world: when it was created, its attempt, its polls, and what control did to it. Its
// plan is not part of it and comes with each call, always the same. Not thread-safe: its world's lock guards it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/plan.hpp"
#include "core/time.hpp"

namespace jobmock {

// What a job is at one moment.
struct Progress {
  const State* state = nullptr;         // of the plan, or `forced`
  std::shared_ptr<const State> forced;  // keeps `state` when control forced it
  Timestamp since;                      // when `state` was reached
  Duration elapsed;                     // since the attempt began; stands still while the job is held
  const Entry* next = nullptr;          // what comes next; null at the end
  std::optional<Timestamp> next_at;     // when, unless it waits for a poll, the job is held, or no clock comes so far
  std::uint32_t next_polls = 0;         // how many more polls it waits for
};

class Run {
 public:
  explicit Run(Timestamp created_at) : created_at_(created_at), attempt_began_(created_at) {}

  [[nodiscard]] Progress progress(const Plan& plan, Timestamp now) const;

  // Every entry after those reached by `now` that time alone will bring, in order. None while the job is held.
  struct Coming {
    const Entry* entry = nullptr;
    Timestamp at;
  };
  [[nodiscard]] std::vector<Coming> coming(const Plan& plan, Timestamp now) const;

  // One poll, at `now`. Those of a held job count, but bring it no further.
  void count_poll(const Plan& plan, Timestamp now);

  void retry(Timestamp now);  // the next attempt begins, not held

  // While a job is held it stays what it is; its own time goes on where it stopped once it is released. Neither
  // does anything to a job that is held, or not held, already.
  void hold(const Plan& plan, Timestamp now);
  void release(Timestamp now);

  // The job is `state` from `now` on: for good if that is terminal, and then not held, or else until the next entry is
  // reached.
  void force(const Plan& plan, State state, Timestamp now);

  [[nodiscard]] Timestamp created_at() const { return created_at_; }
  [[nodiscard]] std::uint32_t attempt() const { return attempt_; }
  [[nodiscard]] std::uint32_t polls() const { return polls_; }  // of this attempt
  [[nodiscard]] const State* forced() const;                    // null: control has forced nothing in this attempt
  [[nodiscard]] bool is_held() const { return details_ && details_->held_since.has_value(); }

 private:
  // What the job was when control last touched it. It counts for as long as no further entry is reached.
  struct Mark {
    std::size_t entries = 0;  // reached by then
    Timestamp since;
    std::shared_ptr<const State> forced;  // null: the timeline's own state
  };
  // What most runs do without.
  struct Details {
    std::vector<Duration> poll_times;  // see Walk
    std::optional<Timestamp> held_since;
    std::optional<Mark> mark;
    std::uint32_t polls_while_held = 0;
  };

  [[nodiscard]] Walk walk(const Plan& plan, Timestamp now) const;
  [[nodiscard]] Duration elapsed(Timestamp now) const;
  [[nodiscard]] std::uint32_t counted_polls() const;
  [[nodiscard]] bool is_forced_to_end() const;
  Details& details();

  Timestamp created_at_;
  Timestamp attempt_began_;  // later by as long as the job was held
  std::uint32_t attempt_ = 1;
  std::uint32_t polls_ = 0;
  std::unique_ptr<Details> details_;
};

}  // namespace jobmock
