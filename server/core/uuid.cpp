#include "core/uuid.hpp"

namespace jobmock {
namespace {

constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != shape.size()) return std::nullopt;
  Uuid uuid;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '-') {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    auto& byte = uuid.bytes.at(nibble / 2);
    byte = static_cast<std::uint8_t>(byte * 16 + value);
    ++nibble;
  }
  return uuid;
}

std::string format_uuid(const Uuid& uuid) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(shape);
  std::size_t nibble = 0;
  for (auto& c : text) {
    if (c == '-') continue;
    const unsigned byte = uuid.bytes.at(nibble / 2);
    c = digits[nibble % 2 == 0 ? byte >> 4U : byte & 0xFU];
    ++nibble;
  }
  return text;
}

}  // namespace jobmock
