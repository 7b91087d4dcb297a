#pragma once

#include <string>
#include <vector>

#include "api/report.hpp"

namespace jobmock {

// What became of the expectations as JUnit XML, which CI systems read: a test case for each, with its reasons when it
// failed, and skipped when it was inconclusive.
std::string junit_xml(const std::vector<Judged>& judged);

}  // namespace jobmock
