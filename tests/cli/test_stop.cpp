// SIGTERM and SIGINT in the middle of everything.
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "cli/surrounded.hpp"
#include "support/sanitized.hpp"

using namespace jobmock::test;
namespace fs = std::filesystem;

namespace {

std::string id(int number) { return "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number); }

std::string jobs_as_json(int count) {
  std::string text = R"({"version":1,"applications":[{"id":"app"}],"jobs":[)";
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? R"({"id":")" : R"(,{"id":")") + id(i) + R"(","application_id":"app"})";
  }
  return text + "]}";
}

// Fixtures that take minutes to read, and have a problem in the end: so whoever read them all would tell.
void write_endless(const Folder& folder, const std::string& name) {
  fs::create_directory(folder.file(name));
  folder.write(name + "/a.json", jobs_as_json(12'000));
  std::string text = "version: 1\njobs:\n";
  const auto job = "  - {id: " + id(0) + ", application_id: app}\n";
  while (text.size() < 30U << 20U) text += job;
  folder.write(name + "/b.yaml", text);
  for (int i = 0; i < 10; ++i) fs::create_symlink("b.yaml", folder.file(name + "/c" + std::to_string(i) + ".yaml"));
}

// A terminal for the standard error of a program: there it says how far the reading of its fixtures has come.
class Terminal {
 public:
  Terminal() : descriptor_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(descriptor_ >= 0);
    REQUIRE(grantpt(descriptor_) == 0);
    REQUIRE(unlockpt(descriptor_) == 0);
    std::array<char, 100> name{};
    REQUIRE(ptsname_r(descriptor_, name.data(), name.size()) == 0);
    path_ = name.data();
  }
  ~Terminal() { close(descriptor_); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  void read_until(const std::string& text) const {
    constexpr int most_milliseconds = 60'000;
    std::string shown;
    while (!has(shown, text)) {
      pollfd state{descriptor_, POLLIN, 0};
      REQUIRE(poll(&state, 1, most_milliseconds) == 1);
      std::array<char, 4096> block{};
      const auto count = read(descriptor_, block.data(), block.size());
      REQUIRE(count > 0);
      shown.append(block.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int descriptor_;
  std::string path_;
};

// Its three jobs are never answered in a test's time: late, slowly, not at all.
std::string never_answering() {
  const std::vector<std::string> effects{"delay: 1h", "drip: {bytes: 1, every: 1m}", "connection: stall"};
  std::string text = "version: 1\napplications: [{id: app}]\njobs:\n";
  for (int i = 0; i < 3; ++i) {
    text += "  - {id: " + id(i) + ", application_id: app, faults: [{" + effects[static_cast<std::size_t>(i)] + "}]}\n";
  }
  return text;
}

// 200 clients, each of which waits for an answer that does not come; one that waits for requests that do not come; and
// some that take none of their answers.
std::vector<RawClient> waiting_clients(const Asking& server) {
  constexpr int count = 200;
  std::vector<RawClient> clients;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(server.port);
    clients.back().send(poll_request(id(i % 3)));
  }
  const auto all_are_there =
      server.ask("GET", "/__admin/requests/wait?count=" + std::to_string(count) + "&timeout=30s");
  CHECK(all_are_there.status == 200);
  clients.emplace_back(server.port);
  clients.back().send(
      "GET /__admin/requests/wait?count=100000&timeout=1h HTTP/1.1\r\nHost: localhost\r\n"
      "Authorization: Bearer test-token\r\n\r\n");
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(server.port);
    clients.back().send_until_stuck("GET /__admin/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n", 1U << 20U);
  }
  return clients;
}

// A pipe for the standard error of a program, which nobody reads and which a few lines fill.
class UnreadPipe {
 public:
  explicit UnreadPipe(const Folder& folder) : path_(folder.file("pipe")) {
    REQUIRE(mkfifo(path_.c_str(), 0600) == 0);
    descriptor_ = open(path_.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(fcntl(descriptor_, F_SETPIPE_SZ, size) == size);
  }
  ~UnreadPipe() { close(descriptor_); }
  UnreadPipe(const UnreadPipe&) = delete;
  UnreadPipe& operator=(const UnreadPipe&) = delete;
  UnreadPipe(UnreadPipe&&) = delete;
  UnreadPipe& operator=(UnreadPipe&&) = delete;

  [[nodiscard]] std::string script() const { return "exec \"$@\" 2> " + path_; }
  [[nodiscard]] bool is_full() const {
    int count = 0;
    return ioctl(descriptor_, FIONREAD, &count) == 0 && count == size;
  }

 private:
  static constexpr int size = 4096;
  std::string path_;
  int descriptor_ = -1;
};

// `jobmock run` with a command that goes on until a signal ends it.
struct RunningCommand : Asking {
  explicit RunningCommand(const Arguments& flags) : process(command(flags)) {
    const auto url = process.read_line();
    port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }

  static Arguments command(Arguments flags) {
    flags.insert(flags.begin(), {JOBMOCK_BINARY, "run"});
    flags.insert(flags.end(), {"--", "sh", "-c", "echo $WRITER_BASE_URL; exec sleep 600"});
    return flags;
  }

  Process process;
};

// Fixtures that are read in no time, and others to take their place.
struct FolderForReload : Folder {
  FolderForReload() {
    write_endless(*this, "endless");
    fs::create_directory(file("fixtures"));
    write("fixtures/a.yaml", never_answering());
  }
};

// The client that waits for the end of the reload.
RawClient begin_endless_reload(const FolderForReload& folder, const Asking& server) {
  fs::rename(folder.file("fixtures"), folder.file("before"));
  fs::rename(folder.file("endless"), folder.file("fixtures"));
  RawClient reloading(server.port);
  reloading.send("POST /__admin/fixtures/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  CHECK(server.ask("GET", "/__admin/health").status == 200);
  return reloading;
}

}  // namespace

TEST_CASE("a signal while fixtures are read for the first time ends serve with 0 at once") {
  const Folder folder;
  write_endless(folder, "fixtures");
  for (const int signal : {SIGTERM, SIGINT}) {
    const Terminal terminal;
    Process process(in_shell("exec \"$@\" 2>" + terminal.path(),
                             {"--port", "0", "--port-file", folder.file("port"), folder.file("fixtures")}));
    terminal.read_until("jobs so far");
    CHECK(end_by(process, signal) == 0);
    CHECK(process.out().empty());
    CHECK_FALSE(fs::exists(folder.file("port")));
  }
}

TEST_CASE("a signal while fixtures are read for the first time ends run as it would end the command") {
  const Folder folder;
  write_endless(folder, "fixtures");
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    const Terminal terminal;
    Process process(in_shell("exec \"$@\" 2>" + terminal.path(),
                             {"run", folder.file("fixtures"), "--", "touch", folder.file("started")}));
    terminal.read_until("jobs so far");
    CHECK(end_by(process, signal) == 128 + signal);
    CHECK_FALSE(fs::exists(folder.file("started")));
  }
}

TEST_CASE("SIGTERM in the middle of a reload ends the server, and the port file is gone") {
  const FolderForReload folder;
  Server server({"--port-file", folder.file("port"), folder.file("fixtures")});
  auto reloading = begin_endless_reload(folder, server);
  CHECK(end_by(server.process, SIGTERM) == 0);
  CHECK(reloading.read_to_end().empty());
  CHECK_FALSE(fs::exists(folder.file("port")));
}

TEST_CASE("SIGTERM in the middle of a reload reaches the command of run, and its report is written") {
  const FolderForReload folder;
  RunningCommand run({"--report", folder.file("report"), folder.file("fixtures")});
  const auto reloading = begin_endless_reload(folder, run);
  CHECK(end_by(run.process, SIGTERM) == 128 + SIGTERM);
  CHECK(text_of(folder.file("report")).ends_with("}\n"));
}

TEST_CASE("SIGTERM with answers that are late, slow, stalled, waited for and not taken ends the server") {
  const Folder folder;
  for (const int signal : {SIGTERM, SIGINT}) {
    Server server({"--port-file", folder.file("port"), folder.write("a.yaml", never_answering())});
    auto clients = waiting_clients(server);
    CHECK(end_by(server.process, signal) == 0);
    for (auto& client : clients) client.read_to_end();  // each is told the end
    CHECK_FALSE(fs::exists(folder.file("port")));
  }
}

TEST_CASE("SIGTERM with such answers reaches the command of run") {
  const Folder folder;
  RunningCommand run({"--report", folder.file("report"), folder.write("a.yaml", never_answering())});
  auto clients = waiting_clients(run);
  CHECK(end_by(run.process, SIGTERM) == 128 + SIGTERM);
  for (auto& client : clients) client.read_to_end();
  CHECK(text_of(folder.file("report")).ends_with("}\n"));
}

TEST_CASE("SIGTERM while a long answer is made ends the server, and its log has what was answered before") {
  const Folder folder;
  Server server({"--port-file", folder.file("port"), folder.write("many.json", jobs_as_json(10'000))});
  RawClient client(server.port);
  for (int world = 0; world < 1000; ++world) {
    client.send("GET /v1/applications/jobs/" + id(1) + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer token-" +
                std::to_string(world) + "\r\n\r\n");
    REQUIRE(client.read_reply().status == 200);
  }
  client.send("GET /__admin/report HTTP/1.1\r\nHost: localhost\r\n\r\n");  // of 10,000,000 jobs
  CHECK(end_by(server.process, SIGTERM) == 0);
  CHECK(client.read_to_end().empty());
  CHECK(has(server.process.err(), " 200 GET /v1/applications/jobs/" + id(1) + ' '));
  CHECK_FALSE(fs::exists(folder.file("port")));
}

TEST_CASE("SIGTERM with a log that nobody reads ends the server") {
  Server server;
  RawClient client(server.port);
  for (int i = 0; i < 3000; ++i) {
    client.send(poll_request("3c90c3cc-0d44-4b50-8888-8dd25736052a"));
    REQUIRE(client.read_reply().status == 200);
  }
  CHECK(end_by(server.process, SIGTERM) == 0);
}

// Not under ThreadSanitizer, which holds a signal back while a thread writes.
TEST_CASE("a signal ends serve while nobody reads what is wrong with its fixtures" *
          doctest::skip(is_thread_sanitized)) {
  const Folder folder;
  std::string bad = "version: 1\njobs:\n";
  for (int i = 0; i < 90; ++i) bad += "  - {id: no id, application_id: app}\n";
  folder.write("bad.yaml", bad);
  const UnreadPipe pipe(folder);
  Process serving(in_shell(pipe.script(), {"serve", folder.file("bad.yaml")}));
  CHECK(eventually([&] { return pipe.is_full(); }));
  CHECK(end_by(serving, SIGTERM) == 2);
}

TEST_CASE("a signal while nobody reads why serve failed leaves the status of that" *
          doctest::skip(is_thread_sanitized)) {
  const Folder folder;
  const UnreadPipe pipe(folder);
  const auto too_long = folder.file(std::string(5000, 'x'));
  Process serving(in_shell(pipe.script(), {"serve", "--port", "0", "--port-file", too_long, samples}));
  CHECK(eventually([&] { return pipe.is_full(); }));
  CHECK(end_by(serving, SIGTERM) == 1);
}

TEST_CASE("a signal ends run while nobody reads its report" * doctest::skip(is_thread_sanitized)) {
  const Folder folder;
  const UnreadPipe pipe(folder);
  std::string text = "version: 1\napplications: [{id: app}]\njobs:\n";
  for (int i = 0; i < 200; ++i) {
    text += "  - {id: " + id(i) + ", application_id: app, expect: {polls: {min: 1}}}\n";
  }
  Process running(
      in_shell(pipe.script(), {"run", "--port-file", folder.file("port"), folder.write("a.yaml", text), "--", "true"}));
  CHECK(eventually([&] { return pipe.is_full(); }));
  CHECK(end_by(running, SIGTERM) == 128 + SIGTERM);
  CHECK_FALSE(fs::exists(folder.file("port")));
}

TEST_CASE("the end of a terminal reaches the command of a run that is the first of its session") {
  const Folder folder;
  const auto fixtures = folder.write("a.yaml", never_answering());
  std::optional<Terminal> terminal(std::in_place);
  Process running(in_shell("exec setsid --ctty \"$@\" < " + terminal->path() + " > /dev/null 2>&1",
                           {"run", fixtures, "--", "sh", "-c",
                            "trap 'kill $!; exit 9' HUP; sleep 600 & touch " + folder.file("started") + "; wait"}));
  CHECK(eventually([&] { return fs::exists(folder.file("started")); }));
  terminal.reset();
  CHECK(running.wait() == 9);
}
