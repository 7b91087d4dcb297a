#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "access_log.hpp"

using namespace jobmock;
using Format = AccessLog::Format;

namespace {

AccessRecord record(std::string_view method, std::string_view target) {
  return {
      Timestamp(std::chrono::microseconds(1739211489501223)), Duration(41), method, target, 200, 223, "org-a", {}, {}};
}

struct Pipe {
  Pipe() { REQUIRE(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::string read_all() {
    std::string text;
    std::array<char, 65536> block{};
    for (ssize_t count = 0; (count = read(ends[0], block.data(), block.size())) > 0;) {
      text.append(block.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

  std::array<int, 2> ends{};
};

// A file without a name.
struct NamelessFile {
  NamelessFile() {
    auto path = (std::filesystem::temp_directory_path() / "jobmock-log-XXXXXX").string();
    descriptor = mkostemp(path.data(), O_CLOEXEC);
    REQUIRE(descriptor >= 0);
    unlink(path.c_str());
  }
  ~NamelessFile() { close(descriptor); }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;

  [[nodiscard]] std::string text() const {
    std::string text(static_cast<std::size_t>(lseek(descriptor, 0, SEEK_END)), ' ');
    REQUIRE(pread(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
  }

  int descriptor;
};

// As long as it lives, no file of this process may be longer.
struct FileLimit {
  explicit FileLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit limit{bytes, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileLimit() { setrlimit(RLIMIT_FSIZE, &before); }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

  rlimit before{};
};

}  // namespace

TEST_CASE("a request is a line of text: time, status, method, target, bytes, duration, world, job") {
  auto poll = record("GET", "/v1/applications/jobs/x?y");
  CHECK(format_access(poll, Format::text) ==
        "2025-02-10T18:18:09.501223Z 200 GET /v1/applications/jobs/x?y 223B 41us world=org-a\n");
  const State state{Status::failed, {}, {}};
  poll.job.emplace();
  poll.job->id = parse_uuid("3c90c3cc-0d44-4b50-8888-8dd25736052a").value();
  poll.job->progress.state = &state;
  poll.note = "worth knowing";
  CHECK(format_access(poll, Format::text) ==
        "2025-02-10T18:18:09.501223Z 200 GET /v1/applications/jobs/x?y 223B 41us world=org-a "
        "job=3c90c3cc-0d44-4b50-8888-8dd25736052a status=failed (worth knowing)\n");
  CHECK(format_access(poll, Format::json) ==
        R"({"time":"2025-02-10T18:18:09.501223Z","status":200,"method":"GET","target":"/v1/applications/jobs/x?y",)"
        R"("bytes":223,"duration_us":41,"world":"org-a","job_id":"3c90c3cc-0d44-4b50-8888-8dd25736052a",)"
        R"("job_status":"failed","note":"worth knowing"})"
        "\n");
}

TEST_CASE("no target can end a line, forge one or move a terminal's cursor") {
  const auto text = format_access(record("GET", "/a\n2025 200 GET\r\x1b[2J\\ \xff\x7f"), Format::text);
  CHECK(text ==
        "2025-02-10T18:18:09.501223Z 200 GET /a\\x0a2025\\x20200\\x20GET\\x0d\\x1b[2J\\x5c\\x20\\xff\\x7f "
        "223B 41us world=org-a\n");
  const auto json = format_access(record("GET", "/\"\n\xff\x1b"), Format::json);
  CHECK(json.find('\n') == json.size() - 1);
  CHECK(nlohmann::json::accept(json));
}

TEST_CASE("no note can end a line either, whatever it quotes") {
  auto noted = record("GET", "/");
  noted.note = "fault: 503 (a\n\x1b[2J\xff.yaml:1:2)";
  CHECK(format_access(noted, Format::text) ==
        "2025-02-10T18:18:09.501223Z 200 GET / 223B 41us world=org-a (fault: 503 (a\\n\\x1b[2J\\xff.yaml:1:2))\n");
}

TEST_CASE("a very long target is cut, not within a character") {
  CHECK(format_access(record("GET", std::string(1023, 'a') + "€"), Format::json).find("ufffd") == std::string::npos);
  const std::string target(8000, 'a');
  CHECK(format_access(record("GET", target), Format::text).size() < 1200);
  CHECK(format_access(record("GET", target), Format::json).size() < 1300);
}

TEST_CASE("lines come out whole and in order, at the latest when the log is flushed") {
  Pipe pipe;
  AccessLog log(pipe.ends[1], Format::text);
  log.add(record("GET", "/1"));
  log.add(record("GET", "/2"));
  log.flush();
  CHECK(pipe.read_all() ==
        format_access(record("GET", "/1"), Format::text) + format_access(record("GET", "/2"), Format::text));
}

TEST_CASE("a log that nobody reads loses lines, says how many, and never waits") {
  Pipe pipe;
  AccessLog log(pipe.ends[1], Format::text);
  const auto line = format_access(record("GET", "/"), Format::text);
  constexpr int added = 10'000;
  for (int i = 0; i < added; ++i) log.add(record("GET", "/"));
  std::string all;
  for (std::string some = "x"; !some.empty();) {
    log.flush();
    some = pipe.read_all();
    all += some;
  }
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = all.find(line, at)) != std::string::npos; at += line.size()) ++lines;
  CHECK(lines < added);
  CHECK(all.substr(lines * line.size()) ==
        "jobmock: " + std::to_string(added - lines) + " log lines dropped: the log's reader is too slow\n");
}

TEST_CASE("a log that a full disk does not take loses lines, and says how many and why") {
  for (const auto format : {Format::text, Format::json}) {
    const NamelessFile file;
    AccessLog log(file.descriptor, format);
    const auto line = format_access(record("GET", "/"), format);
    constexpr std::size_t added = 10'000;
    {
      const FileLimit limit(5000);
      for (std::size_t i = 0; i < added; ++i) log.add(record("GET", "/"));
      log.flush();
      CHECK(file.text().size() == 5000);
    }
    log.flush();  // what was kept
    log.flush();  // what became of the rest
    const auto all = file.text();
    std::size_t lines = 0;
    while (all.compare(lines * line.size(), line.size(), line) == 0) ++lines;
    CHECK(lines < added);
    const auto message = std::to_string(added - lines) + " log lines dropped: File too large";
    CHECK(all.substr(lines * line.size()) ==
          (format == Format::text ? "jobmock: " + message + '\n' : R"({"message":")" + message + "\"}\n"));
  }
}
