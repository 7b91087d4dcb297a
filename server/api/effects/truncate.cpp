// `truncate`: fewer bytes than were announced.
#include "api/effects/effects.hpp"

namespace jobmock {

void apply(const TruncateEffect& truncate, Reply& reply) { reply.delivery.truncated_to = truncate.bytes; }

}  // namespace jobmock
