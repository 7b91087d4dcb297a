#include "http/probe.hpp"

#include <httplib.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/url.hpp"
#include "core/text.hpp"

namespace jobmock {
namespace {

constexpr std::string_view scheme = "http://";

// Behind the host, which may be an IPv6 address in brackets.
std::string_view after_host(std::string_view authority) {
  const auto end = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  return end == std::string_view::npos ? std::string_view() : authority.substr(end);
}

}  // namespace

std::string check_server_url(const std::string& url) {
  constexpr std::size_t longest = 300;  // the library's regular expressions take a stack of a longer one
  constexpr std::uint64_t highest_port = 65535;
  auto refused = "expected a URL such as http://127.0.0.1:8080; found '" + cut(url, longest) + "'";
  if (!url.starts_with(scheme) || url.size() > longest) return refused;
  auto authority = std::string_view(url).substr(scheme.size());
  if (authority.ends_with('/')) authority.remove_suffix(1);
  const auto port = after_host(authority);
  const auto number = port.empty() ? std::optional<std::uint64_t>(0) : whole_number(port.substr(1));
  const auto host = authority.substr(0, authority.size() - port.size());
  const bool is_address = host.starts_with('[') && host.ends_with(']');
  const bool has_host = !host.empty() && host.find_first_of(is_address ? "/?#@ " : "/?#@[] ") == std::string_view::npos;
  return has_host && number && *number <= highest_port ? std::string() : refused;
}

tl::expected<std::string, std::string> probe_health(const std::string& url) {
  constexpr time_t most_seconds = 2;
  constexpr std::size_t most_bytes = 1U << 20U;
  const auto base = url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
  httplib::Client client(base);
  client.set_connection_timeout(most_seconds);
  client.set_read_timeout(most_seconds);
  client.set_decompress(false);
  std::string body;
  const auto result = client.Get("/__admin/health", [&body](const char* bytes, std::size_t count) {
    body.append(bytes, count);
    return body.size() <= most_bytes;
  });
  if (body.size() > most_bytes) return tl::unexpected(base + " answers without end");
  if (!result) {
    if (result.error() == httplib::Error::Connection) return tl::unexpected("nothing listens at " + base);
    return tl::unexpected("no answer within " + std::to_string(most_seconds) + " seconds, or none of HTTP, from " +
                          base);
  }
  if (result->status != 200) return tl::unexpected(base + " answered " + std::to_string(result->status));
  return body;
}

}  // namespace jobmock
