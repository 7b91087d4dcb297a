// `jobmock run`: a command between the start of a server and a verdict on what it did.
#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/running.hpp"

using namespace jobmock::test;
using nlohmann::json;

namespace {

const std::string job = "3c90c3cc-0d44-4b50-8888-8dd25736052a";

std::string fixtures(const std::string& expect = "", const std::string& more = "") {
  return "version: 1\n" + more + "applications: [{id: app}]\njobs:\n  - id: " + job +
         "\n    application_id: app\n    timeline: [{at: 1h, status: completed, data: {suggestion: Done}}]\n" +
         (expect.empty() ? "" : "    expect: " + expect + "\n");
}

using Arguments = std::vector<std::string>;

// jobmock run OPTIONS -- sh -c SCRIPT
Arguments run_of(const Arguments& options, const std::string& script) {
  Arguments all{"run"};
  all.insert(all.end(), options.begin(), options.end());
  all.insert(all.end(), {"--", "sh", "-c", script});
  return all;
}

Ended run_script(const Arguments& options, const std::string& script, const Variables& variables = {}) {
  return run(run_of(options, script), variables);
}

// A command that tells where the server is and runs until it is told to end: then with `status`.
struct Running {
  explicit Running(const Arguments& options, int status = 0)
      : process(command(run_of(options, "trap 'kill $!; exit " + std::to_string(status) +
                                            "' TERM; echo $WRITER_BASE_URL; echo $WRITER_API_KEY; "
                                            "sleep 600 >/dev/null 2>&1 & wait $!"))),
        url(process.read_line()),
        token(process.read_line()) {
    REQUIRE(url.starts_with("http://127.0.0.1:"));
    port = static_cast<std::uint16_t>(std::stoi(url.substr(17)));
  }

  static Arguments command(Arguments arguments) {
    arguments.insert(arguments.begin(), JOBMOCK_BINARY);
    return arguments;
  }

  [[nodiscard]] int poll(const std::string& with_token) const {
    RawClient client(port);
    client.send("GET /v1/applications/jobs/" + job + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                with_token + "\r\n\r\n");
    return client.read_reply().status;
  }
  [[nodiscard]] int poll() const { return poll(token); }

  int end() {
    process.signal(SIGTERM);
    return process.wait();
  }

  Process process;
  std::string url;
  std::string token;
  std::uint16_t port = 0;
};

// Whether every element is closed, in the right order, and there is nothing after the first of all.
bool is_balanced(const std::string& xml) {
  std::vector<std::string> open;
  for (auto at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
    const auto end = xml.find('>', at);
    if (end == std::string::npos) return false;
    const auto tag = xml.substr(at + 1, end - at - 1);
    const auto name = tag.substr(0, tag.find(' '));
    if (tag.starts_with("?") || tag.ends_with("/")) continue;
    if (!tag.starts_with("/")) {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != name) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty();
}

}  // namespace

TEST_CASE("run tells the command where the server is, and gives it a token") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  const auto ended = run_script({path}, "echo $WRITER_BASE_URL; echo $JOBMOCK_URL; echo $WRITER_API_KEY",
                                {{"WRITER_BASE_URL", "https://api.writer.com"}, {"WRITER_API_KEY", "a real one"}});
  CHECK(ended.status == 0);
  std::istringstream lines(ended.out);
  std::string base;
  std::string url;
  std::string key;
  std::getline(lines, base);
  std::getline(lines, url);
  std::getline(lines, key);
  CHECK(base.starts_with("http://127.0.0.1:"));
  CHECK(base != "http://127.0.0.1:8080");  // a free port
  CHECK(url == base);
  CHECK(key == "jobmock");
}

TEST_CASE("run serves while the command runs, and says what it did") {
  const Folder folder;
  Running running({folder.write("a.yaml", fixtures())});
  CHECK(running.poll() == 200);
  CHECK(running.poll() == 200);
  CHECK(running.end() == 0);
  CHECK(has(running.process.err(), ": 2 requests\n"));
  CHECK(has(running.process.err(), "  " + job + "  2 "));
  CHECK_FALSE(has(running.process.err(), "GET /v1"));  // requests are not logged
  CHECK_FALSE(has(running.process.err(), "expectation"));
}

TEST_CASE("run with --verbose logs every request") {
  const Folder folder;
  Running running({folder.write("a.yaml", fixtures()), "--verbose"});
  CHECK(running.poll() == 200);
  CHECK(running.end() == 0);
  CHECK(has(running.process.err(), "/v1/applications/jobs/" + job));
}

TEST_CASE("run chooses a token that the fixtures accept") {
  const Folder folder;
  const auto token_with = [&](const std::string& tokens) {
    const auto path = folder.write("a.yaml", fixtures("", "auth: {tokens: " + tokens + "}\n"));
    Running running({path});
    CHECK(running.poll() == 200);
    CHECK(running.end() == 0);
    return running.token;
  };
  CHECK(token_with("[test-token]") == "test-token");
  CHECK(token_with("[{token: no-access, status: 403}, \"ci-*\"]") == "ci-jobmock");
  CHECK(token_with("[{token: jobmock, status: 401}, {token: key, world: org}]") == "key");
}

TEST_CASE("run passes the exit status of the command on") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  for (const int status : {0, 1, 3, 42, 255})
    CHECK(run_script({path}, "exit " + std::to_string(status)).status == status);
}

TEST_CASE("run says 128 and the signal of a command that one ended") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  CHECK(run_script({path}, "kill -KILL $$").status == 128 + SIGKILL);
  CHECK(run_script({path}, "kill -TERM $$").status == 128 + SIGTERM);
}

TEST_CASE("run hands signals on: the command decides what becomes of them") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  Running trapping({path}, 5);
  CHECK(trapping.end() == 5);

  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) {
    CAPTURE(number);
    // exec, so that the command is one process and no shell waits in between.
    Process process(Running::command({"run", path, "--", "sh", "-c", "ulimit -c 0; echo ready; exec sleep 600"}));
    CHECK(process.read_line() == "ready");
    process.signal(number);
    CHECK(process.wait() == 128 + number);
  }
}

TEST_CASE("run says 127 of a command that is not there, and 126 of one that cannot be run") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  const auto missing = run({"run", path, "--", "no-such-command-anywhere"});
  CHECK(missing.status == 127);
  CHECK(missing.err == "jobmock: cannot run no-such-command-anywhere: No such file or directory\n");
  const auto plain = run({"run", path, "--", path});
  CHECK(plain.status == 126);
  CHECK(plain.err == "jobmock: cannot run " + path + ": Permission denied\n");
}

TEST_CASE("run needs a command and fixtures that can be read, and starts nothing otherwise") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  const auto marker = folder.file("started");
  for (const auto& arguments : {Arguments{"run"}, {"run", path}, {"run", path, "--"}}) {
    const auto ended = run(arguments);
    CHECK(ended.status == 2);
    CHECK(ended.err == "jobmock: run needs a command: jobmock run [FIXTURE...] -- COMMAND [ARGUMENT...]\n");
  }
  CHECK(run_script({path, "--jnuit", "x"}, "touch " + marker).status == 2);
  const auto bad = run_script({folder.write("bad.yaml", "version: 2\n")}, "touch " + marker);
  CHECK(bad.status == 2);
  CHECK(has(bad.err, "nothing is served"));
  CHECK_FALSE(std::filesystem::exists(marker));
}

TEST_CASE("run leaves the words of the command alone, flags and dashes of its own too") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  const auto ended = run({"run", path, "--", "printf", "%s|", "--port", "1", "--", "a b", ""});
  CHECK(ended.status == 0);
  CHECK(ended.out == "--port|1|--|a b||");
}

TEST_CASE("run ends with 3 when an expectation failed though the command passed") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures("{polls: {min: 1, max: 2}}"));
  const auto unpolled = run_script({path}, "exit 0");
  CHECK(unpolled.status == 3);
  CHECK(has(unpolled.err, "fail: job " + job + " (" + path + ":4), in no world\n  expected at least 1 poll, saw 0\n"));
  CHECK(has(unpolled.err, "1 expectation: 0 passed, 1 failed, 0 inconclusive\n"));
  CHECK(run_script({path}, "exit 7").status == 7);  // the command's own failure says more

  Running polite({path});
  CHECK(polite.poll() == 200);
  CHECK(polite.end() == 0);
  CHECK(has(polite.process.err(), "1 expectation: 1 passed, 0 failed, 0 inconclusive\n"));

  Running eager({path});
  for (int i = 0; i < 3; ++i) CHECK(eager.poll() == 200);
  CHECK(eager.end() == 3);
  CHECK(has(eager.process.err(), "expected at most 2 polls, saw 3\n"));
}

TEST_CASE("run judges each world on its own, and one that fails is enough") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures("{polls: {max: 1}}"));
  Running running({path});
  for (const auto* token : {"one", "two", "two"}) CHECK(running.poll(token) == 200);
  CHECK(running.end() == 3);
  CHECK(has(running.process.err(), "2 expectations: 1 passed, 1 failed, 0 inconclusive\n"));
}

TEST_CASE("run with a short journal: what was dropped makes no pass, and no failure") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures("{polls: {max: 5}}"));
  for (const bool by_flag : {true, false}) {
    Arguments options{path, "--junit", folder.file("junit.xml")};
    if (by_flag) options.insert(options.end(), {"--journal-max", "1"});
    Running running(options);
    for (int i = 0; i < 3; ++i) CHECK(running.poll() == 200);
    CHECK(running.end() == 0);
    const auto xml = text_of(folder.file("junit.xml"));
    CHECK(has(xml, by_flag ? R"(failures="0" skipped="1")" : R"(failures="0" skipped="0")"));
    CHECK(has(xml, "<skipped message=\"2 entries were dropped") == by_flag);
    CHECK(has(running.process.err(), by_flag ? "0 passed, 0 failed, 1 inconclusive" : "1 passed, 0 failed, 0 incon"));
  }
}

TEST_CASE("run does not pass a client whose world was forgotten for ten thousand others") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures("{polls: {max: 1}}"));
  Running running({path});
  for (int i = 0; i < 2; ++i) CHECK(running.poll("bad") == 200);
  RawClient others(running.port);
  for (int i = 0; i < 10'000; ++i) {
    others.send("GET /v1/applications HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ci-" + std::to_string(i) +
                "\r\n\r\n");
    CHECK(others.read_reply().status == 200);
  }
  CHECK(running.end() == 0);  // as with any verdict that is inconclusive
  CHECK(has(running.process.err(), "1 world was forgotten"));
  CHECK(has(running.process.err(), "0 passed, 0 failed, 1 inconclusive"));
}

TEST_CASE("run writes the report as JSON") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures("{polls: {max: 1}}"));
  Running running({path, "--report", folder.file("report.json")});
  CHECK(running.poll() == 200);
  CHECK(running.poll() == 200);
  CHECK(running.end() == 3);
  const auto report = json::parse(text_of(folder.file("report.json")));
  REQUIRE(report["worlds"].size() == 1);
  CHECK(report["worlds"][0]["requests"] == 2);
  CHECK(report["worlds"][0]["jobs"][0]["job_id"] == job);
  CHECK(report["worlds"][0]["jobs"][0]["polls"] == 2);
  REQUIRE(report["expectations"].size() == 1);
  CHECK(report["expectations"][0]["verdict"] == "fail");
  CHECK(report["expectations"][0]["defined_at"] == path + ":4");
  CHECK(report["expectations"][0]["reasons"][0]["requests"] == json{2});
}

TEST_CASE("run writes JUnit XML: a test for each expectation, with its failure") {
  const Folder folder;
  const auto path = folder.write("<a&b>.yaml", fixtures("{polls: {max: 1}}", "expect: {retries: {max: 0}}\n"));
  Running running({path, "--junit", folder.file("junit.xml")});
  CHECK(running.poll() == 200);
  CHECK(running.poll() == 200);
  CHECK(running.end() == 3);
  const auto xml = text_of(folder.file("junit.xml"));
  CAPTURE(xml);
  CHECK(xml.starts_with("<?xml version=\"1.0\"?>\n<testsuites>\n"));
  CHECK(is_balanced(xml));
  CHECK(has(xml, R"(<testsuite name="jobmock" tests="2" failures="1" skipped="0">)"));
  CHECK(has(xml, "<testcase name=\"job " + job + "\" classname=\"world "));
  CHECK(has(xml, "&lt;a&amp;b"));
  CHECK(has(xml, "<failure message=\"expected at most 1 poll, saw 2\">"));
  CHECK(has(xml, "<testcase name=\"every job\" classname=\"world "));
}

TEST_CASE("run shows a file whose name no terminal, JSON or XML can have, in text, JSON and XML all the same") {
  const Folder folder;
  const auto path = folder.write("a\x1b[31m\x01\xff.yaml", fixtures("{polls: {min: 1}}"));
  const auto ended =
      run_script({path, "--report", folder.file("report.json"), "--junit", folder.file("junit.xml")}, "exit 0");
  CHECK(ended.status == 3);
  const auto report = text_of(folder.file("report.json"));
  const auto xml = text_of(folder.file("junit.xml"));
  const std::string shown = R"(a\x1b[31m\x01\xff.yaml:4)";
  CHECK(has(ended.err, shown));
  CHECK(has(xml, shown));
  CHECK(json::accept(report));
  for (const auto& text : {ended.err, xml, report}) {
    CHECK(std::none_of(text.begin(), text.end(), [](char c) { return c == '\x1b' || c == '\x01' || c == '\xff'; }));
  }
}

TEST_CASE("run shows a world whose name XML cannot have, and its XML is well-formed all the same") {
  const Folder folder;
  const auto path = folder.write(
      "a.yaml", fixtures("{polls: {max: 0}}", "auth: {tokens: [{token: one, world: \"w\\uFFFE\\uFFFFw\"}]}\n"));
  Running running({path, "--junit", folder.file("junit.xml")});
  CHECK(running.poll() == 200);
  CHECK(running.end() == 3);
  const auto xml = text_of(folder.file("junit.xml"));
  CHECK(has(xml, R"(classname="world w\ufffe\uffffw")"));
  CHECK_FALSE(has(xml, "\uFFFE"));
  CHECK_FALSE(has(xml, "\uFFFF"));
}

TEST_CASE("run takes the names of its files from variables, too") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  const Variables variables{{"JOBMOCK_REPORT", folder.file("r.json")}, {"JOBMOCK_JUNIT", folder.file("j.xml")}};
  CHECK(run_script({path}, "exit 0", variables).status == 0);
  CHECK(json::parse(text_of(folder.file("r.json")))["worlds"].empty());
  CHECK(has(text_of(folder.file("j.xml")), R"(tests="0" failures="0")"));
}

TEST_CASE("run ends with 1 when a file cannot be written, and still writes the other") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  const auto nowhere = folder.file("no/such/folder/report");
  const auto report = run_script({path, "--report", nowhere, "--junit", folder.file("j.xml")}, "exit 0");
  CHECK(report.status == 1);
  CHECK(has(report.err, "jobmock: cannot write " + nowhere + ": No such file or directory\n"));
  CHECK(has(text_of(folder.file("j.xml")), "<testsuites>"));
  const auto junit = run_script({path, "--junit", nowhere, "--report", folder.file("r.json")}, "exit 0");
  CHECK(junit.status == 1);
  CHECK_FALSE(text_of(folder.file("r.json")).empty());
  CHECK(run_script({path, "--report", nowhere}, "exit 7").status == 7);
}

TEST_CASE("run gives the command the signals as they are anywhere: none blocked, SIGPIPE not ignored") {
  const Folder folder;
  const auto path = folder.write("a.yaml", fixtures());
  const Arguments look{"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"};
  Process direct(look);
  CHECK(direct.wait() == 0);
  Arguments arguments{"run", path, "--"};
  arguments.insert(arguments.end(), look.begin(), look.end());
  const auto ended = run(arguments);
  CHECK(ended.status == 0);
  const auto mask_in = [](const std::string& text, const std::string& name) {
    const auto at = text.find(name);
    REQUIRE(at != std::string::npos);
    return std::stoull(text.substr(at + name.size()), nullptr, 16);
  };
  CHECK(mask_in(ended.out, "SigBlk:") == mask_in(direct.out(), "SigBlk:"));
  CHECK((mask_in(ended.out, "SigIgn:") & (1ULL << (SIGPIPE - 1))) == 0);
}
