// Moments for calls on a world.
#pragma once

#include "core/world.hpp"

namespace jobmock::test {

// A moment by the machine's clock, for one call: world.poll(id, at(start + 1s)).
inline Moment& at(Timestamp real, Moment&& moment = {}) {
  moment = {real};
  return moment;
}

}  // namespace jobmock::test
