// --watch, while things happen to the files that are watched.
#include <sys/stat.h>

#include <functional>

#include "cli/reloading.hpp"
#include "cli/surrounded.hpp"
#include "support/unix_socket.hpp"

using namespace jobmock::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// What an editor does to a file that it saves: a new one takes its place.
void replace(const Folder& folder, const std::string& name, const std::string& text) {
  fs::rename(folder.write(name + ".draft", text), folder.file(name));
}

bool comes_to_problem(const Asking& server, const std::string& problem) {
  return comes_to(server, [&](const json& shown) {
    return !shown["reload"].is_null() && shown["reload"]["problems"] == json{problem};
  });
}

}  // namespace

TEST_CASE("a watched file that is replaced, as editors save it, is read each time") {
  const Folder folder;
  const Server server({"--watch", folder.write("a.yaml", fixture({{1, 9}}))});
  CHECK(polled(server, 1) == "in_progress");
  std::vector<std::pair<int, int>> jobs{{1, 9}};
  for (int number = 2; number <= 4; ++number) {
    jobs.emplace_back(number, 1);
    replace(folder, "a.yaml", fixture(jobs));
    CHECK(comes_to_jobs(server, number));
    CHECK(polled(server, number) == "completed");
  }
  CHECK(polled(server, 1) == "in_progress");
}

TEST_CASE("a watched file that becomes anything else stops nobody: what was read is served, and why not more is told") {
  const Folder folder;
  const auto file = folder.write("a.yaml", fixture({{1, 99}}));
  Server server({"--watch", "--quiet", file});  // a pipe holds all that it logs
  struct Change {
    std::function<void()> make;
    std::string problem;
  };
  const std::vector<Change> changes{
      {[] {}, "no such file or folder"},
      {[&] { fs::create_directory(file); }, "the folder has no .yaml, .yml or .json file in it"},
      {[&] { REQUIRE(mkfifo(file.c_str(), 0600) == 0); }, "a pipe; only files are read"},
      {[&] { make_socket(file); }, "a socket; only files are read"},
      {[&] { fs::create_symlink("nowhere", file); }, "a link to 'nowhere', which is not there"},
      {[&] { fs::create_symlink("a.yaml", file); }, "a link that leads back to itself"}};
  int number = 1;
  std::string problems;
  for (const auto& [make, problem] : changes) {
    CAPTURE(problem);
    fs::remove(file);
    make();
    CHECK(comes_to_problem(server, file + ": error: " + problem + '\n'));
    CHECK(health(server)["status"] == "ready");
    CHECK(health(server)["fixtures"]["jobs"] == number);
    CHECK(polled(server, 1) == "in_progress");

    fs::remove(file);
    std::vector<std::pair<int, int>> jobs{{1, 99}};
    while (static_cast<int>(jobs.size()) <= number) jobs.emplace_back(jobs.size() + 1, 99);
    folder.write("a.yaml", fixture(jobs));
    CHECK(comes_to_jobs(server, ++number));
    CHECK(comes_to_problems(server, 0));
  }
  const auto log = log_of(server);
  for (const auto& change : changes) {
    CHECK(has(log, " jobmock: 1 problem in the fixtures; those read before are still served\n" + file +
                       ": error: " + change.problem + '\n'));
  }
}

TEST_CASE("a watched file that turns unreadable is told to be so, and is read again when it may be" *
          doctest::skip(cannot_preload)) {
  const Folder folder;
  const auto file = folder.write("a.yaml", fixture({{1, 3}}));
  const Server server({"--watch", file}, surroundings("rights"));
  CHECK(polled(server, 1) == "in_progress");
  REQUIRE(chmod(file.c_str(), 0) == 0);
  CHECK(comes_to_problem(server, file + ": error: cannot be read: Permission denied\n"));
  CHECK(polled(server, 1) == "in_progress");
  REQUIRE(chmod(file.c_str(), 0600) == 0);
  CHECK(comes_to_problems(server, 0));
  CHECK(polled(server, 1) == "completed");  // its third poll
}

TEST_CASE("a watched folder that is removed, or renamed, is read again when it is back") {
  const Folder folder;
  const auto watched = folder.file("fixtures");
  fs::create_directory(watched);
  folder.write("fixtures/a.yaml", fixture({{1, 3}}));
  const Server server({"--watch", watched});
  CHECK(polled(server, 1) == "in_progress");
  const auto missing = watched + ": error: no such file or folder\n";

  fs::remove_all(watched);
  CHECK(comes_to_problem(server, missing));
  CHECK(polled(server, 1) == "in_progress");
  fs::create_directory(watched);
  folder.write("fixtures/a.yaml", fixture({{1, 3}, {2, 1}}));
  CHECK(comes_to_jobs(server, 2));
  CHECK(comes_to_problems(server, 0));

  fs::rename(watched, folder.file("elsewhere"));
  CHECK(comes_to_problem(server, missing));
  fs::rename(folder.file("elsewhere"), watched);
  CHECK(comes_to_problems(server, 0));
  CHECK(polled(server, 1) == "completed");  // its third poll
}

TEST_CASE("watched files behind a link that is turned to others, as Kubernetes changes them, are read") {
  const Folder folder;
  for (const int number : {1, 2}) {
    const auto version = "..version" + std::to_string(number);
    fs::create_directory(folder.file(version));
    folder.write(version + "/a.yaml", number == 1 ? fixture({{1, 1}}) : fixture({{1, 1}, {2, 1}}));
  }
  fs::create_directory_symlink("..version1", folder.file("..data"));
  fs::create_symlink("..data/a.yaml", folder.file("a.yaml"));
  const Server server({"--watch", folder.path.string()});
  CHECK(health(server)["fixtures"]["jobs"] == 1);
  fs::create_directory_symlink("..version2", folder.file("..data.new"));
  fs::rename(folder.file("..data.new"), folder.file("..data"));
  CHECK(comes_to_jobs(server, 2));
}

namespace {

std::size_t bytes_read_by(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/io");
  std::string name;
  std::size_t count = 0;
  file >> name >> count;  // "rchar: 1234"
  return count;
}

}  // namespace

TEST_CASE("a change that comes while the fixtures are read for the first time is not missed") {
  const Folder folder;
  folder.write("a.yaml", fixture({{1, 1}}));
  std::string long_one = "version: 1\njobs:\n";
  for (int i = 0; i < 3000; ++i) {
    long_one += "  - {id: 00000000-0000-4000-8000-0000001" + std::to_string(10'000 + i) + ", application_id: app}\n";
  }
  folder.write("b.yaml", long_one);
  Process process(Server::command({"--watch", "--port-file", folder.file("port"), folder.path.string()}));
  CHECK(eventually([&] { return bytes_read_by(process.id()) > long_one.size(); }));  // a.yaml before: now it parses
  replace(folder, "a.yaml", fixture({{1, 1}, {2, 1}, {3, 1}}));
  const auto ready = process.read_line();
  CAPTURE(ready);
  Asking server;
  server.port = static_cast<std::uint16_t>(std::stoi(text_of(folder.file("port"))));
  CHECK(comes_to_jobs(server, 3003));
}
