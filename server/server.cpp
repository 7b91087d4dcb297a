#include "server.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "control_readers.hpp"
#include "core/counted.hpp"
#include "fixture/reader.hpp"
#include "reading_progress.hpp"
#include "standard_streams.hpp"

namespace jobmock {
namespace {

App::Options app_options(const Serve& options, AccessLog& log, Reloader& reloader) {
  App::Options app;
  app.worlds.seed = options.seed;
  app.worlds.limits.created_jobs = options.jobs_max;
  app.worlds.limits.journal.entries = options.journal_max;
  app.worlds.clock = options.clock;
  app.control.admin_token = options.admin_token;
  app.control.explains_every_answer = options.explain;
  app.control.listens_on_loopback = is_loopback(options.host);
  app.control.request_reload = [&reloader] { reloader.request(); };
  set_readers(app.control);
  app.log = [&log, quiet = options.quiet](const AccessRecord& record) {
    if (!quiet || !record.note.empty()) log.add(record);
  };
  return app;
}

template <Exit exit>
void end_with(int /*signal*/) {
  std::_Exit(static_cast<int>(exit));
}

}  // namespace

Server::Server(const Serve& options, std::shared_ptr<const FixtureSet> fixtures, std::optional<std::string> watched)
    : port_file_(options.port_file),
      log_(STDERR_FILENO, options.log_format),
      app_(std::move(fixtures), clock_, app_options(options, log_, reloader_)),
      reloader_(app_, clock_, log_, options.fixtures, std::move(watched)) {}

tl::expected<std::unique_ptr<Server>, Server::Failure> Server::start(const Serve& options,
                                                                     std::initializer_list<int> signals,
                                                                     EndingSignals::End end) {
  const auto fail = [](const std::string& message, Exit exit) {
    return tl::unexpected(Failure{"jobmock: " + message + '\n', exit});
  };
  std::optional<EndingSignals> ending_signals(std::in_place, signals, end);
  // Before they are read: a change while they are is one.
  auto watched = options.watch ? std::optional(fingerprint_of(options.fixtures)) : std::nullopt;
  auto read = read_with_progress(options.fixtures);
  ending_signals.reset();
  if (!read) {
    std::string problems;
    for (const auto& problem : read.error()) problems += to_string(problem);
    problems += "jobmock: " + counted(count_problems(read.error()), "problem") + "; nothing is served\n";
    return tl::unexpected(Failure{std::move(problems), Exit::bad_use});
  }
  std::unique_ptr<Server> server(
      new Server(options, std::make_shared<const FixtureSet>(std::move(*read)), std::move(watched)));
  Listener::Options listener_options;
  listener_options.host = options.host;
  listener_options.port = options.port;
  listener_options.limits.request = options.request_timeout;
  listener_options.limits.write = options.request_timeout;
  listener_options.on_batch_end = [&log = server->log_] { log.flush(); };
  auto listener = Listener::open(server->app_, server->clock_, listener_options);
  if (!listener) return fail(listener.error(), Exit::failure);
  server->listener_ = std::move(*listener);
  server->listener_->start();
  if (const auto error = server->port_file_.write(server->listener_->port()); !error.empty()) {
    return fail(error, Exit::failure);
  }
  return server;
}

void Server::will_end(int status) {
  port_file_.remove();
  stop_limit_.emplace(log_, status);
}

Server::~Server() {
  if (listener_) listener_->stop();
  log_.flush();
}

std::string Server::description() const {
  const auto fixtures = app_.fixtures();
  return url() + " (" + counted(fixtures->jobs.size(), "job") + ", " +
         counted(fixtures->applications.size(), "application") + ")";
}

Exit serve(const Serve& options) {
  const Signals signals({SIGTERM, SIGINT, SIGHUP});
  const std::initializer_list<int> ending = {SIGTERM, SIGINT};
  const auto server = Server::start(options, ending, end_with<Exit::ok>);
  if (!server) {
    const auto end = server.error().exit == Exit::failure ? end_with<Exit::failure> : end_with<Exit::bad_use>;
    const EndingSignals ending_signals(ending, end);
    std::cerr << server.error().message;
    return server.error().exit;
  }
  print("jobmock listening on " + (*server)->description() + '\n');
  while (signals.wait().number == SIGHUP) (*server)->reload();
  (*server)->will_end(static_cast<int>(Exit::ok));
  return Exit::ok;
}

}  // namespace jobmock
