// The journal as /__admin/requests shows it, clears it and waits for it.
#include "api/faults_under_test.hpp"
#include "support/allocations.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string job_list = "/v1/applications/social-post/jobs";
const std::string retry_of_failed = "/v1/applications/jobs/" + fails + "/retry";

json requests(AdminUnderTest& t, const std::string& query = {}, const std::string& token = "test-token") {
  return t.ask("GET", "/requests" + query, {}, token);
}

// "1 3 4"
std::string numbers(const json& answer) {
  std::string all;
  for (const auto& request : answer["requests"]) {
    all += (all.empty() ? "" : " ") + std::to_string(request["number"].get<int>());
  }
  return all;
}

std::string numbers(AdminUnderTest& t, const std::string& query) { return numbers(requests(t, query)); }

// Asked for until it is answered, as the listener does.
Reply answer_of(const Reply& reply) {
  if (!reply.later) return reply;
  auto answer = reply.later();
  REQUIRE(answer.has_value());
  return std::move(*answer);
}

}  // namespace

TEST_CASE("a poll in the journal has its times, its job, what it was answered and shown, and who asked") {
  FaultsUnderTest t;
  t.options.worlds.clock = {60.0, {}};
  t.poll(never_ends);
  t.clock.advance(1s);
  const std::vector<Request::Header> headers{
      {"Authorization", "Bearer test-token"}, {"User-Agent", "Writer/JS 2.3.2"}, {"X-Stainless-Retry-Count", "2"}};
  t.send("GET", "/v1/applications/jobs/" + never_ends, headers);
  const auto answer = requests(t);
  CHECK(answer["world"] == world_of_token("test-token"));
  CHECK(answer["matching"] == 2);
  CHECK(answer["dropped"] == 0);
  REQUIRE(answer["requests"].size() == 2);
  CHECK(answer["requests"][0] == json{{"number", 1},
                                      {"at", start_text},
                                      {"real", start_text},
                                      {"operation", "retrieve"},
                                      {"job_id", never_ends},
                                      {"attempt", 1},
                                      {"status", 200},
                                      {"job_status", "in_progress"},
                                      {"fault", nullptr},
                                      {"retry_after", nullptr},
                                      {"retry_count", nullptr},
                                      {"client", ""},
                                      {"body", ""}});
  const auto& second = answer["requests"][1];
  CHECK(second["at"] == "2025-02-10T18:19:09.501223Z");
  CHECK(second["real"] == "2025-02-10T18:18:10.501223Z");
  CHECK(second["retry_count"] == 2);
  CHECK(second["client"] == "Writer/JS");
}

TEST_CASE("a poll in the journal says what a fault did to it, and shows no status that the client did not see") {
  const std::vector<std::tuple<std::string, json, json>> faults{
      {R"("status": 503, "retry_after": "2s")", 503, nullptr},
      {R"("connection": "close")", nullptr, nullptr},
      {R"("connection": "reset")", nullptr, nullptr},
      {R"("connection": "stall")", nullptr, nullptr},
      {R"("truncate": 5)", 200, nullptr},
      {R"("malformed": true)", 200, nullptr},
      {R"("delay": "1s")", 200, "in_progress"},
      {R"("drip": {"bytes": 1, "every": "1ms"})", 200, "in_progress"},
  };
  for (const auto& each : faults) {
    const auto& [text, status, shown] = each;
    CAPTURE(std::get<0>(each));
    FaultsUnderTest t;
    t.of_jobs[completes] = {"{" + text + "}"};
    t.poll(completes);
    const auto note = t.note();
    const auto request = requests(t)["requests"][0];
    CHECK(request["status"] == status);
    CHECK(request["job_status"] == shown);
    CHECK("fault: " + request["fault"].get<std::string>() == note);
    CHECK(request["retry_after"] == (status == 503 ? json("2s") : json(nullptr)));
  }
}

TEST_CASE("every operation of the mocked API is in the journal once, and control is not") {
  FaultsUnderTest t;
  const auto created = json::parse(t.post(job_list, R"({"inputs":[]})").body)["id"];
  t.get_with_token(job_list);
  t.poll(fails);
  t.clock.advance(3s);
  t.post(retry_of_failed, "");
  t.get_with_token("/v1/applications");
  t.get_with_token("/v1/applications/two");
  t.get_with_token("/v1/applications/two/graphs");
  t.send_body("PUT", "/v1/applications/two/graphs", R"({"graph_ids":[]})", "test-token");
  t.ask("GET", "/jobs");
  t.poll("no-uuid");
  t.poll(unknown);
  t.get_with_token("/v1/nothing");
  std::string seen;
  const auto all = requests(t);
  for (const auto& request : all["requests"]) {
    seen += request["operation"].get<std::string>() + ' ' + request["status"].dump() + ' ' +
            request["job_id"].dump().substr(0, 9) + ' ' + request["job_status"].dump() + '\n';
  }
  CHECK(seen == "create 202 " + created.dump().substr(0, 9) +
                    " \"in_progress\"\n"
                    "list 200 null null\n"
                    "retrieve 200 \"00000000 \"in_progress\"\n"
                    "retry 202 \"00000000 \"in_progress\"\n"
                    "list_applications 200 null null\n"
                    "retrieve_application 200 null null\n"
                    "list_graphs 200 null null\n"
                    "update_graphs 200 null null\n"
                    "retrieve 400 null null\n"
                    "retrieve 404 \"99999999 null\n");
}

TEST_CASE("a retry in the journal is of the attempt that it began, and of the one that failed when it was refused") {
  FaultsUnderTest t;
  t.post(retry_of_failed, "");
  t.poll(fails);
  t.clock.advance(3s);
  t.post(retry_of_failed, "");
  const auto all = requests(t)["requests"];
  CHECK(all[0]["status"] == 400);
  CHECK(all[0]["attempt"] == 1);
  CHECK(all[2]["status"] == 202);
  CHECK(all[2]["attempt"] == 2);
}

TEST_CASE("a body is kept as it was sent, up to its limit") {
  FaultsUnderTest t;
  t.post(job_list, R"({"inputs":[{"id":"topic","value":["caf\u00e9 é"]}]})");
  t.post(job_list, std::string(10'000, 'x'));
  t.post(job_list, "\xFF\xFE");
  const auto all = requests(t)["requests"];
  CHECK(all[0]["body"] == R"({"inputs":[{"id":"topic","value":["caf\u00e9 é"]}]})");
  CHECK(all[1]["body"] == std::string(most_of_body - 3, 'x') + "…");
  CHECK(all[1]["status"] == 400);
  CHECK(all[2]["body"] == "��");
}

TEST_CASE("the token is nowhere in the journal, nor a part of it, wherever the client puts it") {
  const std::string token = "super-secret-token";
  for (std::size_t at = most_of_body - 40; at <= most_of_body + 5; ++at) {
    CAPTURE(at);
    FaultsUnderTest t;
    t.post(job_list, std::string(at, 'x') + token + " and again " + token, token);
    const auto answer = t.control("GET", "/requests", "", token).body;
    CHECK(json::parse(answer)["matching"] == 1);
    CHECK(answer.find("super") == std::string::npos);
    CHECK(answer.find("xs") == std::string::npos);  // not even how it begins
  }
  FaultsUnderTest t;
  t.post(job_list, R"({"inputs":[{"id":"topic","value":["mine is super-secret-token."]}]})", token);
  CHECK(requests(t, "", token)["requests"][0]["body"] == R"({"inputs":[{"id":"topic","value":["mine is ***."]}]})");
  t.post(job_list, R"({"inputs":[{"id":"topic","value":["sup\u0065r-secret-token"]}]})", token);
  t.post(job_list, R"({"super-secret-\u0074oken": "\""})", token);
  t.post(job_list, R"({"inputs":[{"id":"topic","value":["a \"word\""]}]})", token);
  const auto bodies = requests(t, "", token)["requests"];
  CHECK(bodies[1]["body"] == "***");
  CHECK(bodies[2]["body"] == "***");
  CHECK(bodies[3]["body"] == R"({"inputs":[{"id":"topic","value":["a \"word\""]}]})");
  const auto bearer = "Bearer " + token;
  const auto agent = "SDK/" + token;
  t.send("GET", job_list, {{"Authorization", bearer}, {"User-Agent", agent}});
  CHECK(requests(t, "", token)["requests"][4]["client"] == "***");
  CHECK(t.control("GET", "/requests", "", token).body.find(token) == std::string::npos);
  CHECK(t.control("GET", "/report", "", token).body.find(token) == std::string::npos);
}

TEST_CASE("requests are chosen by operation, job, status and the world's time, and by all of them together") {
  FaultsUnderTest t;
  t.of_jobs[fails] = {R"({"polls": 2, "status": 503})", R"({"polls": 3, "connection": "close"})"};
  t.poll(completes);           // 1
  t.poll(fails);               // 2
  t.get_with_token(job_list);  // 3
  t.clock.advance(1s);
  t.poll(fails);  // 4, 503
  t.clock.advance(1s);
  t.poll(fails);                         // 5, none
  t.post(job_list, R"({"inputs":[]})");  // 6
  const std::string second = "2025-02-10T18:18:10.501223Z";
  const std::vector<std::pair<std::string, std::string>> queries{
      {"", "1 2 3 4 5 6"},
      {"?operation=retrieve", "1 2 4 5"},
      {"?operation=list", "3"},
      {"?operation=retry", ""},
      {"?job_id=" + fails, "2 4 5"},
      {"?job_id=" + unknown, ""},
      {"?status=503", "4"},
      {"?status=0", "5"},
      {"?status=202", "6"},
      {"?from=" + second, "4 5 6"},
      {"?until=" + second, "1 2 3"},
      {"?from=" + start_text + "&until=" + second, "1 2 3"},
      {"?job_id=" + fails + "&status=200&operation=retrieve", "2"},
      {"?limit=2", "1 2"},
      {"?limit=0", ""},
      {"?order=newest", "6 5 4 3 2 1"},
      {"?order=oldest", "1 2 3 4 5 6"},
      {"?order=newest&limit=2&operation=retrieve", "5 4"},
  };
  for (const auto& each : queries) {
    const auto& [query, expected] = each;
    CAPTURE(each.first);
    CHECK(numbers(t, query) == expected);
  }
  CHECK(requests(t, "?limit=2&operation=retrieve")["matching"] == 4);
}

TEST_CASE("what is wrong with a query is said by parameter") {
  FaultsUnderTest t;
  const std::vector<std::pair<std::string, std::string>> queries{
      {"?operation=poll",
       "operation: expected one of retrieve, list, create, retry, list_applications, retrieve_application, generate, "
       "list_graphs, update_graphs"},
      {"?job_id=x", "job_id: expected a UUID in the form 8-4-4-4-12, found 'x'"},
      {"?order=random", "order: expected oldest or newest, found 'random'"},
      {"?from=tomorrow", "from: a timestamp is written as 2025-02-10T18:18:09.501223Z; found 'tomorrow'"},
  };
  for (const auto& each : queries) {
    const auto& [query, complaint] = each;
    CAPTURE(each.first);
    CHECK(complaints(t.control("GET", "/requests" + query)) == complaint);
  }
  for (const auto* query : {"?status=600", "?status=x", "?limit=10001", "?limit=-1"}) {
    CAPTURE(query);
    CHECK(t.control("GET", "/requests" + std::string(query)).status == 400);
  }
  for (const auto* query : {"?count=x", "?timeout=soon", "?timeout=5", "?status=1000", "?operation=poll"}) {
    CAPTURE(query);
    CHECK(t.control("GET", "/requests/wait" + std::string(query)).status == 400);
  }
}

TEST_CASE("a journal keeps the last so many, and says how many it dropped") {
  FaultsUnderTest t;
  t.options.worlds.limits.journal.entries = 3;
  for (int i = 0; i < 5; ++i) t.poll(completes);
  const auto answer = requests(t);
  CHECK(numbers(answer) == "3 4 5");
  CHECK(answer["matching"] == 3);
  CHECK(answer["dropped"] == 2);
}

TEST_CASE("a journal that is cleared has nothing and dropped nothing, and its numbers go on") {
  FaultsUnderTest t;
  t.options.worlds.limits.journal.entries = 2;
  for (int i = 0; i < 3; ++i) t.poll(completes);
  t.poll(completes, "another");
  CHECK(t.ask("DELETE", "/requests")["removed"] == "all");
  CHECK(requests(t)["requests"].empty());
  CHECK(requests(t)["dropped"] == 0);
  t.poll(completes);
  CHECK(numbers(t, "") == "4");
  CHECK(numbers(requests(t, "", "another")) == "1");
  CHECK(t.ask("GET", "/jobs/" + completes)["polls"] == 4);  // nothing else is cleared
}

TEST_CASE("without a token the requests of every world, each with its own, and the limit holds for all together") {
  FaultsUnderTest t;
  CHECK(t.ask_all("GET", "/requests")["worlds"].empty());
  for (int i = 0; i < 3; ++i) t.poll(completes, "one");
  for (int i = 0; i < 2; ++i) t.poll(fails, "two");
  std::size_t total = 0;
  const auto whole = t.ask_all("GET", "/requests");
  for (const auto& world : whole["worlds"]) {
    const bool is_one = world["world"] == world_of_token("one");
    CHECK(numbers(world) == (is_one ? "1 2 3" : "1 2"));
    total += world["requests"].size();
  }
  CHECK(total == 5);
  total = 0;
  std::size_t matching = 0;
  const auto limited = t.ask_all("GET", "/requests?limit=4");
  for (const auto& world : limited["worlds"]) {
    total += world["requests"].size();
    matching += world["matching"].get<std::size_t>();
  }
  CHECK(total == 4);
  CHECK(matching == 5);
  t.ask_all("DELETE", "/requests");
  CHECK(requests(t, "", "one")["requests"].empty());
  CHECK(requests(t, "", "two")["requests"].empty());
}

TEST_CASE("a list of requests has 16 MiB at most, and says how many there are") {
  FaultsUnderTest t;
  for (int i = 0; i < 1000; ++i) t.post(job_list, std::string(most_of_body, '\x01'));
  t.poll(completes);
  const auto reply = t.control("GET", "/requests");
  CHECK(reply.body.size() > 15U << 20U);
  CHECK(reply.body.size() < 17U << 20U);
  const auto answer = json::parse(reply.body);
  CHECK(answer["matching"] == 1001);
  CHECK(answer["requests"][0]["number"] == 1);
  CHECK(numbers(t, "?order=newest&limit=2") == "1001 1000");
}

TEST_CASE("a wait for requests that are there is answered at once") {
  FaultsUnderTest t;
  t.poll(completes);
  t.poll(completes);
  const auto reply = t.control("GET", "/requests/wait?count=2&job_id=" + completes);
  CHECK_FALSE(static_cast<bool>(reply.later));
  CHECK(reply.status == 200);
  CHECK(json::parse(reply.body) == json{{"matching", 2}});
  CHECK(json::parse(t.control("GET", "/requests/wait").body) == json{{"matching", 2}});  // one will do
}

TEST_CASE("a wait is answered when the request it waits for has come, and only one that fits") {
  FaultsUnderTest t;
  t.poll(completes);
  const auto reply = t.control("GET", "/requests/wait?count=2&timeout=5s&job_id=" + completes);
  REQUIRE(static_cast<bool>(reply.later));
  CHECK_FALSE(reply.later().has_value());
  t.poll(fails);
  t.poll(completes, "another");
  t.clock.advance(4999ms);
  CHECK_FALSE(reply.later().has_value());
  const auto lines = t.log.size();
  t.poll(completes);
  const auto answer = reply.later();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(json::parse(answer->body) == json{{"matching", 2}});
  CHECK(t.log.size() == lines + 2);  // the poll, and the wait once it is answered
  CHECK(t.log.back().find("GET /__admin/requests/wait?count=2") == 0);
}

TEST_CASE("a wait in vain ends with its time limit, of real time, whatever the world's clock does") {
  FaultsUnderTest t;
  t.options.worlds.clock = {0.0, {}};
  t.poll(completes);
  const auto reply = t.control("GET", "/requests/wait?count=3&timeout=2s");
  REQUIRE(static_cast<bool>(reply.later));
  t.ask("POST", "/clock/advance", R"({"by":"1h"})");
  CHECK_FALSE(reply.later().has_value());
  t.clock.advance(1999ms);
  CHECK_FALSE(reply.later().has_value());
  t.clock.advance(1ms);
  CHECK(refusal(answer_of(reply)) ==
        "408 not_in_time: 1 of 3 requests after 2s; GET /__admin/requests shows what came");

  const auto usual = t.control("GET", "/requests/wait?count=3");
  t.clock.advance(4999ms);
  CHECK_FALSE(usual.later().has_value());
  t.clock.advance(1ms);
  CHECK(answer_of(usual).status == 408);
  CHECK(t.control("GET", "/requests/wait?count=3&timeout=0s").status == 408);
}

TEST_CASE("a wait without a token counts in every world, those that begin meanwhile included") {
  FaultsUnderTest t;
  const auto reply = t.get().handle({"GET", "/__admin/requests/wait?count=3", {}, {}});
  REQUIRE(static_cast<bool>(reply.later));
  t.poll(completes, "one");
  t.poll(completes, "two");
  CHECK_FALSE(reply.later().has_value());
  t.poll(completes, "one");
  CHECK(json::parse(answer_of(reply).body) == json{{"matching", 3}});
}

TEST_CASE("a wait goes on in the world that begins with its token when the one before is forgotten") {
  FaultsUnderTest t;
  t.poll(completes);
  const auto of_token = t.control("GET", "/requests/wait?count=3");
  const auto of_all = t.get().handle({"GET", "/__admin/requests/wait?count=3", {}, {}});
  REQUIRE(static_cast<bool>(of_token.later));
  REQUIRE(static_cast<bool>(of_all.later));
  t.ask("DELETE", "/worlds/" + world_of_token("test-token"));
  for (int i = 0; i < 2; ++i) t.poll(completes);
  CHECK_FALSE(of_token.later().has_value());
  CHECK_FALSE(of_all.later().has_value());
  t.poll(completes);
  CHECK(json::parse(answer_of(of_token).body) == json{{"matching", 3}});
  CHECK(json::parse(answer_of(of_all).body) == json{{"matching", 3}});
}

TEST_CASE("a wait counts anew once what it counted is cleared or reset, and goes on when another world is") {
  for (const auto& [method, target] : {std::pair("DELETE", "/requests"), std::pair("POST", "/reset")}) {
    CAPTURE(target);
    FaultsUnderTest t;
    t.poll(completes);
    t.poll(completes, "another");
    const auto of_token = t.control("GET", "/requests/wait?count=3");
    const auto of_all = t.get().handle({"GET", "/__admin/requests/wait?count=3", {}, {}});
    t.ask(method, target, {}, "another");
    t.poll(completes);
    CHECK_FALSE(of_token.later().has_value());
    CHECK_FALSE(of_all.later().has_value());
    t.ask(method, target);
    t.poll(completes);
    t.poll(completes);
    CHECK_FALSE(of_token.later().has_value());
    CHECK_FALSE(of_all.later().has_value());
    t.poll(completes);
    CHECK(json::parse(answer_of(of_token).body) == json{{"matching", 3}});
    CHECK(json::parse(answer_of(of_all).body) == json{{"matching", 3}});
  }
}

TEST_CASE("a request that came while one waited has come, though the journal dropped it") {
  for (const std::size_t entries : {0U, 2U}) {
    CAPTURE(entries);
    FaultsUnderTest t;
    t.options.worlds.limits.journal.entries = entries;
    const auto reply = t.control("GET", "/requests/wait?count=5");
    REQUIRE(static_cast<bool>(reply.later));
    for (int i = 0; i < 5; ++i) t.poll(completes);
    CHECK(json::parse(answer_of(reply).body) == json{{"matching", 5}});
  }
}

TEST_CASE("a wait that is asked again looks at no world: it takes no memory for a list of them") {
  FaultsUnderTest t;
  for (int i = 0; i < 50; ++i) t.poll(completes, std::to_string(i));
  const auto of_token = t.control("GET", "/requests/wait?count=100", {}, "1");
  const auto of_all = t.get().handle({"GET", "/__admin/requests/wait?count=100", {}, {}});
  for (int i = 0; i < 30; ++i) {
    t.poll(completes, std::to_string(i));
    const auto before = allocations();
    const bool is_over = of_token.later().has_value() || of_all.later().has_value();
    const auto after = allocations();
    CHECK_FALSE(is_over);
    CHECK(after == before);
  }
}

TEST_CASE("a journal of no entries remembers nothing, and that it dropped all") {
  FaultsUnderTest t;
  t.options.worlds.limits.journal.entries = 0;
  for (int i = 0; i < 3; ++i) CHECK(t.poll_status(completes) == 200);
  CHECK(requests(t)["requests"].empty());
  CHECK(requests(t)["dropped"] == 3);
}
