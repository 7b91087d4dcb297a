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

Reached reached(const Timeline& timeline, Duration elapsed) {
  static const State beginning;
  const auto next = std::upper_bound(timeline.begin(), timeline.end(), elapsed,
                                     [](Duration now, const Entry& entry) { return now < entry.at; });
  if (next == timeline.begin()) return {&beginning, Duration::zero()};
  const auto& entry = *std::prev(next);
  return {&entry.state, entry.at};
}

}  // namespace jobmock
