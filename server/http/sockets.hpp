// The system's sockets and descriptors, as far as the listener needs them. Errors are texts for a person.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace jobmock {

// Owns a descriptor and closes it.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

// Listens at a numeric address (or `localhost`: 127.0.0.1), without blocking. Port 0: any free one. A port
// that another server has is an error on every system, since SO_REUSEPORT is not set.
tl::expected<Descriptor, std::string> listen_at(const std::string& host, std::uint16_t port);

// Whether an address that listen_at takes is reached from this machine only.
bool is_loopback(const std::string& host);

// The port that a listening socket has.
std::uint16_t port_of(const Descriptor& socket);

// "http://127.0.0.1:8080", "http://[::1]:8080".
std::string url_of(const std::string& host, std::uint16_t port);

// Closing the socket will send a TCP reset and nothing else.
void reset_when_closed(const Descriptor& socket);

// Raises this process's limit on open descriptors as far as it may, and says what it is.
std::size_t raise_descriptor_limit();

}  // namespace jobmock
