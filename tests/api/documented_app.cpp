#include "api/documented_app.hpp"

#include <doctest/doctest.h>

#include "api/app_under_test.hpp"
#include "control_readers.hpp"

namespace jobmock::test {

using nlohmann::json;
using namespace std::chrono_literals;

namespace {

const std::string admin_token = "an admin token";

Documented::Headers headers_of(const std::string& target, const std::string& body, const std::string& content_type,
                               const std::string& token) {
  Documented::Headers headers;
  if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
  if (!body.empty()) headers.emplace_back("Content-Type", content_type);
  if (target.starts_with("/__admin")) headers.emplace_back("X-Jobmock-Admin-Token", admin_token);
  return headers;
}

std::vector<Application> applications_of_document() {
  const State done{Status::completed, Output{"Social post", "All about {{inputs.topic}}."}, {}};
  const State failed{Status::failed, {}, "No post about {{inputs.topic}}"};
  const auto rule = [](const std::string& topic, Timeline timeline) {
    return CreationRule{{{"topic", topic}}, {std::move(timeline), {}}, {0, 20, 9}};
  };
  Application social;
  social.id = "8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10";
  social.aliases = {"social-post"};
  social.name = "Social post";
  social.created_at = parse_timestamp("2025-01-01T09:00:00Z").value();
  social.inputs = {{"topic", InputType::text, true, "What it is about", {}},
                   {"tone", InputType::dropdown, false, {}, {"plain", "funny"}},
                   {"source", InputType::file, false, {}, {}},
                   {"picture", InputType::media, false, {}, {}}};
  social.created_jobs = {rule("boom", {{0s, failed}}),
                         rule("forever", {}),
                         rule("soon", {{0s, {Status::completed, Output{{}, "Done."}, {}}}}),
                         {{}, {{{5s, done}}, {}}, {0, 24, 9}}};
  Application strict;
  strict.id = strict.name = "strict-post";
  strict.inputs = {{"topic", InputType::text, true, {}, {}}};
  strict.strict_inputs = true;
  Application draft;
  draft.id = draft.name = "draft";
  draft.is_deployed = false;
  Application open;
  open.id = "application_id";
  open.name = "An application that takes anything";
  open.created_at = parse_timestamp("2025-02-01T09:00:00Z").value();
  return {social, strict, draft, open};
}

FixtureSet fixtures_of_document() {
  FixtureSet set;
  set.files = {"test.yaml"};
  set.tokens.add("no-access", {{}, 403});
  set.tokens.add("revoked", {{}, 401});
  set.tokens.add("*", {});
  set.applications = applications_of_document();
  for (std::uint32_t i = 0; i < set.applications.size(); ++i) {
    set.application_by_name.emplace(set.applications[i].id, i);
    for (const auto& alias : set.applications[i].aliases) set.application_by_name.emplace(alias, i);
  }
  const auto add_job = [&](const std::string& id, std::uint32_t application, std::uint32_t line, Timeline timeline) {
    set.job_by_id.emplace(parse_uuid(id).value(), static_cast<std::uint32_t>(set.jobs.size()));
    set.jobs.push_back({parse_uuid(id).value(), application, {}, {std::move(timeline), {}}, {0, line, 5}});
  };
  add_job(completes, 0, 12, {{5s, {Status::completed, Output{"Social post", "# Coffee"}, {}}}});
  add_job(ends_in_error, 0, 18, {{3s, {Status::failed, {}, "Generation timed out"}}});
  add_job(fails_at_once, 1, 24, {{0s, {Status::failed, {}, "Out of capacity"}}});
  add_job(completed_without_data, 1, 28, {{0s, {Status::completed, {}, {}}}});
  set.jobs.back().expect = std::make_shared<const Expectation>(Expectation{{}, {}, {}, {}, 0, true, {}, {}, false});
  set.expect = Expectation{{}, {}, {}, {}, {}, true, {}, {}, false};
  // It is for no answer, but there.
  set.faults.push_back(std::make_shared<const Fault>(
      Fault{{Operation::retrieve, Selector::Polls{1000, 1000}}, {AnswerEffect{}}, "test.yaml:32:5", 1}));
  return set;
}

}  // namespace

Documented::Documented(Explains explains) {
  App::Options options;
  options.worlds.limits.bytes = 100'000;
  options.worlds.limits.added_faults = most_added_faults;
  options.control.admin_token = admin_token;
  options.control.explains_every_answer = explains == Explains::everything;
  set_readers(options.control);
  options.control.read_job = [read = std::move(options.control.read_job)](std::string_view text, bool is_json,
                                                                          const auto& fixtures) {
    if (text == "break") throw std::runtime_error("something unexpected");
    return read(text, is_json, fixtures);
  };
  options.control.request_reload = [this] {
    app_->begin_reload();
    if (problems_of_next_reload.empty()) return app_->end_reload(fixtures_of_document());
    app_->end_reload(tl::unexpected(std::exchange(problems_of_next_reload, {})));
  };
  app_ = std::make_unique<App>(std::make_shared<const FixtureSet>(fixtures_of_document()), clock, options);
}

Reply Documented::send(std::string_view method, const std::string& target, const std::string& body,
                       const std::string& content_type, const std::string& token) {
  return send_bare(method, target, headers_of(target, body, content_type, token), body);
}

Reply Documented::send_bare(std::string_view method, const std::string& target, const Headers& headers,
                            const std::string& body) {
  CAPTURE(method);
  CAPTURE(target);
  CAPTURE(body);
  const auto reply = ask(method, target, headers, body);
  if (const auto found = match(method, target); found.route != nullptr) hold(*found.route, reply);
  return reply;
}

void Documented::send_too_much(std::string_view method, const std::string& target) {
  hold(*match(method, target).route, app_->refuse(413, "a body has at most 1048576 bytes"));
}

Reply Documented::send_beside(std::string_view method, const std::string& target, const std::string& body) {
  return ask(method, target, headers_of(target, body, "application/json", "test-token"), body);
}

void Documented::hold_to(const Pointer& schema, const Reply& reply) {
  const auto value = json::parse(reply.body);
  CAPTURE(reply.body);
  CHECK(violations(schema, value) == "");
  collect_facts(schema, &value, facts);
}

Reply Documented::ask(std::string_view method, const std::string& target, const Headers& headers,
                      const std::string& body) {
  std::vector<Request::Header> views;
  for (const auto& [name, value] : headers) views.push_back({name, value});
  auto reply = app_->handle({method, target, views, body});
  if (!reply.later) return reply;
  if (auto at_once = reply.later()) return std::move(*at_once);
  clock.advance(1h);  // longer than anything is waited for
  return reply.later().value();
}

void Documented::hold(const Route& route, const Reply& reply) {
  CAPTURE(reply.status);
  CAPTURE(reply.body);
  const auto status = std::to_string(reply.status);
  const auto operation = operation_at(route.method, route.path);
  REQUIRE(look_up(operation)["responses"].contains(status));
  const auto response = resolve(operation / "responses" / status);
  REQUIRE(document().at(response)["content"].contains(reply.content_type));
  const auto media_type = response / "content" / reply.content_type;
  const auto value = reply.content_type == "application/json" ? json::parse(reply.body) : json(reply.body);
  CHECK(violations(media_type / "schema", value) == "");
  collect_facts(media_type / "schema", &value, facts);
  const auto answer = std::string(route.method) + ' ' + std::string(route.path) + ' ' + status;
  reached.insert(answer + ' ' + reply.content_type);
  answers[media_type.to_string()].insert(value);

  Texts given;
  for (const auto& [name, text] : reply.headers) given.insert(name);
  given.erase("Date");
  const auto listed = keys_of(document().at(response).value("headers", json::object()));
  Texts required;
  for (const auto& name : listed) {
    if (look_up(response / "headers" / name).value("required", false)) required.insert(name);
  }
  CHECK(missing(given, listed) == "");
  CHECK(missing(required, given) == "");
  for (const auto& name : given) {
    CHECK(violations(resolve(response / "headers" / name) / "schema", header_of(reply, name)) == "");
    headers_given.insert(answer + " has " + name);
  }
}

}  // namespace jobmock::test
