// What a hostile or clumsy client sends, over a real socket: an answer or a clean end, and the next is
// served.
#include <doctest/doctest.h>

#include "http/serving.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

const std::string post = "POST /v1/applications/jobs/" + job_id + " HTTP/1.1\r\nHost: x\r\n";

bool is_envelope(const RawReply& reply) {
  return reply.headers.at("content-type") == "application/json" && reply.body.starts_with("{\"tpe\":\"") &&
         reply.body.ends_with("}],\"extras\":{}}");
}

}  // namespace

TEST_CASE("a POST without a length is answered at once, as `curl -X POST` sends it") {
  const Serving serving;
  auto client = serving.connect();
  client.send(post + "\r\n");
  const auto reply = client.read_reply();
  CHECK(reply.status == 405);
  CHECK(reply.headers.at("allow") == "GET, HEAD, OPTIONS");
  client.send(poll_request(job_id));
  CHECK(client.read_reply().status == 200);
}

TEST_CASE("a body is no request, whatever method it comes with") {
  const Serving serving;
  const auto inner = poll_request(job_id);
  auto client = serving.connect();
  client.send(poll_request(job_id, "Content-Length: " + std::to_string(inner.size()) + "\r\n") + inner);
  client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(client.read_reply().status == 200);
  CHECK(client.read_reply().body.empty());
  CHECK(client.read_to_end().empty());

  auto other = serving.connect();
  other.send(post + "Transfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(other.read_reply().status == 405);
  CHECK(other.read_reply().status == 200);
}

TEST_CASE("a body over the limit is refused before it is read: 413, and the client can read that") {
  const Serving serving;
  const std::string megabyte(1U << 20U, 'x');
  SUBCASE("with a length") {
    auto client = serving.connect();
    client.send(post + "Content-Length: 9000000\r\n\r\n");
    for (int i = 0; i < 9; ++i) client.send(megabyte);
    const auto reply = client.read_reply();
    CHECK(reply.status == 413);
    CHECK(reply.headers.at("connection") == "close");
    CHECK(is_envelope(reply));
    CHECK(client.read_to_end().empty());
  }
  SUBCASE("in chunks") {
    auto client = serving.connect();
    client.send(post + "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 9; ++i) client.send("100000\r\n" + megabyte + "\r\n");
    CHECK(client.read_reply().status == 413);
  }
  SUBCASE("at the limit it is taken") {
    auto client = serving.connect();
    client.send(post + "Content-Length: 1048576\r\n\r\n" + megabyte);
    CHECK(client.read_reply().status == 405);
  }
}

TEST_CASE("a long path is an answer, not a crash") {
  const Serving serving;
  for (const std::size_t length : {1000U, 2000U, 8000U}) {
    CHECK(serving.status_of("GET /" + std::string(length, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 404);
  }
  CHECK(serving.status_of("GET /" + std::string(8192, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 414);
  CHECK(serving.status_of("GET /" + std::string(100'000, 'a')) == 431);
  CHECK(serving.status_of(poll_request(job_id)) == 200);
}

TEST_CASE("headers too many or too long are refused with 431, and the connection ends") {
  const Serving serving;
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "h" + std::to_string(i) + ": x\r\n";
  for (const auto& headers : {many, "long: " + std::string(70'000, 'x') + "\r\n"}) {
    auto client = serving.connect();
    client.send(poll_request(job_id, headers));
    const auto reply = client.read_reply();
    CHECK(reply.status == 431);
    CHECK(is_envelope(reply));
    CHECK(client.read_to_end().empty());
  }
  CHECK(serving.status_of(poll_request(job_id)) == 200);
}

TEST_CASE("bytes that are no HTTP are refused with the envelope, and the connection ends") {
  const Serving serving;
  for (const std::string bytes : {"\x16\x03\x01", "hello\r\n\r\n", "GET / HTTP/3.0\r\n\r\n", "\n\n"}) {
    CAPTURE(bytes);
    auto client = serving.connect();
    client.send(bytes);
    const auto reply = client.read_reply();
    CHECK((reply.status == 400 || reply.status == 505));
    CHECK(is_envelope(reply));
    CHECK(client.read_to_end().empty());
  }
}

TEST_CASE("a request that never becomes complete is answered 408 after the limit") {
  Listener::Options options;
  options.limits.request = 50ms;
  const Serving serving(options);
  for (const auto& bytes : {std::string("GET / HT"), post + "Content-Length: 10\r\n\r\n12345"}) {
    auto client = serving.connect();
    client.send(bytes);
    const auto reply = client.read_reply();
    CHECK(reply.status == 408);
    CHECK(is_envelope(reply));
    CHECK(client.read_to_end().empty());
  }
}

TEST_CASE("a client that trickles a request does not gain time with each byte") {
  Listener::Options options;
  options.limits.request = 300ms;
  const Serving serving(options);
  auto client = serving.connect();
  const std::string slow = "GET / HTTP/1.1\r\n";
  std::size_t sent = 0;
  while (!client.has_input() && sent < slow.size()) client.send(slow.substr(sent++, 1));
  while (!client.has_input(1)) client.send("h");  // the beginning of a header
  CHECK(client.read_reply().status == 408);
}

TEST_CASE("an idle connection is closed after its limit, without a word") {
  Listener::Options options;
  options.limits.idle = 50ms;
  const Serving serving(options);
  auto client = serving.connect();
  client.send(poll_request(job_id));
  CHECK(client.read_reply().status == 200);
  CHECK(client.read_to_end().empty());
}

TEST_CASE("Expect: 100-continue is answered before the body comes") {
  const Serving serving;
  auto client = serving.connect();
  client.send(post + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(client.read_bytes(25) == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  CHECK(client.read_reply().status == 405);
}

TEST_CASE("clients that vanish in the middle leave nothing behind that hurts") {
  const Serving serving;
  for (int i = 0; i < 50; ++i) {
    auto client = serving.connect();
    client.send(i % 2 == 0 ? poll_request(job_id).substr(0, 40) : poll_request(job_id));
    if (i % 3 == 0) client.reset();
  }
  CHECK(serving.status_of(poll_request(job_id)) == 200);
}

TEST_CASE("a client that sends its request and closes its side is answered") {
  const Serving serving;
  auto client = serving.connect();
  client.send(poll_request(job_id));
  client.half_close();
  CHECK(client.read_reply().status == 200);
  CHECK(client.read_to_end().empty());
}
