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

TEST_CASE("health of a server that is not there is a failure that says why") {
  const auto ended = run({"health", "--url", "http://127.0.0.1:1"});
  CHECK(ended.status == 1);
  CHECK(ended.err == "jobmock: nothing listens at http://127.0.0.1:1\n");
  const auto no_url = run({"health", "--url", "localhost"});
  CHECK(no_url.status == 1);
  CHECK(no_url.err == "jobmock: 'localhost' is not a URL of the form http://host:port\n");
}
