#include "api/wire.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace jobmock {
namespace {

using Json = nlohmann::ordered_json;

// A client's bytes may be echoed, and need not be UTF-8.
std::string to_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Reply json_reply(int status, const Json& json) { return {status, "application/json", {}, to_text(json)}; }

struct Error {
  int status;
  std::string_view type;
  std::string_view description;
  std::string_view key;
};

// The first seven as the API's reference has them; the rest follow their pattern.
constexpr std::array errors{
    Error{400, "BadRequest", "Invalid input parameters", "fail.badRequest.invalidParameters"},
    Error{401, "Unauthorized", "Invalid token", "fail.unauthorized.badToken"},
    Error{403, "Forbidden", "Insufficient access rights", "fail.forbidden.insufficientAccessRights"},
    Error{404, "NotFound", "Resource is not found", "fail.notFound.resource"},
    Error{429, "TooManyRequests", "Quota exceeded", "fail.tooManyRequests.quotaExceeded"},
    Error{500, "InternalServerError", "Internal server error", "fail.internalServerError.generic"},
    Error{503, "ServiceUnavailable", "Service temporarily unavailable", "fail.serviceUnavailable.temporary"},
    Error{405, "MethodNotAllowed", "Method is not allowed", "fail.methodNotAllowed.method"},
    Error{408, "RequestTimeout", "Request was not complete in time", "fail.requestTimeout.incomplete"},
    Error{413, "PayloadTooLarge", "Request body is too large", "fail.payloadTooLarge.body"},
    Error{414, "UriTooLong", "Request target is too long", "fail.uriTooLong.target"},
    Error{431, "RequestHeaderFieldsTooLarge", "Request headers are too large",
          "fail.requestHeaderFieldsTooLarge.headers"},
    Error{501, "NotImplemented", "Transfer coding is not supported", "fail.notImplemented.transferCoding"},
    Error{505, "HttpVersionNotSupported", "HTTP version is not supported", "fail.httpVersionNotSupported.version"},
};

const Error& error_of(int status) {
  const auto* found = std::find_if(errors.begin(), errors.end(), [&](const Error& e) { return e.status == status; });
  return found != errors.end() ? *found : error_of(500);
}

}  // namespace

Reply job_reply(const JobView& job) {
  const auto& state = *job.state;
  Json json{{"id", format_uuid(job.job->id)},
            {"status", to_string(state.status)},
            {"application_id", job.application->id},
            {"created_at", format_timestamp(job.created_at)},
            {"updated_at", format_timestamp(job.updated_at)}};
  if (state.status == Status::completed) json["completed_at"] = format_timestamp(job.updated_at);
  if (state.output) {
    auto& data = json["data"];
    if (state.output->title) data["title"] = *state.output->title;
    data["suggestion"] = state.output->suggestion;
  }
  if (state.status == Status::failed) {
    json["error"] = state.error;
  } else {
    json["error"] = nullptr;
  }
  return json_reply(200, json);
}

Reply error_reply(int status, const Details& details) {
  const auto& error = error_of(status);
  Json extras = Json::object();
  for (const auto& [name, text] : details) extras[std::string(name)] = text;
  return json_reply(
      status, {{"tpe", error.type},
               {"errors",
                Json::array({{{"description", error.description}, {"key", error.key}, {"extras", std::move(extras)}}})},
               {"extras", Json::object()}});
}

Reply admin_error_reply(int status, std::string_view code, std::string_view message, std::string_view hint) {
  return json_reply(status, {{"error", {{"code", code}, {"message", message}, {"hint", hint}}}});
}

}  // namespace jobmock
