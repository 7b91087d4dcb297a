// What a job does: the timeline of its first attempt, and of each retry. Immutable; any thread may read it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/timeline.hpp"

namespace jobmock {

struct Plan {
  Timeline timeline;
  std::vector<Timeline> retries;  // the last repeats; empty: a retry plays `timeline` again

  // `attempt` counts from 1, the first.
  [[nodiscard]] const Timeline& of_attempt(std::uint32_t attempt) const {
    if (attempt <= 1 || retries.empty()) return timeline;
    return retries[std::min<std::size_t>(attempt - 2, retries.size() - 1)];
  }

  bool operator==(const Plan&) const = default;
};

}  // namespace jobmock
