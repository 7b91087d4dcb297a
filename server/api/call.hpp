// One request on its way through the application, and the function that answers it. Belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/control.hpp"
#include "api/message.hpp"
#include "core/worlds.hpp"

namespace jobmock {

struct Call {
  const Request& request;
  Worlds& worlds;
  const Control& control;
  const Reloads& reloads;
  Moment moment;                        // by the world's clock once there is one
  std::vector<std::string> parameters;  // of the path, decoded, in the order of the route
  std::shared_ptr<World> world;         // of the token, or the only one that control chose

  // What the handler leaves for the log.
  std::optional<JobView> shown;
  std::string note;
  std::string logged_target;  // when the request's own would show a token

  // The fixtures as they were when first asked for, the same for the whole request. A poll does without.
  const std::shared_ptr<const FixtureSet>& fixtures() {
    if (!fixtures_) fixtures_ = worlds.fixtures();
    return fixtures_;
  }
  std::shared_ptr<const FixtureSet> fixtures_{};
};

using Handler = Reply (*)(Call& call);

}  // namespace jobmock
