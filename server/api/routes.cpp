#include "api/routes.hpp"

#include <array>
#include <optional>

#include "api/admin.hpp"
#include "api/jobs.hpp"

namespace jobmock {
namespace {

constexpr std::array routes{
    Route{"GET", "/v1/applications/jobs/{job_id}", Needs::token, retrieve_job},
    Route{"GET", "/__admin/health", Needs::nothing, show_health},
};

int hex_value(char c) {
  constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
  const auto found = digits.find(c);
  return found == std::string_view::npos ? -1 : static_cast<int>(found % 16);
}

// RFC 3986, 2.1. What is no valid escape stands for itself.
std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// Takes the next segment off a path that begins with '/'.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// The parameters when `path` has the shape of `pattern`.
std::optional<std::vector<std::string>> fit(std::string_view path, std::string_view pattern) {
  std::vector<std::string> parameters;
  while (!path.empty() && !pattern.empty()) {
    const auto segment = next_segment(path);
    const auto expected = next_segment(pattern);
    const bool is_parameter = expected.starts_with('{');
    if (is_parameter ? segment.empty() : segment != expected) return std::nullopt;
    if (is_parameter) parameters.push_back(percent_decode(segment));
  }
  if (!path.empty() || !pattern.empty()) return std::nullopt;
  return parameters;
}

}  // namespace

std::span<const Route> all_routes() { return routes; }

std::string_view path_of(std::string_view target) {
  target = target.substr(0, target.find_first_of("?#"));
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos && !target.starts_with('/')) {
    const auto path = target.find('/', scheme + 3);
    return path == std::string_view::npos ? "/" : target.substr(path);
  }
  return target;
}

Match match(std::string_view method, std::string_view target) {
  const auto path = path_of(target);
  Match result;
  if (!path.starts_with('/')) return result;
  const auto looked_up = method == "HEAD" ? "GET" : method;
  for (const auto& route : routes) {
    auto parameters = fit(path, route.path);
    if (!parameters) continue;
    if (route.method == looked_up) {
      result.route = &route;
      result.parameters = std::move(*parameters);
    }
    result.allowed += std::string(route.method) + (route.method == "GET" ? ", HEAD, " : ", ");
  }
  if (!result.allowed.empty()) result.allowed += "OPTIONS";
  return result;
}

}  // namespace jobmock
