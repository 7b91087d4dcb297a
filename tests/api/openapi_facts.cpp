#include "api/openapi_facts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "api/openapi.hpp"

namespace jobmock::test {

using nlohmann::json;

namespace {

// Each is made once: a schema is asked about many values.
const valijson::Schema& compiled(const Pointer& schema) {
  static std::map<std::string, std::unique_ptr<valijson::Schema>> made;
  auto& found = made[resolve(schema).to_string()];
  if (found) return *found;
  found = std::make_unique<valijson::Schema>();
  const auto text = json_schema(look_up(schema));
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(text), *found);
  return *found;
}

}  // namespace

const json& document() {
  static const json parsed = json::parse(openapi_document());
  return parsed;
}

Pointer resolve(Pointer part) {
  while (document().at(part).contains("$ref")) {
    part = Pointer(document().at(part).at("$ref").get<std::string>().substr(1));
  }
  return part;
}

const json& look_up(const Pointer& part) { return document().at(resolve(part)); }

Texts keys_of(const json& object) {
  Texts keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

std::string joined(const Texts& texts) {
  std::string all;
  for (const auto& text : texts) all += text + '\n';
  return all;
}

std::string missing(const Texts& expected, const Texts& found) {
  Texts result;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::inserter(result, result.end()));
  return joined(result);
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

json json_schema(const json& schema) {
  if (!schema.is_structured()) return schema;
  if (schema.is_object() && schema.contains("$ref")) {
    return json_schema(document().at(Pointer(schema["$ref"].get<std::string>().substr(1))));
  }
  json result = schema;
  if (schema.contains("pattern")) result.erase("format");  // which says less, and which valijson asks of any type
  for (auto& child : result) child = json_schema(child);
  const auto make_exclusive = [&](const char* bound, const char* exclusive) {  // which is a number in JSON Schema
    if (!schema.is_object() || schema.value(exclusive, json()) != true) return;
    result[exclusive] = schema[bound];
    result.erase(bound);
  };
  make_exclusive("minimum", "exclusiveMinimum");
  make_exclusive("maximum", "exclusiveMaximum");
  if (schema.is_object() && schema.value("nullable", json(false)) == true) result["type"] = {schema["type"], "null"};
  return result;
}

std::string violations(const Pointer& schema, const json& value) {
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(compiled(schema), valijson::adapters::NlohmannJsonAdapter(value), &results)) return {};
  std::string all;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const auto& step : error.context) all += step;
    all += ": " + error.description + "; ";
  }
  return all;
}

void collect_facts(const Pointer& part, const json* value, Texts& facts) {
  const auto at = resolve(part);
  const auto& schema = document().at(at);
  const auto name = at.to_string();
  if (schema.contains("allOf")) return collect_facts(at / "allOf" / 0, value, facts);
  if (schema.contains("oneOf")) {
    for (std::size_t i = 0; i < schema["oneOf"].size(); ++i) {
      if (value != nullptr && !violations(at / "oneOf" / i, *value).empty()) continue;
      facts.insert(name + " is of kind " + std::to_string(i));
      collect_facts(at / "oneOf" / i, value, facts);
    }
    return;
  }
  if (schema.value("nullable", false)) {
    if (value == nullptr || value->is_null()) facts.insert(name + " is null");
    if (value == nullptr || !value->is_null()) facts.insert(name + " is not null");
    if (value != nullptr && value->is_null()) return;
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

std::vector<DocumentedOperation> operations() {
  std::vector<DocumentedOperation> result;
  for (const auto& [path, item] : document()["paths"].items()) {
    for (const auto& key : keys_of(item)) {
      if (key == "parameters") continue;
      std::string method(key);
      std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::toupper(c); });
      result.push_back({method, path, Pointer("/paths") / path / key});
    }
  }
  return result;
}

Pointer operation_at(std::string_view method, std::string_view path) {
  return Pointer("/paths") / std::string(path) / in_lower_case(method);
}

std::vector<json> parameters_of(const Pointer& operation) {
  std::vector<json> result;
  for (const auto& owner : {operation, operation.parent_pointer()}) {
    const auto count = document().at(owner).value("parameters", json::array()).size();
    for (std::size_t i = 0; i < count; ++i) result.push_back(json_schema(look_up(owner / "parameters" / i)));
  }
  return result;
}

bool has_parameter(const Pointer& operation, const std::string& in, const std::string& name) {
  const auto parameters = parameters_of(operation);
  return std::any_of(parameters.begin(), parameters.end(),
                     [&](const json& parameter) { return parameter["in"] == in && parameter["name"] == name; });
}

std::vector<json> examples_of(const json& media_type) {
  std::vector<json> result;
  if (media_type.contains("example")) result.push_back(media_type["example"]);
  for (const auto& named : media_type.value("examples", json::object())) result.push_back(named["value"]);
  return result;
}

std::string example_target(const Pointer& operation) {
  auto target = operation.parent_pointer().back();
  for (const auto& parameter : parameters_of(operation)) {
    if (parameter["in"] != "path") continue;
    const auto name = '{' + parameter["name"].get<std::string>() + '}';
    REQUIRE(target.find(name) != std::string::npos);
    const auto& example = parameter["example"];
    target.replace(target.find(name), name.size(), example.is_string() ? example.get<std::string>() : example.dump());
  }
  return target;
}

std::string example_body(const Pointer& operation) {
  if (!document().at(operation).contains("requestBody")) return {};
  return examples_of(look_up(operation / "requestBody")["content"]["application/json"]).front().dump();
}

}  // namespace jobmock::test
