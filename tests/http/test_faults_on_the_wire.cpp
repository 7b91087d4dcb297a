// Each effect of a fault from the fixtures, as a raw socket sees it: which bytes come, when, and how the connection
// ends, where it would go on and where it ends with the answer.
#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "api/app.hpp"
#include "http/scripted.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

const std::string job = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
const std::string healthy = "00000000-0000-4000-8000-000000000002";

using Effects = std::vector<Effect>;

// Two jobs in progress; polls of the first meet the fault.
std::shared_ptr<const FixtureSet> fixtures_with(Effects effects) {
  auto set = std::make_shared<FixtureSet>();
  set->files = {"test.yaml"};
  set->tokens.add("*", {});
  set->applications.emplace_back().id = "app";
  set->application_by_name.emplace("app", 0);
  for (const auto& id : {job, healthy}) {
    const auto uuid = parse_uuid(id).value();
    set->job_by_id.emplace(uuid, static_cast<std::uint32_t>(set->jobs.size()));
    set->jobs.push_back({uuid, 0, Timestamp(1s), {{}, {}}, {}});
  }
  set->jobs[0].faults.push_back(std::make_shared<const Fault>(Fault{{}, std::move(effects), "test.yaml:1:1", 1}));
  return set;
}

std::string poll_of(const std::string& id, const std::string& more_headers = "") {
  return poll_request(id, more_headers);
}

// The ways to ask for a connection that goes on (first) and for one that ends with the answer.
std::array<std::string, 3> polls() {
  return {poll_of(job), poll_of(job, "Connection: close\r\n"),
          "GET /v1/applications/jobs/" + job + " HTTP/1.0\r\nAuthorization: Bearer test-token\r\n\r\n"};
}

bool goes_on(const std::string& request) { return request == polls()[0]; }

// The application behind one reactor, at a time that a test moves for both.
class FaultyServer {
 public:
  explicit FaultyServer(Effects effects)
      : app_(fixtures_with(std::move(effects)), clock_, options()),
        listening_(listen_at("127.0.0.1", 0).value()),
        reactor_(std::make_unique<Reactor>(listening_, places_, app_, clock_, Reactor::Options())),
        thread_([this] { reactor_->run(); }) {}
  ~FaultyServer() {
    reactor_->stop();
    thread_.join();
  }
  FaultyServer(const FaultyServer&) = delete;
  FaultyServer& operator=(const FaultyServer&) = delete;
  FaultyServer(FaultyServer&&) = delete;
  FaultyServer& operator=(FaultyServer&&) = delete;

  // A client of its own that has sent `bytes`, of which the application has seen so many requests.
  [[nodiscard]] RawClient client_with(const std::string& bytes, int requests = 1) {
    RawClient client(port_of(listening_));
    send(client, bytes, requests);
    return client;
  }

  void send(RawClient& client, const std::string& bytes, int requests = 1) {
    const int before = handled_;
    client.send(bytes);
    wait_until([&] { return handled_ == before + requests; });
    settle();
  }

  void advance(Duration by) {
    clock_.advance(by);
    settle();
  }

  // Returns when all that was due is done: see OneReactor.
  void settle() const {
    RawClient probe(port_of(listening_));
    probe.send("GET /__admin/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    CHECK(probe.read_reply().status == 200);
    CHECK(probe.read_to_end().empty());
  }

  [[nodiscard]] int handled() const { return handled_; }

 private:
  App::Options options() {
    App::Options options;
    options.log = [this](const AccessRecord& record) {
      if (!record.target.starts_with("/__admin")) ++handled_;
    };
    return options;
  }

  std::atomic<int> handled_ = 0;
  ManualClock clock_{Timestamp(1'739'211'489s)};
  App app_;
  const Descriptor listening_;
  Places places_{1000};
  const std::unique_ptr<Reactor> reactor_;
  std::thread thread_;
};

// What a healthy poll of the first job has as its body: both were created at the same time.
std::string proper_body() {
  FaultyServer server({DelayEffect{}});
  return server.client_with(poll_of(job)).read_reply().body;
}

std::string read_head(RawClient& client) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) head += client.read_bytes(1);
  return head;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool ends_cleanly(RawClient& client) { return client.read_to_end().empty() && !client.was_reset(); }

// The connection does after an answer what its request asked for.
void check_after_answer(FaultyServer& server, RawClient& client, const std::string& request) {
  if (!goes_on(request)) {
    CHECK(ends_cleanly(client));
    return;
  }
  CHECK_FALSE(client.has_input());
  server.send(client, poll_of(healthy));
  CHECK(client.read_reply().status == 200);
}

}  // namespace

TEST_CASE("on the wire, a status: its line, its headers, the API's envelope, and the connection goes on as it would") {
  for (const auto& request : polls()) {
    CAPTURE(request);
    FaultyServer server(
        {AnswerEffect{503, AnswerEffect::RetryAfter{2s, false}, 1500ms, {{"X-Reason", "upgrade"}}, {}}});
    auto client = server.client_with(request);
    const auto head = read_head(client);
    CHECK(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    CHECK(has(head, "\r\nRetry-After: 2\r\n"));
    CHECK(has(head, "\r\nretry-after-ms: 1500\r\n"));
    CHECK(has(head, "\r\nX-Reason: upgrade\r\n"));
    CHECK(has(head, "\r\nContent-Type: application/json\r\n"));
    const auto length = head.find("\r\nContent-Length: ");
    REQUIRE(length != std::string::npos);
    const auto body = client.read_bytes(std::stoul(head.substr(length + 18)));
    CHECK(body.starts_with(R"({"tpe":)"));
    CHECK(body.ends_with("}"));
    check_after_answer(server, client, request);
  }
}

TEST_CASE("on the wire, 204 and 304 have no body and announce none") {
  for (const int status : {204, 304}) {
    for (const auto& request : polls()) {
      CAPTURE(status);
      CAPTURE(request);
      FaultyServer server({AnswerEffect{status, {}, {}, {}, {}}});
      auto client = server.client_with(request);
      const auto head = read_head(client);
      CHECK(head.starts_with("HTTP/1.1 " + std::to_string(status) + ' '));
      CHECK_FALSE(has(head, "Content-Length"));
      CHECK_FALSE(has(head, "Content-Type"));
      CHECK_FALSE(has(head, "Transfer-Encoding"));
      check_after_answer(server, client, request);
    }
  }
}

TEST_CASE("on the wire, a delay: not a byte before, and the whole answer then") {
  const auto proper = proper_body();
  for (const auto& request : polls()) {
    CAPTURE(request);
    FaultyServer server({DelayEffect{300ms, 300ms}});
    auto client = server.client_with(request);
    server.advance(299ms + 999us);
    CHECK_FALSE(client.has_input());
    server.advance(1us);
    CHECK(client.has_input());
    CHECK(client.read_reply().body == proper);
    check_after_answer(server, client, request);
  }
}

TEST_CASE("on the wire, a close: not a byte, a clean end, and nothing behind it is answered") {
  for (const auto& request : polls()) {
    CAPTURE(request);
    FaultyServer server({ConnectionEffect{ConnectionEffect::Does::close}});
    auto client = server.client_with(request + poll_of(healthy));
    CHECK(ends_cleanly(client));
    CHECK(server.handled() == 1);
  }
}

TEST_CASE("on the wire, a reset: not a byte, and a TCP reset, also on a connection that had answers before") {
  for (const auto& request : polls()) {
    CAPTURE(request);
    FaultyServer server({ConnectionEffect{ConnectionEffect::Does::reset}});
    auto client = server.client_with(poll_of(healthy));
    CHECK(client.read_reply().status == 200);
    server.send(client, request);
    CHECK(client.read_to_end().empty());
    CHECK(client.was_reset());
  }
}

TEST_CASE("on the wire, a stall: not a byte and no end, and the poll was a poll") {
  for (const auto& request : polls()) {
    CAPTURE(request);
    FaultyServer server({ConnectionEffect{ConnectionEffect::Does::stall}});
    auto client = server.client_with(request + poll_of(healthy));
    for (const auto by : {Duration(1s), Duration(1h), Duration(24h * 365)}) {
      server.advance(by);
      CHECK_FALSE(client.has_input());
    }
    CHECK(server.handled() == 1);
  }
}

TEST_CASE("on the wire, a delay before a close, a reset or a stall") {
  using enum ConnectionEffect::Does;
  for (const auto does : {close, reset, stall}) {
    CAPTURE(to_string(does));
    FaultyServer server({DelayEffect{1s, 1s}, ConnectionEffect{does}});
    auto client = server.client_with(poll_of(job));
    server.advance(999ms);
    CHECK_FALSE(client.has_input());
    server.advance(1ms);
    CHECK(client.has_input() == (does != stall));
    if (does == stall) continue;
    CHECK(client.read_to_end().empty());
    CHECK(client.was_reset() == (does == reset));
  }
}

TEST_CASE("on the wire, a truncated answer announces its full length, and ends before it") {
  const auto proper = proper_body();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{40}, proper.size() - 1}) {
    for (const auto& request : polls()) {
      CAPTURE(bytes);
      CAPTURE(request);
      FaultyServer server({TruncateEffect{bytes}});
      auto client = server.client_with(request + poll_of(healthy));
      const auto head = read_head(client);
      CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
      CHECK(has(head, "\r\nContent-Length: " + std::to_string(proper.size()) + "\r\n"));
      CHECK(client.read_to_end() == proper.substr(0, bytes));
      CHECK_FALSE(client.was_reset());
      CHECK(server.handled() == 1);
    }
  }
}

TEST_CASE("on the wire, a dripping answer: a piece of the body at a time, and whole in the end") {
  const auto proper = proper_body();
  for (const auto& request : polls()) {
    CAPTURE(request);
    FaultyServer server({DripEffect{50, 20ms}});
    auto client = server.client_with(request);
    CHECK(has(read_head(client), "\r\nContent-Length: " + std::to_string(proper.size()) + "\r\n"));
    std::string body;
    while (true) {
      const auto piece = std::min<std::size_t>(50, proper.size() - body.size());
      body += client.read_bytes(piece);
      if (body.size() == proper.size()) break;
      CHECK_FALSE(client.has_input());
      server.advance(19ms);
      CHECK_FALSE(client.has_input());
      server.advance(1ms);
    }
    CHECK(body == proper);
    check_after_answer(server, client, request);
  }
}

TEST_CASE("on the wire, a malformed answer is whole by its length, and lacks its end by JSON") {
  const auto proper = proper_body();
  for (const auto& request : polls()) {
    CAPTURE(request);
    FaultyServer server({MalformedEffect{}});
    auto client = server.client_with(request);
    const auto reply = client.read_reply();
    CHECK(reply.status == 200);
    CHECK(reply.headers.at("content-length") == std::to_string(proper.size() - 1));
    CHECK(reply.body == proper.substr(0, proper.size() - 1));
    check_after_answer(server, client, request);
  }
}

TEST_CASE("on the wire, a status, a delay, a truncation and a drip in one answer") {
  FaultyServer server({AnswerEffect{500, {}, {}, {}, "0123456789abcdefghij"}, DelayEffect{1s, 1s}, TruncateEffect{12},
                       DripEffect{8, 50ms}});
  auto client = server.client_with(poll_of(job));
  server.advance(999ms);
  CHECK_FALSE(client.has_input());
  server.advance(1ms);
  const auto head = read_head(client);
  CHECK(head.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  CHECK(has(head, "\r\nContent-Length: 20\r\n"));
  CHECK(client.read_bytes(8) == "01234567");
  CHECK_FALSE(client.has_input());
  server.advance(50ms);
  CHECK(client.read_to_end() == "89ab");
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("on the wire, HEAD has the head of a fault and no body") {
  FaultyServer server({AnswerEffect{503, AnswerEffect::RetryAfter{2s, false}, {}, {}, {}}, DripEffect{1, 1h}});
  auto client = server.client_with("HEAD" + poll_of(job).substr(3) + poll_of(healthy), 2);
  const auto reply = client.read_reply(true);
  CHECK(reply.status == 503);
  CHECK(reply.headers.at("retry-after") == "2");
  CHECK(reply.headers.at("content-length") != "0");
  CHECK(client.read_reply().status == 200);
}

TEST_CASE("two hundred delayed and dripping clients keep nobody waiting, and a stop ends them at once") {
  const SystemClock clock;
  for (const auto& effect : {Effect(DelayEffect{1h, 1h}), Effect(ConnectionEffect{ConnectionEffect::Does::stall}),
                             Effect(DripEffect{1, 1h})}) {
    CAPTURE(describe(effect));
    std::atomic<int> handled = 0;
    App::Options options;
    options.log = [&](const AccessRecord&) { ++handled; };
    App app(fixtures_with({effect}), clock, options);
    auto opened = Listener::open(app, clock, {});
    REQUIRE(opened.has_value());
    auto& listener = **opened;
    listener.start();
    std::vector<RawClient> clients;
    for (int i = 0; i < 200; ++i) {
      clients.emplace_back(listener.port());
      clients.back().send(poll_of(job));
    }
    wait_until([&] { return handled == 200; });
    RawClient next(listener.port());
    next.send(poll_of(healthy));
    CHECK(next.read_reply().status == 200);  // long before an hour has gone
    if (!std::holds_alternative<DripEffect>(effect)) {
      for (auto& client : clients) REQUIRE_FALSE(client.has_input());
    }
    listener.stop();
    for (auto& client : clients) client.read_to_end();  // each has ended
  }
}
