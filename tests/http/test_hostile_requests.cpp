// Bytes that mean no good, over a real socket: what is answered, that nothing behind a refusal is, and that the next
// client is served. framing.hpp's own tests have the reasons of refusals.
#include <doctest/doctest.h>

#include <array>
#include <random>
#include <set>

#include "cli/running.hpp"
#include "http/hostile.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::string_literals;

namespace {

struct Case {
  std::string bytes;
  int status;
};

const std::string line_end = "\r\n";
const std::string poll = poll_request(job_id);
const std::string post =
    "POST /v1/applications/app/jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer test-token\r\n";  // headers
                                                                                                           // may follow
const std::string inputs = R"({"inputs":[]})";
const std::string smuggled = "GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string with_header(const std::string& header) { return poll_request(job_id, header + line_end); }

std::string get(const std::string& target, const std::string& headers = "Host: localhost\r\n") {
  return "GET " + target + " HTTP/1.1\r\nAuthorization: Bearer test-token\r\n" + headers + line_end;
}

std::string chunks(const std::string& body) { return post + "Transfer-Encoding: chunked\r\n\r\n" + body; }

std::string of_length(const std::string& length) { return post + "Content-Length: " + length + "\r\n\r\n" + inputs; }

// Each is one answer with its status and then the end, whatever comes behind.
void check_refused(const std::vector<Case>& cases) {
  const Serving serving;
  for (const auto& [bytes, status] : cases) {
    CAPTURE(bytes);
    const auto replies = replies_to(serving, bytes + smuggled);
    REQUIRE(statuses_of(replies) == std::to_string(status));
    CHECK(replies.front().headers.at("connection") == "close");
    CHECK(nlohmann::json::parse(replies.front().body).contains("errors"));
    check_next_is_served(serving);
  }
}

// Each is answered with its status, and so is the request behind it.
void check_answered(const std::vector<Case>& cases) {
  const Serving serving;
  for (const auto& [bytes, status] : cases) {
    CAPTURE(bytes);
    CHECK(statuses_of(replies_to_all_of(serving, bytes + smuggled)) == std::to_string(status) + " 200");
    check_next_is_served(serving);
  }
}

// No valid UTF-8: lone bytes, an overlong slash, half of a pair, beyond Unicode, cut short.
const std::array<std::string, 6> no_utf8{"\xff\xfe",         "\x80",    "\xc0\xaf", "\xed\xa0\x80",
                                         "\xf4\x90\x80\x80", "\xe2\x82"};

}  // namespace

TEST_CASE("a body whose length is given in two ways, or in no way, hides no second request") {
  const auto both = [](const std::string& first, const std::string& second) {
    return Case{post + first + line_end + second + line_end + line_end + "0\r\n\r\n", 400};
  };
  const auto coding = [](const std::string& header, int status) {
    return Case{post + header + line_end + line_end + "0\r\n\r\n", status};
  };
  check_refused({both("Content-Length: 5", "Transfer-Encoding: chunked"),
                 both("Transfer-Encoding: chunked", "Content-Length: 5"),
                 both("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
                 both("transfer-encoding: chunked", "CONTENT-LENGTH: 5"),
                 both("Content-Length: 5", "Content-Length: 5"),
                 both("Content-Length: 5", "Content-Length: 50"),
                 both("Content-Length: 0", "content-length: 44"),
                 coding("Transfer-Encoding: xchunked", 501),
                 coding("Transfer-Encoding: gzip, chunked", 501),
                 coding("Transfer-Encoding: chunked, identity", 501),
                 coding("Transfer-Encoding: chunked, chunked", 501),
                 coding("Transfer-Encoding: identity", 501),
                 coding("Transfer-Encoding: chunked;q=1", 501),
                 coding("Transfer-Encoding: \"chunked\"", 501),
                 coding("Transfer-Encoding:", 501),
                 coding("Transfer-Encoding: \x0b"
                        "chunked",
                        400),
                 coding("Transfer-Encoding: chunked\x0c", 400),
                 coding("Transfer-Encoding : chunked", 400),
                 coding("Transfer-Encoding\t: chunked", 400),
                 coding(" Transfer-Encoding: chunked", 400),
                 coding("Transfer-Encoding:\r\n chunked", 400),
                 coding("X: y\nTransfer-Encoding: chunked", 400),
                 coding("X: y\rTransfer-Encoding: chunked", 400),
                 coding("Transfer-Encoding\0: chunked"s, 400),
                 {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400}});
}

TEST_CASE("a Content-Length that is no number in digits is refused, one beyond all bounds before its body comes") {
  std::vector<Case> cases;
  for (const auto& length : {"13, 13"s, "+13"s, "-13"s, "1 3"s, "0xd"s, "13;"s, "13.0"s, "1e1"s, ""s, "\xb2"s, "13\0"s,
                             "\x0b"
                             "13"s,
                             "thirteen"s}) {
    cases.push_back({of_length(length), 400});
  }
  for (const auto* length : {"1048577", "9223372036854775808", "18446744073709551616", "18446744073709551629",
                             "99999999999999999999999999999999999999"}) {
    cases.push_back({of_length(length), 413});
  }
  for (const auto* header :
       {"Content-Length : 13", "Content-Length\t: 13", "Content-Length:\r\n 13", "\tContent-Length: 13"}) {
    cases.push_back({post + header + "\r\n\r\n" + inputs, 400});
  }
  check_refused(cases);
  check_answered({{of_length("13"), 202}, {of_length("000000000000000000000013"), 202}, {of_length("\t 13 \t"), 202}});
}

TEST_CASE("a chunk of a size that is none, or beyond all bounds, is refused") {
  std::vector<Case> cases;
  for (const auto& size : {"-1"s, "+d"s, "0xd"s, "g"s, ""s, " d"s, "d d"s, "d,"s, "\xef\xbc\x91"s, "d\0"s, "d\r"s,
                           "d;x\0"s, "d;x=\x01"s, "d;x\ry"s, "d;\x7f"s}) {
    cases.push_back({chunks(size + line_end + inputs + "\r\n0\r\n\r\n"), 400});
  }
  for (const auto* size : {"100001", "80000000", "ffffffff", "7fffffffffffffff", "fffffffffffffffe", "ffffffffffffffff",
                           "10000000000000000", "ffffffffffffffffffffffffffffffff"}) {
    cases.push_back({chunks(size + line_end + inputs + "\r\n0\r\n\r\n"), 413});
    cases.push_back({chunks("1\r\n{\r\n" + (size + line_end) + inputs + "\r\n0\r\n\r\n"), 413});
  }
  cases.push_back({chunks("d\n" + inputs + "\r\n0\r\n\r\n"), 400});
  cases.push_back({chunks("d\r\n" + inputs + "0\r\n\r\n"), 400});
  cases.push_back({chunks("d\r\n" + inputs + "\n0\r\n\r\n"), 400});
  cases.push_back({chunks("c\r\n" + inputs + "\r\n0\r\n\r\n"), 400});
  cases.push_back({chunks("d\r\n" + inputs + "\r\n0\n\r\n"), 400});
  cases.push_back({chunks("d\r\n" + inputs + "\r\n0\r\n\n"), 400});
  check_refused(cases);
}

TEST_CASE("trailers are read as headers are, and a body's length is not among them") {
  const auto trailer = [](const std::string& line) {
    return chunks("d\r\n" + inputs + "\r\n0\r\n" + line + "\r\n\r\n");
  };
  check_refused({{trailer("no colon"), 400},
                 {trailer("a : b"), 400},
                 {trailer(" folded: b"), 400},
                 {trailer("a: b\0c"s), 400},
                 {trailer("a: b\rc"), 400},
                 {trailer("a\x01: b"), 400},
                 {trailer("a: \x7f"), 400}});
  check_answered({{trailer("a: b"), 202},
                  {trailer("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: y"), 202},
                  {trailer("a: \xff\xfe"), 202}});
}

TEST_CASE("a chunked body in the usual forms is one body, and what is behind it the next request") {
  check_answered({{chunks("d\r\n" + inputs + "\r\n0\r\n\r\n"), 202},
                  {chunks("D\r\n" + inputs + "\r\n000\r\n\r\n"), 202},
                  {chunks("000000000d;a=b;c=\"d e\"\r\n" + inputs + "\r\n0;e\r\n\r\n"), 202},
                  {chunks("1\r\n{\r\nc \t\r\n" + inputs.substr(1) + "\r\n0\r\n\r\n"), 202},
                  {chunks("0\r\n\r\n"), 400},  // no body is no JSON
                  {get("/v1/applications/jobs/" + job_id, "Host: localhost\r\nTransfer-Encoding: chunked\r\n") +
                       "3\r\nGET\r\n0\r\n\r\n",
                   200},
                  {with_header("Content-Length: 3") + "GET", 200}});
}

TEST_CASE("lines that end otherwise than with CR LF are refused") {
  check_refused({{"GET / HTTP/1.1\nHost: x\n\n", 400},
                 {"GET / HTTP/1.1\r\nHost: x\n\r\n", 400},
                 {"GET / HTTP/1.1\r\nHost: localhost\r\n\n", 400},
                 {"GET / HTTP/1.1\r\r\nHost: localhost\r\n\r\n", 400},
                 {"GET / HTTP/1.1\r\nHost: x\r\r\n\r\n", 400},
                 {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\r\n", 400},
                 {"\n" + poll, 400},
                 {"\r\n\r\n" + poll, 400},
                 {"\r\r\n" + poll, 400}});
  check_answered({{"\r\n" + poll, 200}});
}

TEST_CASE("a first line that is none of HTTP/1 is refused") {
  check_refused({{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
                 {"GET / HTTP/0.9\r\n\r\n", 505},
                 {"GET / HTTP/1.2\r\nHost: localhost\r\n\r\n", 505},
                 {"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505},
                 {"GET / HTTP/1.10\r\nHost: localhost\r\n\r\n", 400},
                 {"GET / HTTP/1\r\nHost: localhost\r\n\r\n", 400},
                 {"GET / HTTP/1.1\0\r\nHost: localhost\r\n\r\n"s, 400},
                 {"GET / HTTPS/1.1\r\nHost: localhost\r\n\r\n", 400},
                 {"GET / http/1.1\r\nHost: localhost\r\n\r\n", 400},
                 {"GET /\r\n\r\n", 400},
                 {"GET\r\n\r\n", 400},
                 {"GET\t/\tHTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
                 {"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
                 {"GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n", 400},
                 {" GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
                 {"G\xc3\x89T / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
                 {"G\0T / HTTP/1.1\r\nHost: localhost\r\n\r\n"s, 400},
                 {"{\"a\": 1}\r\n\r\n", 400},
                 {"\x16\x03\x01\x02" + std::string(300, '\0'), 400},
                 {std::string(1000, '\0'), 400}});
}

TEST_CASE("NUL, CR, LF and the other control characters are refused in targets, names and values") {
  std::vector<Case> cases;
  for (int c = 0; c < ' '; ++c) {
    const std::string control(1, static_cast<char>(c));
    cases.push_back({get("/v1/applications/jobs/" + control + job_id), 400});
    cases.push_back({with_header("X" + control + "Y: z"), 400});
    if (c != '\t') cases.push_back({with_header("X: y" + control + "z"), 400});
  }
  cases.push_back({get("/v1/applications/jobs/\x7f" + job_id), 400});
  cases.push_back({with_header("X: \x7f"), 400});
  cases.push_back({with_header("X: y\r\n\tz"), 400});
  cases.push_back({with_header("no colon"), 400});
  cases.push_back({with_header(": no name"), 400});
  cases.push_back({with_header("n\xc3\xa4me: x"), 400});
  cases.push_back({with_header("Host: y"), 400});
  cases.push_back({get("/", ""), 400});  // no Host
  check_refused(cases);
  check_answered({{with_header("X: y\tz"), 200}, {with_header("X: \xc3\xa4\xff"), 200}, {with_header("X:"), 200}});
}

TEST_CASE("heads without end are refused at their bounds, however they go on") {
  const auto a = [](std::size_t count) { return std::string(count, 'a'); };
  std::string headers;
  for (int i = 0; i < 10'000; ++i) headers += "h" + std::to_string(i) + ": x\r\n";
  check_refused({{with_header(headers), 431},
                 {with_header("a: " + a(200'000)), 431},
                 {with_header(a(200'000) + ": b"), 431},
                 {a(200'000), 431},
                 {"GET /" + a(200'000), 431},
                 {get("/" + a(8'192)), 414},
                 {get("/?" + a(60'000)), 414},
                 {chunks("d;" + a(200'000)), 413},
                 {chunks("0\r\na: " + a(200'000)), 413},
                 {chunks("0\r\n" + headers), 413},
                 {chunks(std::string(200'000, '0')), 413}});
  check_answered({{get("/" + a(8'191)), 404}, {with_header("a: " + a(65'000)), 200}});
}

TEST_CASE("a target is answered as it is written: no dot segment and no second decoding leads elsewhere") {
  const auto job = "/v1/applications/jobs/" + job_id;
  check_answered({{get("http://localhost:8080" + job), 200},
                  {get("HTTP://EXAMPLE.test" + job + "?a=b#c"), 200},
                  {get("http://user:pass@[::1]" + job), 200},
                  {get("http://localhost"), 404},
                  {get("http://"), 404},
                  {get("://"), 404},
                  {get("*"), 404},
                  {get("**"), 404},
                  {get("v1/applications"), 404},
                  {get("?"), 404},
                  {get("#" + job), 404},
                  {get("/" + job), 404},
                  {get("//localhost" + job), 404},
                  {get(job + "/"), 404},
                  {get(job + "?" + std::string(1000, '&')), 200},
                  {get(job + "?=&=%&%=%zz&a[]=b&a=1&a=2"), 200},
                  {get(job + "#/../x"), 200},
                  {get(job + "/."), 404},
                  {get(job + "/.."), 404},
                  {get("/v1/./applications/jobs/" + job_id), 404},
                  {get("/v1/applications/x/../jobs/" + job_id), 404},
                  {get("/v1/../__admin/health"), 404},
                  {get("/../../../../etc/passwd"), 404},
                  {get("/v1/%2e%2e/__admin/health"), 404},
                  {get("/%5f%5fadmin/health"), 404},
                  {get("/v1%2fapplications"), 404},
                  {get("/v1/applications/jobs%2F" + job_id), 404},
                  {get("/v1/applications/jobs/..%2f..%2f__admin"), 400},
                  {get("/v1/applications/jobs/%2e%2e"), 400},
                  {get("/v1/applications/jobs/%252e%252e%252f"), 400},
                  {get("/v1/applications/jobs/%2533" + job_id.substr(1)), 400},
                  {get(job + "%00"), 400},
                  {get(job + "%0d%0a"), 400},
                  {get(job + "%"), 400},
                  {get(job + "%zz"), 400},
                  {get("/v1/applications/%00"), 404},
                  {get("/v1/applications/%2e%2e%2f%2e%2e"), 404},
                  {"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n", 404},
                  {"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 200},
                  {"TRACE " + job + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
                  {"get " + job + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 405}});
}

TEST_CASE("CR LF in an id, a query or a header that is told back adds no header to the answer") {
  const Serving serving;
  const std::string injection = "%0d%0aX-Injected:%20yes%0d%0a%0d%0a";
  for (const auto& request :
       {get("/v1/applications/jobs/" + injection), get("/v1/applications/" + injection),
        get("/v1/applications/app/jobs?status=" + injection + "&limit=" + injection), get("/__admin/jobs/" + injection),
        get("/__admin/requests?operation=" + injection), get("/__admin/requests?order=" + injection),
        get("/" + injection), get("/__admin/" + injection),
        get("/v1/applications/jobs/" + job_id, "Host: localhost\r\nX-Jobmock-Explain: " + injection + "\r\n"),
        "DELETE /__admin/worlds/" + injection + " HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
    CAPTURE(request);
    const auto replies = replies_to_all_of(serving, request);
    REQUIRE(replies.size() == 1);
    CHECK(replies.front().headers.count("x-injected") == 0);
    CHECK(replies.front().status < 500);
    check_next_is_served(serving);
  }
}

TEST_CASE("bytes that are no UTF-8, anywhere in a request, are answered with JSON that is") {
  const Server server;
  const auto with_body = [](const std::string& target, const std::string& type, const std::string& body) {
    return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer test-token\r\n" + type +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  for (const auto& bytes : no_utf8) {
    std::string encoded;
    for (const char c : bytes) {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto value = static_cast<unsigned char>(c);
      encoded += {'%', digits[value / 16U], digits[value % 16U]};
    }
    for (const auto& text : {bytes, encoded}) {
      for (const auto& request :
           {get("/" + text),
            get("/v1/applications/jobs/" + text),
            get("/v1/applications/" + text),
            get("/v1/applications/blog-post/jobs?status=" + text + "&limit=" + text),
            get("/v1/applications?after=" + text),
            get("/v1/applications/jobs/" + job_id + "?" + text),
            get("/__admin/" + text),
            get("/__admin/jobs/" + text),
            get("/__admin/requests?operation=" + text + "&order=" + text + "&job_id=" + text + "&from=" + text),
            "GET /__admin/clock?world=" + text + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
            get("/v1/applications/jobs/" + job_id, "Host: " + text + "\r\n"),
            get("/__admin/jobs", "Host: " + text + "\r\n"),
            with_header("Authorization: Bearer " + text),
            with_header("X-Stainless-Lang: " + text),
            with_header("User-Agent: " + text),
            with_header("X-Jobmock-Explain: " + text),
            with_header("Accept: " + text),
            with_header("Idempotency-Key: " + text),
            "GET /v1/applications/jobs/" + job_id + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + text +
                "\r\n\r\n",
            with_body("/v1/applications/blog-post/jobs", "Content-Type: " + text + "\r\n", inputs),
            with_body("/v1/applications/blog-post/jobs", "", text),
            with_body("/v1/applications/blog-post/jobs", "",
                      R"({"inputs":[{"id":")" + text + R"(","value":[")" + text + R"("]}]})"),
            with_body("/v1/applications/blog-post/jobs", "", R"({")" + text + R"(":1})"),
            with_body("/v1/applications/blog-post", "",
                      R"({"inputs":[{"id":"a","value":[")" + text + R"("]}],"stream":false})"),
            with_body("/__admin/clock/advance", "Origin: " + text + "\r\n", "{}"),
            with_body("/__admin/clock/advance", "", R"({")" + text + R"(":")" + text + R"("})"),
            with_body("/__admin/clock/advance", "", R"({"by":")" + text + R"("})"),
            with_body("/__admin/jobs", "", R"({"id":")" + text + R"("})"),
            with_body("/__admin/jobs", "Content-Type: application/yaml\r\n", "id: \"" + text + "\"\n"),
            with_body("/__admin/faults", "", R"({"status":")" + text + R"("})"),
            with_body("/__admin/verify", "", R"({"polls":")" + text + R"("})")}) {
        CAPTURE(request);
        const auto replies = replies_to_all_of(server.port, request);  // its JSON was looked at
        REQUIRE(replies.size() == 1);
        CHECK(replies.front().status < 500);
      }
    }
  }
  for (const auto* told : {"/__admin/requests", "/__admin/report", "/__admin/jobs", "/__admin/worlds"}) {
    CHECK(statuses_of(replies_to_all_of(server.port, get(told))) == "200");
  }
  CHECK(server.get(poll_request(job_id)).status == 200);
}

TEST_CASE("pipelined requests are answered in order up to the one that is refused, and nothing behind it") {
  const Serving serving;
  CHECK(statuses_of(replies_to(serving, poll + of_length("13") + get("/x") + with_header("a : b") + poll)) ==
        "200 202 404 400");
  CHECK(statuses_of(replies_to(serving, poll + with_header("Connection: close") + poll)) == "200 200");
  const std::string old = "GET /__admin/health HTTP/1.0\r\n";
  CHECK(statuses_of(replies_to(serving, old + "Connection: keep-alive\r\n\r\n" + old + "\r\n" + poll)) == "200 200");
  check_next_is_served(serving);
}

TEST_CASE("a request to upgrade is answered as if it asked for none") {
  check_answered(
      {{with_header("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
        200},
       {with_header("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        200},
       {with_header("Upgrade: TLS/1.2\r\nConnection: upgrade"), 200}});
}

TEST_CASE("a request that is cut anywhere, by its end or by a reset, hurts nobody") {
  const Serving serving;
  for (const auto& request : {poll, of_length("13"), chunks("d;a=b\r\n" + inputs + "\r\n0\r\na: b\r\n\r\n")}) {
    for (std::size_t size = 0; size < request.size(); ++size) {
      CAPTURE(size);
      CHECK(replies_to_all_of(serving, request.substr(0, size)).empty());
      auto resetting = serving.connect();
      resetting.send(request.substr(0, size));
      resetting.reset();
      auto closing = serving.connect();
      closing.send(request.substr(0, size));
    }
    check_next_is_served(serving);
    CHECK(replies_to_all_of(serving, request).size() == 1);
  }
}

TEST_CASE("thousands of requests with a few bytes wrong: answers as HTTP has them, and the next client is served") {
  const Serving serving;
  const std::array<std::string, 6> requests{
      poll,
      of_length("13"),
      chunks("d;a=b\r\n" + inputs + "\r\n0\r\na: b\r\n\r\n"),
      get("/v1/applications/app/jobs?limit=1&status=completed"),
      get("/__admin/requests?order=newest&limit=1"),
      "POST /__admin/clock/advance HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nContent-Length: 11\r\n\r\n"
      "{\"by\":\"1s\"}"};
  const std::array<std::string, 16> pieces{"\r\n",
                                           "\r",
                                           "\n",
                                           "\0"s,
                                           ": ",
                                           " ",
                                           "\t",
                                           "%00",
                                           "%",
                                           "\xff",
                                           "chunked",
                                           "0\r\n\r\n",
                                           "Content-Length: 1\r\n",
                                           "HTTP/1.1",
                                           "/../",
                                           "-1"};
  std::mt19937 random(20'250'210);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  for (int i = 0; i < 3'000; ++i) {
    auto bytes = requests[below(requests.size())];
    for (auto changes = 1 + below(4); changes > 0; --changes) {
      const auto at = below(bytes.size() + 1);
      switch (below(5)) {
        case 0:
          bytes.insert(at, pieces[below(pieces.size())]);
          break;
        case 1:
          bytes.erase(at, 1 + below(8));
          break;
        case 2:
          if (at < bytes.size()) bytes[at] = static_cast<char>(below(256));
          break;
        case 3:
          bytes.insert(at, bytes.substr(below(bytes.size() + 1), below(64)));
          break;
        default:
          bytes += requests[below(requests.size())].substr(0, below(200));
          break;
      }
    }
    CAPTURE(i);
    CAPTURE(bytes);
    for (const auto& reply : replies_to_all_of(serving, bytes))
      REQUIRE((reply.status < 500 || reply.status == 501 || reply.status == 505));
    if (i % 10 == 0) check_next_is_served(serving);
  }
  check_next_is_served(serving);
}
