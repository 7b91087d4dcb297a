#include <doctest/doctest.h>

#include "api/app.hpp"
#include "support/memory.hpp"
#include "support/sanitized.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

std::string job_number(unsigned number) {
  const auto digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

// Ten applications with a thousand jobs each.
std::shared_ptr<const FixtureSet> ten_thousand_jobs() {
  auto set = std::make_shared<FixtureSet>();
  for (std::uint32_t i = 0; i < 10; ++i) {
    set->applications.emplace_back().id = std::to_string(i);
    set->application_by_name.emplace(std::to_string(i), i);
  }
  const State done{Status::completed, Output{{}, "a text that is neither long nor short"}, {}};
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    const auto id = parse_uuid(job_number(i)).value();
    set->job_by_id.emplace(id, i);
    set->jobs.push_back({id, i % 10, std::monostate(), {{{1s, {}}, {Duration(0), done, 2}}, {}}, {}});
  }
  return set;
}

}  // namespace

TEST_CASE("ten thousand tokens over ten thousand jobs, each polling and listing, take less than 200 MB") {
  constexpr unsigned most = is_sanitized ? 300 : 10'000;
  ManualClock clock(Timestamp(1000h));
  App app(ten_thousand_jobs(), clock, {});
  int answered = 0;
  const auto get = [&](unsigned token, const std::string& target) {
    const auto authorization = "Bearer ci-worker-" + std::to_string(token);
    const std::vector<Request::Header> headers{{"Authorization", authorization}, {"User-Agent", "Writer/JS 2.3.2"}};
    if (app.handle({"GET", target, headers, {}}).status == 200) ++answered;
  };
  for (unsigned i = 0; i < most; ++i) {
    for (unsigned poll = 0; poll < 5; ++poll) get(i, "/v1/applications/jobs/" + job_number((i + poll / 2) % 10'000));
    get(i, "/v1/applications/" + std::to_string(i % 10) + "/jobs");
  }
  CHECK(answered == most * 6);
  MESSAGE("resident: ", resident() >> 20U, " MB");
  if (!is_sanitized) CHECK(resident() < 200'000'000);
}
