#include "control_readers.hpp"

#include <utility>
#include <vector>

#include "fixture/load_fault.hpp"
#include "fixture/load_job.hpp"

namespace jobmock {
namespace {

Problems as_texts(const std::vector<Problem>& problems) {
  Problems texts;
  for (const auto& problem : problems) texts.push_back(to_string(problem));
  return texts;
}

}  // namespace

void set_readers(Control& control) {
  control.read_job = [](std::string_view text, bool is_json, const std::shared_ptr<const FixtureSet>& fixtures) {
    return read_job(text, is_json, fixtures).map_error(as_texts);
  };
  control.read_fault = [](std::string_view text, bool is_json) {
    return read_fault(text, is_json, "added at run time")
        .map([](AddedFault added) {
          return World::AddedFault{0, std::move(added.fault), added.job, added.application.value_or("")};
        })
        .map_error(as_texts);
  };
  control.read_expectation = [](std::string_view text, bool is_json) {
    return read_expectation(text, is_json)
        .map([](SentExpectation sent) {
          return Control::SentExpectation{std::move(sent.expectation), sent.job};
        })
        .map_error(as_texts);
  };
}

}  // namespace jobmock
