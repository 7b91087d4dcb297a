#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace jobmock {

class World;

// What a connection remembers of its last request: the next one with the same Authorization header finds its world
// without a lock that all worlds share. Belongs to the connection; means nothing to it.
struct Visitor {
  std::string authorization;     // the whole header
  std::weak_ptr<World> world;    // that it opened
  std::uint64_t generation = 0;  // of Worlds, then; 0: nothing is remembered
};

}  // namespace jobmock
