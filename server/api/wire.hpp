// What goes over the wire: the field names of the API, and the two shapes of its errors. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/field_problem.hpp"
#include "api/message.hpp"
#include "core/text_template.hpp"
#include "core/world.hpp"

namespace jobmock {

// A job as `GET /v1/applications/jobs/{job_id}` shows it.
Reply job_reply(const JobView& job);

// 202 with three fields, as create and retry answer.
Reply accepted_reply(const JobView& job);

Reply job_list_reply(const World::Page& page, std::size_t offset, std::size_t limit);

Reply application_reply(const Application& application);

// `has_more`: beyond these there are others in the direction that was asked for.
Reply application_list_reply(const std::vector<const Application*>& applications, bool has_more);

// With the variables in its texts replaced.
Output rendered(const Output& output, const TextVariables& variables);

// The result of a generation, whole or as server-sent events: {"delta": …} and then [DONE].
Reply generation_reply(const Output& output);
Reply generation_stream_reply(const Output& output);

Reply graphs_reply(const std::vector<std::string>& ids);

// Facts for `errors[0].extras` of an error: what was wrong with the request, and what to do.
using Details = std::vector<std::pair<std::string_view, std::string>>;

// The API's error envelope. The texts of the documented statuses are Writer's own.
Reply error_reply(int status, const Details& details = {});

// 400, with a description for each problem that names its field.
Reply invalid_parameters_reply(const std::vector<FieldProblem>& problems);

}  // namespace jobmock
