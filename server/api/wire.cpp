#include "api/wire.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace jobmock {
namespace {

using Json = nlohmann::ordered_json;

// What variables may add to the texts of a list of jobs, in bytes: each of a thousand may repeat an input of 1 MiB.
constexpr std::size_t most_added_to_list = 16U << 20U;

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
    Error{409, "Conflict", "Request conflicts with the state of the resource", "fail.conflict.resource"},
    Error{410, "Gone", "Resource is gone", "fail.gone.resource"},
    Error{422, "UnprocessableEntity", "Request cannot be processed", "fail.unprocessableEntity.request"},
    Error{502, "BadGateway", "Invalid answer from upstream", "fail.badGateway.upstream"},
    Error{504, "GatewayTimeout", "No answer from upstream in time", "fail.gatewayTimeout.upstream"},
    Error{408, "RequestTimeout", "Request was not complete in time", "fail.requestTimeout.incomplete"},
    Error{413, "PayloadTooLarge", "Request body is too large", "fail.payloadTooLarge.body"},
    Error{414, "UriTooLong", "Request target is too long", "fail.uriTooLong.target"},
    Error{431, "RequestHeaderFieldsTooLarge", "Request headers are too large",
          "fail.requestHeaderFieldsTooLarge.headers"},
    Error{415, "UnsupportedMediaType", "Body is not JSON", "fail.unsupportedMediaType.body"},
    Error{507, "InsufficientStorage", "World is full", "fail.insufficientStorage.world"},
    Error{501, "NotImplemented", "Transfer coding is not supported", "fail.notImplemented.transferCoding"},
    Error{505, "HttpVersionNotSupported", "HTTP version is not supported", "fail.httpVersionNotSupported.version"},
};

// A status without a row is described as the x00 of its class (RFC 9110, 15).
Error error_of(int status) {
  const auto* found = std::find_if(errors.begin(), errors.end(), [&](const Error& e) { return e.status == status; });
  if (found != errors.end()) return *found;
  auto error = error_of(status < 500 ? 400 : 500);
  error.status = status;
  return error;
}

Json error_json(const Error& error, std::string_view description, Json extras) {
  return {{"description", description}, {"key", error.key}, {"extras", std::move(extras)}};
}

Reply envelope(const Error& error, Json each) {
  return json_reply(error.status, {{"tpe", error.type}, {"errors", std::move(each)}, {"extras", Json::object()}});
}

Json output_json(const Output& output) {
  Json json = Json::object();
  if (output.title) json["title"] = *output.title;
  json["suggestion"] = output.suggestion;
  return json;
}

// A text in quotes, as JSON has it. Almost all texts are ASCII with no more than line breaks and quotes; the library
// takes the others.
void append_text(std::string& json, std::string_view text) {
  const auto begin = json.size();
  json += '"';
  const auto* unwritten = text.begin();
  for (const auto* at = text.begin(); at != text.end(); ++at) {
    if (*at >= ' ' && *at <= '~' && *at != '"' && *at != '\\') continue;
    if (*at != '"' && *at != '\\' && *at != '\n') {
      json.resize(begin);
      json += to_text(Json(text));
      return;
    }
    json.append(unwritten, at);
    json += '\\';
    json += *at == '\n' ? 'n' : *at;
    unwritten = at + 1;
  }
  json.append(unwritten, text.end());
  json += '"';
}

void append_name(std::string& json, std::string_view name) {
  json += json.back() == '{' ? R"(")" : R"(,")";
  json += name;
  json += R"(":)";
}

void append_member(std::string& json, std::string_view name, std::string_view text) {
  append_name(json, name);
  append_text(json, text);
}

// A text of ours that has nothing to escape.
void append_plain_member(std::string& json, std::string_view name, std::string_view text) {
  append_name(json, name);
  json += '"';
  json += text;
  json += '"';
}

// Straight from its parts: this is what every poll is answered with. `left`: see TextVariables.
void append_job(std::string& json, const JobView& job, std::size_t& left) {
  static const Inputs no_inputs;
  const TextVariables variables{job.own ? job.own->inputs : no_inputs, job.id, job.updated_at(), job.attempt, &left};
  const auto& state = job.state();
  const auto updated_at = format_timestamp(job.updated_at());
  json += '{';
  append_plain_member(json, "id", format_uuid(job.id));
  append_plain_member(json, "status", to_string(state.status));
  append_member(json, "application_id", job.application->id);
  append_plain_member(json, "created_at", format_timestamp(job.created_at));
  append_plain_member(json, "updated_at", updated_at);
  if (state.status == Status::completed) append_plain_member(json, "completed_at", updated_at);
  if (state.output) {
    json += R"(,"data":{)";
    if (state.output->title) append_member(json, "title", render_text(*state.output->title, variables));
    append_member(json, "suggestion", render_text(state.output->suggestion, variables));
    json += '}';
  }
  if (state.status == Status::failed) {
    append_member(json, "error", state.error_is_literal ? state.error : render_text(state.error, variables));
  } else {
    json += R"(,"error":null)";
  }
  json += '}';
}

Json input_json(const Input& input) {
  Json json{{"name", input.name}, {"input_type", to_string(input.type)}, {"required", input.required}};
  if (input.description) json["description"] = *input.description;
  if (!input.choices.empty()) json["options"] = {{"list", input.choices}};
  return json;
}

Json application_json(const Application& application) {
  const auto created_at = format_timestamp(application.created_at);
  Json json{{"id", application.id},    {"name", application.name},
            {"type", "generation"},    {"status", application.is_deployed ? "deployed" : "draft"},
            {"inputs", Json::array()}, {"created_at", created_at},
            {"updated_at", created_at}};
  if (application.is_deployed) json["last_deployed_at"] = created_at;
  for (const auto& input : application.inputs.value_or(std::vector<Input>()))
    json["inputs"].push_back(input_json(input));
  return json;
}

std::string event(const Json& delta) { return "data: " + to_text({{"delta", delta}}) + "\n\n"; }

}  // namespace

Output rendered(const Output& output, const TextVariables& variables) {
  Output result;
  if (output.title) result.title = render_text(*output.title, variables);
  result.suggestion = render_text(output.suggestion, variables);
  return result;
}

Reply job_reply(const JobView& job) {
  Reply reply{200, "application/json", {}, {}};
  reply.body.reserve(512);
  std::size_t left = SIZE_MAX;  // one job is bounded by what each text is
  append_job(reply.body, job, left);
  return reply;
}

Reply accepted_reply(const JobView& job) {
  return json_reply(202, {{"id", format_uuid(job.id)},
                          {"status", to_string(job.state().status)},
                          {"created_at", format_timestamp(job.created_at)}});
}

Reply job_list_reply(const World::Page& page, std::size_t offset, std::size_t limit) {
  std::size_t left = most_added_to_list;
  Reply reply{200, "application/json", {}, R"({"result":[)"};
  for (const auto& job : page.jobs) {
    if (&job != page.jobs.data()) reply.body += ',';
    append_job(reply.body, job, left);
  }
  reply.body += R"(],"totalCount":)" + std::to_string(page.total) + R"(,"pagination":{"offset":)" +
                std::to_string(offset) + R"(,"limit":)" + std::to_string(limit) + "}}";
  return reply;
}

Reply application_reply(const Application& application) { return json_reply(200, application_json(application)); }

Reply application_list_reply(const std::vector<const Application*>& applications, bool has_more) {
  Json data = Json::array();
  for (const auto* application : applications) data.push_back(application_json(*application));
  Json json{{"data", std::move(data)}, {"has_more", has_more}};
  if (!applications.empty()) {
    json["first_id"] = applications.front()->id;
    json["last_id"] = applications.back()->id;
  }
  return json_reply(200, json);
}

Reply generation_reply(const Output& output) { return json_reply(200, output_json(output)); }

Reply generation_stream_reply(const Output& output) {
  Reply reply{200, "text/event-stream", {}, {}};
  if (output.title) reply.body += event({{"title", *output.title}});
  for (std::string_view rest = output.suggestion; !rest.empty();) {  // word by word, each with what follows it
    const auto word = std::min(rest.find_first_of(" \n"), rest.size());
    const auto end = std::min(rest.find_first_not_of(" \n", word), rest.size());
    reply.body += event({{"content", rest.substr(0, end)}});
    rest.remove_prefix(end);
  }
  reply.body += "data: [DONE]\n\n";
  return reply;
}

Reply graphs_reply(const std::vector<std::string>& ids) { return json_reply(200, {{"graph_ids", ids}}); }

Reply error_reply(int status, const Details& details) {
  const auto error = error_of(status);
  Json extras = Json::object();
  for (const auto& [name, text] : details) extras[std::string(name)] = text;
  return envelope(error, Json::array({error_json(error, error.description, std::move(extras))}));
}

Reply invalid_parameters_reply(const std::vector<FieldProblem>& problems) {
  const auto error = error_of(400);
  Json each = Json::array();
  for (const auto& [field, problem] : problems) {
    each.push_back(error_json(error, field + ": " + problem, {{"field", field}}));
  }
  return envelope(error, std::move(each));
}

}  // namespace jobmock
