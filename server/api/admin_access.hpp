// Who may use /__admin, and whose worlds a request there is about.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "api/admin_wire.hpp"
#include "api/call.hpp"

namespace jobmock {

// The refusal of a request that a web page of another origin made the browser send (by its Origin or Sec-Fetch-Site,
// when it would change something; by its Host, when the server listens on loopback only: a name that was rebound to
// it), or that lacks the admin token, unless `needs_no_token`.
std::optional<AdminError> refuse_access(const Request& request, const Control& control, bool needs_no_token);

// The world that a request is about: that of its Authorization header, or the one that `?world=` names; null: it is
// about every one.
tl::expected<std::shared_ptr<World>, AdminError> choose_world(Call& call);

// The same, with every one there is.
struct ChosenWorlds {
  std::vector<std::shared_ptr<World>> worlds;
  bool is_one = false;
};
tl::expected<ChosenWorlds, AdminError> choose_worlds(Call& call);

// Whether a body is JSON, and not YAML as its Content-Type may say.
bool is_json_body(const Request& request);

// Does something in each world that the request is about. The answer is what `act` gives, with the world's name in
// front; for every world,
// {"worlds": [...]} of those, where a world's refusal stands among the others' answers unless all refused.
using InWorld = std::function<tl::expected<Json, AdminError>(World& world)>;
Reply in_each_world(Call& call, int status, const InWorld& act);

// The target of a request as the log may show it, which shows no token: "***" stands where a world is not named but
// opened by its token, for the values of parameters that no route has, and for what comes deeper in a path below
// /__admin that no route has. Without what is no part of a path or query.
std::string loggable_target(std::string_view target, const Worlds& worlds, bool has_route);

AdminError unknown_world();

// The world with that name, or of that token; null when there is none.
std::shared_ptr<World> find_world(const Worlds& worlds, std::string_view name_or_token);

}  // namespace jobmock
