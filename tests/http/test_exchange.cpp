#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "http/exchange.hpp"

using namespace jobmock;

namespace {

std::string written(Reply reply, Ending ending) {
  Exchange exchange(300);
  std::string out = "before|";
  exchange.write(std::move(reply), ending, out);
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The order of headers has no meaning (RFC 9110, 5.3), and the library's is that of a hash table.
std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

const Reply found{200, "application/json", {{"X-Test", "a"}}, "{\"a\":1}"};

}  // namespace

TEST_CASE("an answer is written behind what is there, with its length, type and headers") {
  const auto out = written(found, {true, false, false});
  CHECK(out.starts_with("before|HTTP/1.1 200 OK\r\n"));
  CHECK(out.ends_with("\r\n\r\n{\"a\":1}"));
  CHECK(has(out, "\r\nContent-Type: application/json\r\n"));
  CHECK(has(out, "\r\nContent-Length: 7\r\n"));
  CHECK(has(out, "\r\nX-Test: a\r\n"));
  CHECK_FALSE(has(out, "Connection:"));
}

TEST_CASE("the end of a connection is announced, and to HTTP/1.0 that it goes on") {
  CHECK(has(written(found, {false, false, false}), "\r\nConnection: close\r\n"));
  CHECK(has(written(found, {true, true, false}), "\r\nConnection: keep-alive\r\n"));
}

TEST_CASE("to HEAD the same headers are written, and no body") {
  const auto with_body = written(found, {true, false, false});
  CHECK(written(found, {true, false, true}) == with_body.substr(0, with_body.size() - 7));
}

TEST_CASE("an answer without a body says so") {
  const auto out = written({200, {}, {{"Allow", "GET"}}, {}}, {true, false, false});
  CHECK(has(out, "\r\nContent-Length: 0\r\n"));
  CHECK(out.ends_with("\r\n\r\n"));
  CHECK_FALSE(has(out, "Content-Type"));
}

TEST_CASE("the library adds nothing of its own to refusals") {
  for (const int status : {400, 401, 403, 404, 405, 408, 413, 414, 429, 431, 500, 501, 503, 505, 507}) {
    CAPTURE(status);
    const auto out = written({status, "application/json", {}, "{}"}, {true, false, false});
    CHECK(out.starts_with("before|HTTP/1.1 " + std::to_string(status) + ' '));
    CHECK(out.ends_with("\r\n\r\n{}"));
    CHECK_FALSE(has(out, "EXCEPTION"));
  }
}

TEST_CASE("no text of an answer begins a header of its own: what has a line break in it is not written") {
  for (const std::string evil : {"a\r\nX-Evil: b", "a\nX-Evil: b", "a\r\n\r\nX-Evil: b"}) {
    CAPTURE(evil);
    const auto out = written({200, "application/json", {{"X-Test", evil}, {evil, "a"}}, "{}"}, {true, false, false});
    CHECK_FALSE(has(out, "X-Evil"));
    CHECK(out.ends_with("\r\n\r\n{}"));
    CHECK_FALSE(has(written({200, evil, {}, "{}"}, {true, false, false}), "X-Evil"));
  }
}

TEST_CASE("the usual answer, which is copied, is what the library would write") {
  for (const auto size : {0, 1, 350, 1'000'000}) {
    CAPTURE(size);
    const Reply usual{200,
                      "application/json",
                      {{"Date", "Tue, 24 Nov 2026 18:18:09 GMT"}},
                      std::string(static_cast<std::size_t>(size), 'x')};
    const auto head_by_library = written(usual, {true, false, true});
    CHECK(sorted_lines(written(usual, {true, false, false})) == sorted_lines(head_by_library + usual.body));
    CHECK(has(head_by_library, "\r\nDate: Tue, 24 Nov 2026 18:18:09 GMT\r\n"));
    CHECK(has(head_by_library, "\r\nContent-Length: " + std::to_string(size) + "\r\n"));
  }
}
