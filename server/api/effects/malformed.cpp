// `malformed`: a whole answer with a body that no parser takes.
#include <algorithm>

#include "api/effects/effects.hpp"

namespace jobmock {

// The last object is left open: the body itself, or the last of a stream's events that is JSON.
void apply(const MalformedEffect& /*malformed*/, Reply& reply) {
  reply.body.resize(std::min(reply.body.rfind('}'), reply.body.size()));
}

}  // namespace jobmock
