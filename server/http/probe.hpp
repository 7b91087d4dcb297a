// A client for one question: is the server at a URL well? For `jobmock health`.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace jobmock {

// The body of GET <url>/__admin/health when it answers 200 within two seconds; otherwise what went wrong.
tl::expected<std::string, std::string> probe_health(const std::string& url);

}  // namespace jobmock
