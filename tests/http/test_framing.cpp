#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "http/framing.hpp"

using namespace jobmock;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";

// The refusal of a head, as "status reason"; "complete" or "incomplete" otherwise.
std::string verdict(const std::string& bytes, const FramingLimits& limits = {}) {
  const auto head = read_head(bytes, limits);
  if (!head) return std::to_string(head.error().status) + ' ' + head.error().reason;
  return *head ? "complete" : "incomplete";
}

// The body that comes out of chunks, fed `step` bytes at a time; or the refusal.
std::string dechunk(const std::string& bytes, std::size_t step, const FramingLimits& limits = {}) {
  ChunkedBody chunks(limits);
  std::string waiting;
  std::string body;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    waiting += bytes.substr(at, step);
    const auto done = chunks.take(waiting, body);
    if (!done) return std::to_string(done.error().status) + ' ' + done.error().reason;
    if (*done) return body + " +" + waiting + bytes.substr(std::min(at + step, bytes.size()));
  }
  return body + " (incomplete)";
}

}  // namespace

TEST_CASE("a head is read, its texts as sent but for the white space around values") {
  const std::string bytes =
      "POST /a%20b?c HTTP/1.1\r\nHost: x\r\nAuthorization:  \tBearer a%20b  c "
      "\t\r\nempty:\r\nContent-Length: 12\r\n\r\nrest";
  const auto head = read_head(bytes, {});
  REQUIRE(head);
  REQUIRE(*head);
  CHECK((*head)->method == "POST");
  CHECK((*head)->target == "/a%20b?c");
  CHECK((*head)->size == bytes.size() - 4);
  CHECK((*head)->content_length == 12);
  REQUIRE((*head)->headers.size() == 4);
  CHECK((*head)->headers[1].name == "Authorization");
  CHECK((*head)->headers[1].value == "Bearer a%20b  c");
  CHECK((*head)->headers[2].value.empty());
}

TEST_CASE("a head is incomplete until its empty line is there, wherever it is cut") {
  const std::string bytes = get + "a: b\r\n\r\n";
  for (std::size_t i = 0; i < bytes.size(); ++i) CHECK(verdict(bytes.substr(0, i)) == "incomplete");
  CHECK(verdict(bytes) == "complete");
  CHECK(verdict("\r\n" + bytes) == "complete");
}

TEST_CASE("a head in many pieces is looked at no more than one in two") {
  const std::string bytes =
      "\r\nPOST /x HTTP/1.1\r\nHost: x\r\nlong: " + std::string(1000, 'x') + "\r\na: b\r\n\r\nrest";
  const auto last = bytes.size() - 5;  // byte of the head
  const FramingLimits limits;
  HeadReader reader(limits);
  for (std::size_t at = 0; at < last; ++at) {
    // What was looked at before is line ends now: looked at again, they would be refused.
    auto seen = bytes.substr(0, at + 1);
    const auto looked_at = seen.back() == '\n' ? seen.rfind('\n', at - 1) + 1 : at;
    std::fill_n(seen.begin(), looked_at, '\n');
    const auto head = reader.read(seen);
    CAPTURE(at);
    REQUIRE(head);
    REQUIRE_FALSE(*head);
  }
  const auto head = reader.read(bytes);
  REQUIRE(head);
  REQUIRE(*head);
  CHECK((*head)->target == "/x");
  CHECK((*head)->headers.size() == 3);
  CHECK((*head)->headers[1].value == std::string(1000, 'x'));
  CHECK((*head)->size == bytes.size() - 4);
  CHECK((**reader.read("GET /next HTTP/1.1\r\nHost: x\r\n\r\n")).target == "/next");
}

TEST_CASE("how long a connection lasts is read from version and Connection") {
  const auto keeps = [](const std::string& bytes) { return (*read_head(bytes, {}))->keep_alive; };
  CHECK(keeps(get + "\r\n"));
  CHECK_FALSE(keeps(get + "Connection: close\r\n\r\n"));
  CHECK_FALSE(keeps(get + "Connection: foo , Close\r\n\r\n"));
  CHECK(keeps(get + "Connection: upgrade\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  CHECK(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST_CASE("what is no HTTP/1.1 request is refused with the reason") {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"\n", "400 a line ends with CR LF"},
      {"GET / HTTP/1.1\nHost: x\n\n", "400 a line ends with CR LF"},
      {"\x16", "400 the first byte begins no request; does the client speak TLS? Use http://, not https://"},
      {" GET / HTTP/1.1\r\n",
       "400 the first byte begins no request; does the client speak TLS? Use http://, not https://"},
      {"GET /\r\n", "400 a request begins with a method, a target and HTTP/1.1"},
      {"GET / HTTP/1.1 \r\n", "400 the target has white space or control characters"},
      {"GET  HTTP/1.1\r\n", "400 the target has white space or control characters"},
      {"GET /a b HTTP/1.1\r\n", "400 the target has white space or control characters"},
      {std::string("GET /a\0b HTTP/1.1\r\n", 20), "400 the target has white space or control characters"},
      {"GET /\x01 HTTP/1.1\r\n", "400 the target has white space or control characters"},
      {"G(T / HTTP/1.1\r\n", "400 the method is not a token"},
      {"GET / HTTP/2.0\r\n", "505 HTTP/1.1 and HTTP/1.0 are spoken here"},
      {"GET / HTTP/1.2\r\n", "505 HTTP/1.1 and HTTP/1.0 are spoken here"},
      {"GET / http/1.1\r\n", "400 the request line does not end with HTTP/1.1"},
      {"GET / HTTP/1.1\r\r\n", "400 the request line does not end with HTTP/1.1"},
      {"GET / HTTP/1.10\r\n", "400 the request line does not end with HTTP/1.1"},
      {get + " folded\r\n", "400 a folded header (RFC 9112, 5.2)"},
      {get + "no colon\r\n", "400 a header without a colon"},
      {get + "Authorization : x\r\n", "400 a header's name is not a token"},
      {get + ": x\r\n", "400 a header's name is not a token"},
      {get + "a: b\rc\r\n", "400 a header's value has control characters"},
      {get + std::string("a: b\0c\r\n", 8), "400 a header's value has control characters"},
      {"GET / HTTP/1.1\r\n\r\n", "400 a request has one Host header"},
      {get + "host: y\r\n\r\n", "400 a request has one Host header"}};
  for (const auto& [bytes, refusal] : bad) {
    CAPTURE(bytes);
    CHECK(verdict(bytes) == refusal);
  }
}

TEST_CASE("what two servers could frame differently is refused") {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"Content-Length: 5\r\nContent-Length: 5", "400 the length of the body is given twice"},
      {"Content-Length: 5\r\nTransfer-Encoding: chunked", "400 the length of the body is given twice"},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "400 the length of the body is given twice"},
      {"Content-Length: 5, 5", "400 Content-Length is not a number"},
      {"Content-Length: -1", "400 Content-Length is not a number"},
      {"Content-Length: +5", "400 Content-Length is not a number"},
      {"Content-Length: 0x5", "400 Content-Length is not a number"},
      {"Content-Length: 5 5", "400 Content-Length is not a number"},
      {"Content-Length:", "400 Content-Length is not a number"},
      {"Transfer-Encoding: gzip", "501 the only transfer coding taken is chunked"},
      {"Transfer-Encoding: gzip, chunked", "501 the only transfer coding taken is chunked"},
      {"Transfer-Encoding: xchunked", "501 the only transfer coding taken is chunked"},
      {"Transfer-Encoding:", "501 the only transfer coding taken is chunked"}};
  for (const auto& [headers, refusal] : bad) {
    CAPTURE(headers);
    CHECK(verdict(get + headers + "\r\n\r\n") == refusal);
  }
  CHECK(verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == "400 HTTP/1.0 has no transfer codings");
}

TEST_CASE("a head is bounded in its target, its bytes and its headers") {
  const FramingLimits limits{10, 100, 3, 1000};
  CHECK(verdict("GET /234567890 HTTP/1.1\r\nHost: x\r\n\r\n", limits) == "complete");
  CHECK(verdict("GET /2345678901 HTTP/1.1\r\n", limits) == "414 a target has at most 10 bytes");
  CHECK(verdict(get + "a: b\r\nc: d\r\n\r\n", limits) == "complete");
  CHECK(verdict(get + "a: b\r\nc: d\r\ne: f\r\n", limits) == "431 a request has at most 3 headers");
  const std::string too_large = "431 the request line and headers have at most 100 bytes";
  CHECK(verdict(get + "a: " + std::string(80, 'x') + "\r\n\r\n", limits) == too_large);
  CHECK(verdict(std::string(101, 'x'), limits) == too_large);
  CHECK(verdict(std::string(100, 'x'), limits) == "incomplete");
}

TEST_CASE("a body is bounded by what its length says") {
  const FramingLimits limits{10, 100, 3, 1000};
  CHECK(verdict(get + "Content-Length: 1000\r\n\r\n", limits) == "complete");
  CHECK(verdict(get + "Content-Length: 1001\r\n\r\n", limits) == "413 a body has at most 1000 bytes");
  CHECK(verdict(get + "Content-Length: 99999999999999999999999\r\n\r\n", limits) ==
        "413 a body has at most 1000 bytes");
}

TEST_CASE("a chunked body is put together, however it is cut") {
  const std::string bytes = "5\r\nhello\r\n1;name=\"v\"\r\n \r\nA \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nnext";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    CHECK(dechunk(bytes, step) == "hello 0123456789 +next");
  }
  CHECK(dechunk("0\r\n\r\n", 1) == " +");
  CHECK(dechunk("5\r\nhel", 2) == "hel (incomplete)");
}

TEST_CASE("what is no chunk is refused") {
  for (const auto* bytes : {"x\r\n", "\r\n", "-1\r\n", "+1\r\n", "0x5\r\n", " 5\r\n", "5 5\r\n"}) {
    CAPTURE(bytes);
    CHECK(dechunk(bytes, 100) == "400 a chunk's size is not a hexadecimal number");
  }
  CHECK(dechunk("5\nhello", 100) == "400 a line ends with CR LF");
  CHECK(dechunk("5\r\nhello!\r\n", 100) == "400 a chunk is longer than its size says");
}

TEST_CASE("control characters in a chunk's extension or a trailer are refused, as what is no trailer is") {
  for (const auto& extension :
       {std::string("x\0", 2), std::string("x=\x01"), std::string("x\ry"), std::string("\x7f")}) {
    CAPTURE(extension);
    CHECK(dechunk("1;" + extension + "\r\na\r\n", 100) == "400 a chunk's extension has control characters");
    CHECK(dechunk("0\r\na: " + extension + "\r\n", 100) == "400 a header's value has control characters");
  }
  CHECK(dechunk("0\r\nno colon\r\n", 100) == "400 a header without a colon");
  CHECK(dechunk("0\r\n a: folded\r\n", 100) == "400 a folded header (RFC 9112, 5.2)");
  CHECK(dechunk("0\r\na : b\r\n", 100) == "400 a header's name is not a token");
}

TEST_CASE("a chunk's size line in many pieces is looked at once") {
  const FramingLimits limits;
  ChunkedBody chunks(limits);
  std::string waiting;
  std::string body;
  for (int i = 0; i < 1000; ++i) {
    waiting += i == 0 ? "5" : "0";
    REQUIRE(chunks.take(waiting, body));
    waiting.back() = '\n';  // looked at again, it would be refused
  }
  waiting = "5;" + std::string(998, 'x') + "\r\nhello\r\n0\r\n\r\n";
  CHECK(chunks.take(waiting, body).value());
  CHECK(body == "hello");
}

TEST_CASE("a chunked body is bounded in what it holds and in what it is wrapped in") {
  const FramingLimits limits{10, 100, 3, 20};
  CHECK(dechunk("14\r\n01234567890123456789\r\n0\r\n\r\n", 3, limits) == "01234567890123456789 +");
  CHECK(dechunk("15\r\n", 3, limits) == "413 a body has at most 20 bytes");
  CHECK(dechunk("14\r\n01234567890123456789\r\n1\r\n", 3, limits) == "413 a body has at most 20 bytes");
  for (const auto* size : {"ffffffffffffffff\r\n", "10000000000000000000000005\r\n"}) {
    CHECK(dechunk(size, 100, limits) == "413 a body has at most 20 bytes");
  }
  const std::string overhead = "413 the chunks' sizes, extensions and trailers are longer than a request's head may be";
  CHECK(dechunk("1;" + std::string(200, 'x'), 7, limits) == overhead);
  CHECK(dechunk("0\r\n" + std::string(200, 'x') + "\r\n", 7, limits) == overhead);
  std::string many;
  for (int i = 0; i < 20; ++i) many += "1;xxxxx\r\na\r\n";
  CHECK(dechunk(many, 5, limits) == overhead);
}
