#include "api/admin.hpp"
#include "api/admin_access.hpp"
#include "api/admin_wire.hpp"
#include "api/json_reader.hpp"

namespace jobmock {
namespace {

using nlohmann::json;

template <typename Meaning>
std::optional<Meaning> read_parsed(const json* value, const std::string& field, JsonReader& reader,
                                   tl::expected<Meaning, std::string> (*parse)(std::string_view)) {
  if (value == nullptr) return std::nullopt;
  const auto problems = reader.problems().size();
  const auto text = reader.text(value, field);
  if (reader.problems().size() != problems) return std::nullopt;
  const auto parsed = parse(text);
  if (parsed) return *parsed;
  reader.add(field, parsed.error() + "; found '" + text + "'");
  return std::nullopt;
}

std::optional<double> read_speed(const json* value, JsonReader& reader) {
  if (value == nullptr) return std::nullopt;
  const bool is_speed = value->is_number() && value->get<double>() >= 0 && value->get<double>() <= fastest;
  if (is_speed) return value->get<double>();
  reader.add("speed", "expected virtual seconds per real second, a number from 0 (frozen) to 1000000, found " +
                          (value->is_number() ? value->dump() : describe(*value)));
  return std::nullopt;
}

std::optional<World::ToStatus> read_to_status(const json& value, JsonReader& reader) {
  const auto problems = reader.problems().size();
  const auto id_text = reader.text(reader.required(value, "job_id", "to.job_id"), "to.job_id");
  const auto status_text = reader.text(reader.required(value, "status", "to.status"), "to.status");
  reader.refuse_others(value, "to", {"job_id", "status"});
  if (reader.problems().size() != problems) return std::nullopt;
  const auto id = parse_uuid(id_text);
  const auto status = parse_status(status_text);
  if (!id) reader.add("to.job_id", "expected a UUID in the form 8-4-4-4-12, found '" + id_text + "'");
  if (!status) reader.add("to.status", "expected in_progress, completed or failed, found '" + status_text + "'");
  if (!id || !status) return std::nullopt;
  return World::ToStatus{*id, *status};
}

std::optional<World::Target> read_target(const json& body, JsonReader& reader) {
  const auto* by = JsonReader::optional(body, "by");
  const auto* to = JsonReader::optional(body, "to");
  reader.refuse_others(body, "", {"by", "to"});
  if ((by == nullptr) == (to == nullptr)) {
    reader.add("body", R"(expected either "by", a duration, or "to": a timestamp, "next", "idle" or {job_id, status})");
    return std::nullopt;
  }
  if (by != nullptr) return read_parsed(by, "by", reader, parse_duration);
  if (*to == "next") return World::ToNext{};
  if (*to == "idle") return World::ToIdle{};
  if (to->is_object()) return read_to_status(*to, reader);
  if (to->is_string()) return read_parsed(to, "to", reader, parse_timestamp);
  reader.add("to", R"(expected a timestamp, "next", "idle" or {job_id, status}, found )" + describe(*to));
  return std::nullopt;
}

}  // namespace

Reply show_clock(Call& call) {
  return in_each_world(
      call, 200, [&](World& world) -> tl::expected<Json, AdminError> { return clock_json(world.clock(call.moment)); });
}

Reply change_clock(Call& call) {
  JsonReader reader;
  World::ClockChange change;
  if (const auto body = reader.read(call.request.body)) {
    change.speed = read_speed(JsonReader::optional(*body, "speed"), reader);
    change.on_poll = read_parsed(JsonReader::optional(*body, "on_poll"), "on_poll", reader, parse_on_poll);
    change.now = read_parsed(JsonReader::optional(*body, "now"), "now", reader, parse_timestamp);
    reader.refuse_others(*body, "", {"speed", "on_poll", "now"});
    if (body->empty()) reader.add("body", "expected at least one of speed, on_poll and now");
  }
  if (!reader.is_good()) return admin_error_reply(bad_request(reader.problems()));
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    return world.change_clock(change, call.moment).map(clock_json).map_error(refusal);
  });
}

Reply advance_clock(Call& call) {
  JsonReader reader;
  std::optional<World::Target> target;
  if (const auto body = reader.read(call.request.body)) target = read_target(*body, reader);
  if (!reader.is_good() || !target) return admin_error_reply(bad_request(reader.problems()));
  std::size_t left = 10'000;  // transitions, for all worlds together, so that the answer is bounded
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto advanced = world.advance(*target, call.moment, left);
    if (!advanced) return tl::unexpected(refusal(advanced.error()));
    left -= advanced->transitions.size();
    return advance_json(*advanced);
  });
}

}  // namespace jobmock
