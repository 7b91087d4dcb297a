#pragma once

#include <string_view>

namespace jobmock {

// server/api/openapi.json with this program's version: an OpenAPI 3.0.3 document of everything that is served. A
// test holds it and the routes to each other.
std::string_view openapi_document();

}  // namespace jobmock
