#include "api/openapi_script.hpp"

#include <doctest/doctest.h>

#include "api/app_under_test.hpp"

namespace jobmock::test {

using nlohmann::json;
using namespace std::chrono_literals;

namespace {

const std::string coffee = R"({"inputs":[{"id":"topic","value":["Coffee"]}]})";
const std::string no_inputs = R"({"inputs":[]})";
const std::string api_job = "/v1/applications/jobs/";
const std::string admin_job = "/__admin/jobs/";
const std::string added = "00000000-0000-4000-8000-000000000007";
const std::string long_text(200'000, 'x');

void refuse_tokens(Documented& t) {
  for (const auto& route : all_routes()) {
    const auto operation = operation_at(route.method, route.path);
    const auto target = example_target(operation);
    if (route.needs == Needs::token) {
      CHECK(t.send(route.method, target, {}, {}, "").status == 401);
      CHECK(t.send(route.method, target, {}, {}, "no-access").status == 403);
      continue;
    }
    CHECK(t.send_bare(route.method, target, {{"Host", "jobmock.example"}}).status == 403);
    if (route.needs == Needs::nothing) continue;
    CHECK(t.send_bare(route.method, target, {}).status == 401);
    if (route.method != "GET") {
      CHECK(t.send_bare(route.method, target, {{"Origin", "http://jobmock.example"}}).status == 403);
    }
    if (!has_parameter(operation, "query", "world")) continue;
    const auto body = example_body(operation);
    CHECK(t.send(route.method, target, body, "application/json", "revoked").status == 401);
    CHECK(t.send(route.method, target, body, "application/json", "no-access").status == 403);
  }
}

void ask_for_jobs(Documented& t) {
  for (const auto& id : {completes, ends_in_error, completed_without_data, unknown, std::string("not-a-uuid")}) {
    t.send("GET", api_job + id);
  }
  t.clock.advance(3s);
  t.send("GET", api_job + ends_in_error);
  t.send("GET", posts + "/jobs?status=failed");
  t.send("POST", api_job + ends_in_error + "/retry");
  t.send("POST", api_job + completes + "/retry");
  t.send("POST", api_job + unknown + "/retry");
  t.send("POST", api_job + fails_at_once + "/retry");
  t.clock.advance(2s);
  t.send("GET", api_job + completes);
  t.send("GET", posts + "/jobs");
  t.send("GET", posts + "/jobs?limit=-1");
  t.send("GET", "/v1/applications/nobody/jobs");
}

void ask_for_applications(Documented& t) {
  const std::string all = "/v1/applications";
  for (const auto* query : {"", "?limit=1", "?limit=0", "?limit=-1"}) t.send("GET", all + query);
  for (const auto* id : {"/social-post", "/draft", "/nobody"}) t.send("GET", all + id);
  for (const auto* id : {"/social-post/graphs", "/nobody/graphs"}) t.send("GET", all + id);
  const auto put = [&](const std::string& id, const std::string& body, const std::string& type = "application/json") {
    t.send("PUT", all + id + "/graphs", body, type);
  };
  put("/social-post", R"({"graph_ids":["50daa3d0-e7d9-44a4-be42-b53e2379ebf7"]})");
  put("/social-post", "{}");
  put("/social-post", "{}", "text/plain");
  put("/social-post", R"({"graph_ids":[")" + long_text + R"("]})");
  put("/nobody", "{}");
  t.send_too_much("PUT", posts + "/graphs");
}

void generate(Documented& t) {
  for (const auto& target : {posts, posts + "/jobs"}) {
    for (const auto* topic : {"Coffee", "soon", "boom", "forever"}) {
      t.send("POST", target, json{{"inputs", {{{"id", "topic"}, {"value", {topic}}}}}}.dump());
    }
    t.send("POST", target, R"({"inputs":[{"id":"topic","value":"Coffee"}]})");
    t.send("POST", target, coffee, "text/plain");
    t.send_too_much("POST", target);
  }
  t.send("POST", posts, R"({"stream":true,)" + coffee.substr(1));
  t.send("POST", "/v1/applications/strict-post/jobs", no_inputs);
  t.send("POST", "/v1/applications/nobody", coffee);
  t.send("POST", "/v1/applications/nobody/jobs", coffee);
  t.send("POST", posts + "/jobs", R"({"inputs":[{"id":"topic","value":[")" + long_text + R"("]}]})");
}

void show_server(Documented& t) {
  t.send("GET", "/__admin/health");
  t.send("GET", "/__admin/version");
  t.send("GET", "/__admin/openapi.json");
  t.send("POST", "/__admin/fixtures/reload");
  t.problems_of_next_reload = {
      "test.yaml:7:16: error: a timeline entry has no key 'satus'; did you mean 'status'?\n"
      "  7 |       - {at: 5s, satus: completed}\n    |                  ^\n"};
  t.send("POST", "/__admin/fixtures/reload");
  t.send("GET", "/__admin/health");
}

// Before any world has begun.
void control_no_world(Documented& t) {
  const auto send = [&](const char* method, const std::string& target, const std::string& body = {}) {
    t.send(method, target, body, "application/json", "");
  };
  send("GET", "/__admin/worlds");
  send("GET", "/__admin/clock");
  send("POST", "/__admin/clock/advance", R"({"by":"5s"})");
  send("GET", "/__admin/jobs");
  send("GET", admin_job + completes);
  send("DELETE", admin_job + completes);
  send("GET", "/__admin/faults");
  send("POST", "/__admin/faults", R"({"status":503})");
  send("DELETE", "/__admin/faults");
  send("DELETE", "/__admin/faults/1");
  send("GET", "/__admin/requests");
  send("DELETE", "/__admin/requests");
  send("POST", "/__admin/verify", R"({"polls":{"min":1}})");
  send("GET", "/__admin/report");
}

void control_time(Documented& t) {
  const std::string clock = "/__admin/clock";
  t.send("GET", api_job + completes);
  t.send("GET", "/__admin/worlds");
  t.send("GET", clock);
  t.send("POST", clock + "/advance", R"({"to":"next"})");
  t.send("POST", clock + "/advance", R"({"to":"next"})");
  t.send("POST", clock + "/advance", R"({"to":"2025-02-10T18:18:09.501223Z"})");
  const auto to_status = [&](const std::string& id, const std::string& status) {
    t.send("POST", clock + "/advance", json{{"to", {{"job_id", id}, {"status", status}}}}.dump());
  };
  to_status(ends_in_error, "failed");
  to_status(ends_in_error, "completed");
  to_status(unknown, "failed");
  t.send("PUT", clock, R"({"speed":0,"on_poll":"next"})");
  t.send("PUT", clock, R"({"now":"2025-02-10T18:18:09.501223Z"})");
}

void control_jobs(Documented& t) {
  t.send("POST", "/__admin/reset");
  t.send("GET", admin_job + completes);
  t.send("GET", api_job + completes);
  t.send("GET", "/__admin/jobs?limit=1");
  t.send("GET", admin_job + completes);
  t.send("POST", admin_job + completes + "/hold");
  t.send("POST", admin_job + completes + "/release");
  t.send("POST", admin_job + completes + "/transition",
         R"({"status":"completed","data":{"suggestion":")" + long_text + R"("}})");
  t.send("POST", admin_job + completes + "/transition", R"({"status":"completed"})");
  for (const auto* act : {"/transition", "/hold", "/release"}) {
    const auto body = act == std::string("/transition") ? R"({"status":"failed"})" : "";
    t.send("POST", admin_job + completes + act, body);
    t.send("POST", admin_job + unknown + act, body);
    t.send("POST", admin_job + "not-a-uuid" + act, body);
  }
  t.send("POST", posts + "/jobs", coffee);
  t.send("POST", "/v1/applications/application_id/jobs", no_inputs);
  const auto job = example_body(operation_at("POST", "/__admin/jobs"));
  t.send("POST", "/__admin/jobs", job);
  t.send("POST", "/__admin/jobs", job);
  t.send("POST", "/__admin/jobs", R"({"id":")" + added + R"(","application_id":"nobody"})");
  t.send("POST", "/__admin/jobs",
         json{{"id", unknown},
              {"application_id", "draft"},
              {"timeline", {{{"at", "1s"}, {"status", "failed"}, {"error", long_text}}}}}
             .dump());
  t.send("GET", "/__admin/jobs");
  for (const auto& id : {completes, completes, std::string("not-a-uuid")}) t.send("DELETE", admin_job + id);
  for (const auto& id : {completes, std::string("not-a-uuid")}) t.send("GET", admin_job + id);
}

// What some worlds do and others refuse, with the error of each.
void control_every_world(Documented& t) {
  t.send("GET", api_job + completes, {}, {}, "other");
  const auto send = [&](const char* method, const std::string& target, const std::string& body = {}) {
    CHECK(t.send(method, target, body, "application/json", "").status < 300);
  };
  send("GET", "/__admin/jobs");
  send("GET", admin_job + completes);
  send("POST", admin_job + completes + "/hold");
  send("POST", admin_job + completes + "/release");
  send("POST", admin_job + ends_in_error + "/transition", R"({"status":"failed"})");
  send("POST", "/__admin/jobs", example_body(operation_at("POST", "/__admin/jobs")));
  t.send("POST", "/__admin/clock/advance", R"({"by":"1h"})");
  send("PUT", "/__admin/clock", R"({"now":"2025-02-10T18:20:00Z"})");
  send("POST", "/__admin/clock/advance", R"({"to":"2025-02-10T18:30:00Z"})");
  send("DELETE", admin_job + completes);
  send("POST", "/__admin/reset");
}

void control_faults(Documented& t) {
  const std::string faults = "/__admin/faults";
  const auto add = [&](const std::string& fault) { t.send("POST", faults, fault); };
  add(R"({"job_id":")" + completes + R"(","status":503,"retry_after":"1s"})");
  add(R"({"application_id":"draft","delay":"1s"})");
  add(R"({"application_id":"nobody","delay":"1s"})");
  add(R"({"job_id":")" + unknown + R"(","delay":"1s"})");
  add(R"({"status":503,"time":1})");
  t.send("GET", faults);
  for (const auto* id : {"1", "1", "other"}) t.send("DELETE", faults + '/' + id);
  for (std::size_t i = 0; i <= most_added_faults; ++i) add(R"({"status":503})");
  t.send("POST", faults, R"({"delay":"1s"})", "application/json", "other");
  t.send("POST", faults, R"({"delay":"1s"})", "application/json", "");  // one world refuses, the other does not
  t.send("GET", faults, {}, {}, "");
  t.send("DELETE", faults + "/1", {}, {}, "");  // and here it is the other way round
  t.send("DELETE", faults);
  t.send("DELETE", faults, {}, {}, "");
}

// A client for each shape of waits, in a world of its own.
void poll_in_every_shape(Documented& t) {
  const std::vector<std::vector<int>> waits_of_clients{
      {}, {1, 1, 1, 1}, {1, 2, 3, 4}, {1, 2, 4, 8, 16}, {1, 2, 4, 8, 8, 8, 8}, {1, 9, 2, 30, 5, 1, 17}};
  for (std::size_t client = 0; client < waits_of_clients.size(); ++client) {
    const auto token = "client " + std::to_string(client);
    t.send("POST", "/__admin/jobs", R"({"id":")" + added + R"(","application_id":"draft"})", "application/json", token);
    const auto poll = [&] { t.send("GET", api_job + added, {}, {}, token); };
    poll();
    for (const auto wait : waits_of_clients[client]) {
      t.clock.advance(std::chrono::seconds(wait));
      poll();
    }
    t.send("GET", "/__admin/report", {}, {}, token);
  }
}

// Every kind of request in a journal: repeated by an SDK, spoiled on purpose, impatient, after the end.
void record_requests(Documented& t) {
  t.send("POST", "/__admin/reset");
  t.send("DELETE", "/__admin/requests");
  t.send("POST", "/__admin/faults", R"({"job_id":")" + completes + R"(","polls":1,"status":503,"retry_after":"1s"})");
  t.send("POST", "/__admin/faults", R"({"job_id":")" + completes + R"(","polls":2,"connection":"close"})");
  t.send_beside("GET", api_job + completes);
  t.send_beside("GET", api_job + completes);
  t.send_bare(
      "GET", api_job + completes,
      {{"Authorization", "Bearer test-token"}, {"X-Stainless-Retry-Count", "2"}, {"User-Agent", "Writer/JS 2"}});
  t.clock.advance(5s);
  t.send("GET", api_job + completes);
  t.send("GET", api_job + completes);
  t.send("GET", api_job + ends_in_error);
  t.send("GET", api_job + unknown);
  t.send("POST", api_job + completes + "/retry");
  for (const auto& method : {"GET", "PUT"}) t.send(method, posts + "/graphs", "{}");
  for (const auto& target : {posts, posts + "/jobs"}) t.send("POST", target, coffee);
  for (const auto& target : {std::string("/v1/applications"), posts, posts + "/jobs"}) t.send("GET", target);
}

void judge(Documented& t) {
  const auto verify = [&](const std::string& expected, const std::string& token = "test-token") {
    t.send("POST", "/__admin/verify", expected, "application/json", token);
  };
  t.send("GET", "/__admin/requests");
  t.send("GET", "/__admin/requests", {}, {}, "");
  t.send("GET", "/__admin/requests/wait?operation=create");
  t.send("GET", "/__admin/requests/wait?status=0&timeout=0s&count=2");
  verify(R"({"no_unexpected_errors":true,"retry_after_honoured":true})");
  verify(R"({"requests":[{"operation":"create","min":100}]})");
  verify(R"({"backoff":{"shape":"constant"},"job_id":")" + completes + R"("})");
  verify(R"({"polls":{"min":1}})");
  verify(R"({"requests":[{"max":1000}]})");
  verify(R"({"requests":[{"max":1000}]})", "");
  verify(R"({"requests":[{"max":0}]})", "");
  verify(R"({"pols":{"max":3}})");
  t.send("GET", "/__admin/report");
  t.send("GET", "/__admin/report", {}, {}, "");
  t.send("GET", "/__admin/report?format=text");
  t.send("DELETE", "/__admin/requests");
  t.send("DELETE", "/__admin/requests", {}, {}, "");
  t.send("GET", "/__admin/report");
  verify(R"({"polls_after_terminal":0})");
}

// What is wrong with a request, whatever it is about.
void refuse_control(Documented& t) {
  for (const auto& operation : operations()) {
    if (!has_parameter(operation.at, "query", "world")) continue;
    const auto& method = operation.method;
    const auto target = example_target(operation.at);
    const auto body = example_body(operation.at);
    CHECK(t.send(method, target + "?world=test-token", body).status == 400);
    CHECK(t.send(method, target + "?world=nobody", body, "application/json", "").status == 404);
    if (body.empty()) continue;
    CHECK(t.send(method, target).status == 400);
    t.send_too_much(method, target);
  }
  t.send("DELETE", "/__admin/worlds/other");
  t.send("DELETE", "/__admin/worlds/test-token");
  t.send("DELETE", "/__admin/worlds/test-token");
}

// What comes before any operation is found, or instead of it.
void ask_beside_the_operations(Documented& t) {
  for (const auto status : {400, 408, 413, 414, 431, 500, 501, 505}) {
    t.hold_to(schema_named("Error"), t.app().refuse(status, "a reason"));
  }
  for (const auto status : {409, 410, 422, 429, 502, 503, 504}) {
    t.send("POST", "/__admin/faults", json{{"status", status}, {"times", 1}}.dump());
    t.hold_to(schema_named("Error"), t.send_beside("GET", api_job + completes));
    t.send("DELETE", "/__admin/faults");
  }
  t.hold_to(schema_named("Error"), t.send_beside("GET", "/nowhere"));
  t.hold_to(schema_named("Error"), t.send_beside("DELETE", posts));
  t.hold_to(schema_named("AdminError"), t.send_beside("GET", "/__admin/nowhere"));
  t.hold_to(schema_named("AdminError"), t.send_beside("DELETE", "/__admin/health"));
  t.hold_to(schema_named("AdminError"), t.send_beside("POST", "/__admin/jobs", "break"));
}

}  // namespace

void run_script(Documented& t) {
  show_server(t);
  control_no_world(t);
  control_time(t);
  control_jobs(t);
  control_every_world(t);
  refuse_control(t);
  refuse_tokens(t);
  ask_for_jobs(t);
  ask_for_applications(t);
  generate(t);
  control_faults(t);
  poll_in_every_shape(t);
  record_requests(t);
  judge(t);
  ask_beside_the_operations(t);
}

}  // namespace jobmock::test
