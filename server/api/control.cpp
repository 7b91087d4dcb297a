#include "api/control.hpp"

#include <utility>

namespace jobmock {

void Reloads::begin() {
  const Lock lock(mutex_);
  ++begun_;
}

void Reloads::end(Timestamp at, Problems problems) {
  const Lock lock(mutex_);
  last_ = {begun_, at, std::move(problems)};
}

std::uint64_t Reloads::next() const {
  const Lock lock(mutex_);
  return begun_ + 1;
}

Reloads::Result Reloads::last() const {
  const Lock lock(mutex_);
  return last_;
}

}  // namespace jobmock
