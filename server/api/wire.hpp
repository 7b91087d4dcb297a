// What goes over the wire: the field names of the API, and the two shapes of its errors. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/message.hpp"
#include "core/world.hpp"

namespace jobmock {

// A job as `GET /v1/applications/jobs/{job_id}` shows it.
Reply job_reply(const JobView& job);

// Facts for `errors[0].extras` of an error: what was wrong with the request, and what to do.
using Details = std::vector<std::pair<std::string_view, std::string>>;

// The API's error envelope. The texts of the documented statuses are Writer's own.
Reply error_reply(int status, const Details& details = {});

// The shape of errors under /__admin.
Reply admin_error_reply(int status, std::string_view code, std::string_view message, std::string_view hint);

}  // namespace jobmock
