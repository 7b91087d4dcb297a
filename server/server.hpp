// The composition root: everything put together, and the two ways to run it.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "access_log.hpp"
#include "cli.hpp"
#include "http/listener.hpp"
#include "port_file.hpp"
#include "reloader.hpp"
#include "signals.hpp"

namespace jobmock {

// A server that answers, from its start to its end.
class Server {
 public:
  struct Failure {
    std::string message;  // whole lines
    Exit exit;
  };

  // Reads the fixtures, takes the port and serves. SIGUSR1 must be blocked: it asks for a reload.
  static tl::expected<std::unique_ptr<Server>, Failure> start(const Serve& options);

  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;

  // "http://127.0.0.1:8080 (12 jobs, 3 applications)"
  [[nodiscard]] std::string description() const;
  [[nodiscard]] std::string url() const { return listener_->url(); }
  [[nodiscard]] App& app() { return app_; }

  // The next signal that is not about reloading; sees to reloads, also of watched files, until then.
  Signals::Arrived wait(const Signals& signals);

  void reload() { reloader_.reload(); }

 private:
  Server(const Serve& options, std::shared_ptr<const FixtureSet> fixtures);

  const bool watches_;
  const PortFile port_file_;
  const SystemClock clock_;
  AccessLog log_;
  App app_;
  Reloader reloader_;
  std::unique_ptr<Listener> listener_;
};

// Serves until SIGTERM or SIGINT, and says when it is ready (one line on standard output). Problems go to standard
// error. Call it once, from the main thread, before any other thread exists.
Exit serve(const Serve& options);

// Serves for as long as the command runs, which finds the server in its environment: WRITER_BASE_URL, WRITER_API_KEY,
// JOBMOCK_URL. Gives the command's exit status, or 128 and the signal that ended it. Called as serve().
int run_command(const RunCommand& options);

}  // namespace jobmock
