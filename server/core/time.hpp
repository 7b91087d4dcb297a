// The two units of time that everything here counts in, and their texts. Pure; any thread may call.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace jobmock {

// Microseconds, because the API writes its timestamps with six digits.
using Duration = std::chrono::microseconds;

// A moment in UTC.
using Timestamp = std::chrono::sys_time<Duration>;

// 0000-01-01T00:00:00.000000Z and 9999-12-31T23:59:59.999999Z: what RFC 3339 can write. Every world's clock stops at
// the end.
constexpr Timestamp beginning_of_time{std::chrono::seconds(-62'167'219'200)};
constexpr Timestamp end_of_time{std::chrono::microseconds(253'402'300'799'999'999)};

// "2025-02-10T18:18:09.501223Z": always six digits and Z, as the API writes it.
std::string format_timestamp(Timestamp time);

// "Mon, 10 Feb 2025 18:18:09 GMT": an IMF-fixdate (RFC 9110, 5.6.7), for Date.
std::string format_http_date(Timestamp time);

// The shortest text in the fixtures' own form: "1m30s", "500ms", "0s".
std::string format_duration(Duration duration);

// RFC 3339 with a time zone: "2025-02-10T18:18:09Z", "2025-02-10t18:18:09.5+01:00". Digits past the sixth
// are cut. In UTC it is from the beginning to the end of time. The error says what is expected.
tl::expected<Timestamp, std::string> parse_timestamp(std::string_view text);

// One or more numbers with a unit, the larger unit first: "500ms", "2s", "1m30s", "1.5h". Not negative, at
// most 100 years. The error says what is expected.
tl::expected<Duration, std::string> parse_duration(std::string_view text);

}  // namespace jobmock
