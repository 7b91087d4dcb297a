// An application whose fixtures have faults, and that takes faults and expectations at run time.
#pragma once

#include <map>

#include "api/admin_under_test.hpp"
#include "fixture/load_fault.hpp"
#include "fixture/load_job.hpp"

namespace jobmock::test {

// A fault as JSON; `origin` is what the log calls it.
inline std::shared_ptr<const Fault> fault_of(const std::string& text, const std::string& origin) {
  auto read = read_fault(text, true, origin);
  INFO(text);
  REQUIRE(read.has_value());
  return read->fault;
}

inline Expectation expectation_of(const std::string& text) {
  auto read = read_expectation(text, true);
  INFO(text);
  REQUIRE(read.has_value());
  return read->expectation;
}

struct FaultsUnderTest : AdminUnderTest {
  // As JSON: a list for each job, those of the application that has all jobs, those of every world.
  std::map<std::string, std::vector<std::string>> of_jobs;
  std::vector<std::string> of_application;
  std::vector<std::string> of_world;
  std::map<std::string, std::string> expected_of_jobs;

  FaultsUnderTest() {
    change_fixtures = [this](FixtureSet& set) {
      for (const auto& [id, texts] : of_jobs) {
        set.jobs[set.job_by_id.at(parse_uuid(id).value())].faults = list_of(texts, "job");
      }
      for (const auto& [id, text] : expected_of_jobs) {
        set.jobs[set.job_by_id.at(parse_uuid(id).value())].expect =
            std::make_shared<const Expectation>(expectation_of(text));
      }
      set.applications[0].faults = list_of(of_application, "application");
      set.faults = list_of(of_world, "world");
    };
  }

  // The status of a poll, and of others.
  int poll_status(const std::string& job_id, const std::string& token = "test-token") {
    return poll(job_id, token).status;
  }

  // What is told of the last request: the end of its log line.
  [[nodiscard]] std::string note() const {
    const auto& line = log.back();
    const auto at = line.find("fault: ");
    return at == std::string::npos ? "" : line.substr(at);
  }

 private:
  static FaultList list_of(const std::vector<std::string>& texts, const std::string& origin) {
    FaultList list;
    for (const auto& text : texts) list.push_back(fault_of(text, origin));
    return list;
  }
};

}  // namespace jobmock::test
