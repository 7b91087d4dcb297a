#include "port_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace jobmock {

std::string PortFile::write(std::uint16_t port) {
  if (path_.empty()) return {};
  const auto problem = "cannot write " + path_ + ": ";
  struct stat facts {};
  const bool is_there = lstat(path_.c_str(), &facts) == 0;
  if (is_there && !S_ISREG(facts.st_mode)) return problem + "there is something else than a file";

  const auto draft = path_ + '.' + std::to_string(getpid()) + ".new";
  std::ofstream file(draft, std::ios::trunc);
  file << port << '\n';
  file.close();
  const auto identity = file.fail() ? std::nullopt : identity_of(draft);
  if (identity && std::rename(draft.c_str(), path_.c_str()) == 0) {
    written_ = identity;
    return {};
  }
  const int error = errno;
  unlink(draft.c_str());
  return problem + std::generic_category().message(error);
}

void PortFile::remove() {
  if (written_ && written_ == identity_of(path_)) unlink(path_.c_str());
  written_.reset();
}

std::optional<PortFile::Identity> PortFile::identity_of(const std::string& path) {
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0) return std::nullopt;
  return Identity{facts.st_dev, facts.st_ino};
}

}  // namespace jobmock
