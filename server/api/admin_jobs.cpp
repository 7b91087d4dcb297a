#include <algorithm>

#include "api/admin.hpp"
#include "api/admin_access.hpp"
#include "api/admin_wire.hpp"
#include "api/json_reader.hpp"
#include "api/url.hpp"
#include "core/text_template.hpp"

namespace jobmock {
namespace {

using nlohmann::json;

tl::expected<Uuid, AdminError> job_id_of(const Call& call) {
  const auto& text = call.parameters.front();
  if (const auto id = parse_uuid(text)) return *id;
  return tl::unexpected(
      AdminError{400, "bad_request", "'" + text + "' is no UUID", "a job_id is a UUID, in the form 8-4-4-4-12"});
}

// Does something to the job that the path names, in each world, and answers with its explanation.
template <typename Act>
Reply with_job(Call& call, Act act) {
  const auto id = job_id_of(call);
  if (!id) return admin_error_reply(id.error());
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto job = act(world, *id);
    if (!job) return tl::unexpected(refusal(job.error()));
    if (call.world) call.shown = *job;
    return job_explanation(*job, call.moment.world);
  });
}

// A text whose variables answers replace.
std::string read_template(const json* value, const std::string& field, JsonReader& reader) {
  auto text = reader.text(value, field);
  const auto has_input = [](const std::string& /*name*/) { return true; };
  for (const auto& problem : check_text(text, has_input)) reader.add(field, problem);
  return text;
}

Output read_output(const json& data, JsonReader& reader) {
  Output output;
  if (!data.is_object()) {
    reader.add("data", "expected an object with suggestion and, if you like, title, found " + describe(data));
    return output;
  }
  if (const auto* title = JsonReader::optional(data, "title"))
    output.title = read_template(title, "data.title", reader);
  output.suggestion = read_template(reader.required(data, "suggestion", "data.suggestion"), "data.suggestion", reader);
  reader.refuse_others(data, "data", {"title", "suggestion"});
  return output;
}

State read_state(const json& body, JsonReader& reader) {
  State state;
  const auto* status = reader.required(body, "status", "status");
  const auto* data = JsonReader::optional(body, "data");
  const auto* error = JsonReader::optional(body, "error");
  const auto text = reader.text(status, "status");
  const auto parsed = parse_status(text);
  if (status != nullptr && status->is_string() && !parsed) {
    reader.add("status", "expected in_progress, completed or failed, found '" + text + "'");
  }
  state.status = parsed.value_or(Status::in_progress);
  if (data != nullptr) {
    state.output = read_output(*data, reader);
    if (parsed && state.status != Status::completed) reader.add("data", "only a completed job has data");
  }
  if (state.status == Status::failed) state.error = "Job failed";
  if (error != nullptr) {
    state.error = read_template(error, "error", reader);
    if (error->is_string() && state.error.empty()) reader.add("error", "expected a text that is not empty");
    if (parsed && state.status != Status::failed) reader.add("error", "only a failed job has an error");
  }
  reader.refuse_others(body, "", {"status", "data", "error"});
  return state;
}

}  // namespace

Reply explain_jobs(Call& call) {
  constexpr std::size_t most = 10'000;
  Query query(call.request.target);
  const auto offset = query.number("offset", 0, SIZE_MAX / 2);
  const auto limit = query.number("limit", 1000, most);
  if (!query.problems().empty()) return admin_error_reply(bad_request(query.problems()));
  auto left = limit;  // for all worlds together, so that the answer is bounded
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto page = world.explain_all(offset, left, call.moment);
    left -= page.jobs.size();
    Json jobs = Json::array();
    for (const auto& job : page.jobs) jobs.push_back(job_explanation(job, call.moment.world));
    return Json{{"jobs", std::move(jobs)}, {"total", page.total}, {"offset", offset}, {"limit", limit}};
  });
}

Reply explain_job(Call& call) {
  return with_job(call, [&](World& world, const Uuid& id) { return world.explain(id, call.moment); });
}

Reply add_job(Call& call) {
  auto job = call.control.read_job(call.request.body, is_json_body(call.request), call.fixtures());
  if (!job) {
    return admin_error_reply(
        {400, "bad_job", "the job cannot be read", "it has the shape of a job in a fixture", std::move(job.error())});
  }
  return in_each_world(call, 201, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto added = world.add(*job, call.moment);
    if (!added) return tl::unexpected(refusal(added.error()));
    if (call.world) call.shown = *added;
    return job_explanation(*added, call.moment.world);
  });
}

Reply remove_job(Call& call) {
  const auto id = job_id_of(call);
  if (!id) return admin_error_reply(id.error());
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto removed = world.remove(*id, call.moment);
    if (!removed) return tl::unexpected(refusal(removed.error()));
    return Json{{"removed", format_uuid(*id)}};
  });
}

Reply force_job(Call& call) {
  JsonReader reader;
  State state;
  if (const auto body = reader.read(call.request.body)) state = read_state(*body, reader);
  if (!reader.is_good()) return admin_error_reply(bad_request(reader.problems()));
  return with_job(call, [&](World& world, const Uuid& id) { return world.force(id, state, call.moment); });
}

Reply hold_job(Call& call) {
  return with_job(call, [&](World& world, const Uuid& id) { return world.hold(id, call.moment); });
}

Reply release_job(Call& call) {
  return with_job(call, [&](World& world, const Uuid& id) { return world.release(id, call.moment); });
}

}  // namespace jobmock
