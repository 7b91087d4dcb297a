// Preloaded into a server: surroundings that a test cannot make otherwise. The environment says which:
// SURROUNDINGS=
//   clock            the clock of the machine is set an hour forth, or back, whenever somebody looks at it
//   disk             no file takes another byte
//   ipv6             there is no IPv6
//   ipv6 addresses   there is IPv6, and no address of it
//   rights           a file that nobody has the right to read is not read by root either
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace {

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool are(std::string_view surroundings) {
  const char* set = std::getenv("SURROUNDINGS");
  return set != nullptr && set == surroundings;
}

int fail(int error) {
  errno = error;
  return -1;
}

bool is_file(int descriptor) {
  struct stat facts {};
  return fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
}

bool may_not_be_read(const char* path) {
  struct stat facts {};
  return stat(path, &facts) == 0 && (facts.st_mode & (S_IRUSR | S_IRGRP | S_IROTH)) == 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const real = next<int(clockid_t, timespec*)>("clock_gettime");
  static std::atomic<std::size_t> looks = 0;
  constexpr std::array<time_t, 4> steps{0, 3600, 0, -3600};  // seconds
  const int result = real(clock, time);
  if (clock == CLOCK_REALTIME && are("clock")) time->tv_sec += steps.at(looks++ % steps.size());
  return result;
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  return are("disk") && is_file(descriptor) ? fail(ENOSPC) : real(descriptor, bytes, count);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  static auto* const real = next<ssize_t(int, const iovec*, int)>("writev");
  return are("disk") && is_file(descriptor) ? fail(ENOSPC) : real(descriptor, parts, count);
}

int socket(int domain, int type, int protocol) noexcept {
  static auto* const real = next<int(int, int, int)>("socket");
  if (domain == AF_INET6 && are("ipv6")) return fail(EAFNOSUPPORT);
  const bool is_never_bound = domain == AF_INET6 && are("ipv6 addresses");
  return real(is_never_bound ? AF_INET : domain, type, protocol);
}

int bind(int descriptor, const sockaddr* address, socklen_t size) noexcept {
  static auto* const real = next<int(int, const sockaddr*, socklen_t)>("bind");
  const bool fails = address->sa_family == AF_INET6 && are("ipv6 addresses");
  return fails ? fail(EADDRNOTAVAIL) : real(descriptor, address, size);
}

int open(const char* path, int flags, ...) {
  static auto* const real = next<int(const char*, int, ...)>("open");
  if (are("rights") && (flags & O_ACCMODE) == O_RDONLY && may_not_be_read(path)) return fail(EACCES);
  if ((flags & O_CREAT) == 0) return real(path, flags);
  va_list rest;
  va_start(rest, flags);
  const auto mode = va_arg(rest, mode_t);
  va_end(rest);
  return real(path, flags, mode);
}

}  // extern "C"
