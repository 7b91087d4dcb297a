#include "port_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>
#include <utility>

namespace jobmock {

PortFile::PortFile(std::string path) : path_(std::move(path)) { remove(); }

PortFile::~PortFile() { remove(); }

std::string PortFile::write(std::uint16_t port) const {
  if (path_.empty()) return {};
  const auto draft = path_ + ".new";
  std::ofstream file(draft, std::ios::trunc);
  file << port << '\n';
  file.close();
  if (!file.fail() && std::rename(draft.c_str(), path_.c_str()) == 0) return {};
  const int error = errno;
  unlink(draft.c_str());
  return "cannot write " + path_ + ": " + std::generic_category().message(error);
}

void PortFile::remove() const {
  if (!path_.empty()) unlink(path_.c_str());
}

}  // namespace jobmock
