#include "api/routes.hpp"

#include <array>
#include <optional>

#include "api/admin.hpp"
#include "api/applications.hpp"
#include "api/jobs.hpp"
#include "api/url.hpp"

namespace jobmock {
namespace {

// Where two paths fit, the first row of the method counts.
constexpr std::array routes{
    Route{"GET", "/v1/applications/jobs/{job_id}", Needs::token, retrieve_job, Operation::retrieve},
    Route{"POST", "/v1/applications/jobs/{job_id}/retry", Needs::token, retry_job, Operation::retry},
    Route{"POST", "/v1/applications/{application_id}/jobs", Needs::token, create_job, Operation::create},
    Route{"GET", "/v1/applications/{application_id}/jobs", Needs::token, list_jobs, Operation::list},
    Route{"GET", "/v1/applications", Needs::token, list_applications, Operation::list_applications},
    Route{"GET", "/v1/applications/{application_id}", Needs::token, retrieve_application,
          Operation::retrieve_application},
    Route{"POST", "/v1/applications/{application_id}", Needs::token, generate_content, Operation::generate},
    Route{"GET", "/v1/applications/{application_id}/graphs", Needs::token, list_graphs, Operation::list_graphs},
    Route{"PUT", "/v1/applications/{application_id}/graphs", Needs::token, update_graphs, Operation::update_graphs},
    Route{"GET", "/__admin/health", Needs::nothing, show_health},
    Route{"GET", "/__admin/version", Needs::access, show_version},
    Route{"GET", "/__admin/openapi.json", Needs::access, show_openapi},
    Route{"POST", "/__admin/fixtures/reload", Needs::access, reload_fixtures},
    Route{"GET", "/__admin/worlds", Needs::access, list_worlds},
    Route{"DELETE", "/__admin/worlds/{world}", Needs::access, forget_world},
    Route{"POST", "/__admin/reset", Needs::access, reset_worlds},
    Route{"GET", "/__admin/clock", Needs::access, show_clock},
    Route{"PUT", "/__admin/clock", Needs::access, change_clock},
    Route{"POST", "/__admin/clock/advance", Needs::access, advance_clock},
    Route{"GET", "/__admin/jobs", Needs::access, explain_jobs},
    Route{"POST", "/__admin/jobs", Needs::access, add_job},
    Route{"GET", "/__admin/jobs/{job_id}", Needs::access, explain_job},
    Route{"DELETE", "/__admin/jobs/{job_id}", Needs::access, remove_job},
    Route{"POST", "/__admin/jobs/{job_id}/transition", Needs::access, force_job},
    Route{"POST", "/__admin/jobs/{job_id}/hold", Needs::access, hold_job},
    Route{"POST", "/__admin/jobs/{job_id}/release", Needs::access, release_job},
    Route{"GET", "/__admin/faults", Needs::access, list_faults},
    Route{"POST", "/__admin/faults", Needs::access, add_fault},
    Route{"DELETE", "/__admin/faults", Needs::access, remove_faults},
    Route{"DELETE", "/__admin/faults/{fault_id}", Needs::access, remove_fault},
    Route{"GET", "/__admin/requests", Needs::access, list_requests},
    Route{"DELETE", "/__admin/requests", Needs::access, clear_requests},
    Route{"GET", "/__admin/requests/wait", Needs::access, wait_for_requests},
    Route{"POST", "/__admin/verify", Needs::access, verify},
    Route{"GET", "/__admin/report", Needs::access, show_report},
};

// Takes the next segment off a path that begins with '/'.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// Whether `path` has the shape of `pattern`; the parameters are added as they are sent.
bool fits(std::string_view path, std::string_view pattern, std::vector<std::string_view>& parameters) {
  const auto literal = pattern.substr(0, pattern.find('{'));
  if (!path.starts_with(literal)) return false;  // almost every pattern, so nothing is split for it
  parameters.clear();
  while (!path.empty() && !pattern.empty()) {
    const auto segment = next_segment(path);
    const auto expected = next_segment(pattern);
    const bool is_parameter = expected.starts_with('{');
    if (is_parameter ? segment.empty() : segment != expected) return false;
    if (is_parameter) parameters.push_back(segment);
  }
  return path.empty() && pattern.empty();
}

}  // namespace

std::span<const Route> all_routes() { return routes; }

Match match(std::string_view method, std::string_view target) {
  const auto path = path_of(target);
  const auto looked_up = method == "HEAD" ? "GET" : method;
  std::vector<std::string_view> parameters;
  for (const auto& route : routes) {
    if (route.method != looked_up || !fits(path, route.path, parameters)) continue;
    Match found{&route, {}};
    for (const auto parameter : parameters) found.parameters.push_back(percent_decode(parameter));
    return found;
  }
  return {};
}

std::string allowed_methods(std::string_view target) {
  const auto path = path_of(target);
  std::string allowed;
  std::vector<std::string_view> parameters;
  for (const auto& route : routes) {
    if (!fits(path, route.path, parameters)) continue;
    const auto methods = std::string(route.method) + (route.method == "GET" ? ", HEAD, " : ", ");
    if (allowed.find(methods) == std::string::npos) allowed += methods;
  }
  return allowed.empty() ? allowed : allowed + "OPTIONS";
}

}  // namespace jobmock
