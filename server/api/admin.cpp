#include "api/admin.hpp"

#include "api/admin_access.hpp"
#include "api/admin_wire.hpp"
#include "api/openapi.hpp"
#include "core/version.hpp"

namespace jobmock {

Reply show_health(Call& call) {
  return admin_reply(200, {{"status", "ready"},
                           {"version", version()},
                           {"fixtures", fixtures_json(*call.fixtures())},
                           {"reload", reload_json(call.reloads.last())}});
}

Reply show_version(Call& /*call*/) { return admin_reply(200, {{"name", "jobmock"}, {"version", version()}}); }

Reply show_openapi(Call& /*call*/) { return {200, "application/json", {}, std::string(openapi_document())}; }

// Reading may take seconds: it happens elsewhere, and the answer waits for a reading that began after the request.
Reply reload_fixtures(Call& call) {
  const auto awaited = call.reloads.next();
  call.control.request_reload();
  Reply reply;
  reply.later = [&reloads = call.reloads, &worlds = call.worlds, awaited]() -> std::optional<Reply> {
    const auto last = reloads.last();
    if (last.number < awaited) return std::nullopt;
    if (last.problems.empty()) return admin_reply(200, {{"fixtures", fixtures_json(*worlds.fixtures())}});
    return admin_error_reply({422, "bad_fixtures", "the fixtures have problems; those read before are still served",
                              "mend them and reload; jobmock check reports the same", last.problems});
  };
  return reply;
}

Reply list_worlds(Call& call) {
  Json worlds = Json::array();
  for (const auto& world : call.worlds.all()) {
    Moment moment{call.moment.real};
    const auto summary = world->summary(moment);
    worlds.push_back({{"world", world->name()},
                      {"start", format_timestamp(summary.start)},
                      {"now", format_timestamp(summary.now)},
                      {"speed", summary.speed},
                      {"jobs", summary.jobs},
                      {"made_jobs", summary.own_jobs}});
  }
  return admin_reply(
      200,
      {{"worlds", std::move(worlds)}, {"most", call.worlds.most()}, {"forgotten_by_limit", call.worlds.forgotten()}});
}

Reply forget_world(Call& call) {
  const auto world = find_world(call.worlds, call.parameters.front());
  if (world == nullptr || world->name() != call.parameters.front()) call.logged_target = "/__admin/worlds/***";
  if (world == nullptr || !call.worlds.forget(world->name())) return admin_error_reply(unknown_world());
  return admin_reply(200, {{"forgotten", world->name()}});
}

Reply reset_worlds(Call& call) {
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    call.worlds.reset(world, call.moment);
    return clock_json(world.clock(call.moment));
  });
}

}  // namespace jobmock
