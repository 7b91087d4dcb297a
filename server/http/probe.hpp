// A client for one question: is the server at a URL well? For `jobmock health`.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace jobmock {

// What is wrong with the URL of a server; empty when it is http://host, with a port or without.
std::string check_server_url(const std::string& url);

// The body of GET <url>/__admin/health when it answers 200 within two seconds; otherwise what went wrong. Nothing must
// be wrong with the URL.
tl::expected<std::string, std::string> probe_health(const std::string& url);

}  // namespace jobmock
