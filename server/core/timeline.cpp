#include "core/timeline.hpp"

#include <algorithm>

namespace jobmock {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::in_progress:
      return "in_progress";
    case Status::completed:
      return "completed";
    case Status::failed:
      return "failed";
  }
  return "";
}

std::optional<Status> parse_status(std::string_view text) {
  for (const auto status : {Status::in_progress, Status::completed, Status::failed}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

const State& Walk::state() const {
  static const State beginning;
  return count_ == 0 ? beginning : timeline_[count_ - 1].state;
}

std::optional<Duration> Walk::next_at() const {
  const auto* entry = next();
  if (entry == nullptr) return std::nullopt;
  if (entry->polls == 0) return std::max(at_, entry->at);
  if (polls_ == poll_times_.size()) return std::nullopt;
  return std::max(at_, poll_times_[polls_]);
}

void Walk::step() {
  const auto at = next_at();
  if (timeline_[count_].polls != 0) ++polls_;
  at_ = at.value_or(at_);
  ++count_;
}

void Walk::to(Duration elapsed) {
  for (auto at = next_at(); at && *at <= elapsed; at = next_at()) step();
}

}  // namespace jobmock
