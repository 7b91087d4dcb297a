// The bodies of control. An input is up to four calls, with a line of four equals signs between: the first byte of
// each says which call it is, the others are its body.
#include <algorithm>
#include <array>
#include <cstdio>

#include "fuzz/check.hpp"
#include "fuzz/served.hpp"

namespace jobmock::fuzz {
namespace {

using nlohmann::json;

struct Call {
  std::string_view method;
  std::string_view target;
  std::string_view content_type = "application/json";
};
constexpr std::string_view yaml = "application/yaml";
constexpr std::array calls{
    Call{"PUT", "/__admin/clock"},
    Call{"POST", "/__admin/clock/advance"},
    Call{"POST", "/__admin/jobs"},
    Call{"POST", "/__admin/jobs", yaml},
    Call{"POST", "/__admin/faults"},
    Call{"POST", "/__admin/faults", yaml},
    Call{"POST", "/__admin/verify"},
    Call{"POST", "/__admin/verify", yaml},
    Call{"POST", "/__admin/jobs/00000000-0000-4000-8000-000000000001/transition"},
    Call{"POST", "/__admin/jobs/00000000-0000-4000-8000-000000000004/transition"},
    Call{"POST", "/__admin/jobs/00000000-0000-4000-8000-000000000003/hold"},
    Call{"POST", "/__admin/jobs/00000000-0000-4000-8000-000000000003/release"},
    Call{"PUT", "/v1/applications/free/graphs"},
    Call{"POST", "/v1/applications/post/jobs"},
    Call{"POST", "/v1/applications/jobs/00000000-0000-4000-8000-000000000002/retry"},
    Call{"GET", "/v1/applications/jobs/00000000-0000-4000-8000-000000000003"},
};

// "body:3:5: error: …": the place is one of the body.
void check_place(const std::string& problem, std::string_view body) {
  unsigned line = 0;
  unsigned column = 0;
  if (std::sscanf(problem.c_str(), "body:%u:%u: error: ", &line, &column) != 2) return;
  const auto lines = static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n')) + 1;
  require(line >= 1 && line <= lines && column >= 1 && column <= body.size() + 1, "a problem has a place", problem);
}

void check_problems(const Reply& reply, std::string_view body) {
  if (reply.status != 400) return;
  const auto error = json::parse(reply.body)["error"];
  if (!error.contains("problems")) return;
  require(!error["problems"].empty(), "a list of problems is not empty", reply.body);
  for (const auto& problem : error["problems"]) check_place(problem, body);
}

std::string now_in(Served& served) { return json::parse(served.send("GET", "/__admin/clock").body)["now"]; }

// What can be read afterwards, of which each input reads one.
constexpr std::array readings{"/__admin/jobs",
                              "/__admin/faults",
                              "/__admin/requests",
                              "/__admin/report",
                              "/__admin/report?format=text",
                              "/v1/applications/post/jobs",
                              "/v1/applications/free/jobs"};

std::vector<Reply> answers_to(std::string_view input) {
  constexpr std::size_t most_calls = 4;
  Served served;
  const auto before = now_in(served);
  std::vector<Reply> replies;
  for (const auto part : parts_of(input, most_calls)) {
    if (part.empty()) continue;
    const auto& call = calls.at(static_cast<unsigned char>(part.front()) % calls.size());
    const auto body = part.substr(1);
    replies.push_back(served.send(call.method, call.target, body, call.content_type));
    if (call.target.starts_with("/__admin")) check_problems(replies.back(), body);
    served.clock.advance(std::chrono::milliseconds(250));
  }
  const auto after = now_in(served);
  require(after >= before, "a world's clock never runs backwards", after);
  replies.push_back(served.send("GET", readings.at(input.size() % readings.size())));
  return replies;
}

}  // namespace
}  // namespace jobmock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jobmock::fuzz;
  const auto input = text_of(data, size);
  const auto replies = answers_to(input);
  if (!is_run_twice(input)) return 0;
  const auto again = answers_to(input);
  require(replies.size() == again.size(), "the same calls have as many answers");
  for (std::size_t i = 0; i < replies.size(); ++i) require_same(replies[i], again[i]);
  return 0;
}
