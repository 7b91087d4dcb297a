// What a Delivery does to an answer, as a raw socket sees it: which bytes come, when, and how the connection ends.
#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "http/scripted.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

using enum Delivery::Connection;

constexpr Duration hundred_years = std::chrono::hours(24 * 365 * 100);
const std::string digits = "0123456789abcdefghij";

Delivery delayed(Duration by) {
  Delivery delivery;
  delivery.delay = by;
  return delivery;
}

Delivery connection(Delivery::Connection does, Duration after = 0s) {
  Delivery delivery;
  delivery.delay = after;
  delivery.connection = does;
  return delivery;
}

Delivery truncated(std::size_t to) {
  Delivery delivery;
  delivery.truncated_to = to;
  return delivery;
}

Delivery dripping(std::size_t bytes, Duration every) {
  Delivery delivery;
  delivery.drip = {bytes, every};
  return delivery;
}

std::string head_request_of(const std::string& target) { return "HEAD" + request_of(target).substr(3); }

// The ways to ask for a connection that goes on (first) and for one that ends with the answer.
std::array<std::string, 3> requests_of(const std::string& target) {
  return {request_of(target), request_of(target, "Connection: close\r\n"), "GET " + target + " HTTP/1.0\r\n\r\n"};
}

// All of an answer before its body, read off the client.
std::string read_head(RawClient& client) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) head += client.read_bytes(1);
  return head;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool ends_cleanly(RawClient& client) { return client.read_to_end().empty() && !client.was_reset(); }

// Alive as long as the function in a reply's `later`.
struct Question {
  std::shared_ptr<std::atomic<int>> asked = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<std::atomic<bool>> is_answered = std::make_shared<std::atomic<bool>>(false);

  [[nodiscard]] Reply reply(const Reply& answer) const {
    Reply reply;
    reply.later = [*this, answer]() -> std::optional<Reply> {
      ++*asked;
      if (!*is_answered) return std::nullopt;
      return answer;
    };
    return reply;
  }
};

}  // namespace

TEST_CASE("a delayed answer: not a byte before, all of it then, and the connection goes on as it would") {
  for (const auto& request : requests_of("/slow")) {
    CAPTURE(request);
    OneReactor server({{"/slow", reply_with(digits, delayed(300ms))}});
    auto client = server.client_with(request);
    server.advance(299ms + 999us);
    CHECK_FALSE(client.has_input());
    server.advance(1us);
    CHECK(client.has_input());
    CHECK(client.read_reply().body == digits);
    if (request != requests_of("/slow")[0]) {
      CHECK(ends_cleanly(client));
      continue;
    }
    server.send(client, request_of("/plain"));
    CHECK(client.read_reply().body == "plain");
  }
}

TEST_CASE("a delay begins when its request is complete") {
  OneReactor server({{"/slow", reply_with(digits, delayed(300ms))}});
  auto client = server.connect();
  client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
  server.advance(1s);
  server.send(client, "dy");
  server.advance(299ms);
  CHECK_FALSE(client.has_input());
  server.advance(1ms);
  CHECK(client.read_reply().body == digits);
}

TEST_CASE("a delay of a hundred years is one, and neither the request's nor the idle limit cuts it short") {
  ConnectionLimits limits;
  limits.request = 1s;
  limits.idle = 1s;
  OneReactor server({{"/slow", reply_with(digits, delayed(hundred_years))}}, limits);
  auto client = server.connect();
  client.send("GET /slow HTTP/1.1\r\n");
  server.settle();
  server.send(client, "Host: x\r\n\r\nGET / HT");
  for (int i = 0; i < 5; ++i) server.advance(1s);
  server.advance(hundred_years - 5s - 1us);
  CHECK_FALSE(client.has_input());
  server.advance(1us);
  CHECK(client.read_reply().body == digits);
  server.advance(999ms);
  CHECK_FALSE(client.has_input());
  server.advance(1ms);  // what came behind it is due now
  CHECK(client.read_reply().status == 408);
}

TEST_CASE("requests behind one that waits are answered after it, in order, and not even asked before") {
  OneReactor server({{"/slow", reply_with("slow", delayed(1s))}, {"/slower", reply_with("slower", delayed(2s))}});
  auto client = server.client_with(
      request_of("/first") + request_of("/slow") + request_of("/second") + request_of("/slower") + request_of("/third"),
      2);
  CHECK(client.read_reply().body == "plain");  // what stands before the one that waits does not
  server.advance(999ms);
  CHECK_FALSE(client.has_input());
  CHECK(server.script.handled == 2);
  server.advance(1ms);
  CHECK(client.read_reply().body == "slow");
  CHECK(client.read_reply().body == "plain");
  server.advance(1999ms);
  CHECK_FALSE(client.has_input());
  client.send(request_of("/fourth"));  // comes while another waits
  server.advance(1ms);
  CHECK(client.read_reply().body == "slower");
  CHECK(client.read_reply().body == "plain");
  CHECK(client.read_reply().body == "plain");
}

TEST_CASE("what a client sends while its answer waits stays in the socket, however much it is") {
  OneReactor server({{"/slow", reply_with("slow", delayed(1s))}});
  auto client = server.client_with(request_of("/slow"));
  constexpr std::size_t most = 256U << 20U;  // the system's buffers hold far less
  CHECK(client.send_until_stuck(request_of("/plain"), most) < most / 2);
  server.advance(1s);
  CHECK(client.read_reply().body == "slow");
  for (int i = 0; i < 1000; ++i) REQUIRE(client.read_reply().body == "plain");
}

TEST_CASE("a connection closed on purpose: not a byte, and a clean end even to a client that still sends") {
  for (const auto after : {Duration(0s), Duration(300ms)}) {
    for (const auto& request : requests_of("/closes")) {
      CAPTURE(request);
      OneReactor server({{"/closes", reply_with(digits, connection(closes, after))}});
      auto client = server.client_with(request);
      if (after > 0s) {
        client.send(request_of("/plain") + std::string(100'000, 'x'));
        server.advance(after - 1us);
        CHECK_FALSE(client.has_input());
        server.advance(1us);
      }
      CHECK(ends_cleanly(client));
      CHECK(server.script.handled == 1);
      CHECK(client.send(std::string(100'000, 'x')));
      server.settle();
      CHECK(ends_cleanly(client));
    }
  }
}

TEST_CASE("a connection reset on purpose: not a byte, and a TCP reset, behind the answers before it") {
  for (const auto after : {Duration(0s), Duration(300ms)}) {
    for (const auto& request : requests_of("/resets")) {
      CAPTURE(request);
      OneReactor server({{"/resets", reply_with(digits, connection(resets, after))}});
      auto client = server.client_with(request_of("/plain") + request + request_of("/plain"), 2);
      CHECK(client.read_reply().body == "plain");
      if (after > 0s) {
        server.advance(after - 1us);
        CHECK_FALSE(client.has_input());
        server.advance(1us);
      }
      CHECK(client.read_to_end().empty());
      CHECK(client.was_reset());
      CHECK(server.script.handled == 2);
    }
  }
}

TEST_CASE("a stalled connection: not a byte and no end, whatever time passes, nor an answer to what comes behind") {
  for (const auto& request : requests_of("/stalls")) {
    CAPTURE(request);
    OneReactor server({{"/stalls", reply_with(digits, connection(stalls))}});
    auto client = server.client_with(request_of("/plain") + request + request_of("/plain"), 2);
    CHECK(client.read_reply().body == "plain");
    client.send(request_of("/plain"));
    for (const auto by : {Duration(1h), hundred_years, hundred_years}) {
      server.advance(by);
      CHECK_FALSE(client.has_input());
    }
    CHECK(server.script.handled == 2);
  }
}

TEST_CASE("a truncated answer announces its full length, has the bytes it may have, and then a clean end") {
  for (const std::size_t size : {0U, 7U, 19U, 20U, 1000U}) {
    for (const auto& request : requests_of("/cut")) {
      CAPTURE(request);
      CAPTURE(size);
      OneReactor server({{"/cut", reply_with(digits, truncated(size))}});
      auto client = server.client_with(request + request_of("/plain"));
      const auto head = read_head(client);
      CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
      CHECK(has(head, "\r\nContent-Length: 20\r\n"));
      CHECK(has(head, "\r\nConnection: close\r\n") == (request != requests_of("/cut")[0]));
      CHECK(client.read_to_end() == digits.substr(0, size));
      CHECK_FALSE(client.was_reset());
      CHECK(server.script.handled == 1);
    }
  }
}

TEST_CASE("to HEAD a truncated or dripping answer is its head, whole and at once") {
  OneReactor server({{"/cut", reply_with(digits, truncated(7))}, {"/drips", reply_with(digits, dripping(8, 50ms))}});
  auto client = server.client_with(head_request_of("/drips") + request_of("/plain"), 2);
  CHECK(client.read_reply(true).headers.at("content-length") == "20");
  CHECK(client.read_reply().body == "plain");
  server.send(client, head_request_of("/cut"));
  CHECK(client.read_reply(true).headers.at("content-length") == "20");
  CHECK(ends_cleanly(client));
}

TEST_CASE("a dripping answer: the head with the first piece, one piece each time, and the connection goes on") {
  for (const auto& request : requests_of("/drips")) {
    CAPTURE(request);
    OneReactor server({{"/drips", reply_with(digits, dripping(6, 50ms))}});
    const bool goes_on = request == requests_of("/drips")[0];
    auto client = server.client_with(request + request_of("/plain"));
    CHECK(has(read_head(client), "\r\nContent-Length: 20\r\n"));
    CHECK(client.read_bytes(6) == "012345");
    server.advance(49ms);
    CHECK_FALSE(client.has_input());
    server.advance(1ms);
    CHECK(client.read_bytes(6) == "6789ab");
    CHECK_FALSE(client.has_input());
    server.advance(10s);  // a piece at a time, however late
    CHECK(client.read_bytes(6) == "cdefgh");
    server.advance(49ms);
    CHECK_FALSE(client.has_input());
    server.advance(1ms);
    CHECK(client.read_bytes(2) == "ij");
    if (goes_on) CHECK(client.read_reply().body == "plain");
    CHECK(client.has_input() != goes_on);
    if (!goes_on) CHECK(ends_cleanly(client));
  }
}

TEST_CASE("a dripping answer without a pause, without a body, or with more bytes than it has, comes at once") {
  OneReactor server({{"/drips", reply_with(digits, dripping(1, 0s))},
                     {"/empty", reply_with("", dripping(1, 1s))},
                     {"/much", reply_with(digits, dripping(static_cast<std::size_t>(-1), 1s))}});
  auto client =
      server.client_with(request_of("/drips") + request_of("/empty") + request_of("/much") + request_of("/plain"), 4);
  CHECK(client.read_reply().body == digits);
  CHECK(client.read_reply().body.empty());
  CHECK(client.read_reply().body == digits);
  CHECK(client.read_reply().body == "plain");
}

TEST_CASE("a drip without a pause is one piece, so that a long answer keeps no other waiting") {
  Exchange exchange(300);
  PendingReply reply(reply_with(digits, dripping(1, 0s)), {true, false, false}, Timestamp());
  std::string out;
  CHECK(reply.proceed(Timestamp(), exchange, out) == PendingReply::Next::goes_on);
  CHECK(out.ends_with("\r\n\r\n" + digits));
}

TEST_CASE("a delay, a truncation and a drip in one answer") {
  Delivery all = delayed(1s);
  all.truncated_to = 10;
  all.drip = {8, 50ms};
  OneReactor server({{"/all", reply_with(digits, all)}});
  auto client = server.client_with(request_of("/all"));
  server.advance(999ms);
  CHECK_FALSE(client.has_input());
  server.advance(1ms);
  CHECK(has(read_head(client), "\r\nContent-Length: 20\r\n"));
  CHECK(client.read_bytes(8) == "01234567");
  CHECK_FALSE(client.has_input());
  server.advance(50ms);
  CHECK(client.read_to_end() == "89");
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("a dripping answer that its client does not read waits for it, and arrives whole") {
  std::string body;
  while (body.size() < (32U << 20U)) body += std::to_string(body.size()) + ' ';  // more than the buffers hold
  const Listening server({{"/drips", reply_with(body, dripping(8U << 20U, 1ms))}});
  auto client = server.client_with(request_of("/drips") + request_of("/plain"));
  REQUIRE(client.has_input(20'000));
  CHECK(server.client_with(request_of("/plain")).read_reply().body == "plain");
  CHECK(client.read_reply().body == body);
  CHECK(client.read_reply().body == "plain");
}

TEST_CASE("a client that takes nothing of a dripping answer is let go after the limit") {
  ConnectionLimits limits;
  limits.write = 1s;
  OneReactor server({{"/drips", reply_with(std::string(64U << 20U, 'x'), dripping(32U << 20U, 1ms))}}, limits);
  auto client = server.client_with(request_of("/drips"));
  const auto descriptors = open_descriptors();
  server.advance(999ms);
  CHECK(open_descriptors() == descriptors);
  server.advance(1ms);
  CHECK(open_descriptors() == descriptors - 1);
}

TEST_CASE("an answer that comes later is asked for every 5 ms until it is there, and the function is gone then") {
  const Question question;
  OneReactor server({{"/later", question.reply(reply_with(digits, delayed(1s)))}});
  const auto kept_by_script = question.asked.use_count();
  auto client = server.client_with(request_of("/later") + request_of("/plain"));
  CHECK(question.asked.use_count() == kept_by_script + 1);
  CHECK(*question.asked == 0);
  server.advance(5ms);
  CHECK(*question.asked == 1);
  server.advance(4ms);
  CHECK(*question.asked == 1);
  server.advance(1ms);
  CHECK(*question.asked == 2);
  CHECK_FALSE(client.has_input());
  server.advance(1h);
  CHECK(*question.asked == 3);
  *question.is_answered = true;
  server.advance(5ms);
  CHECK(*question.asked == 4);
  CHECK(question.asked.use_count() == kept_by_script);
  server.advance(999ms);  // it has a delay of its own
  CHECK_FALSE(client.has_input());
  server.advance(1ms);
  CHECK(client.read_reply().body == digits);
  CHECK(client.read_reply().body == "plain");
  CHECK(*question.asked == 4);
}

TEST_CASE("an answer that comes later is asked for in the thread that serves its connection") {
  std::atomic<std::thread::id> asked_in;
  Reply later;
  later.later = [&asked_in] {
    asked_in = std::this_thread::get_id();
    return std::optional(reply_with(digits));
  };
  OneReactor server({{"/later", later}});
  auto client = server.client_with(request_of("/later"));
  server.advance(5ms);
  CHECK(client.read_reply().body == digits);
  CHECK(asked_in.load() == server.thread());
}

TEST_CASE("a client that leaves ends what it waits for") {
  const Question question;
  OneReactor server({{"/stalls", reply_with(digits, connection(stalls))},
                     {"/delayed", reply_with(digits, delayed(1h))},
                     {"/drips", reply_with(digits, dripping(1, 1h))},
                     {"/later", question.reply(reply_with(digits))}});
  const auto descriptors = open_descriptors();
  const auto kept_by_script = question.asked.use_count();
  for (const auto* target : {"/stalls", "/delayed", "/drips", "/later"}) {
    for (const bool by_reset : {false, true}) {
      CAPTURE(target);
      CAPTURE(by_reset);
      {
        auto client = server.client_with(request_of(target) + request_of("/plain"));
        client.send(request_of("/plain"));
        server.settle();
        CHECK(open_descriptors() == descriptors + 2);
        if (by_reset) client.reset();
      }
      wait_until([&] { return open_descriptors() == descriptors; });
      CHECK(question.asked.use_count() == kept_by_script);
    }
  }
}

TEST_CASE("a refusal may be delivered like any answer, and ends its connection all the same") {
  OneReactor server({{"refused", reply_with(digits, dripping(12, 1s))}});
  auto client = server.connect();
  client.send("no request\r\n\r\nmore of that");
  CHECK(has(read_head(client), "\r\nConnection: close\r\n"));
  CHECK(client.read_bytes(12) == digits.substr(0, 12));
  server.settle();
  CHECK_FALSE(client.has_input());
  server.advance(1s);
  CHECK(client.read_to_end() == digits.substr(12));
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("with as many connections as may be, what was idle or stalled longest makes room, and nothing that waits") {
  OneReactor server({{"/stalls", reply_with(digits, connection(stalls))}, {"/slow", reply_with(digits, delayed(1h))}},
                    {}, 5);
  auto slow = server.client_with(request_of("/slow"));
  server.advance(1s);
  auto first = server.client_with(request_of("/stalls"));
  server.advance(1s);
  auto second = server.client_with(request_of("/plain"));
  CHECK(second.read_reply().body == "plain");
  server.advance(1s);
  auto third = server.client_with(request_of("/stalls"));
  server.advance(1s);
  CHECK_FALSE(first.has_input());
  std::vector<RawClient> next;
  const auto serve_next = [&] {
    next.push_back(server.connect());
    next.back().send(request_of("/plain"));
    CHECK(next.back().read_reply().body == "plain");
  };
  serve_next();
  CHECK_FALSE(first.has_input());
  serve_next();
  CHECK(ends_cleanly(first));
  CHECK_FALSE(second.has_input());
  serve_next();
  CHECK(ends_cleanly(second));
  CHECK_FALSE(third.has_input());
  serve_next();
  CHECK(ends_cleanly(third));
  CHECK_FALSE(slow.has_input());
}

TEST_CASE("two hundred delayed clients do not keep the next one waiting, and are all answered") {
  const Question open;
  const Listening server({{"/later", open.reply(reply_with(digits))}, {"/slow", reply_with(digits, delayed(1h))}});
  std::vector<RawClient> waiting;
  for (int i = 0; i < 100; ++i) {
    waiting.push_back(server.client_with(request_of("/slow")));
    waiting.push_back(server.client_with(request_of("/later")));
  }
  wait_until([&] { return server.script.handled == 200; });
  CHECK(server.client_with(request_of("/plain")).read_reply().body == "plain");
  for (const auto& client : waiting) CHECK_FALSE(client.has_input());
  *open.is_answered = true;
  for (std::size_t i = 1; i < waiting.size(); i += 2) CHECK(waiting[i].read_reply().body == digits);
}

TEST_CASE("a thousand stalled clients do not keep the next one waiting") {
  const Listening server({{"/stalls", reply_with(digits, connection(stalls))}});
  const auto count = affordable_clients(1000);
  std::vector<RawClient> stalled;
  while (stalled.size() < count) stalled.push_back(server.client_with(request_of("/stalls")));
  wait_until([&] { return static_cast<std::size_t>(server.script.handled) == count; });
  CHECK(server.client_with(request_of("/plain")).read_reply().body == "plain");
  for (const auto& client : stalled) CHECK_FALSE(client.has_input());
}

TEST_CASE("a stop ends all that waits, at once") {
  const Question question;
  const auto open = question.reply(reply_with(digits));
  const auto held = question.asked.use_count();
  Listening server({{"/later", open},
                    {"/slow", reply_with(digits, delayed(hundred_years))},
                    {"/closes", reply_with(digits, connection(closes, 1h))},
                    {"/resets", reply_with(digits, connection(resets, 1h))},
                    {"/stalls", reply_with(digits, connection(stalls))},
                    {"/drips", reply_with(digits, dripping(1, 1h))}});
  std::vector<RawClient> waiting;
  const std::array<std::string, 6> targets{"/later", "/slow", "/closes", "/resets", "/stalls", "/drips"};
  for (int i = 0; i < 60; ++i)
    waiting.push_back(server.client_with(request_of(targets[static_cast<std::size_t>(i) % 6])));
  wait_until([&] { return server.script.handled == 60; });
  server.listener->stop();
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const auto received = waiting[i].read_to_end();
    CHECK_FALSE(waiting[i].was_reset());
    CHECK((targets[i % 6] == "/drips" ? received.ends_with("\r\n\r\n0") : received.empty()));
  }
  CHECK(question.asked.use_count() == held + 1);  // the script's own
}
