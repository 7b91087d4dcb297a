// The HTTP server: a listening socket and the reactors that share it. cpp-httplib writes the answers (see
// exchange.hpp); its server class makes the whole process ignore SIGPIPE.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "http/reactor.hpp"

namespace jobmock {

class Listener {
 public:
  struct Options {
    std::string host = "127.0.0.1";  // a number, or localhost
    std::uint16_t port = 0;          // 0: any free one
    std::size_t most_connections = 10'000;
    ConnectionLimits limits;
    std::function<void()> on_batch_end;  // from the serving threads, when each has nothing more to do
  };

  // Takes the port. From then on clients can connect; they are answered after start(). `service` and `clock`
  // outlive the listener.
  static tl::expected<std::unique_ptr<Listener>, std::string> open(Service& service, const Clock& clock,
                                                                   const Options& options);

  ~Listener();  // stops
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  Listener(Listener&&) = delete;
  Listener& operator=(Listener&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_of(listening_); }
  [[nodiscard]] std::string url() const { return url_of(host_, port()); }

  void start();

  // Returns once no request is being answered; closes every connection. Takes no time with idle clients.
  void stop();

 private:
  Listener(Descriptor listening, std::string host, std::size_t most_connections)
      : listening_(std::move(listening)), host_(std::move(host)), places_(most_connections) {}

  const Descriptor listening_;
  const std::string host_;
  Places places_;
  std::vector<std::unique_ptr<Reactor>> reactors_;
  std::vector<std::thread> threads_;
};

}  // namespace jobmock
