#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/running.hpp"

using namespace jobmock::test;

namespace {

const std::string sample = "3c90c3cc-0d44-4b50-8888-8dd25736052a";

std::string status_in(const RawReply& reply) { return nlohmann::json::parse(reply.body)["status"]; }

}  // namespace

TEST_CASE("the ready line says where the server is and what it serves") {
  const Server server;
  CHECK(server.ready_line == "jobmock listening on " + server.url() + " (19 jobs, 12 applications)");
  const Server one({samples + "/quickstart.yaml"});
  CHECK(one.ready_line.ends_with(" (1 job, 1 application)"));
}

TEST_CASE("a job goes from in progress to completed as time passes") {
  const Folder folder;
  const Server server(
      {folder.write("soon.yaml", "version: 1\napplications: [{id: app}]\njobs:\n  - id: " + sample +
                                     "\n    application_id: app\n    timeline: [{at: 300ms, status: completed}]\n")});
  auto reply = server.get(poll_request(sample));
  CHECK(status_in(reply) == "in_progress");
  while (status_in(reply) == "in_progress") reply = server.get(poll_request(sample));
  CHECK(status_in(reply) == "completed");
  CHECK(status_in(server.get(poll_request(sample))) == "completed");
}

TEST_CASE("flags beat variables, variables beat defaults") {
  const Folder folder;
  const auto port_file = folder.file("port");
  Process process({JOBMOCK_BINARY, samples + "/quickstart.yaml"}, {{"JOBMOCK_PORT", "0"},
                                                                   {"JOBMOCK_PORT_FILE", port_file},
                                                                   {"JOBMOCK_FIXTURES", "/nowhere"},
                                                                   {"JOBMOCK_HOST", "localhost"},
                                                                   {"JOBMOCK_QUIET", "1"}});
  const auto line = process.read_line();
  CHECK(line.starts_with("jobmock listening on http://localhost:"));
  CHECK(line.ends_with("(1 job, 1 application)"));
  std::string port;
  std::getline(std::ifstream(port_file) >> std::ws, port);
  CHECK(has(line, ":" + port + " "));

  const Server by_flag({"--host", "127.0.0.1", samples}, {{"JOBMOCK_HOST", "::1"}, {"JOBMOCK_PORT", "1"}});
  CHECK(by_flag.port != 1);
}

TEST_CASE("the port file appears whole once the port is taken, and goes with the server") {
  const Folder folder;
  const auto port_file = folder.write("port", "8080\n");
  Server server({"--port-file", port_file, samples});
  CHECK(text_of(port_file) == std::to_string(server.port) + "\n");
  server.process.signal(SIGTERM);
  CHECK(server.process.wait() == 0);
  CHECK_FALSE(std::filesystem::exists(port_file));
}

TEST_CASE("a port file takes the place of one that holds a port or nothing, and of no other file") {
  const Folder folder;
  for (const std::string text : {"", "80", "65535\n"}) {
    CAPTURE(text);
    const Server server({"--port-file", folder.write("port", text), samples});
    CHECK(text_of(folder.file("port")) == std::to_string(server.port) + '\n');
  }
  for (const std::string text : {"version: 1\n", "80 ", "80\n\n", "123456"}) {
    CAPTURE(text);
    const auto other = folder.write("other", text);
    const auto ended = run({"serve", "--port", "0", "--port-file", other, samples});
    CHECK(ended.status == 1);
    CHECK(ended.err ==
          "jobmock: cannot write " + other + ": there is a file that holds no port; name another, or remove it\n");
    CHECK(text_of(other) == text);
  }
}

TEST_CASE("a port file that cannot be written is a failure that names it") {
  const auto ended = run({"--port", "0", "--port-file", "/nowhere/port", samples});
  CHECK(ended.status == 1);
  CHECK(ended.err == "jobmock: cannot write /nowhere/port: No such file or directory\n");
}

TEST_CASE("a port that is taken is a failure that says what to do") {
  const Server server;
  const auto ended = run({"--port", std::to_string(server.port), samples});
  CHECK(ended.status == 1);
  CHECK(ended.err == "jobmock: cannot listen at " + server.url() +
                         ": Address already in use; stop what has that port, or choose another: --port 0 "
                         "takes a free one\n");
}

TEST_CASE("SIGTERM and SIGINT end the server at once, with clients connected and in the middle of a request") {
  for (const int signal : {SIGTERM, SIGINT}) {
    CAPTURE(signal);
    Server server;
    std::vector<RawClient> clients;
    for (int i = 0; i < 20; ++i) clients.emplace_back(server.port);
    clients[0].send(poll_request(sample));
    CHECK(clients[0].read_reply().status == 200);
    clients[1].send("GET / HT");
    server.process.signal(signal);
    CHECK(server.process.wait() == 0);
    for (auto& client : clients) CHECK(client.read_to_end().empty());
  }
}

TEST_CASE("each request is a line on standard error, as text or as JSON, and never shows the token") {
  const auto secret_poll = [](Server& server) {
    CHECK(
        server
            .get("GET /v1/applications/jobs/" + sample + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cr3t\r\n\r\n")
            .status == 200);
    server.process.signal(SIGTERM);
    CHECK(server.process.wait() == 0);
  };
  Server text;
  secret_poll(text);
  CHECK(has(text.process.err(), " 200 GET /v1/applications/jobs/" + sample + " "));
  CHECK(has(text.process.err(), " job=" + sample + " status=in_progress\n"));
  CHECK_FALSE(has(text.process.err() + text.process.out(), "s3cr3t"));

  Server json({"--log-format", "json", samples});
  secret_poll(json);
  const auto line = nlohmann::json::parse(json.process.err());
  CHECK(line["status"] == 200);
  CHECK(line["target"] == "/v1/applications/jobs/" + sample);
  CHECK(line["job_status"] == "in_progress");
  CHECK_FALSE(has(json.process.err(), "s3cr3t"));

  Server quiet({"--quiet", "--jobs-max", "0", samples});
  CHECK(quiet
            .get("POST /v1/applications/blog-post/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cr3t\r\n"
                 "Content-Length: 13\r\n\r\n{\"inputs\":[]}")
            .status == 507);
  secret_poll(quiet);
  CHECK(quiet.process.err().ends_with("(the world is full: nothing was kept)\n"));
  CHECK(quiet.process.err().find('\n') == quiet.process.err().size() - 1);
}

TEST_CASE("a log that nobody reads does not stop the server") {
  const Server server;  // its standard error is a pipe that is not read here
  RawClient client(server.port);
  for (int i = 0; i < 5000; ++i) {
    client.send(poll_request(sample));
    REQUIRE(client.read_reply().status == 200);
  }
}

TEST_CASE("--request-timeout, or its variable, says how long a request may take, 30s when left out") {
  const auto answer_to_half = [](const Server& server) { return server.get("GET / HTTP/1.1\r\n"); };
  const auto late = [](const std::string& timeout) { return "the request was not complete after " + timeout; };
  const auto by_flag = answer_to_half(Server({"--request-timeout", "60ms", samples}));
  CHECK(by_flag.status == 408);
  CHECK(has(by_flag.body, late("60ms")));
  CHECK(has(answer_to_half(Server({samples}, {{"JOBMOCK_REQUEST_TIMEOUT", "70ms"}})).body, late("70ms")));
  CHECK(has(run({"serve", "--help"}).out, "30s"));
}

TEST_CASE("a request timeout that is none is refused with what is expected, from a flag or a variable") {
  const std::string no_duration = "a duration is a number with a unit (h, m, s, ms): 500ms, 2s, 1m30s, 1h; found '";
  const std::string nothing = "expected a duration longer than 0s; found '";
  for (const auto& [value, expected] : std::vector<std::pair<std::string, std::string>>{
           {"30", no_duration}, {"-1s", no_duration}, {"soon", no_duration}, {"", no_duration}, {"0s", nothing}}) {
    CAPTURE(value);
    const auto refused = run({"--port", "0", "--request-timeout", value, samples});
    CHECK(refused.status == 2);
    CHECK(refused.err == "jobmock: --request-timeout: " + expected + value + "'\njobmock: see jobmock serve --help\n");
  }
  const auto by_variable = run({samples}, {{"JOBMOCK_REQUEST_TIMEOUT", "0ms"}});
  CHECK(by_variable.status == 2);
  CHECK(has(by_variable.err, nothing + "0ms'"));
}
