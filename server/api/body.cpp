#include "api/body.hpp"

#include <algorithm>
#include <cctype>

#include "api/json_reader.hpp"
#include "api/wire.hpp"

namespace jobmock {
namespace {

using nlohmann::json;

// "application/json", with or without parameters; also "application/vnd.x+json".
bool is_json(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  std::string type(content_type.substr(0, content_type.find_last_not_of(' ') + 1));
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

std::optional<Reply> refuse_content_type(const Request& request) {
  const auto type = request.header("Content-Type");
  if (!type || is_json(*type)) return std::nullopt;
  return error_reply(415, {{"content_type", std::string(*type)}, {"hint", "send Content-Type: application/json"}});
}

Inputs read_inputs(const json& body, JsonReader& reader) {
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
  JsonReader reader;
  GenerationBody read;
  if (const auto body = reader.read(request.body)) {
    read.inputs = read_inputs(*body, reader);
    const auto* stream = JsonReader::optional(*body, "stream");  // no copy: it may be nested half a million deep
    if (stream != nullptr && !stream->is_boolean()) {
      reader.add("stream", "expected true or false, found " + describe(*stream));
    }
    read.stream = stream != nullptr && *stream == true;
  }
  if (!reader.is_good()) return tl::unexpected(invalid_parameters_reply(reader.problems()));
  return read;
}

tl::expected<std::vector<std::string>, Reply> read_graph_ids(const Request& request) {
  if (auto refusal = refuse_content_type(request)) return tl::unexpected(std::move(*refusal));
  JsonReader reader;
  std::vector<std::string> ids;
  if (const auto body = reader.read(request.body)) {
    ids = reader.texts(reader.required(*body, "graph_ids", "graph_ids"), "graph_ids");
  }
  if (!reader.is_good()) return tl::unexpected(invalid_parameters_reply(reader.problems()));
  return ids;
}

}  // namespace jobmock
