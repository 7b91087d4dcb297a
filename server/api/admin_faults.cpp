#include "api/admin.hpp"
#include "api/admin_access.hpp"
#include "api/admin_wire.hpp"
#include "api/url.hpp"

namespace jobmock {
namespace {

Json fault_json(const World::FaultView& view) {
  Json json{{"id", nullptr}, {"does", describe(*view.fault)}, {"defined_at", view.fault->origin}};
  if (view.id != 0) json["id"] = view.id;
  if (view.job) json["job_id"] = format_uuid(*view.job);
  if (!view.application_id.empty()) json["application_id"] = view.application_id;
  json["applied"] = view.applied;
  return json;
}

AdminError unknown_fault() {
  return {404, "unknown_fault", "no fault that was added has this id", "GET /__admin/faults lists those there are"};
}

}  // namespace

Reply list_faults(Call& call) {
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    Json faults = Json::array();
    for (const auto& view : world.faults(call.moment)) faults.push_back(fault_json(view));
    return Json{{"faults", std::move(faults)}};
  });
}

Reply add_fault(Call& call) {
  auto fault = call.control.read_fault(call.request.body, is_json_body(call.request));
  if (!fault) {
    return admin_error_reply({400, "bad_fault", "the fault cannot be read",
                              "it has the shape of a fault in a fixture, and job_id or application_id",
                              std::move(fault.error())});
  }
  if (!fault->application_id.empty()) {
    const auto& fixtures = *call.fixtures();
    const auto found = fixtures.application_by_name.find(fault->application_id);
    if (found == fixtures.application_by_name.end()) {
      return admin_error_reply({404, "unknown_application",
                                "no application has the id or alias '" + fault->application_id + "'",
                                "GET /v1/applications lists those there are"});
    }
    fault->application_id = fixtures.applications[found->second].id;
  }
  return in_each_world(call, 201, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto added = world.add_fault(*fault, call.moment);
    if (!added) return tl::unexpected(refusal(added.error()));
    return fault_json({added->fault, added->id, added->job, added->application_id, 0});
  });
}

Reply remove_faults(Call& call) {
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    world.remove_faults(call.moment);
    return Json{{"removed", "all"}};
  });
}

Reply remove_fault(Call& call) {
  const auto& text = call.parameters.front();
  const auto id = whole_number(text);
  if (!id) return admin_error_reply(unknown_fault());
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    if (!world.remove_fault(*id, call.moment)) return tl::unexpected(unknown_fault());
    return Json{{"removed", *id}};
  });
}

}  // namespace jobmock
