#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "http/serving.hpp"

using namespace jobmock;
using namespace jobmock::test;

TEST_CASE("two hundred idle clients do not keep the next one waiting") {
  const Serving serving;
  std::vector<RawClient> idle;
  for (int i = 0; i < 200; ++i) {
    idle.push_back(serving.connect());
    idle.back().send(poll_request(job_id));
    REQUIRE(idle.back().read_reply().status == 200);
  }
  CHECK(serving.status_of(poll_request(job_id)) == 200);
  for (auto& client : idle) {  // none of them had to go for it
    client.send(poll_request(job_id));
    CHECK(client.read_reply().status == 200);
  }
}

TEST_CASE("sixty-four clients at once are all served, each with its own answers") {
  const Serving serving;
  constexpr int clients = 64;
  constexpr int polls = 50;
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      auto client = serving.connect();
      const auto request = "GET /v1/applications/jobs/" + job_id +
                           " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-" + std::to_string(i) + "\r\n\r\n";
      std::set<std::string> bodies;
      for (int j = 0; j < polls; ++j) {
        client.send(request);
        const auto reply = client.read_reply();
        if (reply.status == 200) ++right;
        bodies.insert(reply.body);
      }
      if (bodies.size() != 1) right = -clients * polls;  // one world each: the job is born once
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == clients * polls);
}

TEST_CASE("with as many connections as may be, the one that was idle longest makes room for the next") {
  Listener::Options options;
  options.most_connections = 8;
  const Serving serving(options);
  std::vector<RawClient> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(serving.connect());
    clients.back().send(poll_request(job_id));
    CHECK(clients.back().read_reply().status == 200);
  }
}
