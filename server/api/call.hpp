// One request on its way through the application, and the function that answers it. Belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/message.hpp"
#include "core/fixture_set.hpp"
#include "core/world.hpp"

namespace jobmock {

struct Call {
  const Request& request;
  const FixtureSet& fixtures;
  Timestamp now;
  std::vector<std::string> parameters;  // of the path, decoded, in the order of the route
  std::shared_ptr<World> world;         // of the token; none where the route needs no token

  // What the handler leaves for the log.
  std::optional<JobView> shown;
  std::string note;
};

using Handler = Reply (*)(Call& call);

}  // namespace jobmock
