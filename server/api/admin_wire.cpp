#include "api/admin_wire.hpp"

#include <algorithm>
#include <utility>

namespace jobmock {
namespace {

Json next_json(const JobView& job, Timestamp now) {
  const auto* next = job.progress.next;
  if (next == nullptr) return nullptr;
  Json json{{"status", to_string(next->state.status)}};
  if (job.progress.next_at) {
    json["at"] = format_timestamp(*job.progress.next_at);
    json["in"] = format_duration(*job.progress.next_at - now);
  }
  if (job.progress.next_polls > 0) json["polls"] = job.progress.next_polls;
  return json;
}

// Only a job that a test added has a plan of its own that no file says: the plan of a client's job is that of a rule,
// even where no rule of the fixtures fits.
std::string_view made_by(const JobView& job) {
  if (!job.own) return "fixture";
  return job.own->plan == nullptr && job.place.line == 0 ? "control" : "client";
}

Json defined_at(const JobView& job) {
  if (job.place.line == 0) return nullptr;
  return {{"file", job.fixtures->files[job.place.file]}, {"line", job.place.line}};
}

}  // namespace

Json error_json(const AdminError& error) {
  Json json{{"code", error.code}, {"message", error.message}, {"hint", error.hint}};
  if (!error.problems.empty()) json["problems"] = error.problems;
  return {{"error", std::move(json)}};
}

Reply admin_reply(int status, const Json& json) {
  return {status, "application/json", {}, json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Reply admin_error_reply(const AdminError& error) { return admin_reply(error.status, error_json(error)); }

AdminError bad_request(const std::vector<FieldProblem>& problems) {
  Problems each;
  for (const auto& [field, problem] : problems) each.push_back(field + ": " + problem);
  return {400, "bad_request", each.empty() ? "the request cannot be read" : each.front(),
          "GET /__admin/openapi.json describes every request", std::move(each)};
}

AdminError refusal(WorldRefusal refusal) {
  switch (refusal) {
    case WorldRefusal::unknown_job:
      return {404, "unknown_job", "there is no such job in this world", "GET /__admin/jobs lists those there are"};
    case WorldRefusal::job_exists:
      return {409, "job_exists", "a job of this world has that id already",
              "take another id, or DELETE /__admin/jobs/{job_id} first"};
    case WorldRefusal::has_not_failed:
      return {409, "has_not_failed", "only a job that has failed can be retried", "move it to failed first"};
    case WorldRefusal::has_ended:
      return {409, "has_ended", "the job has ended, and stays what it is",
              "retry a job that has failed, or POST /__admin/reset to begin anew"};
    case WorldRefusal::is_past:
      return {409, "time_is_past", "the world's clock is beyond that time, and never runs backwards",
              "POST /__admin/reset begins anew"};
    case WorldRefusal::is_not_reached:
      return {409, "status_is_not_reached", "time alone does not bring the job to that status",
              "GET /__admin/jobs/{job_id} says what it waits for: polls, a release, a retry, or nothing"};
    case WorldRefusal::is_full:
      return {507, "world_is_full", "this world keeps no more", "POST /__admin/reset empties it"};
  }
  return {500, "internal", "unexpected refusal", ""};
}

std::string place_of(const JobView& job) {
  if (job.place.line == 0) return {};
  return job.fixtures->files[job.place.file] + ':' + std::to_string(job.place.line);
}

std::string next_of(const JobView& job, Timestamp now) {
  const auto* next = job.progress.next;
  if (next == nullptr) return "nothing";
  const std::string status(to_string(next->state.status));
  if (job.is_held) return status + " once it is released";
  if (!job.is_born) return status + " once it is born";
  if (job.progress.next_at) return status + " in " + format_duration(*job.progress.next_at - now);
  const auto polls = job.progress.next_polls;
  if (polls == 0) return status + " after the end of time";
  return status + " after " + std::to_string(polls) + (polls == 1 ? " more poll" : " more polls");
}

Json job_explanation(const JobView& job, Timestamp now) {
  Json json{{"id", format_uuid(job.id)},
            {"application_id", job.application->id},
            {"status", to_string(job.state().status)},
            {"made_by", made_by(job)},
            {"defined_at", defined_at(job)},
            {"born", job.is_born},
            {"created_at", nullptr},
            {"updated_at", nullptr},
            {"attempt", job.attempt},
            {"polls", job.polls},
            {"elapsed", nullptr},
            {"held", job.is_held},
            {"next", next_json(job, now)}};
  if (job.is_born) {
    json["created_at"] = format_timestamp(job.created_at);
    json["updated_at"] = format_timestamp(job.updated_at());
    json["elapsed"] = format_duration(std::max(job.progress.elapsed, Duration::zero()));
  }
  return json;
}

Json request_json(const JournalEntry& entry) {
  Json json{{"number", entry.number},
            {"at", format_timestamp(entry.at)},
            {"real", format_timestamp(entry.real)},
            {"operation", to_string(entry.operation)},
            {"job_id", nullptr},
            {"attempt", nullptr},
            {"status", nullptr},
            {"job_status", nullptr},
            {"fault", nullptr},
            {"retry_after", nullptr},
            {"retry_count", nullptr},
            {"client", entry.client},
            {"body", entry.body}};
  if (entry.job) json["job_id"] = format_uuid(*entry.job);
  if (entry.attempt != 0) json["attempt"] = entry.attempt;
  if (entry.status != 0) json["status"] = entry.status;
  if (entry.shown) json["job_status"] = to_string(*entry.shown);
  if (!entry.fault.empty()) json["fault"] = entry.fault;
  if (entry.retry_after) json["retry_after"] = format_duration(*entry.retry_after);
  if (entry.retry_count) json["retry_count"] = *entry.retry_count;
  return json;
}

Json clock_json(const World::ClockView& clock) {
  Json json{{"now", format_timestamp(clock.now)},
            {"start", format_timestamp(clock.start)},
            {"speed", clock.speed},
            {"on_poll", on_poll_text(clock.on_poll)},
            {"next", nullptr}};
  if (clock.next) {
    json["next"] = next_json(*clock.next, clock.now);
    json["next"]["job_id"] = format_uuid(clock.next->id);
  }
  return json;
}

Json advance_json(const World::Advance& advance) {
  Json transitions = Json::array();
  for (const auto& [job, from, to, at] : advance.transitions) {
    transitions.push_back(
        {{"job_id", format_uuid(job)}, {"from", to_string(from)}, {"to", to_string(to)}, {"at", format_timestamp(at)}});
  }
  return {{"from", format_timestamp(advance.from)},
          {"to", format_timestamp(advance.to)},
          {"transitions", std::move(transitions)},
          {"total", advance.total}};
}

std::string on_poll_text(const OnPoll& on_poll) { return on_poll.to_next ? "next" : format_duration(on_poll.by); }

Json fixtures_json(const FixtureSet& fixtures) {
  return {
      {"files", fixtures.files.size()}, {"jobs", fixtures.jobs.size()}, {"applications", fixtures.applications.size()}};
}

Json reload_json(const Reloads::Result& reload) {
  if (reload.number == 0) return nullptr;
  return {{"at", format_timestamp(reload.at)}, {"succeeded", reload.problems.empty()}, {"problems", reload.problems}};
}

}  // namespace jobmock
