// How much of a quota is used. A plain value; whoever holds it guards it.
#pragma once

#include <cstdint>
#include <optional>

#include "core/fault.hpp"
#include "core/time.hpp"

namespace jobmock {

class QuotaWindow {
 public:
  // Counts one request at `now`. When the quota is used up it is not counted, and the result is how long it takes
  // until the window ends: more than zero.
  std::optional<Duration> use(const QuotaEffect& quota, Timestamp now);

 private:
  std::optional<Timestamp> began_;
  std::uint32_t used_ = 0;
};

}  // namespace jobmock
