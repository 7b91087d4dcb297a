#include <doctest/doctest.h>

#include "core/text.hpp"

using namespace jobmock;

TEST_CASE("a character of UTF-8 is told from what only looks like one") {
  CHECK(length_of_character("a€") == 1);
  CHECK(length_of_character("é") == 2);
  CHECK(length_of_character("€uro") == 3);
  CHECK(length_of_character("😀") == 4);
  for (const char* bad : {"", "\x80", "\xC3", "\xC3(", "\xE2\x82", "\xE2\x82(", "\xC0\x80", "\xE0\x80\x80",
                          "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    CAPTURE(bad);
    CHECK(length_of_character(bad) == 0);
  }
}

TEST_CASE("a text is cut between characters") {
  CHECK(beginning_of("a€", 9) == "a€");
  CHECK(beginning_of("a€", 4) == "a€");
  CHECK(beginning_of("a€", 3) == "a");
  CHECK(beginning_of("a€", 2) == "a");
  CHECK(beginning_of("a€", 0).empty());
  CHECK(cut("short", 5) == "short");
  CHECK(cut("ab€€€", 10) == "ab€…");
  CHECK(cut("abc€€€", 10) == "abc€…");
  CHECK(cut("abcd€€€", 10) == "abcd€…");
  CHECK(cut("abcde€€€", 10) == "abcde…");
  CHECK(cut("\x80\x80\x80\x80\x80\x80", 5) == "…");
}

TEST_CASE("what cannot be shown on a line is escaped, all else stays") {
  CHECK(printable("größer \\ '東京' 😀") == "größer \\ '東京' 😀");
  CHECK(printable("a\tb\r\n\x1b[2J\x7f") == "a\\tb\\r\\n\\x1b[2J\\x7f");
  CHECK(printable(std::string_view("\0x", 2)) == "\\x00x");
  CHECK(printable("\u0085\u009b\u00a0\u2028\u2029\u202a") == "\\u0085\\u009b\u00a0\\u2028\\u2029\u202a");
  CHECK(printable("\uFFFD\uFFFE\uFFFF\uFFFD") == "\uFFFD\\ufffe\\uffff\uFFFD");
  CHECK(printable("\xff€\xe2\x82") == "\\xff€\\xe2\\x82");
}

TEST_CASE("a byte that is not UTF-8 is read as Latin-1") {
  CHECK(with_latin1_as_utf8("é\xe9€\x85\xa0\xff") == "éé€\u0085\u00a0ÿ");
  CHECK(with_latin1_as_utf8("") == "");
}
