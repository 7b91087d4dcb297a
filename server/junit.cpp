#include "junit.hpp"

#include <pugixml.hpp>
#include <sstream>

#include "core/text.hpp"

namespace jobmock {

std::string junit_xml(const std::vector<Judged>& judged) {
  pugi::xml_document document;
  auto suite = document.append_child("testsuites").append_child("testsuite");
  suite.append_attribute("name") = "jobmock";
  suite.append_attribute("tests") = judged.size();
  auto failures = suite.append_attribute("failures");
  auto skipped = suite.append_attribute("skipped");
  std::size_t failed = 0;
  std::size_t inconclusive = 0;
  for (const auto& one : judged) {
    const auto name = one.job ? "job " + format_uuid(*one.job) : std::string("every job");
    auto test = suite.append_child("testcase");
    test.append_attribute("name") = name.c_str();
    test.append_attribute("classname") = one.world.empty() ? "no world" : ("world " + printable(one.world)).c_str();
    if (!one.place.empty()) test.append_attribute("file") = printable(one.place).c_str();
    if (one.verdict.outcome == Outcome::pass) continue;
    const bool is_failure = one.verdict.outcome == Outcome::fail;
    ++(is_failure ? failed : inconclusive);
    auto outcome = test.append_child(is_failure ? "failure" : "skipped");
    const auto& reasons = one.verdict.reasons;
    outcome.append_attribute("message") = reasons.empty() ? "" : printable(reasons.front().text).c_str();
    outcome.append_child(pugi::node_pcdata).set_value(judged_text(one).c_str());
  }
  failures = failed;
  skipped = inconclusive;
  std::ostringstream xml;
  document.save(xml, "  ");
  return xml.str();
}

}  // namespace jobmock
