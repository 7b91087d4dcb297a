#include "fuzz/served.hpp"

#include <utility>

#include "control_readers.hpp"
#include "fixture/reader.hpp"
#include "fuzz/check.hpp"

namespace jobmock::fuzz {
namespace {

constexpr Timestamp start{std::chrono::microseconds(1'739'211'489'501'223)};  // 2025-02-10T18:18:09.501223Z

constexpr const char* fixtures = R"(
version: 1
auth:
  tokens:
    - {token: org-a-key, world: org-a}
    - {token: no-access, status: 403}
    - {token: revoked, status: 401}
    - "*"
applications:
  - id: post
    aliases: [social-post, "ä/ö"]
    name: "Post: \"é\""
    inputs:
      - {name: topic, input_type: text, required: true}
      - {name: tone, input_type: dropdown, options: {list: [plain, funny]}}
    created_jobs:
      - when: {inputs: {topic: "boom*"}}
        timeline: [{at: 2s, status: failed, error: "No post about {{inputs.topic}}"}]
        retries: [{timeline: [{polls: 2, status: completed, data: {suggestion: "{{attempt}}: {{inputs.topic}}"}}]}]
      - timeline: [{at: 5s, status: completed, data: {title: Post, suggestion: "About {{inputs.topic}} at {{now}}"}}]
  - {id: strict, strict_inputs: true, inputs: [{name: topic, input_type: text, required: true}]}
  - {id: free}
  - {id: draft, status: draft, faults: [{operation: retrieve_application, status: 404}]}
jobs:
  - id: 00000000-0000-4000-8000-000000000001
    application_id: post
    timeline: [{at: 5s, status: completed, data: {title: T, suggestion: "# Coffee\n\"{{job.id}}\""}}]
    expect: {polls: {max: 3}, interval: {min: 500ms}, polls_after_terminal: 0}
  - id: 00000000-0000-4000-8000-000000000002
    application_id: post
    created_at: -1h
    timeline: [{at: 1m, status: failed, error: Timed out}]
    retries: [{timeline: [{at: 2s, status: completed, data: {suggestion: Second time}}]}]
  - id: 00000000-0000-4000-8000-000000000003
    application_id: free
    timeline: [{polls: 2, status: in_progress}, {polls: 4, status: failed}]
    faults:
      - {polls: 2, status: 503, retry_after: 1s, headers: {X-Fault: "yes"}}
      - {polls: 3, malformed: true, delay: 100ms..800ms, probability: 0.5}
      - {polls: 5, connection: reset}
  - {id: 00000000-0000-4000-8000-000000000004, application_id: free}
)";

std::shared_ptr<const FixtureSet> served_fixtures() {
  static const auto served = [] {
    auto read = read_fixture_texts({{"served.yaml", fixtures}});
    for (const auto& problem : read ? std::vector<Problem>() : read.error()) require(false, to_string(problem).c_str());
    return std::make_shared<const FixtureSet>(std::move(*read));
  }();
  return served;
}

// As server.cpp has it; every reload fails.
App::Options options(App& app, std::string& log) {
  App::Options options;
  options.control.request_reload = [&app] {
    app.begin_reload();
    app.end_reload(tl::unexpected(Problems{"a problem"}));
  };
  set_readers(options.control);
  options.log = [&log](const AccessRecord& record) {
    require(record.note.find("internal error") == std::string::npos, "nothing throws", record.note);
    log = std::string(record.target) + ' ' + record.world + ' ' + record.note;
  };
  return options;
}

}  // namespace

Served::Served() : clock(start), app_(served_fixtures(), clock, options(app_, log_)) {}

Reply Served::send(const Request& request) {
  auto reply = app_.handle(request);
  if (reply.later) {
    clock.advance(std::chrono::hours(1));
    reply = reply.later().value_or(Reply{0, {}, {}, {}});
    if (reply.status == 0) return reply;
  }
  if (!met_fault()) check_reply(reply, request.target);
  return reply;
}

Reply Served::send(std::string_view method, std::string_view target, std::string_view body,
                   std::string_view content_type) {
  std::vector<Request::Header> headers{{"Host", "localhost"}, {"Authorization", "Bearer fuzz"}};
  if (!body.empty()) headers.push_back({"Content-Type", content_type});
  return send({method, target, headers, body});
}

}  // namespace jobmock::fuzz
