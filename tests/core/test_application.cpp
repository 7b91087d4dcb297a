#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/application.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {

Application with_inputs() {
  Application application;
  application.inputs.emplace();
  application.inputs->push_back({"topic", InputType::text, true, {}, {}});
  application.inputs->push_back({"tone", InputType::dropdown, false, {}, {"plain", "funny"}});
  return application;
}

Plan failing(const std::string& error) { return {{{1s, {Status::failed, {}, error}}}, {}}; }

std::string error_for(const Application& application, const Inputs& inputs) {
  return application.rule_for(inputs).plan.timeline.back().state.error;
}

}  // namespace

TEST_CASE("an attempt plays its timeline, a retry its own, and the last repeats") {
  Plan plan{{{1s, {}}}, {{{2s, {}}}, {{3s, {}}}}};
  CHECK(plan.of_attempt(1).at(0).at == 1s);
  CHECK(plan.of_attempt(2).at(0).at == 2s);
  CHECK(plan.of_attempt(3).at(0).at == 3s);
  CHECK(plan.of_attempt(99).at(0).at == 3s);
  plan.retries.clear();
  CHECK(plan.of_attempt(2).at(0).at == 1s);
}

TEST_CASE("the first rule whose every condition fits is taken") {
  Application application;
  application.created_jobs.push_back({{{"topic", "boom*"}, {"tone", "funny"}}, failing("both")});
  application.created_jobs.push_back({{{"topic", "boom*"}}, failing("beginning")});
  application.created_jobs.push_back({{{"topic", "tea"}}, failing("whole")});
  application.created_jobs.push_back({{}, failing("any")});
  CHECK(error_for(application, {{"topic", {"boomerang"}}, {"tone", {"funny"}}}) == "both");
  CHECK(error_for(application, {{"topic", {"boom"}}}) == "beginning");
  CHECK(error_for(application, {{"topic", {"x", "boom"}}}) == "beginning");
  CHECK(error_for(application, {{"topic", {"tea"}}}) == "whole");
  CHECK(error_for(application, {{"topic", {"tea pot"}}}) == "any");
  CHECK(error_for(application, {{"other", {"tea"}}}) == "any");
  CHECK(error_for(application, {}) == "any");
}

TEST_CASE("a job that no rule fits completes after five seconds with a readable text") {
  const Application application;
  const auto& timeline = application.rule_for({}).plan.timeline;
  REQUIRE(timeline.size() == 1);
  CHECK(timeline[0].at == 5s);
  CHECK(timeline[0].state.status == Status::completed);
  CHECK(timeline[0].state.output->suggestion.size() > 20);
}

TEST_CASE("inputs that do not fit are named, each") {
  const auto application = with_inputs();
  using Texts = std::vector<std::string>;
  CHECK(application.problems_of({{"topic", {"tea"}}}).empty());
  CHECK(application.problems_of({{"topic", {"tea"}}, {"tone", {"funny"}}}).empty());
  CHECK(application.problems_of({}) == Texts{"'topic' is required"});
  CHECK(application.problems_of({{"topic", {}}}) == Texts{"'topic' is required"});
  CHECK(application.problems_of({{"topci", {"tea"}}, {"tone", {"sad"}}}) ==
        Texts{"'topci' is no input of this application", "'tone' does not offer the choice 'sad'",
              "'topic' is required"});
  CHECK(application.problems_of({{"topic", {"a"}}, {"topic", {"b"}}}) == Texts{"'topic' is given twice"});
}

TEST_CASE("an application that says nothing about inputs takes any, but none twice") {
  const Application application;
  CHECK(application.problems_of({{"anything", {"x"}}}).empty());
  CHECK(application.problems_of({{"a", {}}, {"b", {}}, {"a", {}}}) == std::vector<std::string>{"'a' is given twice"});
}
