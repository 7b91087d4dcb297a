#include "api/jobs.hpp"

#include "api/applications.hpp"
#include "api/body.hpp"
#include "api/url.hpp"
#include "api/wire.hpp"

namespace jobmock {
namespace {

Reply bad_job_id(const std::string& text) {
  return error_reply(400, {{"job_id", text}, {"hint", "a job_id is a UUID, in the form 8-4-4-4-12"}});
}

Reply unknown_job(const std::string& text) {
  return error_reply(404, {{"job_id", text}, {"hint", "no fixture defines this job, and it was not created here"}});
}

}  // namespace

Reply retrieve_job(Call& call) {
  const auto& text = call.parameters.front();
  const auto id = parse_uuid(text);
  if (!id) return bad_job_id(text);
  const auto polled = call.world->poll(*id, call.moment);
  if (!polled) return unknown_job(text);
  call.shown = *polled;
  return job_reply(*polled);
}

Reply retry_job(Call& call) {
  const auto& text = call.parameters.front();
  const auto id = parse_uuid(text);
  if (!id) return bad_job_id(text);
  const auto retried = call.world->retry(*id, call.moment);
  if (!retried && retried.error() == WorldRefusal::unknown_job) return unknown_job(text);
  if (!retried) return error_reply(400, {{"job_id", text}, {"hint", "only a job that has failed can be retried"}});
  call.shown = *retried;
  return accepted_reply(*retried);
}

Reply create_job(Call& call) {
  const auto application = find_application(call);
  if (!application) return application.error();
  auto body = read_generation(call.request);
  if (!body) return body.error();
  if ((*application)->strict_inputs) {
    if (auto refusal = refuse_inputs(**application, body->inputs)) return std::move(*refusal);
  }
  const auto created = call.world->create(call.fixtures(), **application, std::move(body->inputs), call.moment);
  if (!created) return world_is_full(call);
  call.shown = *created;
  return accepted_reply(*created);
}

Reply list_jobs(Call& call) {
  constexpr std::size_t most = 1000;
  const auto application = find_application(call);
  if (!application) return application.error();
  Query query(call.request.target);
  const auto status_text = query.text("status");
  const auto status = status_text ? parse_status(*status_text) : std::nullopt;
  if (status_text && !status) {
    query.add_problem("status", "expected in_progress, completed or failed, found '" + *status_text + "'");
  }
  const auto offset = query.number("offset", 0, SIZE_MAX / 2);
  const auto limit = query.number("limit", 50, most);
  if (!query.problems().empty()) return invalid_parameters_reply(query.problems());
  return job_list_reply(call.world->list((*application)->id, status, offset, limit, call.moment), offset, limit);
}

}  // namespace jobmock
