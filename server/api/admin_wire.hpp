// What goes over the wire under /__admin. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/control.hpp"
#include "api/field_problem.hpp"
#include "api/message.hpp"
#include "core/worlds.hpp"

namespace jobmock {

using Json = nlohmann::ordered_json;

// {"error": {code, message, hint}}; `problems`, when there are any, is a list beside them.
struct AdminError {
  int status;
  std::string code;
  std::string message;
  std::string hint;
  Problems problems{};
};
Json error_json(const AdminError& error);

Reply admin_reply(int status, const Json& json);
Reply admin_error_reply(const AdminError& error);

// 400: what is wrong with a body or parameters, by field.
AdminError bad_request(const std::vector<FieldProblem>& problems);

// Why a world refused what was asked of it.
AdminError refusal(WorldRefusal refusal);

// The file and line that say what a job does: "fixtures/quickstart.yaml:12"; empty for a job that is in no file.
std::string place_of(const JobView& job);

// A job with its explanation at the world's time `now`.
Json job_explanation(const JobView& job, Timestamp now);

// "completed in 2s", "failed after 2 more polls", "completed once it is released"; "nothing" at the end.
std::string next_of(const JobView& job, Timestamp now);

// An entry of the journal.
Json request_json(const JournalEntry& entry);

Json clock_json(const World::ClockView& clock);
Json advance_json(const World::Advance& advance);
std::string on_poll_text(const OnPoll& on_poll);
Json fixtures_json(const FixtureSet& fixtures);
Json reload_json(const Reloads::Result& reload);

}  // namespace jobmock
