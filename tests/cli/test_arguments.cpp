#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "cli/running.hpp"

using namespace jobmock::test;

TEST_CASE("--version says which it is") {
  for (const auto* flag : {"--version", "-V"}) {
    const auto ended = run({flag});
    CHECK(ended.status == 0);
    CHECK(ended.out == "jobmock 0.1.0\n");
    CHECK(ended.err.empty());
  }
}

TEST_CASE("--help of the program names the commands, that of a command its flags and variables") {
  for (const auto* flag : {"--help", "-h", "help"}) {
    const auto ended = run({flag});
    CHECK(ended.status == 0);
    for (const auto* word : {"serve", "check", "health", "schema", "Exit status: 0 fine, 1 failure, 2 bad use"}) {
      CAPTURE(word);
      CHECK(has(ended.out, word));
    }
  }
  const auto serve = run({"serve", "--help"});
  CHECK(serve.status == 0);
  for (const auto* word : {"--host",
                           "JOBMOCK_HOST",
                           "127.0.0.1",
                           "--port",
                           "JOBMOCK_PORT",
                           "8080",
                           "--port-file",
                           "JOBMOCK_PORT_FILE",
                           "--log-format",
                           "JOBMOCK_LOG_FORMAT",
                           "--quiet",
                           "JOBMOCK_QUIET",
                           "--seed",
                           "JOBMOCK_SEED",
                           "--jobs-max",
                           "JOBMOCK_JOBS_MAX",
                           "--speed",
                           "JOBMOCK_SPEED",
                           "--freeze",
                           "JOBMOCK_FREEZE",
                           "--on-poll",
                           "JOBMOCK_ON_POLL",
                           "--watch",
                           "JOBMOCK_WATCH",
                           "--explain",
                           "JOBMOCK_EXPLAIN",
                           "--admin-token",
                           "JOBMOCK_ADMIN_TOKEN",
                           "--request-timeout",
                           "JOBMOCK_REQUEST_TIMEOUT",
                           "FIXTURE",
                           "JOBMOCK_FIXTURES"}) {
    CAPTURE(word);
    CHECK(has(serve.out, word));
  }
  CHECK(has(run({"health", "--help"}).out, "JOBMOCK_URL"));
}

TEST_CASE("what is no flag is refused with the one that was meant") {
  const auto ended = run({"--prot", "1"});
  CHECK(ended.status == 2);
  CHECK(ended.out.empty());
  CHECK(has(ended.err, "jobmock: "));
  CHECK(has(ended.err, "--prot"));
  CHECK(has(ended.err, "did you mean '--port'?"));
  CHECK(has(ended.err, "see jobmock serve --help"));
}

TEST_CASE("values that a flag does not take are refused") {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--port", "65536"},
                                                                     {"--port", "-1"},
                                                                     {"--port", "http"},
                                                                     {"--log-format", "xml"},
                                                                     {"--port"},
                                                                     {"schema", "extra"},
                                                                     {"health", "--port", "1"}}) {
    CAPTURE(arguments.back());
    const auto ended = run(arguments);
    CHECK(ended.status == 2);
    CHECK(has(ended.err, "--help"));
  }
  const auto variable = run({samples}, {{"JOBMOCK_PORT", "many"}});
  CHECK(variable.status == 2);
  CHECK(has(variable.err, "many"));
}

TEST_CASE("a flag with nothing after its equals sign does not take the next word for its value") {
  const Folder folder;
  const auto fixture = folder.write("a.yaml", "version: 1\n");
  const std::string problem = ": nothing is after '='; leave the flag out, or give a value\njobmock: see jobmock ";
  for (const std::string flag : {"--port-file", "--admin-token", "--host", "--quiet"}) {
    CAPTURE(flag);
    const auto ended = run({"serve", "--port", "0", flag + "=", fixture});
    CHECK(ended.status == 2);
    CHECK(ended.err == "jobmock: " + flag + problem + "serve --help\n");
  }
  const auto ended = run({"run", "--report=", fixture, "--", "true"});
  CHECK(ended.status == 2);
  CHECK(ended.err == "jobmock: --report" + problem + "run --help\n");
  CHECK(std::filesystem::file_size(fixture) == 11);
  CHECK(run({"run", fixture, "--", "test", "--flag=", "=", "--flag="}).status == 0);  // the command's own
}

TEST_CASE("a whole number is written in digits, from a flag or a variable: not 010, which was read as 8, and not -1") {
  const std::vector<std::array<std::string, 3>> numbers{
      {"--port", "JOBMOCK_PORT", "65535"},
      {"--seed", "JOBMOCK_SEED", "18446744073709551615"},
      {"--jobs-max", "JOBMOCK_JOBS_MAX", "18446744073709551615"},
      {"--journal-max", "JOBMOCK_JOURNAL_MAX", "18446744073709551615"}};
  for (const auto& [flag, variable, most] : numbers) {
    for (const std::string value : {"010", "-1"}) {
      CAPTURE(value);
      const auto problem = ": expected a whole number from 0 to " + most + "; found '" + value +
                           "'\njobmock: see jobmock serve --help\n";
      const auto by_flag = run({flag, value, samples});
      CHECK(by_flag.status == 2);
      CHECK(by_flag.err == "jobmock: " + flag + problem);
      const auto by_variable = run({samples}, {{variable, value}});
      CHECK(by_variable.status == 2);
      CHECK(by_variable.err == "jobmock: " + variable + problem);
    }
  }
  for (const std::string value : {"+1", "0x10", "1e3", "1.0", " 1", "1_000", "65536", "many", ""}) {
    CAPTURE(value);
    CHECK(has(run({"--port", value, samples}).err, "expected a whole number from 0 to 65535; found '" + value + "'\n"));
  }
  const Server server({"--seed", "18446744073709551615", "--jobs-max", "0", samples});
  CHECK(server.ask("POST", "/v1/applications/blog-post/jobs", R"({"inputs":[]})").status == 507);
}

TEST_CASE("a variable whose value is wrong is refused as its flag's is, unless the flag is given") {
  const std::vector<std::array<std::string, 3>> wrong{
      {"JOBMOCK_LOG_FORMAT", "xml", "expected text or json; found 'xml'"},
      {"JOBMOCK_QUIET", "maybe", "expected true or false; found 'maybe'"},
      {"JOBMOCK_WATCH", "2", "expected true or false; found '2'"},
      {"JOBMOCK_FREEZE", "-", "expected true or false; found '-'"},
      {"JOBMOCK_EXPLAIN", "o", "expected true or false; found 'o'"},
      {"JOBMOCK_SPEED", "fast",
       "expected virtual seconds per real second, a number from 0 (frozen) to 1000000; found 'fast'"}};
  for (const auto& [variable, value, problem] : wrong) {
    CAPTURE(variable);
    const auto ended = run({samples}, {{variable, value}});
    CHECK(ended.status == 2);
    CHECK(ended.err == "jobmock: " + variable + ": " + problem + "\njobmock: see jobmock serve --help\n");
    CHECK(run({"--help"}, {{variable, value}}).status == 0);
    CHECK(run({"check", samples}, {{variable, value}}).status == 0);
  }
  const auto verbose = run({"run", samples, "--", "true"}, {{"JOBMOCK_VERBOSE", "loud"}});
  CHECK(verbose.status == 2);
  CHECK(verbose.err ==
        "jobmock: JOBMOCK_VERBOSE: expected true or false; found 'loud'\njobmock: see jobmock run --help\n");
  const Server server(
      {"--log-format=json", "-q", "--speed", "1", samples},
      {{"JOBMOCK_LOG_FORMAT", "xml"}, {"JOBMOCK_QUIET", "maybe"}, {"JOBMOCK_SPEED", "fast"}, {"JOBMOCK_FREEZE", "x"}});
  CHECK(server.ask("GET", "/v1/applications").status == 200);
}

TEST_CASE("what follows an unexpected flag is not repeated, what stands alone is") {
  CHECK(run({"schema", "--key", "value"}).err == "jobmock: not expected: --key\njobmock: see jobmock schema --help\n");
  CHECK(run({"schema", "--key=value"}).err == "jobmock: not expected: --key\njobmock: see jobmock schema --help\n");
  CHECK(run({"schema", "value"}).err == "jobmock: not expected: value\njobmock: see jobmock schema --help\n");
}

TEST_CASE("schema prints the schema") {
  const auto ended = run({"schema"});
  CHECK(ended.status == 0);
  std::ifstream file(samples + "/fixture.schema.json");
  CHECK(ended.out == std::string(std::istreambuf_iterator<char>(file), {}));
}

TEST_CASE("health asks a server, by flag, variable or default") {
  const Server server;
  const auto by_flag = run({"health", "--url", server.url()});
  CHECK(by_flag.status == 0);
  CHECK(has(by_flag.out, R"("status":"ready")"));
  CHECK(run({"health", "--url", server.url() + "/"}).status == 0);
  CHECK(run({"health"}, {{"JOBMOCK_URL", server.url()}}).status == 0);
  CHECK(run({"health"}, {{"JOBMOCK_PORT", std::to_string(server.port)}}).status == 0);
}

TEST_CASE("health of a server that answers without end is a failure, and is not read to that end") {
  const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(bind(listening, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  REQUIRE(listen(listening, 1) == 0);
  REQUIRE(getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  std::thread endless([listening] {
    const int client = accept(listening, nullptr, nullptr);
    std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n";
    while (send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) bytes.assign(1U << 16U, 'x');
    close(client);
  });
  const auto url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const auto ended = run({"health", "--url", url});
  shutdown(listening, SHUT_RDWR);  // should nobody have come
  endless.join();
  close(listening);
  CHECK(ended.status == 1);
  CHECK(ended.err == "jobmock: " + url + " answers without end\n");
}

TEST_CASE("health of a server that is not there is a failure that says why") {
  const auto ended = run({"health", "--url", "http://127.0.0.1:1"});
  CHECK(ended.status == 1);
  CHECK(ended.err == "jobmock: nothing listens at http://127.0.0.1:1\n");
}

TEST_CASE("health refuses what is no URL of a server, wherever it comes from") {
  const auto refusal = [](const std::string& url) {
    return "jobmock: --url: expected a URL such as http://127.0.0.1:8080; found '" + url +
           "'\njobmock: see jobmock health --help\n";
  };
  for (const std::string url :
       {"localhost", "https://127.0.0.1", "http://", "http://:1", "http://[::1", "http://127.0.0.1:", "http://a:65536",
        "http://a:99999999999999999999", "http://a:-1", "http://a:1/x", "http://user@a:1", "http://a:1?b"}) {
    CAPTURE(url);
    const auto ended = run({"health", "--url", url});
    CHECK(ended.status == 2);
    CHECK(ended.err == refusal(url));
  }
  CHECK(run({"health", "--url", "http://" + std::string(100'000, 'a')}).status == 2);
  for (const std::string port : {"abc", "99999999999"}) {
    const auto ended = run({"health"}, {{"JOBMOCK_PORT", port}});
    CHECK(ended.status == 2);
    CHECK(ended.err == refusal("http://127.0.0.1:" + port));
  }
  for (const std::string url : {"http://[::1]:1", "http://[::1]:1/", "http://localhost:1"}) {
    CAPTURE(url);
    CHECK(run({"health", "--url", url}).status == 1);
  }
}
