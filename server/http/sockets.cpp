#include "http/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace jobmock {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

tl::expected<Address, std::string> address_of(const std::string& host, std::uint16_t port) {
  const auto& numeric = host == "localhost" ? std::string("127.0.0.1") : host;
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (inet_pton(AF_INET, numeric.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address.size = sizeof *v4;
    return address;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET6, numeric.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    address.size = sizeof *v6;
    return address;
  }
  return tl::unexpected("'" + host +
                        "' is not an address to listen at; names are not looked up: give a number such as "
                        "127.0.0.1, 0.0.0.0 or ::1");
}

void set_option(const Descriptor& socket, int level, int option, int value) {
  setsockopt(socket.get(), level, option, &value, sizeof value);
}

}  // namespace

Descriptor::~Descriptor() { close(); }
Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Descriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

tl::expected<Descriptor, std::string> listen_at(const std::string& host, std::uint16_t port) {
  const auto address = address_of(host, port);
  if (!address) return tl::unexpected(address.error());
  const auto fail = [&] {
    const int error = errno;
    auto message = "cannot listen at " + url_of(host, port) + ": " + std::generic_category().message(error);
    if (error == EADDRINUSE) message += "; stop what has that port, or choose another: --port 0 takes a free one";
    if (error == EAFNOSUPPORT) message += "; this machine has no such addresses, take another: 127.0.0.1";
    if (error == EADDRNOTAVAIL) message += "; this machine does not have that address, take another: 127.0.0.1";
    if (error == EACCES) message += "; ports below 1024 need rights, choose another";
    return tl::unexpected(std::move(message));
  };
  Descriptor listening(socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listening.is_open()) return fail();
  set_option(listening, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address->storage.ss_family == AF_INET6) set_option(listening, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(listening.get(), address->get(), address->size) != 0) return fail();
  if (listen(listening.get(), SOMAXCONN) != 0) return fail();
  return listening;
}

// However it is written: ::1 as 0::1, 127.0.0.1 as ::ffff:127.0.0.1.
bool is_loopback(const std::string& host) {
  constexpr std::uint8_t network = 127;  // the first byte of 127.0.0.0/8
  const auto address = address_of(host, 0);
  if (!address) return false;
  if (address->storage.ss_family == AF_INET) {
    return ntohl(reinterpret_cast<const sockaddr_in*>(&address->storage)->sin_addr.s_addr) >> 24U == network;
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6*>(&address->storage)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == network);
}

std::uint16_t port_of(const Descriptor& socket) {
  Address address;
  address.size = sizeof address.storage;
  getsockname(socket.get(), address.get(), &address.size);
  return ntohs(address.storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port
                                                     : reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port);
}

std::string url_of(const std::string& host, std::uint16_t port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

void reset_when_closed(const Descriptor& socket) {
  const linger at_once{1, 0};
  setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace jobmock
