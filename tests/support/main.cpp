// The main function of every test program. One that is asked for tests and finds none has failed: a name that CTest got
// wrong would pass for ever.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <iostream>

namespace {

bool found_none = false;

struct CountTests : doctest::IReporter {
  explicit CountTests(const doctest::ContextOptions& /*options*/) {}
  void test_run_end(const doctest::TestRunStats& stats) override { found_none = stats.numTestCasesPassingFilters == 0; }

  void report_query(const doctest::QueryData& /*query*/) override {}
  void test_run_start() override {}
  void test_case_start(const doctest::TestCaseData& /*test*/) override {}
  void test_case_reenter(const doctest::TestCaseData& /*test*/) override {}
  void test_case_end(const doctest::CurrentTestCaseStats& /*stats*/) override {}
  void test_case_exception(const doctest::TestCaseException& /*exception*/) override {}
  void subcase_start(const doctest::SubcaseSignature& /*subcase*/) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData& /*assertion*/) override {}
  void log_message(const doctest::MessageData& /*message*/) override {}
  void test_case_skipped(const doctest::TestCaseData& /*test*/) override {}
};

REGISTER_LISTENER("count", 1, CountTests);

}  // namespace

int main(int count, char** arguments) {
  const int status = doctest::Context(count, arguments).run();
  if (found_none) std::cerr << "no test has such a name\n";
  return found_none ? 1 : status;
}
