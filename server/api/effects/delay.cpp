// `delay`: nothing happens before.
#include "api/effects/effects.hpp"

namespace jobmock {

void apply(const AppliedDelay& delay, Reply& reply) { reply.delivery.delay = delay.length; }

}  // namespace jobmock
