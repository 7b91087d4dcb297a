#include "support/raw_client.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <utility>

namespace jobmock::test {
namespace {

constexpr int most_milliseconds = 20'000;

}  // namespace

RawClient::RawClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  REQUIRE(socket_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

RawClient::~RawClient() {
  if (socket_ >= 0) close(socket_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), bytes_(std::move(other.bytes_)), was_reset_(other.was_reset_) {}

std::uint16_t RawClient::local_port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin_port);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::half_close() { shutdown(socket_, SHUT_WR); }

void RawClient::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(std::exchange(socket_, -1));
}

RawReply RawClient::read_reply(bool to_head) {
  std::size_t end = 0;
  while ((end = bytes_.find("\r\n\r\n")) == std::string::npos) {
    const bool more = receive();
    INFO("received: ", bytes_);
    REQUIRE(more);
  }
  const auto head = bytes_.substr(0, end + 2);
  bytes_.erase(0, end + 4);
  RawReply reply;
  REQUIRE(head.starts_with("HTTP/1.1 "));
  reply.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const auto line = head.substr(at, head.find("\r\n", at) - at);
    const auto colon = line.find(": ");
    REQUIRE(colon != std::string::npos);
    auto name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    reply.headers[name] = line.substr(colon + 2);
    at += line.size() + 2;
  }
  if (const auto length = reply.headers.find("content-length"); length != reply.headers.end() && !to_head) {
    reply.body = read_bytes(std::stoul(length->second));
  }
  return reply;
}

std::string RawClient::read_bytes(std::size_t count) {
  while (bytes_.size() < count) REQUIRE(receive());
  const auto result = bytes_.substr(0, count);
  bytes_.erase(0, count);
  return result;
}

std::string RawClient::read_to_end() {
  while (receive()) {
  }
  return std::exchange(bytes_, {});
}

std::size_t RawClient::send_until_stuck(std::string_view bytes, std::size_t most) {
  constexpr int while_milliseconds = 300;
  std::size_t taken = 0;
  pollfd state{socket_, POLLOUT, 0};
  while (taken < most && poll(&state, 1, while_milliseconds) == 1) {
    const auto rest = bytes.substr(taken % bytes.size());
    const auto count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) return taken;
    taken += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  return taken;
}

bool RawClient::has_input(int milliseconds) const {
  pollfd state{socket_, POLLIN, 0};
  return !bytes_.empty() || poll(&state, 1, milliseconds) == 1;
}

// False once the server has closed.
bool RawClient::receive() {
  pollfd state{socket_, POLLIN, 0};
  REQUIRE(poll(&state, 1, most_milliseconds) == 1);
  std::array<char, 65536> block{};
  const auto count = recv(socket_, block.data(), block.size(), 0);
  was_reset_ = count < 0 && errno == ECONNRESET;
  if (count <= 0) return false;
  bytes_.append(block.data(), static_cast<std::size_t>(count));
  return true;
}

std::string poll_request(std::string_view job_id, std::string_view more_headers) {
  return "GET /v1/applications/jobs/" + std::string(job_id) +
         " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer test-token\r\n" + std::string(more_headers) + "\r\n";
}

}  // namespace jobmock::test
