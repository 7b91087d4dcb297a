#include "port_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <system_error>

namespace jobmock {
namespace {

// Whether a file is one that a server has written, or is empty: any other was named by mistake.
bool may_be_replaced(const std::string& path) {
  constexpr std::size_t most_digits = 5;
  std::ifstream file(path);
  if (!file.is_open()) return false;
  std::array<char, most_digits + 2> bytes{};
  file.read(bytes.data(), bytes.size());
  std::string_view text(bytes.data(), static_cast<std::size_t>(file.gcount()));
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text.size() <= most_digits && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string PortFile::write(std::uint16_t port) {
  if (path_.empty()) return {};
  const auto problem = "cannot write " + path_ + ": ";
  struct stat facts {};
  const bool is_there = lstat(path_.c_str(), &facts) == 0;
  if (is_there && !S_ISREG(facts.st_mode)) return problem + "there is something else than a file";
  if (is_there && !may_be_replaced(path_))
    return problem + "there is a file that holds no port; name another, or remove it";

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
