#include "core/quota_window.hpp"

namespace jobmock {

std::optional<Duration> QuotaWindow::use(const QuotaEffect& quota, Timestamp now) {
  const bool is_over = !began_ || now < *began_ || now >= *began_ + quota.per;  // a world's clock can be set back
  if (is_over) {
    began_ = now;
    used_ = 0;
  }
  if (used_ >= quota.requests) return *began_ + quota.per - now;
  ++used_;
  return std::nullopt;
}

}  // namespace jobmock
