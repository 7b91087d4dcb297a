#include "api/json_reader.hpp"

#include <algorithm>

namespace jobmock {

using nlohmann::json;

std::string describe(const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      return "null";
    case json::value_t::boolean:
      return "a boolean";
    case json::value_t::string:
      return "a text";
    case json::value_t::array:
      return "a list";
    case json::value_t::object:
      return "an object";
    default:
      return "a number";
  }
}

std::optional<json> JsonReader::read(std::string_view body) {
  if (body.empty()) return refuse("expected a JSON object, found nothing");
  try {
    auto read = json::parse(body);
    if (!read.is_object()) return refuse("expected a JSON object, found " + describe(read));
    return read;
  } catch (const json::parse_error& error) {
    return refuse("not valid JSON at byte " + std::to_string(error.byte));
  } catch (const json::out_of_range&) {
    return refuse("has a number that is too large");
  }
}

const json* JsonReader::required(const json& object, const std::string& key, const std::string& field) {
  const auto* found = optional(object, key);
  if (found == nullptr) add(field, "is missing");
  return found;
}

const json* JsonReader::optional(const json& object, const std::string& key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string JsonReader::text(const json* value, const std::string& field) {
  if (value != nullptr && value->is_string()) return value->get<std::string>();
  if (value != nullptr) add(field, "expected a text, found " + describe(*value));
  return {};
}

std::vector<std::string> JsonReader::texts(const json* value, const std::string& field) {
  std::vector<std::string> result;
  if (value == nullptr) return result;
  if (!value->is_array()) {
    add(field, "expected a list of texts, found " + describe(*value));
    return result;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    result.push_back(text(&(*value)[i], field + '[' + std::to_string(i) + ']'));
  }
  return result;
}

void JsonReader::refuse_others(const json& object, const std::string& field,
                               const std::vector<std::string_view>& known) {
  if (!object.is_object()) return;
  std::string all;
  for (const auto key : known) all += (all.empty() ? "" : ", ") + std::string(key);
  for (const auto& [key, value] : object.items()) {
    const bool is_known = std::find(known.begin(), known.end(), key) != known.end();
    if (!is_known) add((field.empty() ? "" : field + '.') + key, "is no field here; there are " + all);
  }
}

// At most so many are told: a body may have a hundred thousand.
void JsonReader::add(const std::string& field, std::string problem) {
  constexpr std::size_t most = 20;
  if (problems_.size() < most) problems_.push_back({field, std::move(problem)});
}

std::nullopt_t JsonReader::refuse(std::string problem) {
  add("body", std::move(problem));
  return std::nullopt;
}

}  // namespace jobmock
