// Listeners whose answers a test writes down, and for most tests a clock that it moves.
#pragma once

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "api/service.hpp"
#include "http/listener.hpp"
#include "support/raw_client.hpp"

namespace jobmock::test {

// Waits without a guess at how long; fails after a time that no machine needs.
template <typename Condition>
void wait_until(const Condition& condition) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    REQUIRE(std::chrono::steady_clock::now() < limit);
    std::this_thread::yield();
  }
}

// How many clients this process may have, each with both ends of its connection, up to `most`.
inline std::size_t affordable_clients(std::size_t most) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return std::min<std::size_t>(most, limit.rlim_max / 4);
}

inline std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// Answers by target; to what is not in the script, "plain".
class Script final : public Service {
 public:
  using Replies = std::map<std::string, Reply, std::less<>>;
  explicit Script(Replies replies) : replies_(std::move(replies)) {}

  Reply handle(const Request& request) override {
    const auto found = replies_.find(request.target);
    if (request.target != "/probe") ++handled;
    return found == replies_.end() ? Reply{200, "text/plain", {}, "plain"} : found->second;
  }
  Reply refuse(int status, const std::string& reason) override {
    const auto found = replies_.find("refused");
    return found == replies_.end() ? Reply{status, "text/plain", {}, reason} : found->second;
  }

  std::atomic<int> handled = 0;  // requests, without those of probes

 private:
  const Replies replies_;
};

inline Reply reply_with(std::string body, Delivery delivery = {}) {
  Reply reply{200, "text/plain", {}, std::move(body)};
  reply.delivery = delivery;
  return reply;
}

inline std::string request_of(const std::string& target, const std::string& more_headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more_headers + "\r\n";
}

// One reactor in a thread of its own, at a time that a test moves.
class OneReactor {
 public:
  explicit OneReactor(Script::Replies replies, ConnectionLimits limits = {}, std::size_t most_connections = 1000,
                      std::size_t most_bytes = std::size_t{512} << 20U)
      : script(std::move(replies)),
        listening_(listen_at("127.0.0.1", 0).value()),
        places_(most_connections, most_bytes),
        reactor_(std::make_unique<Reactor>(listening_, places_, script, clock_, Reactor::Options{limits, {}})),
        thread_([this] { reactor_->run(); }) {}
  ~OneReactor() {
    reactor_->stop();
    thread_.join();
  }
  OneReactor(const OneReactor&) = delete;
  OneReactor& operator=(const OneReactor&) = delete;
  OneReactor(OneReactor&&) = delete;
  OneReactor& operator=(OneReactor&&) = delete;

  [[nodiscard]] RawClient connect() const { return RawClient(port_of(listening_)); }

  // A client of its own that has sent `bytes`, of which the server has answered so many requests or let them wait.
  [[nodiscard]] RawClient client_with(const std::string& bytes, int requests = 1) {
    auto client = connect();
    send(client, bytes, requests);
    return client;
  }

  void send(RawClient& client, const std::string& bytes, int requests = 1) {
    const int before = script.handled;
    client.send(bytes);
    wait_until([&] { return script.handled == before + requests; });
    settle();
  }

  // Returns when all that was due is done: it takes a connection of its own, at the reactor's next round, and is
  // answered in a later one. The connection is gone then, too.
  void settle() const {
    auto probe = connect();
    probe.send(request_of("/probe", "Connection: close\r\n"));
    CHECK(probe.read_to_end().ends_with("plain"));
  }

  void advance(Duration by) {
    clock_.advance(by);
    settle();
  }

  [[nodiscard]] std::thread::id thread() const { return thread_.get_id(); }

  Script script;

 private:
  ManualClock clock_{Timestamp(std::chrono::seconds(1'739'211'489))};
  const Descriptor listening_;
  Places places_;
  const std::unique_ptr<Reactor> reactor_;
  std::thread thread_;
};

// The listener as it is served, in real time.
struct Listening {
  SystemClock clock;
  Script script;
  std::unique_ptr<Listener> listener;

  explicit Listening(Script::Replies replies) : script(std::move(replies)) {
    auto opened = Listener::open(script, clock, {});
    if (!opened) throw std::runtime_error(opened.error());
    listener = std::move(*opened);
    listener->start();
  }

  [[nodiscard]] RawClient client_with(const std::string& bytes) const {
    RawClient client(listener->port());
    client.send(bytes);
    return client;
  }
};

}  // namespace jobmock::test
