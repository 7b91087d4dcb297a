// A disk that is full, streams that are closed, readers that are gone, ports that are taken, a machine without IPv6, a
// clock that is set.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "cli/surrounded.hpp"
#include "core/time.hpp"
#include "support/sanitized.hpp"

using namespace jobmock::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const std::string job = "3c90c3cc-0d44-4b50-8888-8dd25736052a";

std::string half_hour(const std::string& expect = "") {
  return "version: 1\napplications: [{id: app}]\njobs:\n  - id: " + job +
         "\n    application_id: app\n    timeline: [{at: 30m, status: completed}]\n" +
         (expect.empty() ? "" : "    expect: " + expect + "\n");
}

const bool has_no_full_device = !fs::exists("/dev/full");
const std::string no_space = "No space left on device";

// Under `ulimit -f`. What a build for coverage writes at its end meets the limit, too, so it goes elsewhere.
struct Limited {
  Folder folder;
  Variables variables{{"GCOV_PREFIX", folder.path.string()}};
};

bool polls_go_on(const Asking& server, int count) {
  RawClient client(server.port);
  for (int i = 0; i < count; ++i) {
    client.send(poll_request(job));
    if (client.read_reply().status != 200) return false;
  }
  return true;
}

// Enough of them that the log drops lines when none can be written.
constexpr int many_polls = 3000;

}  // namespace

// Not under ThreadSanitizer, whose own files meet the limit before main() is called.
TEST_CASE("a port file that a full disk does not take is a failure that says so, and leaves nothing half-written" *
          doctest::skip(is_thread_sanitized)) {
  const Limited limited;
  const Folder folder;
  const auto file = folder.file("port");
  const auto ended =
      run_in_shell("ulimit -f 0; exec \"$@\"", {"--port", "0", "--port-file", file, samples}, limited.variables);
  CHECK(ended.status == 1);
  CHECK(ended.out.empty());
  CHECK(has(ended.err, "jobmock: cannot write " + file + ": File too large\n"));
  CHECK(fs::is_empty(folder.path));
}

TEST_CASE("a port file on a full disk leaves that of another server as it is" * doctest::skip(cannot_preload)) {
  const Folder folder;
  const auto file = folder.write("port", "4711\n");
  const auto ended = run({"--port", "0", "--port-file", file, samples}, surroundings("disk"));
  CHECK(ended.status == 1);
  CHECK(has(ended.err, "jobmock: cannot write " + file + ": " + no_space + '\n'));
  CHECK(text_of(file) == "4711\n");
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("a report that a full disk does not take is said, and is 1 unless there is worse to say" *
          doctest::skip(has_no_full_device)) {
  const Folder folder;
  const auto fixtures = folder.write("a.yaml", half_hour());
  const auto run_with = [&](const Arguments& flags, const std::string& script, const std::string& path) {
    Arguments arguments{"run", path};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    arguments.insert(arguments.end(), {"--", "sh", "-c", script});
    return run(arguments);
  };
  const auto said = "jobmock: cannot write /dev/full: " + no_space + '\n';
  const auto report = run_with({"--report", "/dev/full", "--junit", folder.file("junit.xml")}, "exit 0", fixtures);
  CHECK(report.status == 1);
  CHECK(has(report.err, said));
  CHECK(text_of(folder.file("junit.xml")).ends_with("</testsuites>\n"));
  const auto junit = run_with({"--report", folder.file("report.json"), "--junit", "/dev/full"}, "exit 0", fixtures);
  CHECK(junit.status == 1);
  CHECK(has(junit.err, said));
  CHECK(json::parse(text_of(folder.file("report.json"))).contains("worlds"));
  CHECK(run_with({"--report", "/dev/full"}, "exit 7", fixtures).status == 7);
  const auto expecting = folder.write("b.yaml", half_hour("{polls: {min: 1}}"));
  const auto failed = run_with({"--junit", "/dev/full"}, "exit 0", expecting);
  CHECK(failed.status == 3);
  CHECK(has(failed.err, said));
}

TEST_CASE("a report that is longer than a file may be is said, no signal ends the run, and no part of it is left") {
  const Limited limited;
  const Folder folder;
  std::string fixtures = "version: 1\napplications: [{id: app}]\njobs:\n";
  for (int i = 100; i < 150; ++i) {
    fixtures += "  - {id: 00000000-0000-4000-8000-000000000" + std::to_string(i) +
                ", application_id: app, expect: {polls: {max: 1}}}\n";
  }
  const auto path = folder.write("a.yaml", fixtures);
  for (const auto* flag : {"--report", "--junit"}) {
    const auto file = folder.write("report", "that of another run");
    const auto ended =
        run_in_shell("ulimit -f 1; exec \"$@\"", {"run", path, flag, file, "--", "true"}, limited.variables);
    CHECK(ended.status == 1);
    CHECK(has(ended.err, "jobmock: cannot write " + file + ": File too large\n"));
    CHECK(text_of(file).empty());
  }
}

TEST_CASE("a log on a full disk stops nobody" * doctest::skip(has_no_full_device)) {
  for (const auto* format : {"text", "json"}) {
    ServerInShell server("exec \"$@\" 2>/dev/full", {"--log-format", format, samples});
    CHECK(polls_go_on(server, many_polls));
    server.process.signal(SIGTERM);
    CHECK(server.process.wait() == 0);
  }
}

TEST_CASE("a log that is as long as a file may be stops nobody") {
  const Limited limited;
  const auto log = limited.folder.file("log");
  ServerInShell server("ulimit -f 8; exec \"$@\" 2>" + log, {samples}, limited.variables);
  CHECK(polls_go_on(server, many_polls));
  server.process.signal(SIGTERM);
  CHECK(server.process.wait() == 0);
  CHECK(has(text_of(log), " 200 GET /v1/applications/jobs/" + job));
  CHECK(fs::file_size(log) <= 8 * 1024);
}

TEST_CASE("what cannot be written to standard output is a failure that says so" * doctest::skip(has_no_full_device)) {
  const std::vector<Arguments> commands{{"schema"}, {"check", samples}, {"--version"}, {"--help"}};
  for (const auto& command : commands) {
    CAPTURE(command.front());
    const auto ended = run_in_shell("exec \"$@\" >/dev/full", command);
    CHECK(ended.status == 1);
    CHECK(ended.err == "jobmock: cannot write to standard output: " + no_space + '\n');
  }
  ServerInShell server("exec \"$@\" >/dev/full");
  CHECK(polls_go_on(server, 1));
  server.process.signal(SIGTERM);
  CHECK(server.process.wait() == 0);
  CHECK(has(server.process.err(), "jobmock: cannot write to standard output: " + no_space + '\n'));
}

TEST_CASE("standard streams that are closed are nobody else's: a server serves without them") {
  for (const std::string closed : {" >&-", " 2>&-", " >&- 2>&-", " <&- >&- 2>&-"}) {
    CAPTURE(closed);
    ServerInShell server("exec \"$@\"" + closed);
    CHECK(polls_go_on(server, many_polls));
    for (int number = 0; number <= 2; ++number) {
      std::error_code no_such_folder;
      const auto leads_to = fs::read_symlink(
          "/proc/" + std::to_string(server.process.id()) + "/fd/" + std::to_string(number), no_such_folder);
      const bool is_closed = has(closed, number == 0 ? " <&-" : number == 1 ? " >&-" : " 2>&-");
      if (is_closed && !no_such_folder) CHECK(leads_to == "/dev/null");
    }
    server.process.signal(SIGTERM);
    CHECK(server.process.wait() == 0);
  }
}

TEST_CASE("standard streams that are closed are open to the command that run starts") {
  const Folder folder;
  const auto fixtures = folder.write("a.yaml", half_hour());
  for (const std::string closed : {" >&-", " 2>&-", " <&- >&- 2>&-"}) {
    CAPTURE(closed);
    const auto ended =
        run_in_shell("exec \"$@\"" + closed, {"run", fixtures, "--", "sh", "-c", "cat && echo out && echo err >&2"});
    CHECK(ended.status == 0);
    CHECK(ended.out == (has(closed, " >&-") ? "" : "out\n"));
  }
}

TEST_CASE("a server whose output nobody reads any more goes on serving") {
  Server server;
  server.process.close_output();
  CHECK(polls_go_on(server, many_polls));
  server.process.signal(SIGTERM);
  CHECK(server.process.wait() == 0);
}

TEST_CASE("a reader that has enough, as head, ends no command by a signal") {
  const Folder folder;
  std::string wrong = "version: 1\njobs:\n";
  for (int i = 0; i < 100; ++i) wrong += "  - {id: nope, application_id: " + std::string(60, 'x') + "}\n";
  for (int i = 0; i < 20; ++i) folder.write("wrong" + std::to_string(i) + ".yaml", wrong);
  Process check({JOBMOCK_BINARY, "check", folder.path.string()});  // says more than a pipe takes
  check.close_output();
  CHECK(check.wait() == 2);
  Process schema({JOBMOCK_BINARY, "schema"});
  schema.close_output();
  CHECK(schema.wait() == 0);
}

TEST_CASE("run sees the end of its command where SIGCHLD is ignored, and the command has that as it is anywhere") {
  const auto ended = run_in_shell(R"(trap '' CHLD; exec "$@")",
                                  {"run", samples, "--", "sh", "-c", "grep SigIgn /proc/self/status; exit 7"});
  CHECK(ended.status == 7);
  constexpr unsigned long long its_bit = 1ULL << static_cast<unsigned>(SIGCHLD - 1);
  REQUIRE(ended.out.starts_with("SigIgn:\t"));
  CHECK((std::stoull(ended.out.substr(8), nullptr, 16) & its_bit) == 0);
}

TEST_CASE("run says 127 of a command that is not there even where nobody can be told" *
          doctest::skip(has_no_full_device)) {
  CHECK(run_in_shell(R"(exec "$@" 2> /dev/full)", {"run", samples, "--", "no-such-command-anywhere"}).status == 127);
}

TEST_CASE("a port that is taken leaves the port file of the server that has it") {
  const Folder folder;
  const auto file = folder.file("port");
  Server first({"--port-file", file, samples});
  const auto port = std::to_string(first.port);
  const auto second = run({"--port", port, "--port-file", file, samples});
  CHECK(second.status == 1);
  CHECK(second.err == "jobmock: cannot listen at " + first.url() +
                          ": Address already in use; stop what has that port, or choose another: --port 0 takes a "
                          "free one\n");
  CHECK(text_of(file) == port + '\n');
  CHECK(polls_go_on(first, 1));
  first.process.signal(SIGTERM);
  CHECK(first.process.wait() == 0);
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("a server that ends leaves the port file that another has put in the place of its own") {
  const Folder folder;
  const auto file = folder.file("port");
  Server first({"--port-file", file, samples});
  const Server second({"--port-file", file, samples});
  first.process.signal(SIGTERM);
  CHECK(first.process.wait() == 0);
  CHECK(text_of(file) == std::to_string(second.port) + '\n');
}

TEST_CASE("a port file takes the place of no link, pipe or folder") {
  const Folder folder;
  const auto path = folder.file("port");
  const std::vector<std::function<void()>> makes{[&] { fs::create_symlink("/dev/null", path); },
                                                 [&] { REQUIRE(mkfifo(path.c_str(), 0600) == 0); },
                                                 [&] { fs::create_directory(path); }};
  for (const auto& make : makes) {
    make();
    const auto kind = fs::symlink_status(path).type();
    const auto ended = run({"--port", "0", "--port-file", path, samples});
    CHECK(ended.status == 1);
    CHECK(ended.err == "jobmock: cannot write " + path + ": there is something else than a file\n");
    CHECK(fs::symlink_status(path).type() == kind);
    fs::remove(path);
  }
}

TEST_CASE("without IPv6 its addresses are a failure that says so, and all others work" *
          doctest::skip(cannot_preload)) {
  const auto refused = run({"--host", "::1", "--port", "0", samples}, surroundings("ipv6"));
  CHECK(refused.status == 1);
  CHECK(refused.err ==
        "jobmock: cannot listen at http://[::1]:0: Address family not supported by protocol; this machine has no such "
        "addresses, take another: 127.0.0.1\n");
  const auto turned_off = run({"--host", "::1", "--port", "0", samples}, surroundings("ipv6 addresses"));
  CHECK(turned_off.status == 1);
  CHECK(turned_off.err ==
        "jobmock: cannot listen at http://[::1]:0: Cannot assign requested address; this machine does not have that "
        "address, take another: 127.0.0.1\n");
  const ServerInShell server("exec \"$@\"", {"--host", "localhost", samples}, surroundings("ipv6"));
  CHECK(polls_go_on(server, 1));
  CHECK(run({"health", "--url", server.url()}, surroundings("ipv6")).status == 0);
}

TEST_CASE("a clock of the machine that is set back and forth moves no time of the server" *
          doctest::skip(cannot_preload)) {
  const Folder folder;
  Server server({folder.write("a.yaml", half_hour())}, surroundings("clock"));
  std::string last;
  const auto goes_on_from = [](std::string& before, const std::string& now) {
    const auto at = [](const std::string& text) { return jobmock::parse_timestamp(text).value(); };
    const bool goes_on = before.empty() || (at(now) >= at(before) && at(now) - at(before) < std::chrono::minutes(10));
    before = now;
    return goes_on;
  };
  std::string born;
  for (int i = 0; i < 20; ++i) {
    const auto polled = json::parse(server.get(poll_request(job)).body);
    CHECK(polled["status"] == "in_progress");
    if (born.empty()) born = polled["created_at"];
    CHECK(polled["created_at"] == born);
    CHECK(goes_on_from(last, json::parse(server.ask("GET", "/__admin/clock").body)["now"]));
  }
  server.process.signal(SIGTERM);
  CHECK(server.process.wait() == 0);
  std::istringstream log(server.process.err());
  std::string before;
  for (std::string line; std::getline(log, line);) CHECK(goes_on_from(before, line.substr(0, line.find(' '))));
}

TEST_CASE("a clock of the machine that is set while a command runs moves no time of the report" *
          doctest::skip(cannot_preload)) {
  const Folder folder;
  const auto fixtures = folder.write("a.yaml", half_hour());
  Process process({JOBMOCK_BINARY, "run", fixtures, "--report", folder.file("report.json"), "--", "sh", "-c",
                   "echo $WRITER_BASE_URL; exec sleep 600"},
                  surroundings("clock"));
  const auto url = process.read_line();
  Asking server;
  server.port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  CHECK(polls_go_on(server, 2));
  process.signal(SIGTERM);
  CHECK(process.wait() == 128 + SIGTERM);
  const auto world = json::parse(text_of(folder.file("report.json")))["worlds"][0];
  const auto at = [&](const char* key) { return jobmock::parse_timestamp(world[key].get<std::string>()).value(); };
  CHECK(at("now") >= at("start"));
  CHECK(at("now") - at("start") < std::chrono::minutes(10));
}

// A thread is given as much memory for its stack as a process may have: that is how threads run out without being root
// or anyone in particular.
TEST_CASE("a system that gives no thread is a failure that says what to do" * doctest::skip(is_sanitized)) {
  for (const std::string command : {"serve", "run"}) {
    CAPTURE(command);
    Arguments words{"sh", "-c",   "ulimit -s 1000000000000 && exec \"$0\" \"$@\"", JOBMOCK_BINARY, command, "--port",
                    "0",  samples};
    if (command == "run") words.insert(words.end(), {"--", "true"});
    Process process(words);
    CHECK(process.wait() == 1);
    CHECK(has(process.err(), "jobmock: cannot start a thread; raise the limit on processes (ulimit -u): "));
  }
}
