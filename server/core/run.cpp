#include "core/run.hpp"

#include <span>
#include <utility>

#include "core/world_clock.hpp"

namespace jobmock {
namespace {

bool comes(Timestamp at) { return at <= end_of_time; }

}  // namespace

Progress Run::progress(const Plan& plan, Timestamp now) const {
  const auto reached = walk(plan, now);
  Progress progress{&reached.state(), {}, attempt_began_ + reached.at(), elapsed(now), reached.next(), {}};
  const auto next_at = reached.next_at();
  if (next_at && !is_held() && comes(attempt_began_ + *next_at)) progress.next_at = attempt_began_ + *next_at;
  if (!next_at && progress.next != nullptr) progress.next_polls = progress.next->polls - counted_polls();
  if (!details_ || !details_->mark) return progress;
  const auto& mark = *details_->mark;
  if (!is_forced_to_end() && mark.entries != reached.count()) return progress;
  progress.since = mark.since;
  if (mark.forced) {
    progress.state = mark.forced.get();
    progress.forced = mark.forced;
  }
  if (is_forced_to_end()) {
    progress.next = nullptr;
    progress.next_at.reset();
    progress.next_polls = 0;
  }
  return progress;
}

std::vector<Run::Coming> Run::coming(const Plan& plan, Timestamp now) const {
  std::vector<Coming> entries;
  if (is_held() || is_forced_to_end()) return entries;
  auto reached = walk(plan, now);
  for (auto at = reached.next_at(); at && comes(attempt_began_ + *at); at = reached.next_at()) {
    entries.push_back({reached.next(), attempt_began_ + *at});
    reached.step();
  }
  return entries;
}

void Run::count_poll(const Plan& plan, Timestamp now) {
  ++polls_;
  if (is_held()) {
    ++details().polls_while_held;
    return;
  }
  for (const auto& entry : plan.of_attempt(attempt_)) {
    if (entry.polls == counted_polls()) details().poll_times.push_back(elapsed(now));
  }
}

void Run::retry(Timestamp now) {
  attempt_began_ = now;
  ++attempt_;
  polls_ = 0;
  details_.reset();
}

void Run::hold(const Plan& plan, Timestamp now) {
  if (is_held()) return;
  const auto before = progress(plan, now);
  details().mark = Mark{walk(plan, now).count(), before.since, before.forced};
  details().held_since = now;
}

void Run::release(Timestamp now) {
  if (!is_held()) return;
  attempt_began_ += now - *details_->held_since;
  details_->held_since.reset();
}

void Run::force(const Plan& plan, State state, Timestamp now) {
  if (is_terminal(state.status)) release(now);
  details().mark = Mark{walk(plan, now).count(), now, std::make_shared<const State>(std::move(state))};
}

const State* Run::forced() const { return details_ && details_->mark ? details_->mark->forced.get() : nullptr; }

Walk Run::walk(const Plan& plan, Timestamp now) const {
  Walk walk(plan.of_attempt(attempt_),
            details_ ? std::span<const Duration>(details_->poll_times) : std::span<const Duration>());
  walk.to(elapsed(now));
  return walk;
}

Duration Run::elapsed(Timestamp now) const { return (is_held() ? *details_->held_since : now) - attempt_began_; }

// Those that entries by polls count.
std::uint32_t Run::counted_polls() const { return polls_ - (details_ ? details_->polls_while_held : 0); }

bool Run::is_forced_to_end() const { return forced() != nullptr && is_terminal(forced()->status); }

Run::Details& Run::details() {
  if (!details_) details_ = std::make_unique<Details>();
  return *details_;
}

}  // namespace jobmock
