#include <algorithm>

#include "cli/running.hpp"

using namespace jobmock::test;

namespace {

const std::string head = "version: 1\napplications: [{id: app}]\njobs:\n";
const std::string job = "  - id: 3c90c3cc-0d44-4b50-8888-8dd25736052a\n    application_id: app\n";

std::string many(const std::string& line) {
  std::string text;
  while (text.size() < 60U << 20U) text += line;
  return text;
}

}  // namespace

TEST_CASE("check says what a good set holds") {
  const auto ended = run({"check", samples});
  CHECK(ended.status == 0);
  CHECK(ended.out == "ok: 8 files, 19 jobs, 12 applications\n");
  CHECK(ended.err.empty());
  CHECK(run({"check"}, {{"JOBMOCK_FIXTURES", samples + "/quickstart.yaml:" + samples + "/outcomes.yaml"}}).out ==
        "ok: 2 files, 8 jobs, 2 applications\n");
}

TEST_CASE("on a terminal a long reading says how far it has come, and takes that back, elsewhere it is quiet") {
  const Folder folder;
  std::string jobs;
  for (int i = 0; i < 12'000; ++i) {
    const auto number = std::to_string(100'000 + i);
    jobs += (i == 0 ? "" : ",") + (R"({"id":"00000000-0000-4000-8000-000000)" + number + R"(","application_id":"a"})");
  }
  const auto file = folder.write("many.json", R"({"version":1,"applications":[{"id":"a"}],"jobs":[)" + jobs + "]}");
  const std::string done = "ok: 1 file, 12000 jobs, 1 application";
  Process on_terminal({"script", "-qec", std::string(JOBMOCK_BINARY) + " check " + file, "/dev/null"});
  CHECK(on_terminal.wait() == 0);
  const std::string erase = "\r\033[K";
  CHECK(on_terminal.out() == erase + "jobmock: reading the fixtures, 11000 jobs so far" + erase +
                                 "jobmock: reading the fixtures, 12000 jobs so far" + erase + done + "\r\n");
  const auto elsewhere = run({"check", file});
  CHECK(elsewhere.out == done + '\n');
  CHECK(elsewhere.err.empty());
}

TEST_CASE("ten files, each wrong in another way, are reported in one go with the right line and column") {
  const Folder folder;
  const std::vector<std::pair<std::string, std::string>> files{
      {"a.yaml", "version: 1\nvresion: 1\n"},
      {"b.yaml", "version: 1\njobs:\n  - {id: nope, application_id: app}\n"},
      {"c.yaml", "version: 1\njobs: [{id: 00000000-0000-4000-8000-000000000003, application_id: nobody}]\n"},
      {"d.yaml", head + job + "    timeline:\n      - {at: 5, status: completed}\n"},
      {"e.yaml",
       "version: 1\njobs:\n  - id: 00000000-0000-4000-8000-000000000005\n    application_id: app\n"
       "    timeline: [{at: 2s, status: failed}, {at: 3s, status: completed}]\n"},
      {"f.yaml", "version: 1\nauth:\n  tokens:\n    - {token: a, status: 200}\n"},
      {"g.yaml", "version: 1\napplications:\n  - id: other\n    id: again\n"},
      {"h.yaml", "version: 1\njobs:\n  - {id: 3c90c3cc\n"},
      {"i.yaml", "- version: 1\n"},
      {"j.json", "{\"version\": 1,\n \"applications\": [{\"id\": 5}]}\n"}};
  for (const auto& [name, text] : files) folder.write(name, text);
  const auto ended = run({"check", folder.path.string()});
  CHECK(ended.status == 2);
  CHECK(ended.out.empty());
  for (const auto* place :
       {"a.yaml:2:1: error: ", "b.yaml:3:10: error: ", "c.yaml:2:67: error: ", "d.yaml:7:14: error: ",
        "e.yaml:5:42: error: ", "f.yaml:4:26: error: ", "g.yaml:4:5: error: ", "h.yaml:4:1: error: ",
        "i.yaml:1:1: error: ", "j.json:2:26: error: "}) {
    CAPTURE(place);
    CHECK(has(ended.err, folder.file(place)));
  }
  CHECK(ended.err.ends_with("jobmock: 10 problems\n"));

  const auto served = run({"serve", "--port", "0", folder.path.string()});
  CHECK(served.status == 2);
  CHECK(served.out.empty());
  CHECK(has(served.err, folder.file("a.yaml:2:1: error: ")));
  CHECK(served.err.ends_with("jobmock: 10 problems; nothing is served\n"));
}

TEST_CASE("the number of problems is that of all, not of those that are shown") {
  const Folder folder;
  std::string jobs = "version: 1\napplications: [{id: app}]\njobs:\n";
  for (int i = 0; i < 500; ++i) jobs += "  - {id: x, application_id: app}\n";
  const auto file = folder.write("many.yaml", jobs);
  const auto checked = run({"check", file, folder.file("missing.yaml")});
  CHECK(has(checked.err, "many.yaml: error: and 400 more problems in this file\n"));
  CHECK(checked.err.ends_with("jobmock: 501 problems\n"));
  CHECK(run({"serve", "--port", "0", file}).err.ends_with("jobmock: 500 problems; nothing is served\n"));
}

TEST_CASE("what is no fixture at all is a clear error each, without a crash") {
  const Folder folder;
  std::string garbage;
  for (unsigned i = 0, x = 1; i < 1'000'000; ++i) garbage += static_cast<char>((x = x * 1103515245U + 12345U) >> 16U);
  const std::vector<std::pair<std::string, std::string>> files{
      {folder.write("garbage.yaml", garbage), "error: not "},
      {folder.write("elf.yaml", std::string("\x7f"
                                            "ELF\0\0",
                                            6)),
       "1:1: error: not a text: the control character 0x7F"},
      {folder.write("words.yaml", "some words\nand more\n"), "1:1: error: a fixture is a mapping"},
      {folder.write("log.yaml", many("2025-02-10T18:18:09 something happened\n")),
       "1:1: error: a fixture is a mapping"},
      {folder.write("empty.yaml", ""), "error: the file is empty"},
      {folder.file("missing.yaml"), "error: no such file or folder"},
      {folder.write("braces.json", std::string(1'000'000, '{')), "error: "},
      {folder.write("brackets.yaml", std::string(1'000'000, '[')), "error: "}};
  for (const auto& [file, message] : files) {
    CAPTURE(file);
    const auto ended = run({"check", file});
    CHECK(ended.status == 2);
    CHECK(has(ended.err, file));
    CHECK(has(ended.err, message));
    CHECK(ended.err.size() < 2000);
  }
}

TEST_CASE("100 MB of garbage are refused by their size") {
  const Folder folder;
  const auto file = folder.write("huge.yaml", "garbage\n");
  std::filesystem::resize_file(file, 100U << 20U);
  const auto ended = run({"check", file});
  CHECK(ended.status == 2);
  CHECK(ended.err == file + ": error: larger than 64 MiB (100 MiB); split it into several files\njobmock: 1 problem\n");
}
