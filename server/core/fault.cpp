#include "core/fault.hpp"

#include <string_view>

namespace jobmock {
namespace {

struct Describe {
  std::string operator()(const AnswerEffect& answer) const {
    auto text = std::to_string(answer.status);
    if (answer.retry_after) {
      text += ", retry after " + format_duration(answer.retry_after->wait);
      if (answer.retry_after->is_date) text += " as a date";
    }
    if (answer.retry_after_ms) text += ", retry-after-ms " + format_duration(*answer.retry_after_ms);
    return text;
  }
  std::string operator()(const DelayEffect& delay) const {
    const auto text = "delay " + format_duration(delay.least);
    return delay.least == delay.most ? text : text + ".." + format_duration(delay.most);
  }
  std::string operator()(const ConnectionEffect& connection) const { return std::string(to_string(connection.does)); }
  std::string operator()(const TruncateEffect& truncate) const { return "truncated to " + bytes(truncate.bytes); }
  std::string operator()(const DripEffect& drip) const {
    return "drip " + bytes(drip.bytes) + " every " + format_duration(drip.every);
  }
  std::string operator()(const MalformedEffect& /*malformed*/) const { return "malformed"; }
  std::string operator()(const QuotaEffect& quota) const {
    return "quota " + std::to_string(quota.requests) + " per " + format_duration(quota.per);
  }

 private:
  static std::string bytes(std::size_t count) { return std::to_string(count) + (count == 1 ? " byte" : " bytes"); }
};

}  // namespace

std::string_view to_string(ConnectionEffect::Does does) {
  switch (does) {
    case ConnectionEffect::Does::close:
      return "close";
    case ConnectionEffect::Does::reset:
      return "reset";
    case ConnectionEffect::Does::stall:
      return "stall";
  }
  return "";
}

std::string describe(const Effect& effect) { return std::visit(Describe(), effect); }

std::string describe(const Fault& fault) {
  std::string text;
  for (const auto& effect : fault.effects) text += (text.empty() ? "" : ", ") + describe(effect);
  return text;
}

}  // namespace jobmock
