// Texts of others, as people and programs can read them: whole characters of UTF-8, and nothing that moves a terminal's
// cursor. Pure; any thread may call.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobmock {

// The bytes of the character that `text` begins with; 0 when that is none of UTF-8 (RFC 3629: no overlong form, no
// surrogate, nothing above U+10FFFF) or `text` is empty.
std::size_t length_of_character(std::string_view text);

// Whether that character controls a device instead of being shown (C0, DEL, C1), or ends a line (U+2028, U+2029).
bool begins_with_control(std::string_view text);

// The longest beginning of `text` that has at most `most` bytes and does not end within a character.
std::string_view beginning_of(std::string_view text, std::size_t most);

constexpr std::string_view ellipsis = "…";

// `text`, or its beginning and an ellipsis when it is longer than `most` bytes.
std::string cut(std::string_view text, std::size_t most);

// `text` on one line: control characters as \n, \x1b or \u0085, bytes that are not UTF-8 as \xff, and U+FFFE and
// U+FFFF, which XML cannot have, as \ufffe and \uffff.
std::string printable(std::string_view text);

// `text` with each byte that is not UTF-8 read as the character of Latin-1 that it is.
std::string with_latin1_as_utf8(std::string_view text);

}  // namespace jobmock
