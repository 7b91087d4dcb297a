#include "api/admin_access.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/bearer.hpp"
#include "api/host.hpp"
#include "api/url.hpp"

namespace jobmock {
namespace {

constexpr std::string_view admin_token_header = "X-Jobmock-Admin-Token";

// Those that requests are asked for in queries, but `world`: what else a client sends there may be a key.
constexpr std::array<std::string_view, 14> known_parameters{"after",  "before",  "count",  "format",    "from",
                                                            "job_id", "limit",   "offset", "operation", "order",
                                                            "status", "timeout", "type",   "until"};

bool is_known_parameter(std::string_view name) {
  return std::find(known_parameters.begin(), known_parameters.end(), name) != known_parameters.end();
}

bool is_origin_of(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!origin.starts_with(scheme)) continue;
    return !host.empty() && equals_in_any_case(origin.substr(scheme.size()), host);
  }
  return false;
}

bool changes_something(std::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

// Browsers send Origin with whatever may change something, and Sec-Fetch-Site with all they send to this machine; other
// clients send neither.
std::optional<AdminError> refuse_foreign_page(const Request& request, std::string_view host) {
  const auto origin = request.header("Origin");
  if (origin && !is_origin_of(*origin, host)) {
    return AdminError{403, "foreign_origin", "a web page of " + std::string(*origin) + " may change nothing here",
                      "send no Origin header, or that of the server itself"};
  }
  const auto site = request.header("Sec-Fetch-Site");
  if (site && *site != "same-origin" && *site != "none") {
    return AdminError{403, "foreign_origin", "a web page of another origin may change nothing here",
                      "send no Sec-Fetch-Site header, or same-origin"};
  }
  return std::nullopt;
}

// Takes as long for a wrong token as for the right one.
bool is_same_secret(std::string_view given, std::string_view secret) {
  unsigned difference = given.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned>(given[i] != secret[i % secret.size()]);
  }
  return difference == 0;
}

// In Authorization, when it is not a world's token but the admin token.
bool carries_admin_token(const Request& request, const Control& control) {
  if (control.admin_token.empty()) return false;
  const auto token = bearer_token(request);
  return token && is_same_secret(*token, control.admin_token);
}

tl::expected<std::shared_ptr<World>, AdminError> choose_by_token(Call& call, std::string_view authorization) {
  const auto refuse = [](int status, std::string message) {
    return tl::unexpected(
        AdminError{status, status == 403 ? "forbidden" : "unauthorized", std::move(message),
                   "Authorization: Bearer <token> chooses the world of a token; without it, every one"});
  };
  const auto token = bearer_token(authorization);
  if (!token || token->empty()) return refuse(401, "the Authorization header is not of the form Bearer <token>");
  const auto admission = call.fixtures()->tokens.admit(*token);
  if (admission.refused_with == 403) return refuse(403, "the fixtures refuse this token with 403");
  if (admission.refused_with != 0) return refuse(401, "the fixtures do not accept this token");
  auto entered = call.worlds.enter(admission.world, call.moment.real);
  if (entered.forgot_another) call.note = too_many_worlds;
  return std::move(entered.world);
}

Json named(const World& world, const Json& json) {
  Json result{{"world", world.name()}};
  result.update(json);
  return result;
}

}  // namespace

std::optional<AdminError> refuse_access(const Request& request, const Control& control, bool needs_no_token) {
  const auto host = request.header("Host").value_or("");
  if (control.listens_on_loopback && !host.empty() && !is_of_this_machine(host)) {
    return AdminError{403, "foreign_host",
                      "the request is for the host " + std::string(host) + ", which is not this machine",
                      "use http://127.0.0.1 or http://localhost, or serve beyond loopback with --host"};
  }
  if (changes_something(request.method)) {
    if (auto refused = refuse_foreign_page(request, host)) return refused;
  }
  if (control.admin_token.empty() || needs_no_token) return std::nullopt;
  const auto given = request.header(admin_token_header);
  const bool is_given = (given && is_same_secret(*given, control.admin_token)) || carries_admin_token(request, control);
  if (is_given) return std::nullopt;
  return AdminError{401, "admin_token",
                    "the server was started with an admin token, and the request has none or another",
                    "send it as X-Jobmock-Admin-Token, or as Authorization: Bearer"};
}

std::string loggable_target(std::string_view target, const Worlds& worlds, bool has_route) {
  const auto is_name = [&](std::string_view text) { return worlds.find(text) != nullptr; };
  constexpr std::string_view one_world = "/__admin/worlds/";
  const auto path = path_of(target);
  if (path.starts_with(one_world)) {
    const bool is_named = is_name(percent_decode(path.substr(one_world.size())));
    return std::string(is_named ? path : one_world) + (is_named ? "" : "***");
  }
  constexpr std::string_view control = "/__admin/";
  if (!has_route && path.starts_with(control)) {
    const auto deeper = path.find('/', control.size());
    return std::string(path.substr(0, deeper)) + (deeper == std::string_view::npos ? "" : "/***");
  }
  return std::string(path) + masked_query(target, [&](std::string_view name, std::string_view value) {
           return name == "world" ? value.empty() || is_name(value) : is_known_parameter(name);
         });
}

AdminError unknown_world() {
  return {404, "unknown_world", "there is no world of this name or token",
          "a world begins at the first request with its token; GET /__admin/worlds lists those there are"};
}

std::shared_ptr<World> find_world(const Worlds& worlds, std::string_view name_or_token) {
  auto world = worlds.find(name_or_token);
  return world ? world : worlds.find(world_of_token(name_or_token));
}

tl::expected<std::shared_ptr<World>, AdminError> choose_world(Call& call) {
  Query query(call.request.target);
  const auto name = query.text("world");
  if (!query.problems().empty()) return tl::unexpected(bad_request(query.problems()));
  const auto authorization = call.request.header("Authorization");
  const bool has_token = authorization && !carries_admin_token(call.request, call.control);
  if (name) {
    if (has_token) {
      return tl::unexpected(
          AdminError{400, "two_worlds", "both a token and ?world= choose a world", "send one of them"});
    }
    auto world = find_world(call.worlds, *name);
    if (world) return world;
    return tl::unexpected(unknown_world());
  }
  if (has_token) return choose_by_token(call, *authorization);
  return nullptr;
}

tl::expected<ChosenWorlds, AdminError> choose_worlds(Call& call) {
  auto world = choose_world(call);
  if (!world) return tl::unexpected(world.error());
  if (*world) return ChosenWorlds{{std::move(*world)}, true};
  return ChosenWorlds{call.worlds.all(), false};
}

bool is_json_body(const Request& request) {
  constexpr std::string_view yaml = "yaml";
  const auto type = request.header("Content-Type").value_or("");
  const auto is_same = [](char a, char b) { return equals_in_any_case({&a, 1}, {&b, 1}); };
  return std::search(type.begin(), type.end(), yaml.begin(), yaml.end(), is_same) == type.end();
}

Reply in_each_world(Call& call, int status, const InWorld& act) {
  auto chosen = choose_worlds(call);
  if (!chosen) return admin_error_reply(chosen.error());
  if (chosen->is_one) {
    call.world = chosen->worlds.front();
    const auto done = act(*call.world);
    return done ? admin_reply(status, named(*call.world, *done)) : admin_error_reply(done.error());
  }
  Json each = Json::array();
  std::optional<AdminError> first_error;
  bool any_succeeded = chosen->worlds.empty();
  for (const auto& world : chosen->worlds) {
    const auto done = act(*world);
    any_succeeded = any_succeeded || done.has_value();
    if (!done && !first_error) first_error = done.error();
    each.push_back(named(*world, done ? *done : error_json(done.error())));
  }
  if (!any_succeeded) return admin_error_reply(*first_error);
  Json answer{{"worlds", std::move(each)}};
  if (chosen->worlds.empty()) answer["hint"] = "no world has begun yet: send a token to begin its world";
  return admin_reply(status, answer);
}

}  // namespace jobmock
