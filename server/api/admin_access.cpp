#include "api/admin_access.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/bearer.hpp"
#include "api/url.hpp"

namespace jobmock {
namespace {

constexpr std::string_view admin_token_header = "X-Jobmock-Admin-Token";

// Of "localhost:8080", "[::1]:8080".
std::string_view without_port(std::string_view authority) {
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return authority.substr(0, colon);
}

// An address, or localhost: no name that someone else's DNS could point here.
bool is_of_this_machine(std::string_view host) {
  if (host.starts_with('[')) return true;
  const bool is_number = !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
  constexpr std::string_view localhost = "localhost";
  const auto ending = host.substr(host.size() - std::min(host.size(), localhost.size()));
  const bool is_localhost = equals_in_any_case(ending, localhost) &&
                            (host.size() == localhost.size() || host[host.size() - localhost.size() - 1] == '.');
  return is_number || is_localhost;
}

bool is_origin_of(std::string_view origin, std::string_view host) {
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && equals_in_any_case(origin.substr(scheme + 3), host);
}

bool changes_something(std::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

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
  const auto header = request.header("Authorization");
  const auto token = header ? bearer_token(*header) : std::nullopt;
  return token && is_same_secret(*token, control.admin_token);
}

struct Chosen {
  std::vector<std::shared_ptr<World>> worlds;
  bool is_one = false;
};

tl::expected<Chosen, AdminError> choose_by_token(Call& call, std::string_view authorization) {
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
  return Chosen{{std::move(entered.world)}, true};
}

// The value of `world` may be a token: the log shows none.
std::string without_value(std::string_view target, std::string_view parameter) {
  const auto begin = target.find(parameter, target.find('?')) + parameter.size();
  const auto end = std::min(target.find('&', begin), target.size());
  return std::string(target.substr(0, begin)) + "***" + std::string(target.substr(end));
}

tl::expected<Chosen, AdminError> choose(Call& call) {
  Query query(call.request.target);
  const auto name = query.text("world");
  if (!query.problems().empty()) return tl::unexpected(bad_request(query.problems()));
  const auto authorization = call.request.header("Authorization");
  const bool has_token = authorization && !carries_admin_token(call.request, call.control);
  if (name) {
    if (call.worlds.find(*name) == nullptr) call.logged_target = without_value(call.request.target, "world=");
    if (has_token) {
      return tl::unexpected(
          AdminError{400, "two_worlds", "both a token and ?world= choose a world", "send one of them"});
    }
    auto world = find_world(call.worlds, *name);
    if (world) return Chosen{{std::move(world)}, true};
    return tl::unexpected(unknown_world());
  }
  if (has_token) return choose_by_token(call, *authorization);
  return Chosen{call.worlds.all(), false};
}

Json named(const World& world, const Json& json) {
  Json result{{"world", world.name()}};
  result.update(json);
  return result;
}

}  // namespace

std::optional<AdminError> refuse_access(const Request& request, const Control& control, bool needs_no_token) {
  const auto host = request.header("Host").value_or("");
  if (control.listens_on_loopback && !host.empty() && !is_of_this_machine(without_port(host))) {
    return AdminError{403, "foreign_host",
                      "the request is for the host " + std::string(host) + ", which is not this machine",
                      "use http://127.0.0.1 or http://localhost, or serve beyond loopback with --host"};
  }
  const auto origin = request.header("Origin");
  if (origin && changes_something(request.method) && !is_origin_of(*origin, host)) {
    return AdminError{403, "foreign_origin", "a web page of " + std::string(*origin) + " may change nothing here",
                      "send no Origin header, or that of the server itself"};
  }
  if (control.admin_token.empty() || needs_no_token) return std::nullopt;
  const auto given = request.header(admin_token_header);
  const bool is_given = (given && is_same_secret(*given, control.admin_token)) || carries_admin_token(request, control);
  if (is_given) return std::nullopt;
  return AdminError{401, "admin_token",
                    "the server was started with an admin token, and the request has none or another",
                    "send it as X-Jobmock-Admin-Token, or as Authorization: Bearer"};
}

AdminError unknown_world() {
  return {404, "unknown_world", "there is no world of this name or token",
          "a world begins at the first request with its token; GET /__admin/worlds lists those there are"};
}

std::shared_ptr<World> find_world(const Worlds& worlds, std::string_view name_or_token) {
  auto world = worlds.find(name_or_token);
  return world ? world : worlds.find(world_of_token(name_or_token));
}

Reply in_each_world(Call& call, int status, const InWorld& act) {
  auto chosen = choose(call);
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
