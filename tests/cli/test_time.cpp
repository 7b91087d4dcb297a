// Flags and variables of time, and of explanations.
#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/running.hpp"
#include "core/tokens.hpp"

using namespace jobmock::test;
using nlohmann::json;

namespace {

const std::string job = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
const std::string hour_long = "version: 1\napplications: [{id: app}]\njobs:\n  - id: " + job +
                              "\n    application_id: app\n    timeline: [{at: 1h, status: completed}]\n";

json polled(const Server& server) { return json::parse(server.get(poll_request(job)).body); }

// The clock of the world of the token, under the flags and variables.
json clock_with(const std::string& fixture, std::vector<std::string> flags, const Variables& variables = {}) {
  const Folder folder;
  flags.push_back(folder.write("clock.yaml", fixture));
  const Server server(std::move(flags), variables);
  return json::parse(server.ask("GET", "/__admin/clock").body);
}

}  // namespace

TEST_CASE(
    "--freeze: a job of an hour is in progress until time is advanced by an hour, and then complete to the second") {
  const Folder folder;
  const Server server({"--freeze", folder.write("hour.yaml", hour_long)});
  for (int i = 0; i < 100; ++i) CHECK(polled(server)["status"] == "in_progress");
  const auto advanced = json::parse(server.ask("POST", "/__admin/clock/advance", R"({"by":"1h"})").body);
  REQUIRE(advanced["transitions"].size() == 1);
  CHECK(advanced["transitions"][0]["job_id"] == job);
  CHECK(advanced["transitions"][0]["to"] == "completed");
  const auto completed = polled(server);
  CHECK(completed["status"] == "completed");
  CHECK(completed["created_at"] == advanced["from"]);
  CHECK(completed["completed_at"] == advanced["to"]);
}

TEST_CASE("--speed: an hour is over in a moment") {
  const Folder folder;
  const Server server({"--speed", "1000000", folder.write("hour.yaml", hour_long)});
  auto shown = polled(server);
  while (shown["status"] == "in_progress") shown = polled(server);
  CHECK(shown["status"] == "completed");
}

TEST_CASE("--on-poll: polls alone bring a job to its end") {
  const Folder folder;
  const auto file = folder.write("hour.yaml", hour_long);
  const Server by_half_hours({"--freeze", "--on-poll", "30m", file});
  for (const auto* status : {"in_progress", "in_progress", "completed"})
    CHECK(polled(by_half_hours)["status"] == status);
  const Server to_next({"--freeze", "--on-poll", "next", file});
  for (const auto* status : {"in_progress", "completed"}) CHECK(polled(to_next)["status"] == status);
}

TEST_CASE("flags beat variables, variables beat the clock of the fixtures, and the rest of it stays") {
  const std::string fixture = "version: 1\nclock: {start: 2030-01-01T00:00:00Z, speed: 3, on_poll: 2s}\n";
  const auto plain = clock_with(fixture, {});
  CHECK(plain["start"] == "2030-01-01T00:00:00.000000Z");
  CHECK(plain["speed"] == 3.0);
  CHECK(plain["on_poll"] == "2s");
  const Variables variables{{"JOBMOCK_SPEED", "0.5"}, {"JOBMOCK_ON_POLL", "next"}};
  const auto by_variables = clock_with(fixture, {}, variables);
  CHECK(by_variables["start"] == "2030-01-01T00:00:00.000000Z");
  CHECK(by_variables["speed"] == 0.5);
  CHECK(by_variables["on_poll"] == "next");
  const auto by_flags = clock_with(fixture, {"--speed=7", "--on-poll", "1m"}, variables);
  CHECK(by_flags["speed"] == 7.0);
  CHECK(by_flags["on_poll"] == "1m");
  CHECK(clock_with(fixture, {"--speed", "0"})["now"] == "2030-01-01T00:00:00.000000Z");
  CHECK(clock_with(fixture, {}, {{"JOBMOCK_FREEZE", "1"}})["speed"] == 0.0);
  CHECK(clock_with(fixture, {}, {{"JOBMOCK_SPEED", ""}, {"JOBMOCK_ON_POLL", ""}, {"JOBMOCK_FREEZE", ""}})["speed"] ==
        3.0);
}

TEST_CASE("--freeze and --speed beat the variables of both, together they make no sense, unless the speed is 0") {
  const std::string fixture = "version: 1\n";
  CHECK(clock_with(fixture, {"--freeze"}, {{"JOBMOCK_SPEED", "60"}})["speed"] == 0.0);
  CHECK(clock_with(fixture, {"--speed", "60"}, {{"JOBMOCK_FREEZE", "true"}})["speed"] == 60.0);
  CHECK(clock_with(fixture, {"--speed=60"}, {{"JOBMOCK_FREEZE", "false"}})["speed"] == 60.0);
  CHECK(clock_with(fixture, {}, {{"JOBMOCK_FREEZE", "false"}, {"JOBMOCK_SPEED", "60"}})["speed"] == 60.0);
  CHECK(clock_with(fixture, {"--freeze", "--speed", "0"})["speed"] == 0.0);
  const auto both = run({"--freeze", "--speed", "2", samples});
  CHECK(both.status == 2);
  CHECK(both.err == "jobmock: --freeze excludes --speed\njobmock: see jobmock serve --help\n");
  CHECK(run({samples}, {{"JOBMOCK_FREEZE", "1"}, {"JOBMOCK_SPEED", "2"}}).status == 2);
}

TEST_CASE("a speed and what polls add are refused with what is expected, from a flag or a variable") {
  const std::string speed = "expected virtual seconds per real second, a number from 0 (frozen) to 1000000; found '";
  for (const std::string value : {"-1", "1000001", "fast", "nan", "inf", "1x", ""}) {
    CAPTURE(value);
    const auto refused = run({"--port", "0", "--speed", value, samples});
    CHECK(refused.status == 2);
    CHECK(refused.err == "jobmock: --speed: " + speed + value + "'\njobmock: see jobmock serve --help\n");
  }
  const auto by_variable = run({samples}, {{"JOBMOCK_SPEED", "nan"}});
  CHECK(by_variable.status == 2);
  CHECK(has(by_variable.err, speed + "nan'"));

  const std::string on_poll =
      "a duration is a number with a unit (h, m, s, ms): 500ms, 2s, 1m30s, 1h, or next; found '";
  for (const std::string value : {"often", "5", "-5s", "Next", ""}) {
    CAPTURE(value);
    const auto refused = run({"--port", "0", "--on-poll", value, samples});
    CHECK(refused.status == 2);
    CHECK(refused.err == "jobmock: --on-poll: " + on_poll + value + "'\njobmock: see jobmock serve --help\n");
  }
  CHECK(has(run({samples}, {{"JOBMOCK_ON_POLL", "often"}}).err, on_poll + "often'"));
  for (const auto* variable : {"JOBMOCK_FREEZE", "JOBMOCK_WATCH", "JOBMOCK_EXPLAIN"}) {
    CAPTURE(variable);
    const auto refused = run({samples}, {{variable, "perhaps"}});
    CHECK(refused.status == 2);
    CHECK(has(refused.err, "perhaps"));
  }
}

TEST_CASE("--explain, its variable, or a request's header: the answer explains itself") {
  const Folder folder;
  const auto file = folder.write("hour.yaml", hour_long);
  const auto explanation = [&](std::vector<std::string> flags, const Variables& variables, const std::string& headers) {
    flags.insert(flags.end(), {"--freeze", file});
    const auto reply = Server(std::move(flags), variables).get(poll_request(job, headers));
    const auto found = reply.headers.find("x-jobmock-explain");
    return found == reply.headers.end() ? "(none)" : found->second;
  };
  const auto expected = R"(world=")" + jobmock::world_of_token("test-token") + R"(", place=")" + file +
                        R"(:4", attempt=1, polls=1, offset="0s", next="completed in 1h")";
  CHECK(explanation({"--explain"}, {}, "") == expected);
  CHECK(explanation({}, {{"JOBMOCK_EXPLAIN", "1"}}, "") == expected);
  CHECK(explanation({}, {}, "X-Jobmock-Explain: 1\r\n") == expected);
  CHECK(explanation({}, {}, "") == "(none)");
}

TEST_CASE("--admin-token, or its variable, locks control and is never logged, one that is empty is refused") {
  for (const bool by_flag : {true, false}) {
    Server server(by_flag ? std::vector<std::string>{"--admin-token", "s3cr3t", samples} : std::vector{samples},
                  by_flag ? Variables() : Variables{{"JOBMOCK_ADMIN_TOKEN", "s3cr3t"}});
    CHECK(server.ask("GET", "/__admin/clock").status == 401);
    CHECK(server.ask("GET", "/__admin/clock", "", "X-Jobmock-Admin-Token: s3cr3t\r\n").status == 200);
    CHECK(server.ask("GET", "/__admin/clock", "", "Authorization: Bearer s3cr3t\r\n").status == 200);
    CHECK(server.ask("GET", "/__admin/health", "", "").status == 200);
    CHECK(run({"health", "--url", server.url()}).status == 0);
    CHECK(server.get(poll_request(job)).status == 200);
    server.process.signal(SIGTERM);
    CHECK(server.process.wait() == 0);
    CHECK_FALSE(has(server.process.err() + server.process.out(), "s3cr3t"));
  }
  const auto empty = run({"--admin-token", "", samples});
  CHECK(empty.status == 2);
  CHECK(empty.err ==
        "jobmock: --admin-token: is empty; leave it out to ask for none\njobmock: see jobmock serve --help\n");
  const auto unset = run({samples}, {{"JOBMOCK_ADMIN_TOKEN", ""}});  // as by JOBMOCK_ADMIN_TOKEN=$NOT_SET
  CHECK(unset.status == 2);
  CHECK(unset.err ==
        "jobmock: JOBMOCK_ADMIN_TOKEN: is empty; leave it out to ask for none\njobmock: see jobmock serve --help\n");
  for (const auto* value : {" s3cr3t", "s3cr3t ", "s3cr3t\n", "sécret"}) {
    CAPTURE(value);
    const std::string problem = "is not printable ASCII, or begins or ends with a space: no header can carry it\n";
    CHECK(has(run({"--admin-token", value, samples}).err, problem));
    CHECK(has(run({samples}, {{"JOBMOCK_ADMIN_TOKEN", value}}).err, problem));
  }
}

TEST_CASE("a server on loopback knows that it is, one that listens everywhere answers to any name") {
  const std::string by_name = "Host: build-machine:8080\r\n";
  const Server loopback({"--host", "127.0.0.1", samples});
  CHECK(loopback.get("GET /__admin/clock HTTP/1.1\r\n" + by_name + "\r\n").status == 403);
  const Folder folder;
  Process process({JOBMOCK_BINARY, "--host", "0.0.0.0", "--port", "0", samples}, {});
  const auto line = process.read_line();
  RawClient client(static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1))));
  client.send("GET /__admin/clock HTTP/1.1\r\n" + by_name + "\r\n");
  CHECK(client.read_reply().status == 200);
}
