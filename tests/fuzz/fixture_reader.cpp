// Fixtures. The first byte of an input says which kind, the others are the text: J is JSON, 2 is YAML in two files with
// a line of four equals signs between, anything else is YAML.
#include <algorithm>
#include <memory>
#include <variant>

#include "api/app.hpp"
#include "core/clock.hpp"
#include "fixture/reader.hpp"
#include "fuzz/check.hpp"

namespace jobmock::fuzz {
namespace {

using Read = tl::expected<FixtureSet, std::vector<Problem>>;

std::vector<Source> sources_in(std::string_view input) {
  if (input.empty()) return {};
  const auto kind = input.front();
  const auto text = input.substr(1);
  if (kind == 'J') return {{"a.json", std::string(text)}};
  if (kind != '2') return {{"a.yaml", std::string(text)}};
  std::vector<Source> sources;
  for (const auto part : parts_of(text, 2)) {
    sources.push_back({std::string(sources.empty() ? "a.yaml" : "b.yaml"), std::string(part)});
  }
  return sources;
}

std::string all_of(const std::vector<Problem>& problems) {
  std::string text;
  for (const auto& problem : problems) text += to_string(problem);
  return text;
}

void check_problem(const Problem& problem, const std::vector<Source>& sources) {
  const auto shown = to_string(problem);
  require(is_utf8(shown), "a problem is told in UTF-8", shown);
  require(
      std::none_of(shown.begin(), shown.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 0x7F; }),
      "a problem is told without control characters", shown);
  require(!problem.message.empty() && problem.message.find('\n') == std::string::npos, "a message is one line", shown);
  if (problem.at.column == 0) return;
  const auto source =
      std::find_if(sources.begin(), sources.end(), [&](const Source& each) { return each.file == problem.file; });
  require(source != sources.end(), "a problem is in a file that there is", shown);
  const auto lines = static_cast<std::size_t>(std::count(source->text.begin(), source->text.end(), '\n')) + 1;
  require(problem.at.line >= 1 && problem.at.line <= lines, "a problem is on a line that there is", shown);
  require(problem.at.column <= source->text.size() + 1, "a problem is in its line", shown);
}

// What was accepted can be served: every list, and the first jobs from their birth to their end.
void serve(FixtureSet set) {
  ManualClock clock(Timestamp(std::chrono::seconds(1'739'211'489)));
  std::string note;
  App::Options options;
  options.log = [&](const AccessRecord& record) { note = record.note; };
  const auto token = set.tokens.an_accepted_one();
  const auto fixtures = std::make_shared<const FixtureSet>(std::move(set));
  App app(fixtures, clock, options);
  const auto authorization = "Bearer " + token;
  const std::vector<Request::Header> headers{{"Authorization", authorization}, {"X-Jobmock-Explain", "1"}};
  const auto get = [&](std::string_view target) {
    const auto reply = app.handle({"GET", target, headers, {}});
    require(note.find("internal error") == std::string::npos, "nothing throws", note);
    if (note.find("fault: ") == std::string::npos) check_reply(reply, target);
    return reply;
  };
  for (const auto* target : {"/v1/applications", "/__admin/jobs", "/__admin/faults", "/__admin/clock"}) get(target);
  constexpr std::size_t most = 3;
  for (std::size_t i = 0; i < std::min(most, fixtures->jobs.size()) && !token.empty(); ++i) {
    const auto target = "/v1/applications/jobs/" + format_uuid(fixtures->jobs[i].id);
    for (const auto wait : {std::chrono::hours(0), std::chrono::hours(1), std::chrono::hours(24 * 365 * 200)}) {
      clock.advance(wait);
      const auto reply = get(target);
      require(note.find("fault: ") != std::string::npos || reply.status == 200, "a job that is read is served",
              reply.body);
    }
  }
  get("/__admin/report?format=text");
  get("/__admin/requests");
}

}  // namespace
}  // namespace jobmock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jobmock::fuzz;
  const auto input = text_of(data, size);
  const auto sources = sources_in(input);
  if (sources.empty()) return 0;
  auto first = jobmock::read_fixture_texts(sources);
  if (is_run_twice(input)) {
    const auto second = jobmock::read_fixture_texts(sources);
    require(first.has_value() == second.has_value(), "the same text is read in the same way");
    if (!first) require(all_of(first.error()) == all_of(second.error()), "the same text has the same problems");
  }
  if (first) {
    serve(std::move(*first));
    return 0;
  }
  require(!first.error().empty(), "what is refused has a problem");
  for (const auto& problem : first.error()) check_problem(problem, sources);
  return 0;
}
