#include "server.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>

#include "access_log.hpp"
#include "counted.hpp"
#include "fixture/load_job.hpp"
#include "fixture/reader.hpp"
#include "http/listener.hpp"
#include "signals.hpp"

namespace jobmock {
namespace {

Exit fail(const std::string& message, Exit exit) {
  std::cerr << "jobmock: " << message << '\n';
  return exit;
}

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

// Reads the fixtures again: on SIGHUP, on request, and when a watched file has changed.
class Reloader {
 public:
  Reloader(App& app, const Clock& clock, AccessLog& log, std::vector<std::string> paths, bool watches)
      : app_(app),
        clock_(clock),
        log_(log),
        paths_(std::move(paths)),
        fingerprint_(watches ? fingerprint_of(paths_) : std::string()),
        seen_(fingerprint_) {}

  void reload() {
    app_.begin_reload();
    auto read = read_fixtures(paths_);
    tl::expected<FixtureSet, Problems> result;
    std::string message;
    if (read) {
      message = "read the fixtures again: " + counted(read->jobs.size(), "job") + ", " +
                counted(read->applications.size(), "application");
      result = std::move(*read);
    } else {
      Problems problems;
      message = counted(read.error().size(), "problem") + " in the fixtures; those read before are still served\n";
      for (const auto& problem : read.error()) message += problems.emplace_back(to_string(problem));
      result = tl::unexpected(std::move(problems));
    }
    log_.add_message(clock_.now(), message);
    log_.flush();
    app_.end_reload(std::move(result));
  }

  // To be called every now and then. A file that is still being written is not read before it rests.
  void look() {
    auto now = fingerprint_of(paths_);
    const bool rests = now == seen_;
    seen_ = std::move(now);
    if (!rests || seen_ == fingerprint_) return;
    fingerprint_ = seen_;
    reload();
  }

 private:
  App& app_;
  const Clock& clock_;
  AccessLog& log_;
  const std::vector<std::string> paths_;
  std::string fingerprint_;  // of what was read
  std::string seen_;         // when last looked at
};

App::Options app_options(const Serve& options, AccessLog& log) {
  App::Options app;
  app.worlds.seed = options.seed;
  app.worlds.limits.created_jobs = options.jobs_max;
  app.worlds.clock = options.clock;
  app.control.admin_token = options.admin_token;
  app.control.explains_every_answer = options.explain;
  app.control.listens_on_loopback = is_loopback(options.host);
  app.control.request_reload = [] { kill(getpid(), SIGHUP); };
  app.control.read_job = [](std::string_view text, bool is_json, const std::shared_ptr<const FixtureSet>& fixtures) {
    return read_job(text, is_json, fixtures).map_error([](const std::vector<Problem>& problems) {
      Problems texts;
      for (const auto& problem : problems) texts.push_back(to_string(problem));
      return texts;
    });
  };
  app.log = [&log, quiet = options.quiet](const AccessRecord& record) {
    if (!quiet || !record.note.empty()) log.add(record);
  };
  return app;
}

void serve_until_stopped(const Signals& signals, Reloader& reloader, bool watches) {
  constexpr Duration look_every = std::chrono::milliseconds(250);
  while (true) {
    const int signal = watches ? signals.wait_for(look_every) : signals.wait();
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) reloader.reload();
    if (watches) reloader.look();
  }
}

}  // namespace

Exit serve(const Serve& options) {
  const Signals signals;
  const PortFile port_file(options.port_file);
  auto read = read_fixtures(options.fixtures);
  if (!read) {
    for (const auto& problem : read.error()) std::cerr << to_string(problem);
    return fail(counted(read.error().size(), "problem") + "; nothing is served", Exit::bad_use);
  }
  const auto fixtures = std::make_shared<const FixtureSet>(std::move(*read));

  const SystemClock clock;
  AccessLog log(STDERR_FILENO, options.log_format);
  App app(fixtures, clock, app_options(options, log));
  Reloader reloader(app, clock, log, options.fixtures, options.watch);
  Listener::Options listener_options;
  listener_options.on_batch_end = [&log] { log.flush(); };
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
  serve_until_stopped(signals, reloader, options.watch);
  (*listener)->stop();
  log.flush();
  return Exit::ok;
}

}  // namespace jobmock
