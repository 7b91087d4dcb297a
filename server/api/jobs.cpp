#include "api/jobs.hpp"

#include "api/wire.hpp"

namespace jobmock {

Reply retrieve_job(Call& call) {
  const auto& text = call.parameters.front();
  const auto id = parse_uuid(text);
  if (!id) return error_reply(400, {{"job_id", text}, {"hint", "a job_id is a UUID, in the form 8-4-4-4-12"}});
  call.shown = call.world->poll(*id, call.now);
  if (!call.shown) return error_reply(404, {{"job_id", text}, {"hint", "no fixture defines this job"}});
  return job_reply(*call.shown);
}

}  // namespace jobmock
