// The way of a request to the mocked API around its handler: what faults make of its answer, and the journal's entry.
#pragma once

#include "api/routes.hpp"

namespace jobmock {

// `call.world` is there, and `call.parameters` are those of the route. A request whose answer a fault replaces is not
// carried out, so that a client that tries again finds things as they were; but a poll is a poll.
Reply answer_operation(Call& call, const Route& route);

}  // namespace jobmock
