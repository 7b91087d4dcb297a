#include "api/admin.hpp"

#include <nlohmann/json.hpp>

#include "api/openapi.hpp"
#include "core/version.hpp"

namespace jobmock {

Reply show_health(Call& call) {
  const nlohmann::ordered_json json{{"status", "ready"},
                                    {"version", version()},
                                    {"fixtures",
                                     {{"files", call.fixtures.files.size()},
                                      {"jobs", call.fixtures.jobs.size()},
                                      {"applications", call.fixtures.applications.size()}}}};
  return {200, "application/json", {}, json.dump()};
}

Reply show_openapi(Call& /*call*/) { return {200, "application/json", {}, std::string(openapi_document())}; }

}  // namespace jobmock
