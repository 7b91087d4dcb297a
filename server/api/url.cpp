#include "api/url.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace jobmock {
namespace {

int hex_value(char c) {
  constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
  const auto found = digits.find(c);
  return found == std::string_view::npos ? -1 : static_cast<int>(found % 16);
}

// A value in a query: as sent by forms, + is a space.
std::string decode_value(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

// Keys and values as they are sent, without empty parameters.
std::vector<std::pair<std::string_view, std::string_view>> raw_parameters(std::string_view target) {
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
  target = target.substr(0, target.find('#'));
  target.remove_prefix(std::min(target.find('?'), target.size()));
  while (!target.empty()) {
    target.remove_prefix(1);  // the separator
    const auto parameter = target.substr(0, target.find('&'));
    target.remove_prefix(parameter.size());
    const auto equals = std::min(parameter.find('='), parameter.size());
    const auto value = parameter.substr(std::min(equals + 1, parameter.size()));
    if (!parameter.empty()) parameters.emplace_back(parameter.substr(0, equals), value);
  }
  return parameters;
}

}  // namespace

std::string_view path_of(std::string_view target) {
  const auto* end = std::find_if(target.begin(), target.end(), [](char c) { return c == '?' || c == '#'; });
  target.remove_suffix(static_cast<std::size_t>(target.end() - end));
  if (target.starts_with('/')) return target;
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos) return target;
  const auto path = target.find('/', scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

std::string percent_decode(std::string_view text) {
  if (text.find('%') == std::string_view::npos) return std::string(text);
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string masked_query(std::string_view target,
                         const std::function<bool(std::string_view, std::string_view)>& is_shown) {
  std::string masked;
  char separator = '?';
  for (const auto& [key, value] : raw_parameters(target)) {
    const bool shows = is_shown(decode_value(key), decode_value(value));
    masked += std::exchange(separator, '&') + (value.empty() && !shows ? "***" : std::string(key));
    if (!value.empty()) masked += shows ? '=' + std::string(value) : "=***";
  }
  return masked;
}

Query::Query(std::string_view target) {
  for (const auto& [key, value] : raw_parameters(target)) {
    parameters_.emplace_back(decode_value(key), decode_value(value));
  }
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

std::optional<std::string> Query::text(std::string_view name) {
  std::optional<std::string> found;
  for (const auto& [key, value] : parameters_) {
    if (key != name) continue;
    if (found) {
      add_problem(name, "given twice");
      return std::nullopt;
    }
    found = value;
  }
  return found;
}

std::size_t Query::number(std::string_view name, std::size_t otherwise, std::size_t most) {
  const auto given = text(name);
  if (!given) return otherwise;
  if (const auto number = whole_number(*given); number && *number <= most) return *number;
  add_problem(name, "expected a whole number from 0 to " + std::to_string(most) + ", found '" + *given + "'");
  return otherwise;
}

void Query::add_problem(std::string_view name, std::string problem) {
  problems_.push_back({std::string(name), std::move(problem)});
}

}  // namespace jobmock
