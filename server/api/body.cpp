#include "api/body.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/wire.hpp"

namespace jobmock {
namespace {

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

// "application/json", with or without parameters; also "application/vnd.x+json".
bool is_json(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  std::string type(content_type.substr(0, content_type.find_last_not_of(' ') + 1));
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

// Reads one body, and collects what is wrong with it.
class Reader {
 public:
  // Nothing when there is no object to read.
  std::optional<json> read(const Request& request) {
    if (request.body.empty()) return refuse("body", "expected a JSON object, found nothing");
    try {
      auto body = json::parse(request.body);
      if (!body.is_object()) return refuse("body", "expected a JSON object, found " + describe(body));
      return body;
    } catch (const json::parse_error& error) {
      return refuse("body", "not valid JSON at byte " + std::to_string(error.byte));
    } catch (const json::out_of_range&) {
      return refuse("body", "has a number that is too large");
    }
  }

  const json* required(const json& object, const std::string& key, const std::string& field) {
    const auto found = object.find(key);
    if (found != object.end()) return &*found;
    add(field, "is missing");
    return nullptr;
  }

  std::string text(const json* value, const std::string& field) {
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    if (value != nullptr) add(field, "expected a text, found " + describe(*value));
    return {};
  }

  std::vector<std::string> texts(const json* value, const std::string& field) {
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

  // At most so many are told: a body may have a hundred thousand.
  void add(const std::string& field, std::string problem) {
    constexpr std::size_t most = 20;
    if (problems_.size() < most) problems_.push_back({field, std::move(problem)});
  }

  [[nodiscard]] bool is_good() const { return problems_.empty(); }
  [[nodiscard]] Reply refusal() const { return invalid_parameters_reply(problems_); }

 private:
  std::nullopt_t refuse(const std::string& field, std::string problem) {
    add(field, std::move(problem));
    return std::nullopt;
  }

  std::vector<FieldProblem> problems_;
};

std::optional<Reply> refuse_content_type(const Request& request) {
  const auto type = request.header("Content-Type");
  if (!type || is_json(*type)) return std::nullopt;
  return error_reply(415, {{"content_type", std::string(*type)}, {"hint", "send Content-Type: application/json"}});
}

Inputs read_inputs(const json& body, Reader& reader) {
  Inputs inputs;
  const auto* list = reader.required(body, "inputs", "inputs");
  if (list == nullptr) return inputs;
  if (!list->is_array()) {
    reader.add("inputs", "expected a list of objects, found " + describe(*list));
    return inputs;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& item = (*list)[i];
    const auto field = "inputs[" + std::to_string(i) + ']';
    if (!item.is_object()) {
      reader.add(field, "expected an object with id and value, found " + describe(item));
      continue;
    }
    auto id = reader.text(reader.required(item, "id", field + ".id"), field + ".id");
    auto values = reader.texts(reader.required(item, "value", field + ".value"), field + ".value");
    inputs.push_back({std::move(id), std::move(values)});
  }
  return inputs;
}

}  // namespace

tl::expected<GenerationBody, Reply> read_generation(const Request& request) {
  if (auto refusal = refuse_content_type(request)) return tl::unexpected(std::move(*refusal));
  Reader reader;
  GenerationBody read;
  if (const auto body = reader.read(request)) {
    read.inputs = read_inputs(*body, reader);
    const auto stream = body->value("stream", json(false));
    if (!stream.is_boolean()) reader.add("stream", "expected true or false, found " + describe(stream));
    read.stream = stream == true;
  }
  if (!reader.is_good()) return tl::unexpected(reader.refusal());
  return read;
}

tl::expected<std::vector<std::string>, Reply> read_graph_ids(const Request& request) {
  if (auto refusal = refuse_content_type(request)) return tl::unexpected(std::move(*refusal));
  Reader reader;
  std::vector<std::string> ids;
  if (const auto body = reader.read(request)) {
    ids = reader.texts(reader.required(*body, "graph_ids", "graph_ids"), "graph_ids");
  }
  if (!reader.is_good()) return tl::unexpected(reader.refusal());
  return ids;
}

}  // namespace jobmock
