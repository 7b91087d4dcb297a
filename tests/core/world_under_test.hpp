// A world over fixtures that a test writes down, and moments for calls on it.
#pragma once

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "core/world.hpp"

namespace jobmock::test {

// A moment by the machine's clock, for one call: world.poll(id, at(start + 1s)).
inline Moment& at(Timestamp real, Moment&& moment = {}) {
  moment = {real};
  return moment;
}

// 00000000-0000-4000-8000-000000000007
inline Uuid job_number(unsigned number) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012u", number);
  return parse_uuid(text).value();
}

inline State completed(const std::string& suggestion = "done") {
  return {Status::completed, Output{{}, suggestion}, {}};
}
inline State failed(const std::string& error = "no") { return {Status::failed, {}, error}; }

inline Entry by_polls(std::uint32_t polls, State state = {}) { return {Duration(0), std::move(state), polls}; }

// The fixtures of a set, which begins with the application "app".
class Fixtures {
 public:
  Fixtures() { application("app"); }
  explicit Fixtures(FixtureSet set) : set_(std::move(set)) {}

  Fixtures& application(const std::string& id) {
    set_.application_by_name.emplace(id, static_cast<std::uint32_t>(set_.applications.size()));
    set_.applications.emplace_back().id = id;
    return *this;
  }

  Fixtures& job(unsigned number, Plan plan, CreatedAt created_at = {}, const std::string& application = "app") {
    const auto index = static_cast<std::uint32_t>(set_.jobs.size());
    set_.job_by_id.emplace(job_number(number), index);
    set_.jobs.push_back(
        {job_number(number), set_.application_by_name.at(application), created_at, std::move(plan), {}});
    return *this;
  }

  Fixtures& clock(const ClockSettings& clock) {
    set_.clock = clock;
    return *this;
  }

  FixtureSet take() { return std::move(set_); }
  std::shared_ptr<const FixtureSet> share() { return std::make_shared<const FixtureSet>(std::move(set_)); }

 private:
  FixtureSet set_;
};

// A world that begins at `start`, by the clock of its fixtures. Only time that is given to it passes.
struct WorldUnderTest {
  static constexpr Timestamp start{std::chrono::hours(1000)};

  explicit WorldUnderTest(Fixtures fixtures, const WorldLimits& limits = {})
      : set(fixtures.share()), world("test", set, set->clock, start, 1, limits, shared) {}

  // Once everything is frozen: time passes only by advancing.
  Moment& now(Moment&& moment = {}) const { return at(start, std::move(moment)); }

  Status status(unsigned number) { return world.explain(job_number(number), now())->state().status; }

  std::shared_ptr<const FixtureSet> set;
  SharedByWorlds shared;
  SharedByWorlds::Bytes bytes = shared.bytes;
  World world;
};

}  // namespace jobmock::test
