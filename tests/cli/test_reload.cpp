// Fixtures that are read again while the server runs: on SIGHUP, when a file changes, and on request.
#include <csignal>
#include <thread>

#include "cli/reloading.hpp"

using namespace jobmock::test;
using nlohmann::json;

TEST_CASE(
    "on SIGHUP the fixtures are read again: jobs that did not change keep their state, others come, change and go") {
  const Folder folder;
  folder.write("jobs.yaml", fixture({{1, 3}, {2, 3}, {3, 3}}));
  Server server({folder.path.string()});
  for (const int number : {1, 2, 3}) CHECK(polled(server, number) == "in_progress");
  CHECK(health(server)["reload"].is_null());

  folder.write("jobs.yaml", fixture({{4, 1}, {2, 2}, {1, 3}}));
  server.process.signal(SIGHUP);
  CHECK(comes_to(server, [](const json& shown) { return !shown["reload"].is_null(); }));
  CHECK(health(server)["reload"]["succeeded"] == true);
  CHECK(health(server)["reload"]["problems"].empty());
  CHECK(polled(server, 1) == "in_progress");  // its second poll
  CHECK(polled(server, 1) == "completed");
  CHECK(polled(server, 2) == "in_progress");  // begun anew
  CHECK(polled(server, 2) == "completed");
  CHECK(polled(server, 3) == "404");
  CHECK(polled(server, 4) == "completed");
  CHECK(has(log_of(server), " jobmock: read the fixtures again: 3 jobs, 1 application\n"));
}

TEST_CASE("a broken file leaves what was read before: every problem is in the log and in the health") {
  const Folder folder;
  const auto file = folder.write("jobs.yaml", fixture({{1, 2}}));
  Server server({file});
  CHECK(polled(server, 1) == "in_progress");
  folder.write("jobs.yaml", broken);
  server.process.signal(SIGHUP);
  REQUIRE(comes_to_problems(server, 3));
  const auto shown = health(server);
  CHECK(shown["status"] == "ready");
  CHECK(shown["fixtures"] == json{{"files", 1}, {"jobs", 1}, {"applications", 1}});
  CHECK(shown["reload"]["succeeded"] == false);
  std::string problems;
  for (const auto& problem : shown["reload"]["problems"]) problems += problem;
  CHECK(has(problems, file + ":3:13: error: "));
  CHECK(polled(server, 1) == "completed");

  std::filesystem::remove(file);
  server.process.signal(SIGHUP);
  REQUIRE(comes_to_problems(server, 1));
  CHECK(health(server)["reload"]["problems"][0] == file + ": error: no such file or folder\n");

  folder.write("jobs.yaml", fixture({{1, 2}, {2, 1}}));
  server.process.signal(SIGHUP);
  CHECK(comes_to_problems(server, 0));
  CHECK(polled(server, 2) == "completed");
  CHECK(polled(server, 1) == "completed");  // kept all the time

  const auto log = log_of(server);
  CHECK(has(log, " jobmock: 3 problems in the fixtures; those read before are still served\n" + problems));
  CHECK(has(log, " jobmock: 1 problem in the fixtures; those read before are still served\n" + file +
                     ": error: no such file or folder\n"));
  CHECK_FALSE(has(log, "\n\n"));
}

TEST_CASE("in a log of JSON a reload is a line of JSON, with its problems") {
  const Folder folder;
  Server server({"--log-format", "json", "--quiet", folder.write("jobs.yaml", fixture({{1, 2}}))});
  folder.write("jobs.yaml", broken);
  server.process.signal(SIGHUP);
  REQUIRE(comes_to_problems(server, 3));
  const auto log = log_of(server);
  CHECK(log.find('\n') == log.size() - 1);
  const auto line = json::parse(log);
  CHECK(line["message"].get<std::string>().starts_with("3 problems in the fixtures; "));
  CHECK(has(line["message"], "jobs.yaml:3:13: error: "));
}

TEST_CASE("signals while the fixtures are being read lose nothing: the last state is the one that is served") {
  const Folder folder;
  folder.write("jobs.yaml", fixture({{1, 1}}));
  Server server({folder.path.string()});
  for (int i = 0; i < 50; ++i) {
    folder.write("jobs.yaml", i % 5 == 0 ? broken : fixture({{1, 1}, {2, 1}, {i % 3 + 3, 1}}));
    server.process.signal(SIGHUP);
    CHECK(polled(server, 1) == "completed");
  }
  folder.write("jobs.yaml", fixture({{1, 1}, {2, 1}, {3, 1}, {4, 1}}));
  server.process.signal(SIGHUP);
  CHECK(comes_to_jobs(server, 4));
}

TEST_CASE("--watch, or its variable: files that change, come and go are noticed") {
  for (const bool by_flag : {true, false}) {
    const Folder folder;
    folder.write("a.yaml", fixture({{1, 3}}));
    Server server(
        by_flag ? std::vector<std::string>{"--watch", folder.path.string()} : std::vector{folder.path.string()},
        by_flag ? Variables() : Variables{{"JOBMOCK_WATCH", "1"}});
    CHECK(polled(server, 1) == "in_progress");
    folder.write("a.yaml", fixture({{1, 3}, {2, 1}}));
    CHECK(comes_to_jobs(server, 2));
    folder.write("b.yaml", "version: 1\njobs: [{id: " + id(3) + ", application_id: app}]\n");
    CHECK(comes_to_jobs(server, 3));
    folder.write("b.yaml", "version: 1\njobs: [{id: " + id(3) + ", application_id: nobody}]\n");
    CHECK(comes_to_problems(server, 1));
    CHECK(polled(server, 3) == "in_progress");
    std::filesystem::remove(folder.file("b.yaml"));
    CHECK(comes_to_jobs(server, 2));
    CHECK(comes_to_problems(server, 0));
    CHECK(polled(server, 1) == "in_progress");
    CHECK(polled(server, 1) == "completed");  // its third poll
  }
}

TEST_CASE("a watched file that is replaced by another of the same size and time is noticed, too") {
  const Folder folder;
  const auto file = folder.write("a.yaml", fixture({{1, 3}}));
  Server server({"--watch", file});
  CHECK(polled(server, 1) == "in_progress");
  const auto time = std::filesystem::last_write_time(file);
  const auto draft = folder.write("draft", fixture({{2, 3}}));
  std::filesystem::last_write_time(draft, time);
  std::filesystem::rename(draft, file);
  CHECK(eventually([&] { return polled(server, 1) == "404"; }));
  CHECK(polled(server, 2) == "in_progress");
}

TEST_CASE("without --watch a change is nothing until it is asked for") {
  const Folder folder;
  const auto file = folder.write("a.yaml", fixture({{1, 3}}));
  const Server server({file});
  folder.write("a.yaml", fixture({{1, 3}, {2, 1}}));
  // A watching server that starts afterwards has noticed a later change by the time this is checked.
  const auto other = folder.write("b.yaml", fixture({{1, 3}}));
  const Server watching({"--watch", other});
  folder.write("b.yaml", fixture({{1, 3}, {2, 1}}));
  CHECK(comes_to_jobs(watching, 2));
  CHECK(health(server)["fixtures"]["jobs"] == 1);
}

TEST_CASE(
    "POST /__admin/fixtures/reload answers once the fixtures are read: with what there is now, or every problem") {
  const Folder folder;
  const auto file = folder.write("jobs.yaml", fixture({{1, 2}}));
  Server server({file});
  CHECK(polled(server, 1) == "in_progress");
  const auto reload = [&] { return server.ask("POST", "/__admin/fixtures/reload", "", ""); };
  folder.write("jobs.yaml", fixture({{1, 2}, {2, 1}}));
  const auto good = reload();
  CHECK(good.status == 200);
  CHECK(json::parse(good.body) == json{{"fixtures", {{"files", 1}, {"jobs", 2}, {"applications", 1}}}});
  CHECK(polled(server, 2) == "completed");

  folder.write("jobs.yaml", broken);
  const auto bad = reload();
  CHECK(bad.status == 422);
  const auto error = json::parse(bad.body)["error"];
  CHECK(error["code"] == "bad_fixtures");
  CHECK(error["problems"].size() == 3);
  CHECK(error["problems"] == health(server)["reload"]["problems"]);
  CHECK(polled(server, 1) == "completed");
  CHECK(has(log_of(server), " 422 POST /__admin/fixtures/reload "));
}

TEST_CASE("many reloads at once are all answered, on connections that go on") {
  const Folder folder;
  const Server server({folder.write("jobs.yaml", fixture({{1, 1}}))});
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      RawClient client(server.port);
      for (int j = 0; j < 10; ++j) {
        client.send("POST /__admin/fixtures/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        if (client.read_reply().status == 200) ++answered;
        client.send(poll_request(id(1)));
        if (client.read_reply().status == 200) ++answered;
      }
    });
  }
  for (auto& client : clients) client.join();
  CHECK(answered == 160);
}
