#include "core/time.hpp"

#include <date/date.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace jobmock {
namespace {

constexpr Duration longest = std::chrono::hours(24 * 365 * 100);

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array units{Unit{"h", std::chrono::hours(1)}, Unit{"m", std::chrono::minutes(1)},
                           Unit{"s", std::chrono::seconds(1)}, Unit{"ms", std::chrono::milliseconds(1)}};

// Whether `text` begins with the shape of `pattern`, where 0 stands for any digit and T for T or t.
bool has_shape(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    const bool same = pattern[i] == '0'   ? digit
                      : pattern[i] == 'T' ? text[i] == 'T' || text[i] == 't'
                                          : text[i] == pattern[i];
    if (!same) return false;
  }
  return true;
}

std::size_t count_digits(std::string_view text) {
  const auto end = text.find_first_not_of("0123456789");
  return end == std::string_view::npos ? text.size() : end;
}

// The part of a timestamp after the seconds' fraction: "Z" or "+01:00".
tl::expected<std::chrono::minutes, std::string> parse_zone(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (text.size() == 6 && (has_shape(text, "+00:00") || has_shape(text, "-00:00"))) {
    const int hours = (text[1] - '0') * 10 + (text[2] - '0');
    const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
    if (hours < 24 && minutes < 60) {
      const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
      return text[0] == '-' ? -offset : offset;
    }
  }
  return tl::unexpected<std::string>("a timestamp ends with Z or an offset such as +01:00");
}

// Writes `value` over the zeros that end before `end`, as far as it has digits.
void put_number(std::string& text, std::size_t end, std::int64_t value) {
  for (; value > 0 && end > 0; value /= 10) text[--end] = static_cast<char>('0' + value % 10);
}

// By hand, since every answer has five of these texts: a stream takes twenty times as long.
struct Parts {
  explicit Parts(Timestamp time)
      : days(std::chrono::floor<date::days>(time)), date(days), of_day(time - std::chrono::sys_time<Duration>(days)) {}

  void put_time(std::string& text, std::size_t begin) const {  // over "00:00:00"
    put_number(text, begin + 2, of_day / std::chrono::hours(1));
    put_number(text, begin + 5, of_day / std::chrono::minutes(1) % 60);
    put_number(text, begin + 8, of_day / std::chrono::seconds(1) % 60);
  }
  [[nodiscard]] int year() const { return static_cast<int>(date.year()); }
  [[nodiscard]] unsigned month() const { return static_cast<unsigned>(date.month()); }
  [[nodiscard]] unsigned day() const { return static_cast<unsigned>(date.day()); }

  date::sys_days days;
  date::year_month_day date;
  Duration of_day;
};

}  // namespace

std::string format_timestamp(Timestamp time) {
  const Parts parts(time);
  std::string text = "0000-00-00T00:00:00.000000Z";
  put_number(text, 4, parts.year());
  put_number(text, 7, parts.month());
  put_number(text, 10, parts.day());
  parts.put_time(text, 11);
  put_number(text, 26, parts.of_day.count() % 1'000'000);
  return text;
}

std::string format_http_date(Timestamp time) {
  constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const Parts parts(time);
  std::string text = "Xxx, 00 Xxx 0000 00:00:00 GMT";
  text.replace(0, 3, weekdays.substr(std::size_t{date::weekday(parts.days).c_encoding()} * 3, 3));
  put_number(text, 7, parts.day());
  text.replace(8, 3, months.substr(std::size_t{parts.month() - 1} * 3, 3));
  put_number(text, 16, parts.year());
  parts.put_time(text, 17);
  return text;
}

std::string format_duration(Duration duration) {
  if (duration < Duration::zero()) return "-" + format_duration(-duration);
  std::string text;
  for (const auto& unit : units) {
    const auto count = duration / unit.length;
    if (count == 0) continue;
    text += std::to_string(count) + std::string(unit.name);
    duration -= count * unit.length;
  }
  if (duration > Duration::zero()) {  // below a millisecond: a fraction of one
    std::string digits = std::to_string(1000 + duration.count()).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (text.ends_with("ms")) return text.substr(0, text.size() - 2) + "." + digits + "ms";
    return text + "0." + digits + "ms";
  }
  return text.empty() ? "0s" : text;
}

tl::expected<Timestamp, std::string> parse_timestamp(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (!has_shape(text, shape)) {
    return tl::unexpected<std::string>("a timestamp is written as 2025-02-10T18:18:09.501223Z");
  }
  std::string_view rest = text.substr(shape.size());
  Duration fraction{0};
  if (rest.starts_with('.')) {
    const auto digits = count_digits(rest.substr(1));
    if (digits == 0) return tl::unexpected<std::string>("a timestamp's fraction has at least one digit");
    const std::string micros = (std::string(rest.substr(1, digits)) + "000000").substr(0, 6);
    fraction = Duration(std::stoi(micros));
    rest.remove_prefix(1 + digits);
  }
  const auto zone = parse_zone(rest);
  if (!zone) return tl::unexpected(zone.error());

  std::string seconds(text.substr(0, shape.size()));
  seconds[10] = 'T';
  std::istringstream in(seconds);
  in.imbue(std::locale::classic());
  date::sys_seconds moment;
  in >> date::parse("%FT%T", moment);
  if (in.fail() || date::format("%FT%T", moment) != seconds) {
    return tl::unexpected<std::string>("there is no such date or time");
  }
  const auto time = Timestamp(moment) + fraction - *zone;
  if (time < beginning_of_time || time > end_of_time) {
    return tl::unexpected<std::string>("a timestamp is from the year 0000 to 9999 in UTC");
  }
  return time;
}

tl::expected<Duration, std::string> parse_duration(std::string_view text) {
  const auto refuse = [] {
    return tl::unexpected<std::string>("a duration is a number with a unit (h, m, s, ms): 500ms, 2s, 1m30s, 1h");
  };
  if (text.empty()) return refuse();
  Duration total{0};
  const auto* next_unit = units.begin();
  while (!text.empty()) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || text[0] < '0' || text[0] > '9') return refuse();
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));

    const auto unit_length = std::min(text.find_first_of("0123456789."), text.size());
    const auto name = text.substr(0, unit_length);
    while (next_unit != units.end() && next_unit->name != name) ++next_unit;
    if (next_unit == units.end()) return refuse();
    text.remove_prefix(unit_length);

    const double micros = number * static_cast<double>(next_unit->length.count());
    if (micros > static_cast<double>(longest.count())) {
      return tl::unexpected<std::string>("a duration is at most 100 years (876000h)");
    }
    total += Duration(std::llround(micros));
    ++next_unit;
  }
  if (total > longest) return tl::unexpected<std::string>("a duration is at most 100 years (876000h)");
  return total;
}

}  // namespace jobmock
