// The document at /__admin/openapi.json and what the application does, held to each other: a script of requests
// reaches every answer that is documented, and no answer may be another. What the script does not ask for it cannot
// find, so a new kind of answer needs a request here.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "api/app.hpp"
#include "api/app_under_test.hpp"
#include "api/openapi.hpp"
#include "api/routes.hpp"
#include "core/version.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;
using Pointer = json::json_pointer;  // to a part of the document
using Texts = std::set<std::string>;

namespace {

const std::string ends_in_error = "f0000000-0000-4000-8000-000000000001";  // 3s after its first poll
const std::string fails_at_once = "f0000000-0000-4000-8000-000000000002";  // and again when it is retried
const std::string completed_without_data = "f0000000-0000-4000-8000-000000000003";
const std::string posts = "/v1/applications/social-post";
const std::string coffee = R"({"inputs":[{"id":"topic","value":["Coffee"]}]})";
const std::string no_inputs = R"({"inputs":[]})";

const json& document() {
  static const json parsed = json::parse(openapi_document());
  return parsed;
}

// Where a part of the document stands, behind its $ref.
Pointer resolve(Pointer part) {
  while (document().at(part).contains("$ref")) {
    part = Pointer(document().at(part).at("$ref").get<std::string>().substr(1));
  }
  return part;
}

const json& look_up(const Pointer& part) { return document().at(resolve(part)); }

Pointer schema_named(const std::string& name) { return Pointer("/components/schemas") / name; }

Texts keys_of(const json& object) {
  Texts keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

// A schema of OpenAPI 3.0 as JSON Schema: what it refers to put in, and `nullable` as a type.
json json_schema(const json& schema) {
  if (!schema.is_structured()) return schema;
  if (schema.is_object() && schema.contains("$ref")) {
    return json_schema(document().at(Pointer(schema["$ref"].get<std::string>().substr(1))));
  }
  json result = schema;
  for (auto& child : result) child = json_schema(child);
  if (schema.is_object() && schema.value("nullable", json(false)) == true) result["type"] = {schema["type"], "null"};
  return result;
}

// What is wrong with a value by a schema; empty when nothing is.
std::string violations(const Pointer& schema, const json& value) {
  const auto text = json_schema(look_up(schema));
  valijson::Schema compiled;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(text), compiled);
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(value), &results)) return {};
  std::string all;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const auto& step : error.context) all += step;
    all += ": " + error.description + "; ";
  }
  return all;
}

// What is true of a value: which properties are there or left out, which words it is, null or not. Without a value,
// all that its schema says can be.
void collect_facts(const Pointer& part, const json* value, Texts& facts) {
  const auto at = resolve(part);
  const auto& schema = document().at(at);
  const auto name = at.to_string();
  if (schema.contains("allOf")) return collect_facts(at / "allOf" / 0, value, facts);
  if (schema.value("nullable", false)) {
    if (value == nullptr || value->is_null()) facts.insert(name + " is null");
    if (value == nullptr || !value->is_null()) facts.insert(name + " is not null");
  }
  for (const auto& word : schema.value("enum", json::array())) {
    if (value == nullptr || *value == word) facts.insert(name + " is " + word.get<std::string>());
  }
  const auto required = schema.value("required", std::vector<std::string>());
  for (const auto& key : keys_of(schema.value("properties", json::object()))) {
    const bool is_required = std::find(required.begin(), required.end(), key) != required.end();
    const auto* member = value != nullptr && value->contains(key) ? &value->at(key) : nullptr;
    if (value == nullptr || member != nullptr) {
      facts.insert(name + " has " + key);
      collect_facts(at / "properties" / key, member, facts);
    }
    if (!is_required && member == nullptr) facts.insert(name + " is without " + key);
  }
  if (schema.contains("items")) {
    if (value == nullptr) collect_facts(at / "items", nullptr, facts);
    for (const auto& item : value != nullptr ? *value : json::array()) collect_facts(at / "items", &item, facts);
  }
}

std::string joined(const Texts& texts) {
  std::string all;
  for (const auto& text : texts) all += text + '\n';
  return all;
}

// Those that were not found, one a line.
std::string missing(const Texts& expected, const Texts& found) {
  Texts result;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::inserter(result, result.end()));
  return joined(result);
}

// Everything that is operated: "GET /v1/applications", and where it stands.
std::map<std::string, Pointer> operations() {
  std::map<std::string, Pointer> result;
  for (const auto& [path, item] : document()["paths"].items()) {
    for (const auto& key : keys_of(item)) {
      if (key == "parameters") continue;
      std::string method(key);
      std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::toupper(c); });
      result.emplace(method + ' ' + path, Pointer("/paths") / path / key);
    }
  }
  return result;
}

// The parameters of an operation and of its path.
std::vector<json> parameters_of(const Pointer& operation) {
  std::vector<json> result;
  for (const auto& owner : {operation, operation.parent_pointer()}) {
    const auto count = document().at(owner).value("parameters", json::array()).size();
    for (std::size_t i = 0; i < count; ++i) result.push_back(json_schema(look_up(owner / "parameters" / i)));
  }
  return result;
}

// Calls visit("GET /path 200 application/json", the media type's part) for every answer that is documented.
template <typename Visit>
void for_each_answer(Visit visit) {
  for (const auto& [operation, at] : operations()) {
    for (const auto& status : keys_of(look_up(at)["responses"])) {
      const auto response = resolve(at / "responses" / status);
      for (const auto& type : keys_of(document().at(response)["content"])) {
        visit(operation + ' ' + status + ' ' + type, response / "content" / type);
      }
    }
  }
}

std::vector<json> examples_of(const json& media_type) {
  std::vector<json> result;
  if (media_type.contains("example")) result.push_back(media_type["example"]);
  for (const auto& named : media_type.value("examples", json::object())) result.push_back(named["value"]);
  return result;
}

// An application that can give every answer, and what its answers were.
class Documented {
 public:
  Documented() {
    options_.worlds.limits.bytes = 100'000;
    app_ = std::make_unique<App>(fixtures(), clock, options_);
  }

  Reply send(std::string_view method, const std::string& target, const std::string& body = {},
             const std::string& content_type = "application/json", const std::string& token = "test-token") {
    CAPTURE(method);
    CAPTURE(target);
    CAPTURE(body);
    const auto authorization = "Bearer " + token;
    std::vector<Request::Header> headers;
    if (!token.empty()) headers.push_back({"Authorization", authorization});
    if (!body.empty()) headers.push_back({"Content-Type", content_type});
    const auto reply = app_->handle({method, target, headers, body});
    if (const auto found = match(method, target); found.route != nullptr) hold(*found.route, reply);
    return reply;
  }

  // A body that the listener does not take, whatever it would have been for.
  void send_too_much(std::string_view method, const std::string& target) {
    hold(*match(method, target).route, app_->refuse(413, "a body has at most 1048576 bytes"));
  }

  // An answer below or beside the operations.
  void hold_to(const Pointer& schema, const Reply& reply) {
    const auto value = json::parse(reply.body);
    CAPTURE(reply.body);
    CHECK(violations(schema, value) == "");
    collect_facts(schema, &value, facts);
  }

  App& app() { return *app_; }

  ManualClock clock{Timestamp(1739211489501223us)};  // 2025-02-10T18:18:09.501223Z
  Texts reached;                                     // "GET /path 200 application/json"
  Texts facts;
  std::map<std::string, std::set<json>> answers;  // by where the media type stands

 private:
  static std::shared_ptr<FixtureSet> fixtures();

  void hold(const Route& route, const Reply& reply) {
    CAPTURE(reply.status);
    CAPTURE(reply.body);
    const auto status = std::to_string(reply.status);
    const auto operation = Pointer("/paths") / std::string(route.path) / in_lower_case(route.method);
    REQUIRE(look_up(operation)["responses"].contains(status));
    const auto response = resolve(operation / "responses" / status);
    REQUIRE(document().at(response)["content"].contains(reply.content_type));
    const auto media_type = response / "content" / reply.content_type;
    const auto value = reply.content_type == "application/json" ? json::parse(reply.body) : json(reply.body);
    CHECK(violations(media_type / "schema", value) == "");
    collect_facts(media_type / "schema", &value, facts);
    Texts headers;
    for (const auto& [name, text] : reply.headers) headers.insert(name);
    headers.erase("Date");
    CHECK(joined(headers) == joined(keys_of(document().at(response).value("headers", json::object()))));
    for (const auto& name : headers) {
      CHECK(violations(resolve(response / "headers" / name) / "schema", header_of(reply, name)) == "");
    }
    reached.insert(std::string(route.method) + ' ' + std::string(route.path) + ' ' + status + ' ' + reply.content_type);
    answers[media_type.to_string()].insert(value);
  }

  App::Options options_;
  std::unique_ptr<App> app_;
};

std::shared_ptr<FixtureSet> Documented::fixtures() {
  auto set = std::make_shared<FixtureSet>();
  set->files = {"test.yaml"};
  set->tokens.add("no-access", {{}, 403});
  set->tokens.add("*", {});
  const auto add_application = [&](Application application, std::vector<std::string> aliases) {
    const auto index = static_cast<std::uint32_t>(set->applications.size());
    set->application_by_name.emplace(application.id, index);
    for (const auto& alias : aliases) set->application_by_name.emplace(alias, index);
    application.aliases = std::move(aliases);
    set->applications.push_back(std::move(application));
  };
  const State done{Status::completed, Output{"Social post", "All about {{inputs.topic}}."}, {}};
  const State failed{Status::failed, {}, "No post about {{inputs.topic}}"};
  const auto rule = [](const std::string& topic, Timeline timeline) {
    return CreationRule{{{"topic", topic}}, {std::move(timeline), {}}};
  };
  Application social;
  social.id = "8a5c2a62-0f0e-4c6f-9d0e-3f6a1f9c1d10";
  social.name = "Social post";
  social.created_at = parse_timestamp("2025-01-01T09:00:00Z").value();
  social.inputs = {{"topic", InputType::text, true, "What it is about", {}},
                   {"tone", InputType::dropdown, false, {}, {"plain", "funny"}},
                   {"source", InputType::file, false, {}, {}},
                   {"picture", InputType::media, false, {}, {}}};
  social.created_jobs = {rule("boom", {{0s, failed}}),
                         rule("forever", {}),
                         rule("soon", {{0s, {Status::completed, Output{{}, "Done."}, {}}}}),
                         {{}, {{{5s, done}}, {}}}};
  add_application(social, {"social-post"});
  Application strict;
  strict.id = strict.name = "strict-post";
  strict.inputs = {{"topic", InputType::text, true, {}, {}}};
  strict.strict_inputs = true;
  add_application(strict, {});
  Application draft;
  draft.id = draft.name = "draft";
  draft.is_deployed = false;
  add_application(draft, {});
  Application open;
  open.id = "application_id";
  open.name = "An application that takes anything";
  open.created_at = parse_timestamp("2025-02-01T09:00:00Z").value();
  add_application(open, {});
  const auto add_job = [&](const std::string& id, Timeline timeline) {
    set->job_by_id.emplace(parse_uuid(id).value(), static_cast<std::uint32_t>(set->jobs.size()));
    set->jobs.push_back({parse_uuid(id).value(), 0, {}, {std::move(timeline), {}}, {}});
  };
  add_job(completes, {{5s, {Status::completed, Output{"Social post", "# Coffee"}, {}}}});
  add_job(ends_in_error, {{3s, {Status::failed, {}, "Generation timed out"}}});
  add_job(fails_at_once, {{0s, {Status::failed, {}, "Out of capacity"}}});
  set->jobs.back().application = 1;
  add_job(completed_without_data, {{0s, {Status::completed, {}, {}}}});
  set->jobs.back().application = 1;
  return set;
}

void refuse_tokens(Documented& t) {
  for (const auto& route : all_routes()) {
    if (route.needs == Needs::nothing) continue;
    std::string target(route.path);
    for (const auto& [parameter, value] : {std::pair("{job_id}", completes), std::pair("{application_id}", posts)}) {
      if (const auto at = target.find(parameter); at != std::string::npos) {
        target.replace(at, std::string_view(parameter).size(), value.substr(value.rfind('/') + 1));
      }
    }
    CHECK(t.send(route.method, target, {}, {}, "").status == 401);
    CHECK(t.send(route.method, target, {}, {}, "no-access").status == 403);
  }
}

void ask_for_jobs(Documented& t) {
  const std::string job = "/v1/applications/jobs/";
  for (const auto& id : {completes, ends_in_error, completed_without_data, unknown, std::string("not-a-uuid")}) {
    t.send("GET", job + id);
  }
  t.clock.advance(3s);
  t.send("GET", job + ends_in_error);
  t.send("GET", posts + "/jobs?status=failed");
  t.send("POST", job + ends_in_error + "/retry");
  t.send("POST", job + completes + "/retry");
  t.send("POST", job + unknown + "/retry");
  t.send("POST", job + fails_at_once + "/retry");
  t.clock.advance(2s);
  t.send("GET", job + completes);
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
  put("/social-post", R"({"graph_ids":[")" + std::string(200'000, 'x') + R"("]})");
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
  t.send("POST", posts + "/jobs", R"({"inputs":[{"id":"topic","value":[")" + std::string(200'000, 'x') + R"("]}]})");
}

// What comes before any operation is found, or instead of it.
void ask_beside_the_operations(Documented& t) {
  for (const auto status : {400, 408, 413, 414, 431, 500, 501, 505}) {
    t.hold_to(schema_named("Error"), t.app().refuse(status, "a reason"));
  }
  t.hold_to(schema_named("Error"), t.send("GET", "/nowhere"));
  t.hold_to(schema_named("Error"), t.send("DELETE", posts));
  t.hold_to(schema_named("AdminError"), t.send("GET", "/__admin/nowhere"));
  t.hold_to(schema_named("AdminError"), t.send("DELETE", "/__admin/health"));
}

// Every answer that is documented.
void run_script(Documented& t) {
  t.send("GET", "/__admin/health");
  t.send("GET", "/__admin/openapi.json");
  refuse_tokens(t);
  ask_for_jobs(t);
  ask_for_applications(t);
  generate(t);
  ask_beside_the_operations(t);
}

struct Variant {
  json value;
  bool is_good;  // by the schema
};

// The value changed in every way that its schema knows of: of another type, without a key, with one that is unknown.
std::vector<Variant> variants_of(const Pointer& part, const json& value) {
  const auto at = resolve(part);
  const auto& schema = document().at(at);
  std::vector<Variant> result{{42, false}, {nullptr, false}};
  const auto add_with = [&](const auto& place, const Variant& child) {
    result.push_back({value, child.is_good});
    result.back().value[place] = child.value;
  };
  if (schema["type"] == "object") add_with("unknown", {{1, 2}, true});
  const auto required = schema.value("required", json::array());
  for (const auto& key : keys_of(schema.value("properties", json::object()))) {
    if (value.contains(key)) {
      const bool is_optional = std::find(required.begin(), required.end(), key) == required.end();
      result.push_back({value, is_optional});
      result.back().value.erase(key);
    }
    for (const auto& child : variants_of(at / "properties" / key, value.value(key, json()))) add_with(key, child);
  }
  if (schema.contains("items")) {
    for (const auto& child : variants_of(at / "items", value.at(0))) add_with(std::size_t{0}, child);
  }
  return result;
}

// Objects in a schema that may have more than it lists.
void find_open(const json& part, const std::string& where, Texts& found) {
  if (!part.is_structured()) return;
  if (part.is_object() && part.contains("properties") && part.value("additionalProperties", json()) != false) {
    found.insert(where);
  }
  for (const auto& [key, child] : part.items()) find_open(child, where + '/' + key, found);
}

// A target of the operation, by the examples of its path's parameters.
std::string example_target(const std::string& operation) {
  auto target = operation.substr(operation.find(' ') + 1);
  for (const auto& parameter : parameters_of(operations().at(operation))) {
    if (parameter["in"] != "path") continue;
    const auto name = '{' + parameter["name"].get<std::string>() + '}';
    REQUIRE(target.find(name) != std::string::npos);
    target.replace(target.find(name), name.size(), parameter["example"].get<std::string>());
  }
  return target;
}

}  // namespace

TEST_CASE("the OpenAPI document is served as it is, without a token, with this program's version") {
  AppUnderTest t;
  const auto reply = t.send("GET", "/__admin/openapi.json");
  CHECK(reply.status == 200);
  CHECK(reply.content_type == "application/json");
  CHECK(reply.body == openapi_document());
  CHECK(document()["info"]["version"] == version());
}

TEST_CASE("the OpenAPI document has every route and nothing else, and says which need a token") {
  Texts routes;
  for (const auto& route : all_routes()) routes.insert(std::string(route.method) + ' ' + std::string(route.path));
  Texts documented;
  for (const auto& [operation, at] : operations()) documented.insert(operation);
  CHECK(joined(documented) == joined(routes));
  CHECK(document()["security"] == json::parse(R"([{"bearerAuth": []}])"));
  for (const auto& route : all_routes()) {
    const auto& operation = look_up(Pointer("/paths") / std::string(route.path) / in_lower_case(route.method));
    CAPTURE(route.path);
    CHECK(operation.contains("security") == (route.needs == Needs::nothing));
    if (operation.contains("security")) CHECK(operation["security"].empty());
  }
}

TEST_CASE("every answer that is documented is given, with all that its schema has, and no other") {
  Documented t;
  run_script(t);
  Texts documented;
  Texts possible;
  collect_facts(schema_named("Error"), nullptr, possible);
  collect_facts(schema_named("AdminError"), nullptr, possible);
  for_each_answer([&](const std::string& answer, const Pointer& media_type) {
    documented.insert(answer);
    collect_facts(media_type / "schema", nullptr, possible);
  });
  CHECK(missing(documented, t.reached) == "");
  CHECK(missing(possible, t.facts) == "");
}

TEST_CASE("the OpenAPI document's examples are answers that were given") {
  Documented t;
  run_script(t);
  for_each_answer([&](const std::string& answer, const Pointer& media_type) {
    for (const auto& example : examples_of(document().at(media_type))) {
      CAPTURE(answer);
      CAPTURE(example.dump());
      CHECK(t.answers[media_type.to_string()].count(example) == 1);
    }
  });
}

TEST_CASE("no schema of an answer leaves room for what it does not list") {
  Texts open;
  for (const auto& [name, schema] : document()["components"]["schemas"].items()) {
    if (name == "Generation" || name == "GraphsUpdate") continue;  // what is sent: other keys are ignored
    find_open(schema, name, open);
  }
  CHECK(joined(open) == "");
}

TEST_CASE("events of a stream are as documented, and [DONE] is the last") {
  Documented t;
  auto rest = t.send("POST", posts, R"({"stream":true,)" + coffee.substr(1)).body;
  Texts possible;
  collect_facts(schema_named("GenerationEvent") / "properties" / "delta", nullptr, possible);
  Texts seen;
  while (rest != "data: [DONE]\n\n") {
    CAPTURE(rest);
    REQUIRE(rest.starts_with("data: "));
    const auto event = json::parse(rest.substr(6, rest.find("\n\n") - 6));
    CHECK(violations(schema_named("GenerationEvent"), event) == "");
    collect_facts(schema_named("GenerationEvent"), &event, seen);
    rest.erase(0, rest.find("\n\n") + 2);
  }
  CHECK(missing(possible, seen) == "");
}

TEST_CASE("what the document says of a query is taken, and what is beyond it refused") {
  Documented t;
  int checked = 0;
  for (const auto& [operation, at] : operations()) {
    for (const auto& parameter : parameters_of(at)) {
      if (parameter["in"] != "query") continue;
      const auto& schema = parameter["schema"];
      const auto name = parameter["name"].get<std::string>();
      const auto status_with = [&](const std::string& value) {
        return t.send("GET", example_target(operation) + '?' + name + '=' + value).status;
      };
      CAPTURE(operation);
      CAPTURE(name);
      if (schema["type"] == "integer") {
        for (const auto* bound : {"minimum", "maximum"}) CHECK(status_with(schema.at(bound).dump()) == 200);
        CHECK(status_with("-1") == 400);
        CHECK(status_with(std::to_string(schema["maximum"].get<std::uint64_t>() + 1)) == 400);
      } else if (schema.contains("enum")) {
        for (const auto& word : schema["enum"]) CHECK(status_with(word) == 200);
        CHECK(status_with("other") == 400);
      } else {
        CHECK(status_with("application_id") == 200);  // a cursor
        CHECK(status_with("other") == 400);
      }
      CHECK(status_with(schema.value("default", json()).dump() + '&' + name + '=') == 400);  // given twice
      ++checked;
    }
  }
  CHECK(checked == 8);
  const auto page = json::parse(t.send("GET", posts + "/jobs").body)["pagination"];
  for (const auto& parameter : parameters_of(Pointer("/paths/~1v1~1applications~1{application_id}~1jobs/get"))) {
    if (page.contains(parameter["name"].get<std::string>())) {
      CHECK(page[parameter["name"].get<std::string>()] == parameter["schema"]["default"]);
    }
  }
}

TEST_CASE("a body as documented is taken, and any other refused with 400") {
  Documented t;
  int checked = 0;
  for (const auto& [operation, at] : operations()) {
    if (!look_up(at).contains("requestBody")) continue;
    CAPTURE(operation);
    const auto content = resolve(at / "requestBody") / "content" / "application/json";
    const auto& example = document().at(content)["example"];
    auto variants = variants_of(content / "schema", example);
    variants.push_back({example, true});
    for (const auto& [body, is_good] : variants) {
      CAPTURE(body.dump());
      CHECK((violations(content / "schema", body) == "") == is_good);
      const auto status =
          t.send(operation.substr(0, operation.find(' ')), example_target(operation), body.dump()).status;
      CHECK((is_good ? status / 100 : status) == (is_good ? 2 : 400));
      ++checked;
    }
  }
  CHECK(checked >= 40);
}
