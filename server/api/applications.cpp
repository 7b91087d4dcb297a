#include "api/applications.hpp"

#include <algorithm>

#include "api/body.hpp"
#include "api/url.hpp"
#include "api/wire.hpp"

namespace jobmock {
namespace {

using List = std::vector<const Application*>;

// By creation; of those created at the same time the one defined later is newer. Only what is deployed is listed.
List deployed_applications(const FixtureSet& fixtures, bool newest_first) {
  List all;
  for (const auto& application : fixtures.applications) {
    if (application.is_deployed) all.push_back(&application);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->created_at < b->created_at; });
  if (newest_first) std::reverse(all.begin(), all.end());
  return all;
}

// Where a cursor stands in the list; a problem when it is nowhere.
List::const_iterator find_cursor(const List& list, Query& query, std::string_view name, const std::string& id) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto* application) { return application->id == id; });
  if (found == list.end()) query.add_problem(name, "no application that is listed has the id '" + id + "'");
  return found;
}

void check_word(Query& query, std::string_view name, const std::optional<std::string>& given,
                const std::vector<std::string_view>& words) {
  if (!given || std::find(words.begin(), words.end(), *given) != words.end()) return;
  std::string all;
  for (const auto word : words) all += (all.empty() ? "" : " or ") + std::string(word);
  query.add_problem(name, "expected " + all + ", found '" + *given + "'");
}

// The SDKs would ask again for minutes, and a rule answers the same each time.
Reply without_retry(Reply reply) {
  reply.headers.emplace_back("x-should-retry", "false");
  return reply;
}

}  // namespace

Reply list_applications(Call& call) {
  constexpr std::size_t most = 1000;
  Query query(call.request.target);
  const auto order = query.text("order");
  check_word(query, "order", order, {"asc", "desc"});
  check_word(query, "type", query.text("type"), {"generation"});
  const auto after = query.text("after");
  const auto before = query.text("before");
  const auto limit = query.number("limit", 50, most);

  const auto all = deployed_applications(*call.fixtures(), order != "asc");
  auto begin = all.begin();
  auto end = all.end();
  if (after) begin = find_cursor(all, query, "after", *after);
  if (before) end = find_cursor(all, query, "before", *before);
  if (!query.problems().empty()) return invalid_parameters_reply(query.problems());
  if (after) ++begin;
  const auto between = static_cast<std::size_t>(std::max<std::ptrdiff_t>(end - begin, 0));
  const auto count = std::min(between, limit);
  // Back from `before` alone, the nearest are those at the end.
  const auto first = before && !after ? end - static_cast<std::ptrdiff_t>(count) : begin;
  return application_list_reply(List(first, first + static_cast<std::ptrdiff_t>(count)), between > count);
}

Reply retrieve_application(Call& call) {
  const auto application = find_application(call);
  if (!application) return application.error();
  return application_reply(**application);
}

Reply generate_content(Call& call) {
  const auto application = find_application(call);
  if (!application) return application.error();
  const auto body = read_generation(call.request);
  if (!body) return body.error();
  if (auto refusal = refuse_inputs(**application, body->inputs)) return std::move(*refusal);

  call.world->tell_time(call.moment);
  const TextVariables variables{body->inputs, {}, call.moment.world, 1};
  const auto& timeline = (*application)->rule_for(body->inputs).plan.timeline;
  if (timeline.empty() || !is_terminal(timeline.back().state.status)) {
    return without_retry(error_reply(503, {{"hint", "the rule that fits these inputs never ends"}}));
  }
  const auto& state = timeline.back().state;
  if (state.status == Status::failed) {
    return without_retry(error_reply(500, {{"error", render_text(state.error, variables)}}));
  }
  const auto output = rendered(state.output.value_or(Output()), variables);
  return body->stream ? generation_stream_reply(output) : generation_reply(output);
}

Reply list_graphs(Call& call) {
  const auto application = find_application(call);
  return application ? graphs_reply(call.world->graphs((*application)->id, call.moment)) : application.error();
}

Reply update_graphs(Call& call) {
  const auto application = find_application(call);
  if (!application) return application.error();
  const auto ids = read_graph_ids(call.request);
  if (!ids) return ids.error();
  return call.world->set_graphs((*application)->id, *ids, call.moment) ? graphs_reply(*ids) : world_is_full(call);
}

tl::expected<const Application*, Reply> find_application(Call& call) {
  const auto& name = call.parameters.front();
  const auto& fixtures = *call.fixtures();
  const auto found = fixtures.application_by_name.find(name);
  if (found != fixtures.application_by_name.end()) return &fixtures.applications[found->second];
  return tl::unexpected(error_reply(
      404, {{"application_id", name}, {"hint", "no fixture defines an application with this id or alias"}}));
}

std::optional<Reply> refuse_inputs(const Application& application, const Inputs& inputs) {
  std::vector<FieldProblem> problems;
  for (auto& problem : application.problems_of(inputs)) problems.push_back({"inputs", std::move(problem)});
  if (problems.empty()) return std::nullopt;
  return invalid_parameters_reply(problems);
}

Reply world_is_full(Call& call) {
  call.note = "the world is full: nothing was kept";
  return error_reply(507, {{"hint", "this token's world keeps no more; use another token, or start the server anew"}});
}

}  // namespace jobmock
