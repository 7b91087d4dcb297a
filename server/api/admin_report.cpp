#include "api/admin.hpp"
#include "api/admin_access.hpp"
#include "api/admin_wire.hpp"
#include "api/report.hpp"
#include "api/url.hpp"

namespace jobmock {
namespace {

// The first requests that a verdict names, as they are in the journal, so that nobody has to look them up.
Json named_requests(const Verdict& verdict, const std::vector<JournalEntry>& entries) {
  constexpr std::size_t most = 100;
  Json requests = Json::array();
  if (entries.empty()) return requests;
  std::vector<bool> is_named(entries.size());  // their numbers have no gap
  for (const auto& reason : verdict.reasons) {
    for (const auto number : reason.entries) is_named.at(number - entries.front().number) = true;
  }
  for (std::size_t i = 0; i < entries.size() && requests.size() < most; ++i) {
    if (is_named[i]) requests.push_back(request_json(entries[i]));
  }
  return requests;
}

// Worlds that are gone, for an answer about every one.
std::uint64_t forgotten_of(const Call& call) { return call.world ? 0 : call.worlds.forgotten(); }

}  // namespace

Reply verify(Call& call) {
  const auto sent = call.control.read_expectation(call.request.body, is_json_body(call.request));
  if (!sent) {
    return admin_error_reply({400, "bad_expectation", "the expectation cannot be read",
                              "it has the shape of `expect` in a fixture, and job_id where it is about one job",
                              sent.error()});
  }
  const auto chosen = choose_worlds(call);
  if (!chosen) return admin_error_reply(chosen.error());
  if (chosen->worlds.empty()) {
    return admin_error_reply({409, "no_evidence", "no world has begun yet, so nothing can be said of it",
                              "send a token to begin its world"});
  }
  bool all_pass = true;
  auto reply = in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto journal = world.journal({}, Journal::Order::oldest_first, SIZE_MAX);
    const Judge judge({journal.entries, journal.dropped, forgotten_of(call)});
    const auto verdict = sent->job ? judge.on_job(sent->expectation, *sent->job) : judge.on_world(sent->expectation);
    all_pass = all_pass && verdict.outcome == Outcome::pass;
    auto json = verdict_json(verdict);
    json["requests"] = named_requests(verdict, journal.entries);
    return json;
  });
  if (!all_pass) reply.status = 409;
  return reply;
}

Reply show_report(Call& call) {
  Query query(call.request.target);
  const auto format = query.text("format").value_or("json");
  if (format != "json" && format != "text")
    query.add_problem("format", "expected json or text, found '" + format + "'");
  if (!query.problems().empty()) return admin_error_reply(bad_request(query.problems()));
  std::string text;
  auto reply = in_each_world(call, 200, [&](World& world) -> tl::expected<Json, AdminError> {
    const auto report = report_on(world, call.moment.real, forgotten_of(call));
    text += report_text(report);
    for (const auto& judged : report.judged) text += judged_text(judged);
    return report_json(report);
  });
  if (format != "text" || reply.status != 200) return reply;
  return {200, "text/plain; charset=utf-8", {}, text.empty() ? "no world has begun yet\n" : std::move(text)};
}

}  // namespace jobmock
