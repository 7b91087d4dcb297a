#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/time.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

TEST_CASE("a timestamp is written in UTC with six digits and Z") {
  CHECK(format_timestamp(Timestamp(0s)) == "1970-01-01T00:00:00.000000Z");
  CHECK(format_timestamp(Timestamp(1739211489501223us)) == "2025-02-10T18:18:09.501223Z");
  CHECK(format_timestamp(Timestamp(1us)) == "1970-01-01T00:00:00.000001Z");
  CHECK(format_timestamp(Timestamp(-1us)) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("a Date header is an IMF-fixdate") {
  CHECK(format_http_date(Timestamp(1739211489501223us)) == "Mon, 10 Feb 2025 18:18:09 GMT");
  CHECK(format_http_date(Timestamp(784111777s)) == "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110's own example
}

TEST_CASE("RFC 3339 timestamps are read") {
  const std::vector<std::pair<std::string, Timestamp>> good{
      {"2025-02-10T18:18:09.501223Z", Timestamp(1739211489501223us)},
      {"2025-02-10t18:18:09.501223z", Timestamp(1739211489501223us)},
      {"2025-02-10T18:18:09Z", Timestamp(1739211489s)},
      {"2025-02-10T18:18:09.5Z", Timestamp(1739211489500ms)},
      {"2025-02-10T18:18:09.5012239Z", Timestamp(1739211489501223us)},
      {"2025-02-10T19:18:09+01:00", Timestamp(1739211489s)},
      {"2025-02-10T12:48:09-05:30", Timestamp(1739211489s)},
      {"2024-02-29T00:00:00Z", Timestamp(1709164800s)},
      {"0000-01-01T00:00:00Z", beginning_of_time},
      {"9999-12-31T23:59:59.999999Z", end_of_time},
      {"9999-12-31T23:59:59.9999999Z", end_of_time},
  };
  for (const auto& [text, time] : good) {
    CAPTURE(text);
    const auto parsed = parse_timestamp(text);
    REQUIRE(parsed);
    CHECK(*parsed == time);
  }
}

TEST_CASE("what is no RFC 3339 timestamp is refused with the reason") {
  const std::string shape = "a timestamp is written as 2025-02-10T18:18:09.501223Z";
  const std::string zone = "a timestamp ends with Z or an offset such as +01:00";
  const std::string date = "there is no such date or time";
  const std::vector<std::pair<std::string, std::string>> bad{
      {"", shape},
      {"yesterday", shape},
      {"2025-02-10", shape},
      {"2025-2-10T18:18:09Z", shape},
      {"2025-02-10 18:18:09Z", shape},
      {"2025-02-10T18:18:09.Z", "a timestamp's fraction has at least one digit"},
      {"2025-02-10T18:18:09", zone},
      {"2025-02-10T18:18:09+0100", zone},
      {"2025-02-10T18:18:09+24:00", zone},
      {"2025-02-10T18:18:09Z ", zone},
      {"0000-01-01T00:00:00+00:01", "a timestamp is from the year 0000 to 9999 in UTC"},
      {"9999-12-31T23:59:59-00:01", "a timestamp is from the year 0000 to 9999 in UTC"},
      {"2025-02-30T18:18:09Z", date},
      {"2025-13-10T18:18:09Z", date},
      {"2025-02-10T25:18:09Z", date},
      {"2025-02-10T18:61:09Z", date},
  };
  for (const auto& [text, reason] : bad) {
    CAPTURE(text);
    const auto parsed = parse_timestamp(text);
    REQUIRE(!parsed);
    CHECK(parsed.error() == reason);
  }
}

TEST_CASE("durations are read") {
  const std::vector<std::pair<std::string, Duration>> good{
      {"0s", 0s},       {"500ms", 500ms}, {"2s", 2s},          {"1m30s", 90s},
      {"1h", 1h},       {"1.5h", 90min},  {"0.25s", 250ms},    {"1h1m1s1ms", 3661001ms},
      {"0.001ms", 1us}, {"90s", 90s},     {"876000h", 876000h}};
  for (const auto& [text, duration] : good) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE(parsed);
    CHECK(*parsed == duration);
  }
}

TEST_CASE("what is no duration is refused with the reason") {
  const std::string shape = "a duration is a number with a unit (h, m, s, ms): 500ms, 2s, 1m30s, 1h";
  const std::string longest = "a duration is at most 100 years (876000h)";
  const std::vector<std::pair<std::string, std::string>> bad{{"", shape},
                                                             {"5", shape},
                                                             {"s", shape},
                                                             {"-5s", shape},
                                                             {"+5s", shape},
                                                             {"5 s", shape},
                                                             {"5s ", shape},
                                                             {"5sec", shape},
                                                             {"1d", shape},
                                                             {"30s1m", shape},
                                                             {"1s1s", shape},
                                                             {".5s", shape},
                                                             {"1e3s", shape},
                                                             {"inf", shape},
                                                             {"nans", shape},
                                                             {"876001h", longest},
                                                             {"876000h1ms", longest},
                                                             {"99999999999999999999999h", longest}};
  for (const auto& [text, reason] : bad) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE(!parsed);
    CHECK(parsed.error() == reason);
  }
}

TEST_CASE("a duration is written in the form in which it is read") {
  for (const auto* text : {"0s", "500ms", "2s", "1m30s", "1h", "1h1m1s1ms", "1.5ms", "0.001ms", "2s0.25ms"}) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE(parsed);
    CHECK(format_duration(*parsed) == text);
  }
  CHECK(format_duration(-90s) == "-1m30s");
}
