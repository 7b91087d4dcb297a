#include "api/app.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <utility>

#include "api/routes.hpp"
#include "api/url.hpp"
#include "api/wire.hpp"

namespace jobmock {
namespace {

// The token of `Authorization: Bearer <token>` (RFC 6750, 2.1). The scheme in any case (RFC 9110, 11.1), the
// token as it stands, spaces in it too: the SDKs' own suites use one.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (!equals_in_any_case(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
  authorization.remove_prefix(scheme.size());
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
  return authorization;
}

// A world that is named after a token must not show it: an FNV-1a of the name tells worlds apart.
std::string fingerprint(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  std::array<char, 10> text{};
  std::snprintf(text.data(), text.size(), "~%08x", hash);
  return text.data();
}

Reply unauthorized(std::string hint) {
  auto reply = error_reply(401, {{"hint", std::move(hint)}});
  reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

bool is_admin(std::string_view path) { return path == "/__admin" || path.starts_with("/__admin/"); }

Reply unknown_route(std::string_view path) {
  if (is_admin(path)) {
    return admin_error_reply(404, "not_found", "nothing is served at " + std::string(path),
                             "GET /__admin/health is served");
  }
  return error_reply(404, {{"path", std::string(path)}, {"hint", "no route has this path"}});
}

Reply wrong_method(std::string_view path, const Request& request, const std::string& allowed) {
  const std::string method(request.method);
  auto reply = is_admin(path)
                   ? admin_error_reply(405, "method_not_allowed", method + " is not allowed at " + std::string(path),
                                       "allowed: " + allowed)
                   : error_reply(405, {{"method", method}, {"allowed", allowed}});
  reply.headers.emplace_back("Allow", allowed);
  return reply;
}

}  // namespace

App::App(std::shared_ptr<const FixtureSet> fixtures, const Clock& clock, Options options)
    : fixtures_(std::move(fixtures)),
      clock_(clock),
      options_(std::move(options)),
      worlds_(fixtures_, options_.worlds) {}

Reply App::handle(const Request& request) {
  AccessRecord record{clock_.now(), {}, request.method, request.target, 0, 0, {}, {}, {}};
  Call call{request, *fixtures_, record.time, {}, {}, {}, {}};
  Reply reply;
  try {
    reply = answer(call, record);
  } catch (const std::exception& error) {
    reply = error_reply(500);
    record.note = std::string("internal error: ") + error.what();
  }
  record.job = call.shown;
  if (!call.note.empty()) record.note += (record.note.empty() ? "" : "; ") + call.note;
  return finish(std::move(reply), record);
}

Reply App::refuse(int status, const std::string& reason) {
  AccessRecord record{clock_.now(), {}, "-", "-", 0, 0, {}, {}, reason};
  return finish(error_reply(status, {{"hint", reason}}), record);
}

Reply App::answer(Call& call, AccessRecord& record) {
  const auto& request = call.request;
  const auto path = path_of(request.target);
  auto found = match(request.method, request.target);
  if (request.method == "OPTIONS" && path == "*") return {200, {}, {{"Allow", "GET, HEAD, OPTIONS"}}, {}};
  if (found.allowed.empty()) return unknown_route(path);
  if (request.method == "OPTIONS") return {200, {}, {{"Allow", found.allowed}}, {}};
  if (found.route == nullptr) return wrong_method(path, request, found.allowed);
  if (found.route->needs == Needs::token) {
    if (auto refusal = enter_world(call, record)) return std::move(*refusal);
  }
  call.parameters = std::move(found.parameters);
  return found.route->handler(call);
}

std::optional<Reply> App::enter_world(Call& call, AccessRecord& record) {
  const auto& request = call.request;
  if (request.count_headers("Authorization") > 1) return unauthorized("more than one Authorization header");
  const auto header = request.header("Authorization");
  if (!header) return unauthorized("send the header Authorization: Bearer <token>");
  const auto token = bearer_token(*header);
  if (!token || token->empty()) return unauthorized("the Authorization header is not of the form Bearer <token>");

  const auto admission = call.fixtures.tokens.admit(*token);
  if (admission.refused_with == 403) return error_reply(403, {{"hint", "the fixtures refuse this token with 403"}});
  if (admission.refused_with != 0) return unauthorized("the fixtures do not accept this token");
  auto entered = worlds_.enter(admission.world, call.now);
  call.world = std::move(entered.world);
  record.world = admission.world_is_token ? fingerprint(admission.world) : std::string(admission.world);
  if (entered.forgot_another) record.note = "too many worlds: forgot the one that was used longest ago";
  return std::nullopt;
}

Reply App::finish(Reply reply, AccessRecord& record) {
  reply.headers.emplace_back("Date", format_http_date(record.time));
  record.status = reply.status;
  record.bytes = reply.body.size();
  record.duration = clock_.now() - record.time;
  if (options_.log) options_.log(record);
  return reply;
}

}  // namespace jobmock
