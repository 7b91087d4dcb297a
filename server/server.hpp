// The composition root: everything put together, and the two ways to run it.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "access_log.hpp"
#include "cli.hpp"
#include "http/listener.hpp"
#include "port_file.hpp"
#include "reloader.hpp"
#include "signals.hpp"
#include "stop_limit.hpp"

namespace jobmock {

// A server that answers, from its start to its end.
class Server {
 public:
  struct Failure {
    std::string message;  // whole lines
    Exit exit;
  };

  // Reads the fixtures, takes the port and serves. Until the fixtures are read `end` ends the process at one of the
  // signals, which are blocked otherwise.
  static tl::expected<std::unique_ptr<Server>, Failure> start(const Serve& options, std::initializer_list<int> signals,
                                                              EndingSignals::End end);

  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;

  // "http://127.0.0.1:8080 (12 jobs, 3 applications)"
  [[nodiscard]] std::string description() const;
  [[nodiscard]] std::string url() const { return listener_->url(); }
  [[nodiscard]] App& app() { return app_; }

  // The time that everything here goes by.
  [[nodiscard]] Timestamp now() const { return clock_.now(); }

  void reload() { reloader_.request(); }

  // It is about to be destroyed, and the process to end with `status`: which it does by itself if that takes too long.
  void will_end(int status);

  // For what takes its time before that, while signals end the process.
  void remove_port_file() { port_file_.remove(); }

 private:
  // `watched`: see Reloader.
  Server(const Serve& options, std::shared_ptr<const FixtureSet> fixtures, std::optional<std::string> watched);

  PortFile port_file_;
  const SystemClock clock_;
  AccessLog log_;
  std::optional<StopLimit> stop_limit_;  // gone after what may take its time, which is below
  App app_;
  Reloader reloader_;
  std::unique_ptr<Listener> listener_;
};

// Serves until SIGTERM or SIGINT, and says when it is ready (one line on standard output). Problems go to standard
// error. Call it once, from the main thread, before any other thread exists.
Exit serve(const Serve& options);

// Serves for as long as the command runs, which finds the server in its environment: WRITER_BASE_URL, WRITER_API_KEY,
// JOBMOCK_URL. Then says on standard error, and in the files that are asked for, what clients did and what became of
// every expectation. Gives the command's exit status, or 128 and the signal that ended it; 3 when it passed and an
// expectation failed; 1 when a file could not be written. Called as serve().
int run_command(const RunCommand& options);

}  // namespace jobmock
