// The bytes of a connection, through the listener and a real socket. The first byte of an input says in how many pieces
// they are sent; however that is, the answers are the same.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <mutex>
#include <string>

#include "api/app.hpp"
#include "core/clock.hpp"
#include "fixture/reader.hpp"
#include "fuzz/check.hpp"
#include "http/listener.hpp"

namespace jobmock::fuzz {
namespace {

constexpr const char* fixtures = R"(
version: 1
applications: [{id: app, inputs: [{name: topic, input_type: text}]}]
jobs: [{id: 00000000-0000-4000-8000-000000000001, application_id: app, timeline: [{polls: 3, status: failed}]}]
)";

// An application that can be put in the place of the one before, while no request is answered.
class Renewed final : public Service {
 public:
  explicit Renewed(const Clock& clock) : clock_(clock) { renew(); }

  void renew() {
    static const auto set = std::make_shared<const FixtureSet>(*read_fixture_texts({{"a.yaml", fixtures}}));
    App::Options options;
    options.control.admin_token = "no input has this";  // so that none adds a fault
    const std::lock_guard lock(mutex_);
    app_ = std::make_unique<App>(set, clock_, options);
  }
  Reply handle(const Request& request) override {
    const std::lock_guard lock(mutex_);
    return app_->handle(request);
  }
  Reply refuse(int status, const std::string& reason) override {
    const std::lock_guard lock(mutex_);
    return app_->refuse(status, reason);
  }

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::unique_ptr<App> app_;
};

// For the whole run. Its clock stands: no time limit ends a connection.
struct Server {
  ManualClock clock{Timestamp(std::chrono::seconds(1'739'211'489))};
  Renewed service{clock};
  std::unique_ptr<Listener> listener;

  Server() {
    auto opened = Listener::open(service, clock, {});
    require(opened.has_value(), "the listener opens");
    listener = std::move(*opened);
    listener->start();
  }
};

Server& server() {
  static Server running;
  return running;
}

// libFuzzer's alarm, twice a minute, ends what waits.
template <typename Call>
auto again_after_signal(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Client {
 public:
  Client() {
    constexpr int most_attempts = 1'000;
    constexpr int pause_milliseconds = 10;
    int attempts = 0;
    while (!connects()) {  // no port is free for a moment
      require(++attempts < most_attempts, "clients can connect");
      poll(nullptr, 0, pause_milliseconds);
    }
  }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto count =
          again_after_signal([&] { return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
      if (count <= 0) return;  // the server has closed
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  // All that comes, once nothing more is sent.
  std::string read_to_end() {
    constexpr int most_milliseconds = 120'000;
    shutdown(socket_.get(), SHUT_WR);
    std::string all;
    std::array<char, 65536> block{};
    while (true) {
      pollfd state{socket_.get(), POLLIN, 0};
      const auto ready = again_after_signal([&] { return poll(&state, 1, most_milliseconds); });
      require(ready == 1, "a connection whose client sends no more comes to an end", all);
      const auto count = again_after_signal([&] { return recv(socket_.get(), block.data(), block.size(), 0); });
      was_reset_ = count < 0;
      if (count <= 0) return all;
      all.append(block.data(), static_cast<std::size_t>(count));
    }
  }

  [[nodiscard]] bool was_reset() const { return was_reset_; }

 private:
  // From an address of its own: thousands of connections a second would use up the ports of one.
  bool connects() {
    static std::uint32_t count = 0;
    const auto own = address_of(INADDR_LOOPBACK + 1 + count++ % 60'000, 0);
    const auto peer = address_of(INADDR_LOOPBACK, server().listener->port());
    const int on = 1;
    socket_ = Descriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own);  // if not: from the usual address
    return connect(socket_.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0;
  }

  static sockaddr_in address_of(std::uint32_t address, std::uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    result.sin_addr.s_addr = htonl(address);
    return result;
  }

  Descriptor socket_;
  bool was_reset_ = false;
};

// The answers but for those that say no more than to go on, which depend on what has come by then.
std::string check_answers(std::string_view bytes) {
  constexpr std::string_view begin = "HTTP/1.1 ";
  std::string answers;
  while (!bytes.empty()) {
    const auto end = bytes.find("\r\n\r\n");
    require(bytes.starts_with(begin) && end != std::string_view::npos, "an answer has a head", bytes);
    const auto head = bytes.substr(0, end + 2);
    const auto status = head.substr(begin.size(), 3);
    bytes.remove_prefix(end + 4);
    if (status == "100") continue;
    constexpr std::string_view length_name = "\r\nContent-Length: ";
    const auto length_at = head.find(length_name);
    require(length_at != std::string_view::npos, "an answer has a length", head);
    const auto length = std::stoul(std::string(head.substr(length_at + length_name.size(), 12)));
    const bool is_to_head = bytes.empty() || bytes.starts_with(begin);  // no body begins like that
    require(is_to_head || length <= bytes.size(), "a body is complete", bytes);
    const auto body = bytes.substr(0, is_to_head ? 0 : length);
    const bool is_json = head.find("\r\nContent-Type: application/json\r\n") != std::string_view::npos;
    require(body.empty() || !is_json || nlohmann::json::accept(body), "what is called JSON is JSON", body);
    answers.append(head).append("\n").append(body);
    bytes.remove_prefix(body.size());
  }
  return answers;
}

struct Exchanged {
  std::string answers;
  bool was_reset = false;
};

Exchanged answers_to(std::string_view bytes, std::size_t pieces) {
  server().service.renew();
  Client client;
  for (std::size_t i = 0; i < pieces; ++i) {
    const auto begin = bytes.size() * i / pieces;
    client.send(bytes.substr(begin, bytes.size() * (i + 1) / pieces - begin));
  }
  auto answers = client.read_to_end();
  return {std::move(answers), client.was_reset()};
}

}  // namespace
}  // namespace jobmock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jobmock::fuzz;
  if (size == 0) return 0;
  constexpr std::size_t most_pieces = 8;
  const auto bytes = text_of(data + 1, size - 1);
  const auto whole = answers_to(bytes, 1);
  const auto in_pieces = answers_to(bytes, data[0] % most_pieces + 1);
  if (!whole.was_reset && !in_pieces.was_reset) {  // whoever sends on after the last answer may be, and lose it
    const auto answers = check_answers(whole.answers);
    require(check_answers(in_pieces.answers) == answers, "the pieces change no answer", answers);
  }
  Client next;
  next.send(
      "GET /v1/applications/jobs/00000000-0000-4000-8000-000000000001 HTTP/1.1\r\n"
      "Host: localhost\r\nAuthorization: Bearer of the next client\r\n\r\n");
  const auto answer = next.read_to_end();
  require(answer.starts_with("HTTP/1.1 200 "), "the next client is served", answer);
  return 0;
}
