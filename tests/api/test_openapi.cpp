// The document at /__admin/openapi.json and what the application does, held to each other: a script of requests
// reaches every answer that is documented, and no answer may be another.
#include <doctest/doctest.h>

#include <algorithm>

#include "api/app_under_test.hpp"
#include "api/documented_app.hpp"
#include "api/openapi.hpp"
#include "api/openapi_script.hpp"
#include "core/version.hpp"

using namespace jobmock;
using namespace jobmock::test;
using nlohmann::json;

namespace {

// The value changed in every way that its schema knows of: of another type, another word, without a key, with one that
// is unknown.
std::vector<json> variants_of(const Pointer& part, const json& value) {
  const auto at = resolve(part);
  const auto& schema = document().at(at);
  std::vector<json> result{42, nullptr};
  for (const auto& word : schema.value("enum", json::array())) result.push_back(word);
  if (!schema.contains("properties")) {
    for (const auto* keyword : {"allOf", "oneOf"}) {
      for (std::size_t i = 0; i < schema.value(keyword, json::array()).size(); ++i) {
        if (violations(at / keyword / i, value).empty()) return variants_of(at / keyword / i, value);
      }
    }
  }
  if (schema.value("type", json()) == "object" && !value.is_object()) return result;  // it is left out
  const auto add_with = [&](const auto& place, const json& child) { result.emplace_back(value)[place] = child; };
  if (schema.value("type", json()) == "object") add_with("unknown", {1, 2});
  for (const auto& key : keys_of(schema.value("properties", json::object()))) {
    if (value.contains(key)) result.emplace_back(value).erase(key);
    for (const auto& child : variants_of(at / "properties" / key, value.value(key, json()))) add_with(key, child);
  }
  for (std::size_t i = 0; schema.contains("items") && value.is_array() && i < value.size(); ++i) {
    for (const auto& child : variants_of(at / "items", value[i])) add_with(i, child);
  }
  return result;
}

// Objects in a schema that may have more than it lists. What stands under anyOf are conditions.
void find_open(const json& part, const std::string& where, Texts& found) {
  if (!part.is_structured()) return;
  if (part.is_object() && part.contains("properties") && part.value("additionalProperties", json()) != false) {
    found.insert(where);
  }
  for (const auto& [key, child] : part.items()) {
    if (key != "anyOf") find_open(child, where + '/' + key, found);
  }
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

TEST_CASE("the OpenAPI document has every route and nothing else, and says which need which token") {
  Texts routes;
  for (const auto& route : all_routes()) routes.insert(std::string(route.method) + ' ' + std::string(route.path));
  Texts documented;
  for (const auto& operation : operations()) documented.insert(operation.name());
  CHECK(joined(documented) == joined(routes));
  CHECK(document()["security"] == json::parse(R"([{"bearerAuth": []}])"));
  const auto none = json::array();
  const auto admin = json::parse(R"([{}, {"adminToken": []}])");
  const auto either =
      json::parse(R"([{}, {"adminToken": []}, {"bearerAuth": []}, {"adminToken": [], "bearerAuth": []}])");
  for (const auto& route : all_routes()) {
    CAPTURE(route.method);
    CAPTURE(route.path);
    const auto operation = operation_at(route.method, route.path);
    const auto security = look_up(operation).value("security", document()["security"]);
    const bool chooses_world = has_parameter(operation, "query", "world");
    const auto expected = route.needs == Needs::nothing ? none
                          : route.needs == Needs::token ? document()["security"]
                          : chooses_world               ? either
                                                        : admin;
    CHECK(security == expected);
    CHECK(has_parameter(operation, "header", "X-Jobmock-Explain") == (route.needs == Needs::token || chooses_world));
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

TEST_CASE("every header that is documented is given: the explanation where it is asked for, and nowhere else") {
  Documented plain;
  run_script(plain);
  Documented explaining(Documented::Explains::everything);
  run_script(explaining);
  Texts always;
  Texts explained;
  for_each_response([&](const std::string& answer, const Pointer& response) {
    for (const auto& header : keys_of(document().at(response).value("headers", json::object()))) {
      explained.insert(answer + " has " + header);
      if (header != "X-Jobmock-Explain") always.insert(answer + " has " + header);
    }
  });
  CHECK(joined(plain.headers_given) == joined(always));
  CHECK(joined(explaining.headers_given) == joined(explained));
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

TEST_CASE("no schema leaves room for what it does not list, but that of what the API ignores") {
  Texts open;
  for (const auto& [name, schema] : document()["components"]["schemas"].items()) {
    if (name == "Generation" || name == "GraphsUpdate") continue;  // what is sent: other keys are ignored
    find_open(schema, name, open);
  }
  CHECK(joined(open) == "");
}

TEST_CASE("events of a stream are as documented, and [DONE] is the last") {
  Documented t;
  auto rest = t.send("POST", posts, R"({"stream":true,"inputs":[{"id":"topic","value":["Coffee"]}]})").body;
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
  for (const auto& operation : operations()) {
    for (const auto& parameter : parameters_of(operation.at)) {
      if (parameter["in"] != "query" || parameter["name"] == "world") continue;
      const auto& schema = parameter["schema"];
      const auto key = parameter["name"].get<std::string>();
      const auto status_with = [&](const std::string& value) {
        return t.send("GET", example_target(operation.at) + '?' + key + '=' + value).status;
      };
      const auto is_taken = [&](const std::string& value) {
        const auto status = status_with(value);
        return status == 200 || (status == 408 && operation.name() == "GET /__admin/requests/wait");
      };
      CAPTURE(operation.name());
      CAPTURE(key);
      if (schema["type"] == "integer") {
        for (const auto* bound : {"minimum", "maximum"}) CHECK(is_taken(schema.at(bound).dump()));
        CHECK(status_with("-1") == 400);
        CHECK(status_with(std::to_string(schema["maximum"].get<std::uint64_t>() + 1)) == 400);
      } else if (schema.contains("enum")) {
        for (const auto& word : schema["enum"]) CHECK(is_taken(word));
        CHECK(status_with("other") == 400);
      } else {
        CHECK(is_taken(parameter.value("example", "application_id")));  // without an example it is a cursor
        CHECK(status_with("other") == 400);
      }
      CHECK(status_with(schema.value("default", json()).dump() + '&' + key + '=') == 400);  // given twice
      ++checked;
    }
  }
  CHECK(checked == 25);
  for (const auto* path : {"/v1/applications/{application_id}/jobs", "/__admin/jobs"}) {
    CAPTURE(path);
    const auto operation = operation_at("GET", path);
    const auto answer = json::parse(t.send("GET", example_target(operation)).body);
    const auto& page = answer.contains("pagination") ? answer["pagination"] : answer;
    for (const auto& parameter : parameters_of(operation)) {
      const auto key = parameter["name"].get<std::string>();
      if (page.contains(key) && key != "world") CHECK(page[key] == parameter["schema"]["default"]);
    }
  }
}

TEST_CASE("whatever chooses a world takes its name or its token, and not both a token and a name") {
  const std::string counts_only = "GET /__admin/requests/wait";  // of all worlds together
  int checked = 0;
  for (const auto& operation : operations()) {
    if (!has_parameter(operation.at, "query", "world")) continue;
    CAPTURE(operation.name());
    const auto target = example_target(operation.at);
    const auto body = example_body(operation.at);
    const auto answer_to = [&](const std::string& query) {
      Documented t;
      t.send("GET", "/v1/applications");  // the world begins
      t.send("POST", "/__admin/faults", example_body(operation_at("POST", "/__admin/faults")));
      return t.send(operation.method, target + query, body, "application/json", "");
    };
    for (const auto* query : {"?world=test-token", "?world=~8288fe58118d", "?world=%7E8288fe58118d"}) {
      const auto reply = answer_to(query);
      CHECK(reply.status / 100 == 2);
      if (operation.name() != counts_only) CHECK(json::parse(reply.body)["world"] == "~8288fe58118d");
    }
    CHECK(answer_to("?world=other").status == 404);
    CHECK(answer_to("?world=test-token&world=test-token").status == 400);
    if (operation.name() != counts_only) CHECK(json::parse(answer_to("").body)["worlds"].size() == 1);
    ++checked;
  }
  CHECK(checked == 20);
}

TEST_CASE("a body as documented is taken, and any other refused with 400") {
  Documented t;
  int taken = 0;
  int refused = 0;
  for (const auto& operation : operations()) {
    if (!look_up(operation.at).contains("requestBody")) continue;
    CAPTURE(operation.name());
    const auto content = resolve(operation.at / "requestBody") / "content" / "application/json";
    for (const auto& example : examples_of(document().at(content))) {
      auto bodies = variants_of(content / "schema", example);
      bodies.push_back(example);
      CHECK(violations(content / "schema", example) == "");
      for (const auto& body : bodies) {
        CAPTURE(body.dump());
        const bool is_good = violations(content / "schema", body).empty();
        const auto token = "body " + std::to_string(taken + refused);  // a new world, where nothing is in its way
        const auto status =
            t.send(operation.method, example_target(operation.at), body.dump(), "application/json", token).status;
        const bool is_taken = status / 100 == 2 || status == 409;  // understood, though time does not bring it
        CHECK(is_taken == is_good);
        CHECK((status == 400) == !is_good);
        ++(is_good ? taken : refused);
      }
    }
  }
  CHECK(taken >= 30);
  CHECK(refused >= 150);
}

TEST_CASE("a job is added in YAML as documented") {
  Documented t;
  const auto content = resolve(operation_at("POST", "/__admin/jobs") / "requestBody") / "content" / "application/yaml";
  const auto& example = document().at(content)["example"];
  CHECK(violations(content / "schema", example) == "");
  const auto body = "id: " + example["id"].get<std::string>() +
                    "\napplication_id: social-post\ntimeline:\n"
                    "  - {polls: 3, status: in_progress}\n  - {at: 2m, status: failed}\n";
  CHECK(t.send("POST", "/__admin/jobs", body, "application/yaml").status == 201);
  CHECK(t.send("POST", "/__admin/jobs", body, "application/json").status == 400);
}
