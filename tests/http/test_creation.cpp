#include <doctest/doctest.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

#include "http/serving.hpp"

using namespace jobmock;
using namespace jobmock::test;

namespace {

const std::string authorized = " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test-token\r\n";

// The ids in a list of jobs: what stands behind each "id".
void add_ids(const std::string& body, std::multiset<std::string>& ids) {
  const std::string key = "{\"id\":\"";
  for (auto at = body.find(key); at != std::string::npos; at = body.find(key, at + 1)) {
    ids.insert(body.substr(at + key.size(), 36));
  }
}

}  // namespace

TEST_CASE("10,000 jobs created by 16 clients at once: as many ids, and pages that hold each once") {
  const Serving serving;
  constexpr int clients = 16;
  constexpr int each = 625;
  const std::string body = R"({"inputs":[{"id":"topic","value":["tea"]}]})";
  const auto create = "POST /v1/applications/app/jobs" + authorized +
                      "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                      body;
  std::array<std::multiset<std::string>, clients> created;
  std::vector<std::thread> threads;
  for (auto& ids : created) {
    threads.emplace_back([&] {
      auto client = serving.connect();
      for (int i = 0; i < each; ++i) {
        client.send(create);
        const auto reply = client.read_reply();
        if (reply.status == 202) add_ids(reply.body, ids);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> distinct;
  for (const auto& ids : created) distinct.insert(ids.begin(), ids.end());
  CHECK(distinct.size() == clients * each);

  auto client = serving.connect();
  std::multiset<std::string> listed;
  for (int offset = 0; offset < clients * each + 500; offset += 500) {
    client.send("GET /v1/applications/app/jobs?limit=500&offset=" + std::to_string(offset) + authorized + "\r\n");
    const auto reply = client.read_reply();
    REQUIRE(reply.status == 200);
    CHECK(reply.body.find("\"totalCount\":10001,") != std::string::npos);  // and the one of the fixtures
    add_ids(reply.body, listed);
  }
  CHECK(listed.size() == clients * each + 1);
  CHECK(std::set<std::string>(listed.begin(), listed.end()).size() == clients * each + 1);
  for (const auto& id : distinct) CHECK(listed.count(id) == 1);
}

TEST_CASE("a retry with a content type and no body is answered, with a length or without") {
  const Serving serving;
  auto client = serving.connect();
  for (const auto* length : {"", "Content-Length: 0\r\n"}) {
    client.send("POST /v1/applications/jobs/" + job_id + "/retry" + authorized + "Content-Type: application/json\r\n" +
                length + "\r\n");
    CHECK(client.read_reply().status == 400);  // it has not failed
  }
}

TEST_CASE("a job may be created with chunks") {
  const Serving serving;
  auto client = serving.connect();
  client.send("POST /v1/applications/app/jobs" + authorized +
              "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("7\r\n{\"input\r\n6\r\ns\":[]}\r\n0\r\n\r\n");
  CHECK(client.read_reply().status == 202);
}
