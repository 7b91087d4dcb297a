#include "http/probe.hpp"

#include <httplib.h>

namespace jobmock {

tl::expected<std::string, std::string> probe_health(const std::string& url) {
  constexpr time_t most_seconds = 2;
  constexpr std::size_t most_bytes = 1U << 20U;
  const auto base = url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
  if (!base.starts_with("http://")) return tl::unexpected("'" + url + "' is not a URL of the form http://host:port");
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
    const bool is_there = result.error() != httplib::Error::Connection;
    return tl::unexpected((is_there ? "no answer in time from " : "nothing listens at ") + base);
  }
  if (result->status != 200) return tl::unexpected(base + " answered " + std::to_string(result->status));
  return body;
}

}  // namespace jobmock
