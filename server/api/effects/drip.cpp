// `drip`: the body in pieces.
#include "api/effects/effects.hpp"

namespace jobmock {

void apply(const DripEffect& drip, Reply& reply) { reply.delivery.drip = Delivery::Drip{drip.bytes, drip.every}; }

}  // namespace jobmock
