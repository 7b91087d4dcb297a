// What the fuzz targets share: properties, of which the first that does not hold ends the run as a finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/message.hpp"

// What libFuzzer calls, or replay.cpp with each file of a corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jobmock::fuzz {

inline void require(bool holds, const char* property, std::string_view shown = {}) {
  if (holds) return;
  std::cerr << "does not hold: " << property << '\n' << shown << std::endl;
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// By the JSON library, not by the code under test.
inline bool is_utf8(std::string_view text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

// Whether an input is tried a second time, to see that it leads to the same: one in eight, for speed.
inline bool is_run_twice(std::string_view input) { return input.size() % 8 == 0; }

// The parts of an input between lines of equals signs, at most `most` of them.
inline std::vector<std::string_view> parts_of(std::string_view input, std::size_t most) {
  constexpr std::string_view between = "\n====\n";
  std::vector<std::string_view> parts;
  while (parts.size() < most) {
    const auto end = input.find(between);
    parts.push_back(input.substr(0, end));
    if (end == std::string_view::npos) break;
    input.remove_prefix(end + between.size());
  }
  return parts;
}

// Takes the text up to the next `end` off `rest`.
inline std::string_view take_to(std::string_view& rest, char end) {
  const auto text = rest.substr(0, rest.find(end));
  rest.remove_prefix(text.size());
  if (!rest.empty()) rest.remove_prefix(1);
  return text;
}

inline std::string header_of(const Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (equals_in_any_case(key, name)) return value;
  }
  return {};
}

// An answer that no fault has touched, to a request for `target`.
void check_reply(const Reply& reply, std::string_view target);

// The same answer, to the byte.
void require_same(const Reply& a, const Reply& b);

}  // namespace jobmock::fuzz
