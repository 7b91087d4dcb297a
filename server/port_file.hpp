#pragma once

#include <cstdint>
#include <string>

namespace jobmock {

// A file with the port in it, for scripts that wait for it. It appears whole, and is gone while there is no server.
class PortFile {
 public:
  explicit PortFile(std::string path);  // empty: no file
  ~PortFile();
  PortFile(const PortFile&) = delete;
  PortFile& operator=(const PortFile&) = delete;
  PortFile(PortFile&&) = delete;
  PortFile& operator=(PortFile&&) = delete;

  // Empty, or what went wrong.
  [[nodiscard]] std::string write(std::uint16_t port) const;

 private:
  void remove() const;

  const std::string path_;
};

}  // namespace jobmock
