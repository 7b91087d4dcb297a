// The traps of cpp-httplib that were measured before this was built, each over a real socket.
#include <doctest/doctest.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <thread>
#include <vector>

#include "http/serving.hpp"

using namespace jobmock;
using namespace jobmock::test;
namespace {

int descriptor_with_peer_port(std::uint16_t port) {
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_port == htons(port)) {
      return descriptor;
    }
  }
  return -1;
}

}  // namespace

TEST_CASE("an answer is on its way at once: Nagle's algorithm is off") {
  const Serving serving;
  auto client = serving.connect();
  client.send(poll_request(job_id));
  CHECK(client.read_reply().status == 200);
  // The listener is in this process, so its end of the connection is one of our descriptors.
  const int served = descriptor_with_peer_port(client.local_port());
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  REQUIRE(getsockopt(served, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
  CHECK(no_delay == 1);
}

TEST_CASE("a connection takes any number of requests") {
  const Serving serving;
  auto client = serving.connect();
  for (int i = 0; i < 1000; ++i) {
    client.send(poll_request(job_id));
    const auto reply = client.read_reply();
    REQUIRE(reply.status == 200);
    REQUIRE(reply.headers.count("connection") == 0);
  }
}

TEST_CASE("requests sent in one go are answered in their order") {
  const Serving serving;
  auto client = serving.connect();
  std::string all;
  for (int i = 0; i < 500; ++i) all += poll_request(i % 2 == 0 ? job_id : "not-a-uuid");
  client.send(all);
  for (int i = 0; i < 500; ++i) CHECK(client.read_reply().status == (i % 2 == 0 ? 200 : 400));
}

TEST_CASE("a request may come byte by byte") {
  const Serving serving;
  auto client = serving.connect();
  for (const char c : poll_request(job_id) + poll_request(job_id)) client.send(std::string(1, c));
  CHECK(client.read_reply().status == 200);
  CHECK(client.read_reply().status == 200);
}

TEST_CASE("a client that reads nothing while it sends is answered when it reads") {
  const Serving serving;
  auto client = serving.connect();
  const auto request = poll_request(job_id);
  constexpr int count = 20'000;  // more than the buffers of both sockets hold
  std::thread sender([&] {
    for (int i = 0; i < count; ++i) client.send(request);
  });
  auto other = serving.connect();
  other.send(request);
  CHECK(other.read_reply().status == 200);
  for (int i = 0; i < count; ++i) REQUIRE(client.read_reply().status == 200);
  sender.join();
}

TEST_CASE("an answer is never compressed") {
  const Serving serving;
  auto client = serving.connect();
  client.send(poll_request(job_id, "Accept-Encoding: gzip, deflate, br, zstd\r\n"));
  const auto reply = client.read_reply();
  CHECK(reply.headers.count("content-encoding") == 0);
  CHECK(reply.body.starts_with("{\"id\":\"" + job_id));
}

TEST_CASE("a Range, an odd Accept, an upgrade and forged addresses change nothing") {
  const Serving serving;
  for (const auto* header :
       {"Range: bytes=0-3\r\n", "Accept: ;;;q=x,\r\n", "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "REMOTE_ADDR: 1.2.3.4\r\n", "Expect: nonsense\r\n"}) {
    CAPTURE(header);
    auto client = serving.connect();
    client.send(poll_request(job_id, header));
    const auto reply = client.read_reply();
    CHECK(reply.status == 200);
    CHECK(reply.body.ends_with("\"error\":null}"));
  }
}

TEST_CASE("a token with a percent sign is that token, not what it would decode to") {
  const Serving serving;
  const auto created_at = [&](const std::string& token) {
    auto client = serving.connect();
    client.send("GET /v1/applications/jobs/" + job_id + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
                "\r\n\r\n");
    return client.read_reply().body;
  };
  CHECK(created_at("a%20b") != created_at("a b"));  // two worlds, two births
  CHECK(created_at("a%20b") == created_at("a%20b"));
}

TEST_CASE("HEAD has the headers of GET and no body, on a connection that goes on") {
  const Serving serving;
  auto client = serving.connect();
  client.send(poll_request(job_id));
  auto get = client.read_reply();
  auto head_request = poll_request(job_id);
  head_request.replace(0, 3, "HEAD");
  client.send(head_request + poll_request(job_id));
  auto head = client.read_reply(true);
  get.headers.erase("date");
  head.headers.erase("date");
  CHECK(head.headers == get.headers);
  CHECK(client.read_reply().status == 200);
}

TEST_CASE("HTTP/1.0 is answered and closed, unless it asks to go on") {
  const Serving serving;
  const auto request = "GET /__admin/health HTTP/1.0\r\n";
  auto once = serving.connect();
  once.send(std::string(request) + "\r\n");
  CHECK(once.read_reply().headers.at("connection") == "close");
  CHECK(once.read_to_end().empty());

  auto on = serving.connect();
  for (int i = 0; i < 3; ++i) {
    on.send(std::string(request) + "Connection: keep-alive\r\n\r\n");
    CHECK(on.read_reply().headers.at("connection") == "keep-alive");
  }
}

TEST_CASE("Connection: close ends the connection after its answer") {
  const Serving serving;
  auto client = serving.connect();
  client.send(poll_request(job_id, "Connection: close\r\n"));
  CHECK(client.read_reply().headers.at("connection") == "close");
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a port that another server has is refused, with what to do about it") {
  const Serving serving;
  Listener::Options options;
  options.port = serving.listener->port();
  const auto second = Listener::open(*serving.app, serving.clock, options);
  REQUIRE_FALSE(second);
  CHECK(second.error() ==
        "cannot listen at http://127.0.0.1:" + std::to_string(options.port) +
            ": Address already in use; stop what has that port, or choose another: --port 0 takes a free one");
}

TEST_CASE("a name is no address to listen at, but localhost is") {
  const Serving serving;
  Listener::Options options;
  options.host = "example.test";
  CHECK(Listener::open(*serving.app, serving.clock, options).error() ==
        "'example.test' is not an address to listen at; names are not looked up: give a number such as "
        "127.0.0.1, "
        "0.0.0.0 or ::1");
  options.host = "localhost";
  CHECK(Listener::open(*serving.app, serving.clock, options));
}

TEST_CASE("loopback is loopback however its address is written") {
  for (const auto* host :
       {"127.0.0.1", "127.1.2.3", "localhost", "::1", "0:0:0:0:0:0:0:1", "0::1", "::ffff:127.0.0.1"}) {
    CAPTURE(host);
    CHECK(is_loopback(host));
  }
  for (const auto* host : {"0.0.0.0", "::", "128.0.0.1", "::2", "::ffff:10.0.0.1", "1::1", "127.0.0.1.nip.io", ""}) {
    CAPTURE(host);
    CHECK_FALSE(is_loopback(host));
  }
}

TEST_CASE("the address is shown as a URL, IPv6 in brackets") {
  CHECK(url_of("127.0.0.1", 8080) == "http://127.0.0.1:8080");
  CHECK(url_of("::1", 8080) == "http://[::1]:8080");
}

TEST_CASE("a stop takes no time with idle clients, and closes them") {
  Serving serving;
  std::vector<RawClient> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(serving.connect());
    idle.back().send(poll_request(job_id));
    CHECK(idle.back().read_reply().status == 200);
  }
  serving.listener->stop();  // their idle time would last longer than a test may
  for (auto& client : idle) CHECK(client.read_to_end().empty());
}

TEST_CASE("a listener that was never started is stopped all the same") {
  const Serving serving;
  Listener::Options options;
  const auto second = Listener::open(*serving.app, serving.clock, options);
  REQUIRE(second);
  (*second)->stop();
}
