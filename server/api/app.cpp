#include "api/app.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <utility>

#include "api/admin_access.hpp"
#include "api/bearer.hpp"
#include "api/explanation.hpp"
#include "api/host.hpp"
#include "api/operation_answer.hpp"
#include "api/routes.hpp"
#include "api/secrets.hpp"
#include "api/url.hpp"
#include "api/visitor.hpp"
#include "api/wire.hpp"

namespace jobmock {
namespace {

Reply unauthorized(std::string hint) {
  auto reply = error_reply(401, {{"hint", std::move(hint)}});
  reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

bool is_admin(std::string_view path) { return path == "/__admin" || path.starts_with("/__admin/"); }

Reply unknown_route(std::string_view path) {
  if (is_admin(path)) {
    return admin_error_reply(
        {404, "not_found", "nothing is served at " + std::string(path), "GET /__admin/openapi.json describes what is"});
  }
  return error_reply(404, {{"path", std::string(path)}, {"hint", "no route has this path"}});
}

Reply wrong_method(std::string_view path, const Request& request, const std::string& allowed) {
  const std::string method(request.method);
  auto reply = is_admin(path)
                   ? admin_error_reply({405, "method_not_allowed", method + " is not allowed at " + std::string(path),
                                        "allowed: " + allowed})
                   : error_reply(405, {{"method", method}, {"allowed", allowed}});
  reply.headers.emplace_back("Allow", allowed);
  return reply;
}

// `shown_target` holds no token.
Reply without_route(const Request& request, std::string_view shown_target) {
  const bool is_option = request.method == "OPTIONS";
  if (is_option && request.target == "*") return {200, {}, {{"Allow", "GET, HEAD, OPTIONS"}}, {}};
  const auto allowed = allowed_methods(request.target);
  if (allowed.empty()) return unknown_route(path_of(shown_target));
  if (is_option) return {200, {}, {{"Allow", allowed}}, {}};
  return wrong_method(path_of(shown_target), request, allowed);
}

bool asks_for_explanation(const Request& request) {
  const auto value = request.header("X-Jobmock-Explain");
  return value && *value != "0" && !equals_in_any_case(*value, "false");
}

}  // namespace

App::App(std::shared_ptr<const FixtureSet> fixtures, const Clock& clock, Options options)
    : clock_(clock), options_(std::move(options)), worlds_(std::move(fixtures), options_.worlds) {}

Reply App::handle(const Request& request) {
  const auto now = clock_.now();
  AccessRecord record{now, {}, request.method, request.target, 0, 0, {}, {}, {}, now};
  Call call{request, worlds_, options_.control, reloads_, clock_, {now}, {}, {}, {}, {}, {}};
  Reply reply;
  try {
    reply = answer(call);
  } catch (const std::exception& error) {
    reply = is_admin(path_of(request.target))
                ? admin_error_reply({500, "internal", "something went wrong in jobmock", "please report it"})
                : error_reply(500);
    call.note += (call.note.empty() ? "" : "; ") + std::string("internal error: ") + error.what();
  }
  if (call.world) {
    record.world = call.world->name();
    if (!call.moment.is_told) call.world->tell_time(call.moment);
    const bool explains = options_.control.explains_every_answer || asks_for_explanation(request);
    if (explains) {
      reply.headers.emplace_back("X-Jobmock-Explain", explanation(record.world, call.shown, call.moment.world));
    }
  }
  record.shown_time = call.world ? call.moment.world : now;
  record.job = std::move(call.shown);
  record.note = std::move(call.note);
  if (!call.logged_target.empty()) record.target = call.logged_target;
  std::string method;  // without secrets, where they had some
  std::string target;
  for (const auto secret : {secret_of(request), as_secret(options_.control.admin_token)}) {
    if (auto without = target_without(secret, record.method)) record.method = method = std::move(*without);
    if (auto without = target_without(secret, record.target)) record.target = target = std::move(*without);
  }
  return reply.later ? finish_later(std::move(reply), record) : finish(std::move(reply), record);
}

void App::end_reload(tl::expected<FixtureSet, Problems> read) {
  Problems problems;
  if (read) {
    worlds_.adopt(std::move(*read));
  } else {
    problems = std::move(read.error());
  }
  reloads_.end(clock_.now(), std::move(problems));
}

Reply App::refuse(int status, const std::string& reason) {
  const auto now = clock_.now();
  return finish(error_reply(status, {{"hint", reason}}), {now, {}, "-", "-", 0, 0, {}, {}, reason, now});
}

Reply App::answer(Call& call) {
  const auto& request = call.request;
  const auto path = path_of(request.target);
  const bool has_more_than_path = path.size() != request.target.size();
  auto found = match(request.method, request.target);
  if (has_more_than_path || is_admin(path)) {
    call.logged_target = loggable_target(request.target, worlds_, found.route != nullptr);
  }
  if (found.route == nullptr)
    return without_route(request, call.logged_target.empty() ? request.target : call.logged_target);
  if (found.route->needs == Needs::token) {
    if (auto refusal = refuse_public_name(call)) return std::move(*refusal);
    if (auto refusal = enter_world(call)) return std::move(*refusal);
  }
  if (is_admin(path)) {
    const bool needs_no_token = found.route->needs == Needs::nothing;
    if (auto refused = refuse_access(request, options_.control, needs_no_token)) return admin_error_reply(*refused);
  }
  call.parameters = std::move(found.parameters);
  return found.route->operation ? answer_operation(call, *found.route) : found.route->handler(call);
}

std::optional<Reply> App::enter_world(Call& call) {
  const auto& request = call.request;
  if (request.count_headers("Authorization") > 1) return unauthorized("more than one Authorization header");
  const auto header = request.header("Authorization");
  if (!header) return unauthorized("send the header Authorization: Bearer <token>");
  if (enter_remembered_world(call, *header)) return std::nullopt;
  const auto generation = worlds_.generation();
  const auto token = bearer_token(*header);
  if (!token || token->empty()) return unauthorized("the Authorization header is not of the form Bearer <token>");

  const auto admission = call.fixtures()->tokens.admit(*token);
  if (admission.refused_with == 403) return error_reply(403, {{"hint", "the fixtures refuse this token with 403"}});
  if (admission.refused_with != 0) return unauthorized("the fixtures do not accept this token");
  auto entered = worlds_.enter(admission.world, call.moment.real);
  call.world = std::move(entered.world);
  if (entered.forgot_another) call.note = too_many_worlds;
  constexpr std::size_t most_remembered = 1024;  // an idle connection keeps it
  if (request.visitor != nullptr && header->size() <= most_remembered) {
    *request.visitor = {std::string(*header), call.world, generation};
  }
  return std::nullopt;
}

// A server on loopback is asked by a name of the public DNS only by a web page whose owner had that name point here.
std::optional<Reply> App::refuse_public_name(const Call& call) const {
  if (!options_.control.listens_on_loopback) return std::nullopt;
  const auto host = call.request.header("Host").value_or("");
  if (!is_public_name(host)) return std::nullopt;
  return error_reply(403, {{"host", std::string(host)},
                           {"hint",
                            "that host is not this machine; use http://127.0.0.1 or http://localhost, also behind a "
                            "proxy, or serve beyond loopback with --host"}});
}

// The world that the connection's last request entered, when this one has the same header and nothing has changed.
bool App::enter_remembered_world(Call& call, std::string_view authorization) {
  const auto* visitor = call.request.visitor;
  if (visitor == nullptr || visitor->generation != worlds_.generation()) return false;
  if (visitor->authorization != authorization) return false;
  call.world = visitor->world.lock();
  if (!call.world) return false;
  call.world->use(call.moment.real);
  return true;
}

Reply App::finish(Reply reply, AccessRecord record) {
  reply.headers.emplace_back("Date", format_http_date(record.shown_time));
  record.status = reply.status;
  record.bytes = reply.body.size();
  record.duration = clock_.now() - record.time;
  if (options_.log) options_.log(record);
  return reply;
}

// The same once the answer is there. The request is gone by then, so its texts are kept.
Reply App::finish_later(Reply reply, const AccessRecord& record) {
  auto kept = record;
  reply.later = [this, kept = std::move(kept), method = std::string(record.method), target = std::string(record.target),
                 headers = std::move(reply.headers), later = std::move(reply.later)]() -> std::optional<Reply> {
    auto answer = later();
    if (!answer) return std::nullopt;
    auto told = kept;
    told.method = method;
    told.target = target;
    answer->headers.insert(answer->headers.end(), headers.begin(), headers.end());
    return finish(std::move(*answer), std::move(told));
  };
  return reply;
}

}  // namespace jobmock
