#include <iostream>
#include <system_error>

#include "cli.hpp"
#include "core/counted.hpp"
#include "fixture/schema.hpp"
#include "http/probe.hpp"
#include "reading_progress.hpp"
#include "server.hpp"
#include "standard_streams.hpp"

namespace jobmock {
namespace {

Exit run(const Serve& options) { return serve(options); }

int run(const RunCommand& options) { return run_command(options); }

Exit run(const Check& options) {
  const auto read = read_with_progress(options.fixtures);
  if (read) {
    return print("ok: " + counted(read->files.size(), "file") + ", " + counted(read->jobs.size(), "job") + ", " +
                 counted(read->applications.size(), "application") + '\n');
  }
  for (const auto& problem : read.error()) std::cerr << to_string(problem);
  std::cerr << "jobmock: " << counted(count_problems(read.error()), "problem") << '\n';
  return Exit::bad_use;
}

Exit run(const Health& options) {
  const auto health = probe_health(options.url);
  if (health) return print(*health + '\n');
  std::cerr << "jobmock: " << health.error() << '\n';
  return Exit::failure;
}

Exit run(const Schema& /*options*/) { return print(std::string(fixture_schema())); }

Exit run(const Say& say) {
  if (say.exit == Exit::ok) return print(say.text);
  std::cerr << say.text;
  return say.exit;
}

}  // namespace
}  // namespace jobmock

int main(int count, char** arguments) {
  jobmock::settle_standard_streams();
  const auto command = jobmock::parse_command_line(count, arguments);
  try {
    return std::visit([](const auto& options) { return static_cast<int>(jobmock::run(options)); }, command);
  } catch (const std::system_error& error) {
    const bool is_thread = error.code() == std::errc::resource_unavailable_try_again;
    std::cerr << "jobmock: " << (is_thread ? "cannot start a thread; raise the limit on processes (ulimit -u): " : "")
              << error.what() << '\n';
    return static_cast<int>(jobmock::Exit::failure);
  }
}
