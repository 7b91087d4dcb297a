#include <algorithm>

#include "api/admin.hpp"
#include "api/admin_access.hpp"
#include "api/admin_wire.hpp"
#include "api/url.hpp"

namespace jobmock {
namespace {

std::optional<Timestamp> time_in(Query& query, std::string_view name) {
  const auto text = query.text(name);
  if (!text) return std::nullopt;
  const auto time = parse_timestamp(*text);
  if (time) return *time;
  query.add_problem(name, time.error() + "; found '" + *text + "'");
  return std::nullopt;
}

std::string operation_names() {
  std::string names;
  for (const auto operation : all_operations) names += (names.empty() ? "" : ", ") + std::string(to_string(operation));
  return names;
}

JournalFilter filter_in(Query& query) {
  constexpr std::size_t highest_status = 599;
  JournalFilter filter;
  if (const auto text = query.text("operation")) {
    filter.operation = parse_operation(*text);
    if (!filter.operation) query.add_problem("operation", "expected one of " + operation_names());
  }
  if (const auto text = query.text("job_id")) {
    filter.job = parse_uuid(*text);
    if (!filter.job) query.add_problem("job_id", "expected a UUID in the form 8-4-4-4-12, found '" + *text + "'");
  }
  if (query.text("status")) filter.status = static_cast<int>(query.number("status", 0, highest_status));
  filter.from = time_in(query, "from");
  filter.until = time_in(query, "until");
  return filter;
}

// In JSON at most, where a control character takes six bytes and one that is not UTF-8 three.
std::size_t size_in_json(std::string_view text) {
  std::size_t size = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    size += byte < 0x20 ? 6 : byte >= 0x80 ? 3 : c == '"' || c == '\\' ? 2 : 1;
  }
  return size;
}

std::size_t size_in_json(const JournalEntry& entry) {
  constexpr std::size_t of_the_rest = 400;
  return of_the_rest + size_in_json(entry.fault) + size_in_json(entry.client) + size_in_json(entry.body);
}

}  // namespace

Reply list_requests(Call& call) {
  constexpr std::size_t most = 10'000;
  constexpr std::size_t most_bytes = 16U << 20U;
  Query query(call.request.target);
  const auto filter = filter_in(query);
  const auto limit = query.number("limit", 1000, most);
  const auto order = query.text("order").value_or("oldest");
  if (order != "oldest" && order != "newest")
    query.add_problem("order", "expected oldest or newest, found '" + order + "'");
  if (!query.problems().empty()) return admin_error_reply(bad_request(query.problems()));
  auto left = limit;  // for all worlds together, so that the answer is bounded
  auto left_bytes = most_bytes;
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto journal =
        world.journal(filter, order == "newest" ? Journal::Order::newest_first : Journal::Order::oldest_first, left);
    Json requests = Json::array();
    for (const auto& entry : journal.entries) {
      const auto size = size_in_json(entry);
      if (size > left_bytes) {
        left = 0;
        break;
      }
      --left;
      left_bytes -= size;
      requests.push_back(request_json(entry));
    }
    return Json{{"requests", std::move(requests)}, {"matching", journal.matching}, {"dropped", journal.dropped}};
  });
}

Reply clear_requests(Call& call) {
  return in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    world.clear_journal();
    return Json{{"removed", "all"}};
  });
}

Reply wait_for_requests(Call& call) {
  constexpr std::size_t most = 1'000'000;
  constexpr Duration usual = std::chrono::seconds(5);
  Query query(call.request.target);
  const auto filter = filter_in(query);
  const auto count = query.number("count", 1, most);
  auto timeout = usual;
  if (const auto text = query.text("timeout")) {
    const auto given = parse_duration(*text);
    if (!given) query.add_problem("timeout", given.error() + "; found '" + *text + "'");
    timeout = given.value_or(usual);
  }
  if (!query.problems().empty()) return admin_error_reply(bad_request(query.problems()));
  const auto chosen = choose_world(call);
  if (!chosen) return admin_error_reply(chosen.error());
  call.world = *chosen;
  // By name: the world may be forgotten, and begin anew, while it is waited.
  const auto name = call.world ? std::optional(call.world->name()) : std::nullopt;

  Reply reply;
  reply.later = [&clock = call.clock, requests = call.worlds.count_requests(filter, name), count,
                 until = later(call.moment.real, timeout), timeout]() -> std::optional<Reply> {
    const auto matching = requests->value();
    if (matching >= count) return admin_reply(200, {{"matching", matching}});
    if (clock.now() < until) return std::nullopt;
    return admin_error_reply(
        {408, "not_in_time",
         std::to_string(matching) + " of " + std::to_string(count) + " requests after " + format_duration(timeout),
         "GET /__admin/requests shows what came"});
  };
  if (auto at_once = reply.later()) return std::move(*at_once);
  return reply;
}

}  // namespace jobmock
