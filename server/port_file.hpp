#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace jobmock {

// A file with the port in it, for scripts that wait for it. It appears whole, and goes with the server.
class PortFile {
 public:
  explicit PortFile(std::string path) : path_(std::move(path)) {}  // empty: no file
  ~PortFile() { remove(); }
  PortFile(const PortFile&) = delete;
  PortFile& operator=(const PortFile&) = delete;
  PortFile(PortFile&&) = delete;
  PortFile& operator=(PortFile&&) = delete;

  // Takes the place of a file that is there, if that is empty or holds a port. To be called once the port is taken:
  // until then the file is that of another server. Empty, or what went wrong; then nothing has changed.
  [[nodiscard]] std::string write(std::uint16_t port);

  // Unless another server has put its own there meanwhile.
  void remove();

 private:
  struct Identity {
    dev_t device;
    ino_t number;
    bool operator==(const Identity&) const = default;
  };
  static std::optional<Identity> identity_of(const std::string& path);

  const std::string path_;
  std::optional<Identity> written_;
};

}  // namespace jobmock
