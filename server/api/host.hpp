// What the Host of a request says about who made the browser send it: a page of another site can have its own name
// point to this machine (DNS rebinding), but it cannot have the browser name the machine otherwise. Pure.
#pragma once

#include <string_view>

namespace jobmock {

// An address, localhost or a name below it, with or without a port: no name that someone else's DNS could point here.
bool is_of_this_machine(std::string_view host);

// A name that its owner can point anywhere: neither of this machine, nor one that no public DNS knows, which are those
// without a dot (as in docker compose) and those below `internal` (as host.docker.internal).
bool is_public_name(std::string_view host);

}  // namespace jobmock
