// Tokens are sent to the built binary in every way there is, and searched for in all that it says: answers, logs,
// reports, complaints. Each has a core of letters and digits that occurs nowhere else.
#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/running.hpp"

using namespace jobmock::test;

namespace {

const std::string job = "3c90c3cc-0d44-4b50-8888-8dd25736052a";

// The first four are in the fixtures.
const std::string own_world = "tok/kX4qW8zLm2Rt+a=";
const std::string shared_world = "org b9VdN3sHy7Kc (key)";
const std::string revoked = "old-p5GfT6wJx1Qe";
const std::string no_access = "no:c2MhB8nUz4Dv";
const std::string by_beginning = "ci-r7SjL9kPa3Fy/1";
const std::string unknown = "who?g6EtC1mXo5Hi";
const std::string admin = "adm&u8YwZ2bNq4Gk#";
const std::string not_admin = "adm&f3OxI7vAl9Js";

constexpr std::array cores{"kX4qW8zLm2Rt", "b9VdN3sHy7Kc", "p5GfT6wJx1Qe", "c2MhB8nUz4Dv",
                           "r7SjL9kPa3Fy", "g6EtC1mXo5Hi", "u8YwZ2bNq4Gk", "f3OxI7vAl9Js"};
const std::vector<std::string> world_tokens{own_world, shared_world, revoked, no_access, by_beginning, unknown};

const std::string fixture = R"(version: 1
auth:
  tokens:
    - ")" + own_world + R"("
    - {token: ")" + shared_world +
                            R"(", world: org}
    - {token: ")" + revoked +
                            R"(", status: 401}
    - {token: ")" + no_access +
                            R"(", status: 403}
    - "ci-r7SjL9kPa3Fy*"
applications:
  - id: app
jobs:
  - id: )" + job + R"(
    application_id: app
    timeline: [{polls: 3, status: failed, error: Out of capacity}]
    faults: [{polls: 2, status: 503, retry_after: 1s}]
    expect: {polls: {min: 1000}}
)";

std::string in_hexadecimal(std::string_view text, const std::string& before_each, std::string_view digits) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += before_each;
    encoded += digits[byte >> 4U];
    encoded += digits[byte & 0xFU];
  }
  return encoded;
}

constexpr std::string_view upper = "0123456789ABCDEF";
constexpr std::string_view lower = "0123456789abcdef";

std::string percent_encoded(std::string_view text) { return in_hexadecimal(text, "%", upper); }

std::string base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) encoded += digits[(bits >> static_cast<unsigned>(count - 6)) & 63U];
  }
  if (count > 0) encoded += digits[(bits << static_cast<unsigned>(6 - count)) & 63U];
  return encoded.append((4 - encoded.size() % 4) % 4, '=');
}

// As itself, percent-encoded, in hexadecimal, and in base64 wherever it begins.
std::vector<std::string> forms_of(const std::string& core) {
  std::vector<std::string> forms{core, percent_encoded(core), in_hexadecimal(core, "%", lower),
                                 in_hexadecimal(core, "", lower), in_hexadecimal(core, "", upper)};
  for (std::size_t skipped = 0; skipped < 3; ++skipped) {
    const auto part = core.substr(skipped, (core.size() - skipped) / 3 * 3);  // whole groups of three
    forms.push_back(base64(part));
  }
  return forms;
}

// The forms of secrets in a text, joined; empty when there is none.
std::string secrets_in(const std::string& text) {
  std::string found;
  for (const auto* core : cores) {
    for (const auto& form : forms_of(core)) {
      if (has(text, form)) found += form + ' ';
    }
  }
  return found;
}

std::string whole(const RawReply& reply) {
  std::string text = std::to_string(reply.status) + '\n';
  for (const auto& [name, value] : reply.headers) text.append(name).append(": ").append(value).append("\n");
  return text + reply.body;
}

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }
std::string admin_header(const std::string& token) { return "X-Jobmock-Admin-Token: " + token + "\r\n"; }

// How a request can carry a secret: with what at the end of its target, and with which headers.
struct Carrier {
  std::string query;
  std::string headers;
};

std::vector<Carrier> carriers() {
  std::vector<Carrier> all{{"", admin_header(admin)},
                           {"", admin_header(not_admin)},
                           {"", bearer(admin)},
                           {"", bearer(not_admin)},
                           {"?admin_token=" + percent_encoded(admin), ""},
                           {"?world=" + percent_encoded(admin), admin_header(admin)},
                           {"?world=org&world=" + percent_encoded(own_world), admin_header(admin)}};
  for (const auto& token : world_tokens) {
    const auto encoded = percent_encoded(token);
    all.push_back({"", bearer(token)});
    all.push_back({"", bearer(token) + admin_header(admin)});
    all.push_back({"", "Authorization: Basic " + base64("user:" + token) + "\r\n"});
    all.push_back({"", "Authorization: " + token + "\r\n"});
    all.push_back({"?world=" + encoded, admin_header(admin)});
    all.push_back({"?%77orld=" + encoded + "&limit=x", bearer(own_world) + admin_header(admin)});
    all.push_back({"?access_token=" + encoded + "#" + encoded, bearer(own_world)});
    all.push_back({"?world=" + encoded, "Origin: http://evil.test\r\n"});
  }
  return all;
}

std::string filled_in(std::string path) {
  const std::vector<std::pair<std::string, std::string>> values{
      {"{job_id}", job}, {"{application_id}", "app"}, {"{fault_id}", "1"}, {"{world}", percent_encoded(own_world)}};
  for (const auto& [name, value] : values) {
    if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
  }
  CHECK(path.find('{') == std::string::npos);
  return path;
}

// Sends every documented request with every carrier, and gives all that was answered with a secret in it.
std::string ask_everything(const Server& server, std::size_t& answered) {
  const auto document = nlohmann::json::parse(server.ask("GET", "/__admin/openapi.json", "", admin_header(admin)).body);
  std::string leaks;
  const auto ask = [&](const std::string& method, const std::string& target, const std::string& body,
                       const std::string& headers) {
    const auto text = whole(server.ask(method, target, body, headers + "X-Jobmock-Explain: 1\r\n"));
    const auto found = secrets_in(text);
    if (!found.empty()) leaks.append(method).append(" ").append(target).append(": ").append(text).append("\n");
    ++answered;
  };
  for (const auto& carrier : carriers()) {
    for (const auto& [path, operations] : document["paths"].items()) {
      for (const auto& [key, operation] : operations.items()) {
        if (key == "parameters") continue;
        auto method = key;
        for (auto& c : method) c = static_cast<char>(std::toupper(c));
        auto query = carrier.query;
        if (path == "/__admin/requests/wait") query.insert(0, query.empty() ? "?timeout=0s" : "?timeout=0s&");
        if (const auto second = query.find('?', 1); second != std::string::npos) query.erase(second, 1);
        ask(method, filled_in(path) + query, method == "GET" || method == "DELETE" ? "" : "{}", carrier.headers);
      }
    }
  }
  for (const auto& token : world_tokens) {
    const auto encoded = percent_encoded(token);
    const auto in_body = nlohmann::json{{"inputs", {{{"id", "token"}, {"value", {token}}}}}}.dump();
    ask("POST", "/v1/applications/app/jobs", in_body, bearer(token));
    ask("PUT", "/v1/applications/app/graphs", "not JSON: " + token, bearer(token));
    ask("GET", "http://" + encoded + "@localhost/v1/applications?world=" + encoded, "", bearer(token));
    ask("GET", "http://" + encoded + "@localhost/__admin/clock?world=" + encoded, "", admin_header(admin));
    ask("TRACE", "/v1/applications?key=" + encoded, "", bearer(token));
    ask("DELETE", "/__admin/worlds/" + encoded, "", admin_header(not_admin));
    ask("DELETE", "/__admin/worlds/" + encoded + "?x=" + encoded, "", admin_header(admin));
  }
  for (const auto& token : world_tokens) {  // what is remembered of them, once more
    for (int i = 0; i < 3; ++i) ask("GET", "/v1/applications/jobs/" + job, "", bearer(token));
  }
  for (const auto* target : {"/__admin/worlds", "/__admin/requests?limit=10000", "/__admin/report",
                             "/__admin/report?format=text", "/__admin/jobs", "/__admin/faults", "/__admin/health"}) {
    ask("GET", target, "", admin_header(admin));
  }
  ask("POST", "/__admin/verify", R"({"polls": {"min": 1000}})", admin_header(admin));
  return leaks;
}

// Sends tokens where something else belongs. What is answered may repeat what was sent.
void misplace_tokens(const Server& server) {
  const auto send = [&](const std::string& method, const std::string& target, const std::string& headers) {
    CHECK(server.ask(method, target, "", headers).status >= 200);
  };
  for (const auto& token : world_tokens) {
    for (const auto& written : {token, percent_encoded(token)}) {
      if (written.find(' ') != std::string::npos) continue;
      send("GET", "/v1/applications/jobs/" + written, bearer(token));
      send("GET", "/v1/applications/" + written + "/jobs", bearer(token));
      send("GET", "/v1/applications?after=" + written, bearer(token));
      send("GET", "/__admin/jobs/" + written, bearer(token) + admin_header(admin));
    }
  }
  send("GET", "/__admin/jobs/" + percent_encoded(admin), admin_header(admin));
  send("f3OxI7vAl9Js", "/v1/applications", bearer("f3OxI7vAl9Js"));
}

}  // namespace

TEST_CASE("a secret is found in every form that the tests below look for") {
  for (const auto& text : {own_world, percent_encoded(own_world), "x" + base64("user:" + own_world),
                           base64("users:" + own_world), base64("user12:" + own_world)}) {
    CAPTURE(text);
    CHECK_FALSE(secrets_in(text).empty());
  }
  CHECK(secrets_in("kX4qW8zLm2R") == "");
}

TEST_CASE("no token, right or wrong, is shown by any answer or log, however it was sent") {
  const Folder folder;
  const auto file = folder.write("secret.yaml", fixture);
  for (const std::string format : {"text", "json"}) {
    CAPTURE(format);
    const bool by_flag = format == "text";
    std::vector<std::string> arguments{"--log-format", format, file};
    if (by_flag) arguments.insert(arguments.end(), {"--admin-token", admin});
    const auto log_file = folder.file("log." + format);
    Server server(arguments, by_flag ? Variables() : Variables{{"JOBMOCK_ADMIN_TOKEN", admin}}, log_file);
    std::size_t answered = 0;
    CHECK(ask_everything(server, answered) == "");
    misplace_tokens(server);
    CHECK(answered > 1000);
    server.process.signal(SIGTERM);
    CHECK(server.process.wait() == 0);
    const auto log = text_of(log_file);
    CHECK(static_cast<std::size_t>(std::count(log.begin(), log.end(), '\n')) > answered);
    CHECK(secrets_in(log + server.process.out()) == "");
  }
}

TEST_CASE("no token is shown by the report of a run, as text, JSON or JUnit XML") {
  const Folder folder;
  const auto port_file = folder.file("port");
  const auto report = folder.file("report.json");
  const auto junit = folder.file("junit.xml");
  const auto done = folder.file("done");
  Process process({JOBMOCK_BINARY, "run", "--verbose", "--port-file", port_file, "--report", report, "--junit", junit,
                   folder.write("secret.yaml", fixture), "--", "sh", "-c",
                   "until [ -e '" + done + "' ]; do sleep 0.05; done"});
  REQUIRE(eventually([&] { return text_of(port_file).ends_with('\n'); }));
  const auto port = static_cast<std::uint16_t>(std::stoi(text_of(port_file)));
  for (const auto& token : world_tokens) {
    RawClient client(port);
    client.send("GET /v1/applications/jobs/" + job + "?world=" + percent_encoded(token) + " HTTP/1.1\r\nHost: x\r\n" +
                bearer(token) + "\r\n");
    client.read_reply();
  }
  folder.write("done", "");
  CHECK(process.wait() == 3);  // the expectation failed
  const auto all = process.out() + process.err() + text_of(report) + text_of(junit);
  CHECK(has(process.err(), "0 passed, "));
  CHECK(has(text_of(report), "\"world\": \"org\""));
  CHECK(has(text_of(junit), "<testsuite"));
  CHECK(secrets_in(all) == "");
}

TEST_CASE("no token of fixtures is shown by what is said about fixtures that cannot be read again") {
  const Folder folder;
  const auto file = folder.write("secret.yaml", fixture);
  Server server({file});
  std::string answers;
  for (const std::string& broken :
       {"auth: {tokens: \"" + own_world + "\"}\n", "auth: {tokens: [\"" + own_world + "\", \"" + own_world + "\"]}\n",
        "auth:\n  tokens:\n    - {tokn: \"" + own_world + "\"}\n", "auth: {tokens: [\"" + own_world + "\"\n",
        "auth: \"" + own_world + "\"\n", "auth: {tokens: [!" + no_access + " x]}\n",
        "auth: {tokens: [{token: x, status: \"" + own_world + "\"}]}\n",
        "auth: {\"" + own_world + "\": x, \"" + own_world + "\": y}\n", "? auth\n: tokens: [\"" + own_world + ", x]\n",
        "&x auth:\n  tokens:\n    - \"" + own_world + "\n", "auth: {tokens: [a,\n" + revoked + ": a,\nb}\n"}) {
    CAPTURE(broken);
    folder.write("secret.yaml", "version: 1\n" + broken);
    const auto reply = server.ask("POST", "/__admin/fixtures/reload", "", "");
    CHECK(reply.status == 422);
    CHECK(has(reply.body, "secret.yaml:"));
    answers += reply.body + server.ask("GET", "/__admin/health", "", "").body;
    const auto checked = run({"check", file});
    CHECK(checked.status == 2);
    answers += checked.out + checked.err;
  }
  CHECK(secrets_in(answers) == "");
  server.process.signal(SIGTERM);
  CHECK(server.process.wait() == 0);
  CHECK(has(server.process.err(), "in the fixtures; those read before are still served"));
  CHECK(secrets_in(server.process.err()) == "");
}

TEST_CASE("no admin token is shown by the help or by a refusal of the command line") {
  const Variables variables{{"JOBMOCK_ADMIN_TOKEN", admin}};
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--help"},
                                                                     {"serve", "--help"},
                                                                     {"run", "--help"},
                                                                     {"health", "--help"},
                                                                     {"health", "--admin-token", admin},
                                                                     {"health", "--admin-token=" + admin},
                                                                     {"schema", "--admin-token", admin},
                                                                     {"--admin-tokn=" + admin},
                                                                     {"--admin-tokn", admin},
                                                                     {"--admin-token", admin, "--prot", "1"},
                                                                     {"--admin-token", admin + "é"},
                                                                     {"--admin-token", admin + " "},
                                                                     {"run", "--admin-token=" + admin}}) {
    CAPTURE(arguments.back());
    const auto ended = run(arguments, variables);
    CHECK(ended.status == (arguments.back() == "--help" ? 0 : 2));
    CHECK(secrets_in(ended.out + ended.err) == "");
  }
}
