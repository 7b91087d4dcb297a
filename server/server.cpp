#include "server.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>

#include "counted.hpp"
#include "fixture/reader.hpp"
#include "http/listener.hpp"

namespace jobmock {
namespace {

Exit fail(const std::string& message, Exit exit) {
  std::cerr << "jobmock: " << message << '\n';
  return exit;
}

// Blocks SIGTERM and SIGINT in this thread and those it will start; wait() returns once one has come.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
};

// A file with the port in it, for scripts that wait for it. It appears whole, and is gone while there is no
// server.
class PortFile {
 public:
  explicit PortFile(std::string path) : path_(std::move(path)) { remove(); }
  ~PortFile() { remove(); }
  PortFile(const PortFile&) = delete;
  PortFile& operator=(const PortFile&) = delete;
  PortFile(PortFile&&) = delete;
  PortFile& operator=(PortFile&&) = delete;

  // Sets errno when it returns false.
  [[nodiscard]] bool write(std::uint16_t port) const {
    if (path_.empty()) return true;
    const auto draft = path_ + ".new";
    std::ofstream file(draft, std::ios::trunc);
    file << port << '\n';
    file.close();
    const bool written = !file.fail() && std::rename(draft.c_str(), path_.c_str()) == 0;
    if (!written) {
      const int error = errno;
      unlink(draft.c_str());
      errno = error;
    }
    return written;
  }

 private:
  void remove() const {
    if (!path_.empty()) unlink(path_.c_str());
  }

  const std::string path_;
};

}  // namespace

Exit serve(const Serve& options) {
  const StopSignals stop_signals;
  const PortFile port_file(options.port_file);
  auto read = read_fixtures(options.fixtures);
  if (!read) {
    for (const auto& problem : read.error()) std::cerr << to_string(problem);
    return fail(counted(read.error().size(), "problem") + "; nothing is served", Exit::bad_use);
  }
  const auto fixtures = std::make_shared<const FixtureSet>(std::move(*read));

  const SystemClock clock;
  AccessLog log(STDERR_FILENO, options.log_format);
  App::Options app_options;
  app_options.worlds.seed = options.seed;
  app_options.worlds.limits.created_jobs = options.jobs_max;
  Listener::Options listener_options;
  app_options.log = [&log, quiet = options.quiet](const AccessRecord& record) {
    if (!quiet || !record.note.empty()) log.add(record);
  };
  listener_options.on_batch_end = [&log] { log.flush(); };
  App app(fixtures, clock, app_options);
  listener_options.host = options.host;
  listener_options.port = options.port;
  const auto listener = Listener::open(app, clock, listener_options);
  if (!listener) return fail(listener.error(), Exit::failure);

  (*listener)->start();
  if (!port_file.write((*listener)->port())) {
    return fail("cannot write " + options.port_file + ": " + std::generic_category().message(errno), Exit::failure);
  }
  std::cout << "jobmock listening on " << (*listener)->url() << " (" << counted(fixtures->jobs.size(), "job") << ", "
            << counted(fixtures->applications.size(), "application") << ")" << std::endl;
  stop_signals.wait();
  (*listener)->stop();
  log.flush();
  return Exit::ok;
}

}  // namespace jobmock
