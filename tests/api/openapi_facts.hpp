// The document at /__admin/openapi.json, and what its schemas say of a value.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace jobmock::test {

using Pointer = nlohmann::json::json_pointer;  // to a part of the document
using Texts = std::set<std::string>;

const nlohmann::json& document();

// Where a part of the document stands, behind its $ref.
Pointer resolve(Pointer part);
const nlohmann::json& look_up(const Pointer& part);

inline Pointer schema_named(const std::string& name) { return Pointer("/components/schemas") / name; }

Texts keys_of(const nlohmann::json& object);

// One a line.
std::string joined(const Texts& texts);

// Those that were not found, one a line.
std::string missing(const Texts& expected, const Texts& found);

std::string in_lower_case(std::string_view text);

// A schema of OpenAPI 3.0 as JSON Schema: what it refers to put in, and `nullable` as a type.
nlohmann::json json_schema(const nlohmann::json& schema);

// What is wrong with a value by a schema; empty when nothing is.
std::string violations(const Pointer& schema, const nlohmann::json& value);

// What is true of a value: which properties are there or left out, which words it is, which of several schemas it has,
// null or not. Without a value, all that its schema says can be.
void collect_facts(const Pointer& part, const nlohmann::json* value, Texts& facts);

struct DocumentedOperation {
  std::string method;
  std::string path;
  Pointer at;  // where it stands

  [[nodiscard]] std::string name() const { return method + ' ' + path; }
};
std::vector<DocumentedOperation> operations();
Pointer operation_at(std::string_view method, std::string_view path);

// The parameters of an operation and of its path, with what they refer to put in.
std::vector<nlohmann::json> parameters_of(const Pointer& operation);
bool has_parameter(const Pointer& operation, const std::string& in, const std::string& name);

// `example`, and the values of `examples`, of a media type.
std::vector<nlohmann::json> examples_of(const nlohmann::json& media_type);

// A request of an operation by its examples: a path that leads somewhere, and the first body.
std::string example_target(const Pointer& operation);
std::string example_body(const Pointer& operation);

// Calls visit("GET /path 200", where the response stands) for every response that is documented.
template <typename Visit>
void for_each_response(Visit visit) {
  for (const auto& operation : operations()) {
    for (const auto& status : keys_of(look_up(operation.at)["responses"])) {
      visit(operation.name() + ' ' + status, resolve(operation.at / "responses" / status));
    }
  }
}

// Calls visit("GET /path 200 application/json", where the media type stands) for every answer that is documented.
template <typename Visit>
void for_each_answer(Visit visit) {
  for_each_response([&](const std::string& name, const Pointer& response) {
    for (const auto& type : keys_of(document().at(response)["content"])) {
      visit(name + ' ' + type, response / "content" / type);
    }
  });
}

}  // namespace jobmock::test
