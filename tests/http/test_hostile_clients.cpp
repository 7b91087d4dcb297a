// Clients that take their time, hold on to what they have, or leave in the middle: each gets what is documented, and
// the next client is served at once.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <semaphore>
#include <vector>

#include "cli/running.hpp"
#include "http/hostile.hpp"
#include "http/scripted.hpp"
#include "support/sanitized.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

const std::string post = "POST /plain HTTP/1.1\r\nHost: x\r\n";

bool ends_cleanly(RawClient& client) { return client.read_to_end().empty() && !client.was_reset(); }

// What clients hold on to; each is of another kind.
std::vector<std::string> beginnings() {
  return {"",
          "\r\n",
          "G",
          "GET / HTTP/1.1\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nX: ",
          post + "Content-Length: 10\r\n\r\n12345",
          post + "Transfer-Encoding: chunked\r\n\r\n5\r\n123",
          post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: "};
}

}  // namespace

TEST_CASE("a request that is not complete in time is answered 408, whatever of it is missing, and the time is as set") {
  for (const auto limit : {Duration(3s), Duration(30s)}) {
    for (const auto& beginning : beginnings()) {
      if (beginning.empty()) continue;
      CAPTURE(beginning);
      ConnectionLimits limits;
      limits.request = limit;
      OneReactor server({}, limits);
      auto client = server.connect();
      client.send(beginning);
      server.settle();
      server.advance(limit - 1us);
      CHECK_FALSE(client.has_input());
      server.advance(1us);
      const auto reply = client.read_reply();
      CHECK(reply.status == 408);
      CHECK(reply.body == "the request was not complete after " + format_duration(limit));
      CHECK(reply.headers.at("connection") == "close");
      CHECK(ends_cleanly(client));
    }
  }
}

TEST_CASE("a byte now and then gains a request no time, in its head or in its body") {
  for (const auto& [beginning, more] :
       std::vector<std::pair<std::string, std::string>>{{"GET / HTTP/1.1\r\n", "X: y\r\n"},
                                                        {post + "Content-Length: 1000\r\n\r\n", "z"},
                                                        {post + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nz\r\n"},
                                                        {"GET", "T"}}) {
    CAPTURE(beginning);
    OneReactor server({});
    auto client = server.connect();
    client.send(beginning);
    server.settle();
    for (int i = 1; i < 30; ++i) {
      server.advance(1s);
      CHECK_FALSE(client.has_input());
      client.send(more);
      server.settle();
    }
    server.advance(1s);
    CHECK(client.read_reply().status == 408);
  }
}

TEST_CASE("a client that never sends a byte is closed after the idle time, without a word") {
  OneReactor server({});
  auto client = server.connect();
  server.settle();
  server.advance(5min - 1us);
  CHECK_FALSE(client.has_input());
  server.advance(1us);
  CHECK(ends_cleanly(client));
}

TEST_CASE("a client that takes nothing of its answer is let go after the limit, one that takes some is not") {
  ConnectionLimits limits;
  limits.write = 3s;
  const std::string body(64U << 20U, 'x');  // more than the buffers hold
  OneReactor server({{"/large", reply_with(body)}}, limits);
  auto idle = server.client_with(request_of("/large"));
  auto slow = server.client_with(request_of("/large"));
  for (int i = 0; i < 4; ++i) {
    slow.read_bytes(8U << 20U);
    server.settle();
    server.advance(1s);
  }
  const auto received = idle.read_to_end();
  CHECK(received.size() < body.size());
  CHECK(slow.read_bytes(16U << 20U).ends_with("xxx"));
}

TEST_CASE("half-closed before a byte, in the middle of a head or of a body: a clean end without a word") {
  const Serving serving;
  for (const auto& beginning : beginnings()) {
    CAPTURE(beginning);
    CHECK(replies_to_all_of(serving, beginning).empty());
    check_next_is_served(serving);
  }
}

TEST_CASE("clients that reset while a large answer is on its way leave nothing behind") {
  OneReactor server({{"/large", reply_with(std::string(16U << 20U, 'x'))}});
  server.settle();
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    auto client = server.client_with(request_of("/large"));
    client.read_bytes(1);
    client.reset();
  }
  wait_until([&] { return open_descriptors() == before; });
}

TEST_CASE("a thousand connections, opened and left, keep nobody waiting") {
  Listener::Options options;
  options.limits.request = 10min;
  const Serving serving(options);
  const auto count = affordable_clients(1000);
  const auto kinds = beginnings();
  std::vector<RawClient> left;
  for (std::size_t i = 0; i < count; ++i) {
    left.push_back(serving.connect());
    left.back().send(kinds[i % kinds.size()]);
  }
  check_next_is_served(serving);
  auto client = serving.connect();
  for (int i = 0; i < 100; ++i) {
    client.send(poll_request(job_id));
    REQUIRE(client.read_reply().status == 200);
  }
  for (const auto& other : left) CHECK_FALSE(other.has_input());
}

TEST_CASE("requests that never become complete lock nobody out, even with every place taken") {
  Listener::Options options;
  options.most_connections = 8;
  const Serving serving(options);
  std::vector<RawClient> slow;
  for (const auto& beginning : beginnings()) {
    for (int i = 0; i < 8; ++i) {
      slow.push_back(serving.connect());
      slow.back().send(beginning);
      check_next_is_served(serving);
    }
  }
}

TEST_CASE("answers that nobody takes lock nobody out, even with every place taken") {
  OneReactor server({{"/large", reply_with(std::string(16U << 20U, 'x'))}}, {}, 4);
  std::vector<RawClient> taking_none;
  for (int i = 0; i < 12; ++i) {
    taking_none.push_back(server.connect());
    server.send(taking_none.back(), request_of("/large"));
  }
  auto client = server.client_with(request_of("/plain"));
  CHECK(client.read_reply().body == "plain");
}

TEST_CASE("answers that nobody takes hold no more memory than all may: the one that stands still longest is closed") {
  constexpr std::size_t size = 16U << 20U;
  OneReactor server({{"/large", reply_with(std::string(size, 'x'))}}, {}, 1000, 3 * size - 1);
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.connect());
    server.send(clients.back(), request_of("/large"));
    server.advance(1s);
  }
  CHECK(clients[0].read_to_end().size() < size);
  CHECK(clients[1].read_reply().body.size() == size);
  CHECK(clients[2].read_reply().body.size() == size);
}

TEST_CASE("so do heads whose bodies do not come") {
  OneReactor server({}, {}, 1000, 100'000);
  const auto head = post + "X-Long: " + std::string(40'000, 'x') + "\r\nContent-Length: 1\r\n\r\n";
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.connect());
    clients.back().send(head);
    server.advance(1s);
  }
  CHECK(clients[0].read_to_end().empty());
  clients[2].send("x");
  CHECK(clients[2].read_reply().status == 200);
}

TEST_CASE("so do answers that wait, and requests that are not complete") {
  constexpr std::size_t size = 100'000;
  Delivery delayed;
  delayed.delay = 1h;
  OneReactor server({{"/slow", reply_with(std::string(size + 1000, 'x'), delayed)}}, {}, 1000, 2 * size - 1);
  auto waits = server.client_with(request_of("/slow"));
  server.advance(1s);
  auto sends = server.connect();
  sends.send(post + "Content-Length: 1000000\r\n\r\n" + std::string(size, 'x'));
  CHECK(ends_cleanly(waits));
  server.advance(1s);
  auto also_sends = server.connect();
  also_sends.send(post + "Content-Length: 1000000\r\n\r\n" + std::string(size, 'x'));
  CHECK(sends.read_to_end().empty());
  CHECK_FALSE(also_sends.has_input());
}

TEST_CASE("connections that were refused and stay open lock nobody out, even with every place taken") {
  OneReactor server({}, {}, 4);
  std::vector<RawClient> staying;
  for (int i = 0; i < 12; ++i) {
    staying.push_back(server.connect());
    staying.back().send("no request\r\n\r\n");
    CHECK(staying.back().read_reply().status == 400);
    CHECK(server.client_with(request_of("/plain")).read_reply().body == "plain");
  }
}

TEST_CASE("what is busy makes room only when nothing is idle, the oldest first, and what waits only after that") {
  Delivery delayed;
  delayed.delay = 1h;
  OneReactor server({{"/slow", reply_with("slow", delayed)}}, {}, 5);  // one for probes
  auto waits = server.client_with(request_of("/slow"));
  server.advance(1s);
  auto first = server.connect();
  first.send("GET / HT");
  server.settle();
  server.advance(1s);
  auto second = server.connect();
  second.send("GET / HT");
  server.settle();
  server.advance(1s);
  auto idle = server.client_with(request_of("/plain"));
  CHECK(idle.read_reply().body == "plain");
  server.advance(1s);
  std::vector<RawClient> next;
  const auto serve_next = [&] {
    next.push_back(server.connect());
    next.back().send(request_of("/plain") + "GET / HT");  // and busy from then on
    CHECK(next.back().read_reply().body == "plain");
  };
  serve_next();
  CHECK_FALSE(idle.has_input());
  serve_next();
  CHECK(ends_cleanly(idle));
  CHECK_FALSE(first.has_input());
  serve_next();
  CHECK(ends_cleanly(first));
  CHECK_FALSE(second.has_input());
  serve_next();
  CHECK(ends_cleanly(second));
  CHECK_FALSE(waits.has_input());
}

TEST_CASE("answers that wait, as many as there are places, lock nobody out") {
  Delivery delayed;
  delayed.delay = 1h;
  OneReactor server({{"/slow", reply_with("slow", delayed)}}, {}, 2);
  auto first = server.client_with(request_of("/slow"));
  server.advance(1s);
  auto client = server.connect();
  client.send(request_of("/slow"));
  wait_until([&] { return server.script.handled == 2; });
  auto next = server.connect();
  next.send(request_of("/plain"));
  CHECK(next.read_reply().body == "plain");
  CHECK(ends_cleanly(first));
  CHECK_FALSE(client.has_input());
}

TEST_CASE("whichever thread a client comes to, it gets the one place there is") {
  Listener::Options options;
  options.most_connections = 1;
  const Serving serving(options);
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(serving.connect());
    clients.back().send(poll_request(job_id) + "GET / HT");
    REQUIRE(clients.back().read_reply().status == 200);
  }
}

namespace {

// Clients that connect, send the beginning of a request at most, and stay: from two threads, as many as it is told.
class Flood {
 public:
  explicit Flood(const Serving& serving)
      : first_(std::async(std::launch::async, [&] { run(serving); })),
        second_(std::async(std::launch::async, [&] { run(serving); })) {}
  ~Flood() {
    ends_ = true;
    may_connect_.release(2);
  }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;
  Flood(Flood&&) = delete;
  Flood& operator=(Flood&&) = delete;

  void connect(int more) { may_connect_.release(more); }
  [[nodiscard]] int connected() const { return connected_; }

 private:
  void run(const Serving& serving) {
    const auto kinds = beginnings();
    std::deque<RawClient> left;
    while (may_connect_.acquire(), !ends_) {
      left.push_back(serving.connect());
      left.back().send(kinds[static_cast<std::size_t>(connected_++) % kinds.size()]);
      if (left.size() > 150) left.pop_front();
    }
  }

  std::counting_semaphore<> may_connect_{0};
  std::atomic<bool> ends_ = false;
  std::atomic<int> connected_ = 0;
  std::future<void> first_, second_;
};

}  // namespace

TEST_CASE("in a flood of connections that are left open, no client loses its place before its answer") {
  Listener::Options options;
  options.most_connections = 200;
  const Serving serving(options);
  Flood flood(serving);
  constexpr int asking = 300;
  constexpr int meanwhile = 20;
  for (int i = 1; i <= asking; ++i) {
    flood.connect(meanwhile);
    auto client = serving.connect();
    client.send(poll_request(job_id, "Connection: close\r\n"));
    CHECK(client.read_to_end().starts_with("HTTP/1.1 200 "));
    // The oldest go first: a client is safe while fewer come than there are places.
    wait_until([&] { return flood.connected() == i * meanwhile; });
  }
}

TEST_CASE("a client that sees its connection closed finds its place free: nobody else has to go") {
  OneReactor server({}, {}, 2);
  auto idle = server.client_with(request_of("/plain"));
  CHECK(idle.read_reply().body == "plain");
  server.advance(2s);
  for (int i = 0; i < 200; ++i) {
    auto client = server.connect();
    client.send(request_of("/plain", "Connection: close\r\n"));
    CHECK(client.read_to_end().ends_with("plain"));
  }
  CHECK_FALSE(idle.has_input());
}

namespace {

// Notes what it was asked, in order, and does something at one of them.
class Order final : public Service {
 public:
  Reply handle(const Request& request) override {
    const std::scoped_lock lock(mutex_);
    targets_.emplace_back(request.target);
    if (does_at_each_) does_at_each_();
    if (targets_.size() == at_ && does_) does_();
    return reply_with("done");
  }
  Reply refuse(int status, const std::string& reason) override { return {status, "text/plain", {}, reason}; }

  void on_request(std::size_t number, std::function<void()> does) {
    const std::scoped_lock lock(mutex_);
    at_ = number;
    does_ = std::move(does);
  }
  void on_each(std::function<void()> does) { does_at_each_ = std::move(does); }  // before it is asked
  std::vector<std::string> targets() const {
    const std::scoped_lock lock(mutex_);
    return targets_;
  }

 private:
  std::size_t at_ = 0;
  std::function<void()> does_, does_at_each_;
  mutable std::mutex mutex_;
  std::vector<std::string> targets_;
};

// A reactor that serves only once it is told to: what clients send before is there at once.
struct LateReactor {
  LateReactor(Service& service, const Clock& clock, std::size_t places)
      : places_(places), reactor_(listening_, places_, service, clock, Reactor::Options()) {}
  ~LateReactor() {
    reactor_.stop();
    if (thread_.joinable()) thread_.join();
  }
  LateReactor(const LateReactor&) = delete;
  LateReactor& operator=(const LateReactor&) = delete;
  LateReactor(LateReactor&&) = delete;
  LateReactor& operator=(LateReactor&&) = delete;

  [[nodiscard]] RawClient connect() const { return RawClient(port_of(listening_)); }
  void start() {
    thread_ = std::thread([this] { reactor_.run(); });
  }

 private:
  const Descriptor listening_ = listen_at("127.0.0.1", 0).value();
  Places places_;
  Reactor reactor_;
  std::thread thread_;
};

std::string many_requests(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += request_of("/many");
  return all;
}

}  // namespace

TEST_CASE("a client that pipelines a thousand requests is answered in turns with the others") {
  Order order;
  const SystemClock clock;
  LateReactor server(order, clock, 10);
  auto pipelining = server.connect();
  pipelining.send(many_requests(1000));
  auto other = server.connect();
  other.send(request_of("/other"));
  server.start();
  for (int i = 0; i < 1000; ++i) REQUIRE(pipelining.read_reply().body == "done");
  CHECK(other.read_reply().body == "done");
  const auto targets = order.targets();
  CHECK(std::find(targets.begin(), targets.end(), "/other") - targets.begin() < 100);
}

TEST_CASE("a client whose pipelined requests take their time has a shorter turn") {
  ManualClock clock{Timestamp(std::chrono::seconds(1'739'211'489))};
  Order order;
  order.on_each([&] { clock.advance(500us); });
  LateReactor server(order, clock, 10);
  auto pipelining = server.connect();
  pipelining.send(many_requests(100));
  auto other = server.connect();
  other.send(request_of("/other"));
  server.start();
  for (int i = 0; i < 100; ++i) REQUIRE(pipelining.read_reply().body == "done");
  CHECK(other.read_reply().body == "done");
  const auto targets = order.targets();
  CHECK(std::find(targets.begin(), targets.end(), "/other") - targets.begin() <= 4);
}

TEST_CASE("a client that pipelines has one turn at a time, however long it goes on") {
  ManualClock clock{Timestamp(std::chrono::seconds(1'739'211'489))};
  Order order;
  int handled = 0;
  int most_in_a_round = 0;
  order.on_each([&] {
    clock.advance(500us);
    ++handled;
  });
  ConnectionLimits limits;
  limits.write = 5ms;
  const auto at_end_of_round = [&] { most_in_a_round = std::max(most_in_a_round, std::exchange(handled, 0)); };
  const auto listening = listen_at("127.0.0.1", 0).value();
  Places places(10);
  Reactor reactor(listening, places, order, clock, {limits, at_end_of_round});
  RawClient pipelining(port_of(listening));
  pipelining.send(many_requests(200));
  std::thread thread([&] { reactor.run(); });
  for (int i = 0; i < 200; ++i) REQUIRE(pipelining.read_reply().body == "done");
  reactor.stop();
  thread.join();
  CHECK(most_in_a_round <= 4);  // one by its bytes, one in turn, of two each
}

TEST_CASE("a client in the middle of its pipelined requests keeps its place while others are idle") {
  Order order;
  const SystemClock clock;
  LateReactor server(order, clock, 2);
  auto idle = server.connect();
  idle.send(request_of("/idle"));
  server.start();
  CHECK(idle.read_reply().body == "done");
  std::vector<RawClient> newcomers;
  order.on_request(10, [&] {  // in the middle of the first turn
    newcomers.push_back(server.connect());
    newcomers.back().send(request_of("/newcomer"));
  });
  auto pipelining = server.connect();
  pipelining.send(many_requests(1000));
  for (int i = 0; i < 1000; ++i) REQUIRE(pipelining.read_reply().body == "done");
  wait_until([&] { return order.targets().size() == 1002; });
  const auto targets = order.targets();
  CHECK(std::find(targets.begin(), targets.end(), "/newcomer") - targets.begin() < 500);
  CHECK(newcomers.front().read_reply().body == "done");
  CHECK(idle.read_to_end().empty());
}

TEST_CASE("clients for the places of a reactor that is busy are not all accepted before it can make room") {
  Order order;
  const SystemClock clock;
  const auto listening = listen_at("127.0.0.1", 0).value();
  const auto port = port_of(listening);
  Places places(1);
  std::atomic<int> rounds = 0;
  Reactor busy(listening, places, order, clock, Reactor::Options());
  Reactor other(listening, places, order, clock, {{}, [&] { ++rounds; }});
  std::promise<void> is_asked, goes_on;
  order.on_request(1, [&] {
    is_asked.set_value();
    goes_on.get_future().wait();
  });
  std::thread of_busy([&] { busy.run(); });
  RawClient first(port);
  first.send(request_of("/first"));
  is_asked.get_future().wait();
  std::thread of_other([&] { other.run(); });

  const auto before = open_descriptors();
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(port);
  wait_until([&] { return rounds > 15; });
  CHECK(open_descriptors() - before - clients.size() < 100);
  goes_on.set_value();
  wait_until([&] {  // of the one place that there is, whoever is accepted later is left with it
    RawClient next(port);
    next.send(request_of("/next", "Connection: close\r\n"));
    return next.read_to_end().ends_with("done");
  });
  busy.stop();
  other.stop();
  of_busy.join();
  of_other.join();
}

TEST_CASE("a client that pipelines a thousand requests and sends no more gets every answer") {
  const Serving serving;
  std::string all;
  for (int i = 0; i < 1000; ++i) all += poll_request(job_id);
  CHECK(replies_to_all_of(serving, all).size() == 1000);
}

namespace {

// This process can open nothing more while it lives.
struct NoDescriptors {
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    auto none = before_;
    none.rlim_cur = 1;  // poll() wants this one
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  NoDescriptors(NoDescriptors&&) = delete;
  NoDescriptors& operator=(NoDescriptors&&) = delete;

 private:
  rlimit before_{};
};

// Every place taken by what `beginning` is the beginning of, at a server that may open 64 files: twice as many clients,
// and after each the next is served.
void check_with_few_descriptors(const std::string& beginning) {
  CAPTURE(beginning);
  Process process(
      {"sh", "-c", "ulimit -n 64 && exec \"$0\" \"$@\"", JOBMOCK_BINARY, "--port", "0", "--quiet", samples});
  const auto ready = process.read_line();
  const auto port = static_cast<std::uint16_t>(std::stoi(ready.substr(ready.find("127.0.0.1:") + 10)));
  std::vector<RawClient> left;
  for (int i = 0; i < 128; ++i) {
    left.emplace_back(port);
    left.back().send(beginning);
    RawClient next(port);
    next.send(poll_request(job_id));
    REQUIRE(next.read_reply().status == 200);
  }
  process.signal(SIGTERM);
  CHECK(process.wait() == 0);
}

}  // namespace

// These three not under UndefinedBehaviorSanitizer, which itself asks for descriptors, and without any takes each
// object for a bad one.
TEST_CASE("with ulimit -n 64 every client is served, however many are left open" * doctest::skip(is_sanitized)) {
  for (const auto& beginning : beginnings()) check_with_few_descriptors(beginning);
}

TEST_CASE("with ulimit -n 64 and half of that gone at the start every client is served" * doctest::skip(is_sanitized)) {
  std::vector<Descriptor> inherited;
  for (int i = 0; i < 30; ++i) inherited.emplace_back(open("/dev/null", O_RDONLY));
  check_with_few_descriptors("GET / HTTP/1.1\r\n");
}

TEST_CASE("while the system gives no descriptor at all the server waits and does not spin, and then serves" *
          doctest::skip(is_sanitized)) {
  std::atomic<int> rounds = 0;
  Order order;
  SystemClock clock;
  const auto listening = listen_at("127.0.0.1", 0).value();
  Places places(10);
  Reactor reactor(listening, places, order, clock, {{}, [&] { ++rounds; }});
  std::thread thread([&] { reactor.run(); });
  const Descriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  {
    const NoDescriptors none;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_of(listening));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const auto request = request_of("/x");
    REQUIRE(send(client.get(), request.data(), request.size(), MSG_NOSIGNAL) > 0);
    const auto began = std::chrono::steady_clock::now();
    poll(nullptr, 0, 500);
    const auto milliseconds = (std::chrono::steady_clock::now() - began) / 1ms;
    CHECK(order.targets().empty());
    CHECK(rounds < 100 + milliseconds);  // one that spins makes many more
  }
  char first = 0;
  CHECK(recv(client.get(), &first, 1, 0) == 1);
  CHECK(first == 'H');
  reactor.stop();
  thread.join();
}

TEST_CASE("20,000 hostile connections later the server has no more memory than after the first 2,000") {
  Listener::Options options;
  options.most_connections = 100;
  App::Options remembers_little;
  remembers_little.worlds.limits.journal.entries = 100;
  const Serving serving(Plan(), remembers_little, options);
  auto requests = beginnings();
  const auto valid = poll_request(job_id);
  requests.insert(requests.end(),
                  {valid, valid.substr(0, 60), "no request\r\n\r\n", std::string(70'000, 'x'), std::string("\0\0", 2),
                   "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(10'000, 'y'),
                   post + "Content-Length: 1000000\r\n\r\n" + std::string(100'000, 'z'),
                   post + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n" + std::string(100'000, 'z'),
                   "GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", valid + valid + valid});
  std::vector<RawClient> left;
  const auto be_hostile = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const auto kind = static_cast<std::size_t>(i);
      auto client = serving.connect();
      client.send(requests[kind % requests.size()]);
      if (i % 3 == 0) client.half_close();
      if (i % 5 == 0) {
        left.push_back(std::move(client));
      } else {
        client.reset();
      }
      if (left.size() == 150) {
        for (auto& old : left) old.reset();
        left.clear();
      }
      if (i % 100 == 0) check_next_is_served(serving);
    }
  };
  const auto peak = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;  // KiB
  };
  be_hostile(is_sanitized ? 500 : 2'000);
  const auto early = peak();
  be_hostile(is_sanitized ? 1'500 : 18'000);
  const auto late = peak();
  MESSAGE("peak memory in KiB: ", early, ", then ", late);
  if (!is_sanitized) CHECK(late < early + 8'192);
}
