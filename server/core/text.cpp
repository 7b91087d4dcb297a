#include "core/text.hpp"

#include <algorithm>

namespace jobmock {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

bool continues_character(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

std::size_t length_after(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// RFC 3629, section 4: what the second byte may be after some first bytes.
bool is_second_byte(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

std::string hex(unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[byte >> 4U], digits[byte & 0xFU]};
}

// XML cannot have these, not even escaped.
bool begins_with_noncharacter(std::string_view text) {
  return text.starts_with("\uFFFE") || text.starts_with("\uFFFF");
}

// Of a control character, a noncharacter, or a byte that is none of UTF-8.
std::string escape_of(std::string_view character) {
  if (character == "\n") return "\\n";
  if (character == "\r") return "\\r";
  if (character == "\t") return "\\t";
  if (character == "\u2028") return "\\u2028";
  if (character == "\u2029") return "\\u2029";
  if (character == "\uFFFE") return "\\ufffe";
  if (character == "\uFFFF") return "\\uffff";
  if (character.size() == 2) return "\\u00" + hex(byte_at(character, 1));  // C1: U+0080 is C2 80
  return "\\x" + hex(byte_at(character, 0));
}

}  // namespace

std::size_t length_of_character(std::string_view text) {
  if (text.empty()) return 0;
  const auto lead = byte_at(text, 0);
  const auto length = length_after(lead);
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues_character(byte_at(text, i))) return 0;
  }
  return length < 2 || is_second_byte(lead, byte_at(text, 1)) ? length : 0;
}

bool begins_with_control(std::string_view text) {
  if (text.empty()) return false;
  const auto first = byte_at(text, 0);
  if (first < ' ' || first == 0x7F) return true;
  const bool is_c1 = first == 0xC2 && text.size() > 1 && byte_at(text, 1) >= 0x80 && byte_at(text, 1) < 0xA0;
  return is_c1 || text.starts_with("\u2028") || text.starts_with("\u2029");
}

std::string_view beginning_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && continues_character(byte_at(text, most))) --most;
  return text.substr(0, most);
}

std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  return std::string(beginning_of(text, most - std::min(most, ellipsis.size()))).append(ellipsis);
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto length = length_of_character(text);
    const auto character = text.substr(0, std::max<std::size_t>(length, 1));
    const bool is_shown = length > 0 && !begins_with_control(text) && !begins_with_noncharacter(text);
    shown += is_shown ? std::string(character) : escape_of(character);
    text.remove_prefix(character.size());
  }
  return shown;
}

std::string with_latin1_as_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto length = length_of_character(text);
    if (length > 0) {
      result += text.substr(0, length);
    } else {
      const auto code = byte_at(text, 0);  // 0x80 or above: U+0080 is C2 80, U+00FF is C3 BF
      result += static_cast<char>(0xC0U | (code >> 6U));
      result += static_cast<char>(0x80U | (code & 0x3FU));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

}  // namespace jobmock
