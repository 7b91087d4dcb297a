// Takes a JSON body apart and collects everything that is wrong with it, by field. Belongs to one request.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/field_problem.hpp"

namespace jobmock {

// "a text", "an object": what a message says was found.
std::string describe(const nlohmann::json& value);

class JsonReader {
 public:
  // The object that a body is; nothing, and a problem, when it is none.
  std::optional<nlohmann::json> read(std::string_view body);

  // A member; null, and a problem named after `field`, when it is missing.
  const nlohmann::json* required(const nlohmann::json& object, const std::string& key, const std::string& field);
  static const nlohmann::json* optional(const nlohmann::json& object, const std::string& key);

  // What the value is, or a problem and a default. `value` may be null: then nothing is read.
  std::string text(const nlohmann::json* value, const std::string& field);
  std::vector<std::string> texts(const nlohmann::json* value, const std::string& field);

  // A problem for every member that is none of `known`.
  void refuse_others(const nlohmann::json& object, const std::string& field,
                     const std::vector<std::string_view>& known);

  void add(const std::string& field, std::string problem);

  [[nodiscard]] bool is_good() const { return problems_.empty(); }
  [[nodiscard]] const std::vector<FieldProblem>& problems() const { return problems_; }

 private:
  std::nullopt_t refuse(std::string problem);

  std::vector<FieldProblem> problems_;
};

}  // namespace jobmock
