// An application with a few jobs and a clock that a test moves.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/app.hpp"

namespace jobmock::test {

inline const std::string completes = "3c90c3cc-0d44-4b50-8888-8dd25736052a";  // 5s after its first poll
inline const std::string fails = "00000000-0000-4000-8000-000000000002";      // 3s after its first poll
inline const std::string never_ends = "00000000-0000-4000-8000-000000000003";
inline const std::string long_ago = "00000000-0000-4000-8000-000000000004";        // completed, created at a timestamp
inline const std::string started_before = "00000000-0000-4000-8000-000000000005";  // an hour before its world
inline const std::string in_steps = "00000000-0000-4000-8000-000000000006";        // 1s, 2s: in progress; 3s: completed
inline const std::string unknown = "99999999-9999-4999-8999-999999999999";

// The first has inputs, rules and all jobs; then two of other times, one that is strict, and a draft.
inline std::vector<Application> applications() {
  using namespace std::chrono_literals;
  std::vector<Application> all(5);
  auto& first = all[0];
  first.id = "8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10";
  first.aliases = {"social-post"};
  first.name = "Social post";
  first.inputs = {{"topic", InputType::text, false, "What it is about", {}},
                  {"tone", InputType::dropdown, false, {}, {"plain", "funny"}}};
  const State done{Status::completed, Output{{}, "Attempt {{attempt}} about {{inputs.topic}}."}, {}};
  first.created_jobs.push_back(
      {{{"topic", "boom"}}, {{{2s, {Status::failed, {}, "No post about {{inputs.topic}}"}}}, {{{1s, done}}}}});
  first.created_jobs.push_back({{{"topic", "forever"}}, {}});
  first.created_jobs.push_back(
      {{}, {{{3s, {Status::completed, Output{"Post", "All about {{inputs.topic}}. Really."}, {}}}}, {}}});
  const char* const names[] = {"two", "three", "strict", "draft"};
  for (std::size_t i = 1; i < all.size(); ++i) {
    all[i].id = all[i].name = names[i - 1];
    all[i].created_at = Timestamp(std::chrono::hours(i < 3 ? 1 : 2));
  }
  all[3].strict_inputs = true;
  all[3].inputs = {{"topic", InputType::text, true, {}, {}}};
  all[4].is_deployed = false;
  return all;
}

struct AppUnderTest {
  ManualClock clock{Timestamp(std::chrono::microseconds(1739211489501223))};  // 2025-02-10T18:18:09.501223Z
  std::vector<std::string> log;
  std::vector<std::string> logged_jobs;  // line by line; empty: none
  Tokens tokens;
  App::Options options;
  std::vector<std::pair<std::string, Plan>> more_jobs;
  std::function<void(FixtureSet&)> change_fixtures;  // before they are served
  std::unique_ptr<App> app;

  AppUnderTest() {
    tokens.add("no-access", {{}, 403});
    tokens.add("revoked", {{}, 401});
    tokens.add("shared-*", {"org-a", 0});
    tokens.add("*", {});
  }

  App& get() {
    if (app) return *app;
    using namespace std::chrono_literals;
    auto set = std::make_shared<FixtureSet>();
    set->tokens = tokens;
    set->files = {"test.yaml"};
    set->applications = applications();
    for (std::uint32_t i = 0; i < set->applications.size(); ++i) {
      set->application_by_name.emplace(set->applications[i].id, i);
      for (const auto& alias : set->applications[i].aliases) set->application_by_name.emplace(alias, i);
    }
    const auto add_plan = [&](const std::string& id, CreatedAt created_at, Plan plan) {
      const auto uuid = parse_uuid(id).value();
      const auto index = static_cast<std::uint32_t>(set->jobs.size());
      set->job_by_id.emplace(uuid, index);
      set->jobs.push_back({uuid, 0, created_at, std::move(plan), {0, 10 + index, 5}});
    };
    const auto add = [&](const std::string& id, CreatedAt created_at, Timeline timeline) {
      add_plan(id, created_at, {std::move(timeline), {}});
    };
    const State done{Status::completed, Output{"Social post", "# Coffee"}, {}};
    add(completes, std::monostate(), {{5s, done}});
    add(fails, std::monostate(), {{3s, {Status::failed, {}, "Generation timed out"}}});
    add(never_ends, std::monostate(), {});
    add(long_ago, Timestamp(1000s), {{5s, {Status::completed, Output{{}, "Done."}, {}}}});
    add(started_before, Duration(1h), {{1h + 1min, done}});
    add(in_steps, std::monostate(), {{1s, {}}, {2s, {}}, {3s, {Status::completed, {}, {}}}});
    for (const auto& [id, plan] : more_jobs) add_plan(id, std::monostate(), plan);
    if (change_fixtures) change_fixtures(*set);
    options.log = [this](const AccessRecord& record) {
      log.push_back(std::string(record.method) + ' ' + std::string(record.target) + ' ' +
                    std::to_string(record.status) + ' ' + record.world + ' ' + record.note);
      logged_jobs.push_back(record.job ? format_uuid(record.job->id) : "");
    };
    app = std::make_unique<App>(set, clock, options);
    return *app;
  }

  Reply send(std::string_view method, std::string_view target, const std::vector<Request::Header>& headers = {}) {
    return get().handle({method, target, headers, {}});
  }

  Reply get_with_token(std::string_view target, const std::string& token = "test-token") {
    const auto authorization = "Bearer " + token;
    return send("GET", target, {{"Authorization", authorization}});
  }

  static std::string app_path(const std::string& rest) { return "/v1/applications/social-post" + rest; }

  Reply send_body(std::string_view method, const std::string& target, const std::string& body,
                  const std::string& token) {
    const auto authorization = "Bearer " + token;
    const std::vector<Request::Header> headers{{"Authorization", authorization}, {"Content-Type", "application/json"}};
    return get().handle({method, target, headers, body});
  }

  Reply post(const std::string& target, const std::string& body, const std::string& token = "test-token") {
    return send_body("POST", target, body, token);
  }

  Reply poll(const std::string& job_id, const std::string& token = "test-token") {
    return get_with_token("/v1/applications/jobs/" + job_id, token);
  }
};

inline std::string header_of(const Reply& reply, const std::string& name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

}  // namespace jobmock::test
