// Who may use /__admin, whose worlds a request there is about, and that no token is shown.
#include <stdexcept>

#include "api/admin_under_test.hpp"
#include "api/openapi_facts.hpp"
#include "api/routes.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

using RequestHeaders = std::vector<Request::Header>;

const std::string unknown_world_refusal =
    "404 unknown_world: there is no world of this name or token; a world begins at the first request with its token; "
    "GET /__admin/worlds lists those there are";

}  // namespace

TEST_CASE("a token chooses its world, and begins it if there is none") {
  AdminUnderTest t;
  const auto clock = t.ask("GET", "/clock", {}, "a");
  CHECK(clock["world"] == world_of_token("a"));
  CHECK(t.ask("GET", "/clock", {}, "shared-1")["world"] == "org-a");
  CHECK(t.ask("GET", "/clock", {}, "shared-2")["world"] == "org-a");
  CHECK(t.ask_all("GET", "/worlds")["worlds"].size() == 2);
  t.ask("POST", "/clock/advance", R"({"by":"1h"})", "a");
  CHECK(t.now("a") == "2025-02-10T19:18:09.501223Z");
  CHECK(t.now("shared-1") == start_text);
}

TEST_CASE("?world= chooses a world by its name or its token, and begins none") {
  AdminUnderTest t;
  t.poll(completes, "a token");
  t.poll(completes, "shared-1");
  const auto name = world_of_token("a token");
  for (const auto& world : {name, std::string("a%20token"), std::string("a+token")}) {
    CHECK(t.ask_all("GET", "/clock?world=" + world)["world"] == name);
  }
  CHECK(t.ask_all("GET", "/clock?world=org-a")["world"] == "org-a");
  for (const auto* world : {"shared-1", "another", "", "~000000000000"}) {
    CAPTURE(world);  // a token whose world has a name is not a name
    CHECK(refusal(t.control("GET", std::string("/clock?world=") + world, {}, "")) == unknown_world_refusal);
  }
  CHECK(t.ask_all("GET", "/worlds")["worlds"].size() == 2);
}

TEST_CASE("a token and ?world= together are refused, as is ?world= twice") {
  AdminUnderTest t;
  t.poll(completes, "a");
  CHECK(refusal(t.control("GET", "/clock?world=a", {}, "a")) ==
        "400 two_worlds: both a token and ?world= choose a world; send one of them");
  CHECK(complaints(t.control("GET", "/clock?world=a&world=a", {}, "")) == "world: given twice");
}

TEST_CASE("a token that the fixtures refuse, and a header without one, choose no world") {
  AdminUnderTest t;
  const std::string hint = "; Authorization: Bearer <token> chooses the world of a token; without it, every one";
  CHECK(refusal(t.control("GET", "/clock", {}, "revoked")) ==
        "401 unauthorized: the fixtures do not accept this token" + hint);
  CHECK(refusal(t.control("GET", "/clock", {}, "no-access")) ==
        "403 forbidden: the fixtures refuse this token with 403" + hint);
  for (const auto* value : {"", "Bearer", "Bearer ", "Basic dGVzdA=="}) {
    CAPTURE(value);
    CHECK(refusal(t.send("GET", "/__admin/clock", {{"Authorization", value}})) ==
          "401 unauthorized: the Authorization header is not of the form Bearer <token>" + hint);
  }
  CHECK(t.ask_all("GET", "/worlds")["worlds"].empty());
}

TEST_CASE("without a token a request is about every world there is, by name") {
  AdminUnderTest t;
  const auto nothing = t.ask_all("POST", "/clock/advance", R"({"by":"1h"})");
  CHECK(nothing ==
        json{{"worlds", json::array()}, {"hint", "no world has begun yet: send a token to begin its world"}});
  t.poll(completes, "a");
  t.poll(completes, "b");
  t.poll(completes, "shared-1");
  const auto all = t.ask_all("POST", "/clock/advance", R"({"by":"1h"})");
  CHECK_FALSE(all.contains("hint"));
  std::vector<std::string> names;
  for (const auto& world : all["worlds"]) {
    names.push_back(world["world"]);
    CHECK(world["transitions"].size() == 2);  // of a job that began before its world, too
  }
  std::vector<std::string> expected{world_of_token("a"), world_of_token("b"), "org-a"};
  std::sort(expected.begin(), expected.end());
  CHECK(names == expected);
  for (const auto* token : {"a", "b", "shared-1"}) CHECK(t.now(token) == "2025-02-10T19:18:09.501223Z");
  CHECK(t.now("later") == start_text);  // a world that begins afterwards is not concerned
}

TEST_CASE("where some worlds refuse, their errors stand among the others' answers, where all do, it is the answer") {
  AdminUnderTest t;
  t.poll(completes, "a");
  t.poll(completes, "b");
  t.ask("POST", "/clock/advance", R"({"by":"1h"})", "a");
  const auto some = t.ask_all("POST", "/clock/advance", R"({"to":"2025-02-10T18:30:00Z"})");
  for (const auto& world : some["worlds"]) {
    const bool is_refused = world["world"] == world_of_token("a");
    CHECK(world.contains("error") == is_refused);
    if (is_refused) CHECK(world["error"]["code"] == "time_is_past");
    if (!is_refused) CHECK(world["to"] == "2025-02-10T18:30:00.000000Z");
  }
  CHECK(refusal(t.control("POST", "/clock/advance", R"({"to":"2025-02-10T18:18:00Z"})", ""))
            .starts_with("409 time_is_past: "));
}

TEST_CASE("the Date of an answer is the time of the world that it is about, or the real time if there is no such") {
  AdminUnderTest t;
  t.ask("POST", "/clock/advance", R"({"by":"1h"})", "a");
  CHECK(header_of(t.control("GET", "/clock", {}, "a"), "Date") == "Mon, 10 Feb 2025 19:18:09 GMT");
  CHECK(header_of(t.control("GET", "/worlds", {}, "a"), "Date") == "Mon, 10 Feb 2025 18:18:09 GMT");
  CHECK(header_of(t.control("GET", "/clock", {}, ""), "Date") == "Mon, 10 Feb 2025 18:18:09 GMT");
  CHECK(header_of(t.poll(completes, "a"), "Date") == "Mon, 10 Feb 2025 19:18:09 GMT");
}

TEST_CASE("a web page of another origin changes nothing, but may look") {
  AdminUnderTest t;
  const auto send = [&](const char* method, const char* target, const char* origin, const char* host) {
    return t.get().handle({method, target, RequestHeaders{{"Host", host}, {"Origin", origin}}, R"({"by":"1s"})"});
  };
  for (const auto* origin :
       {"http://evil.test", "null", "http://localhost:8081", "https://localhost:8080.evil.test", "localhost:8080", "",
        "file://", "http://localhost", "http://127.0.0.1:8080", "http://localhost:80800", "http://localhost:8080/",
        "http://x@localhost:8080", "evil://localhost:8080", "chrome-extension://localhost:8080"}) {
    CAPTURE(origin);
    CHECK(refusal(send("POST", "/__admin/clock/advance", origin, "localhost:8080")) ==
          "403 foreign_origin: a web page of " + std::string(origin) +
              " may change nothing here; send no Origin header, or that of the server itself");
    for (const auto& [method, target] : {std::pair("PUT", "/__admin/clock"),
                                         {"POST", "/__admin/reset"},
                                         {"DELETE", "/__admin/worlds/x"},
                                         {"POST", "/__admin/fixtures/reload"}}) {
      CHECK(send(method, target, origin, "localhost:8080").status == 403);
    }
    for (const auto* method : {"GET", "HEAD"})
      CHECK(send(method, "/__admin/clock", origin, "localhost:8080").status == 200);
  }
  for (const auto* origin : {"http://localhost:8080", "http://LOCALHOST:8080", "https://localhost:8080"}) {
    CAPTURE(origin);
    CHECK(send("POST", "/__admin/clock/advance", origin, "localhost:8080").status == 200);
  }
}

TEST_CASE("an origin is not that of the server because neither it nor the request names a host") {
  AdminUnderTest t;
  for (const auto* origin : {"http://", "https://", "file://", "null", ""}) {
    CAPTURE(origin);
    for (const auto& headers : {RequestHeaders{{"Origin", origin}}, RequestHeaders{{"Origin", origin}, {"Host", ""}}}) {
      CHECK(t.send("POST", "/__admin/reset", headers).status == 403);
    }
  }
}

TEST_CASE("a request that a browser says another site made it send changes nothing, whatever its Origin") {
  AdminUnderTest t;
  const auto send = [&](const char* method, const char* site, const RequestHeaders& more) {
    RequestHeaders headers{{"Host", "localhost:8080"}, {"Sec-Fetch-Site", site}};
    headers.insert(headers.end(), more.begin(), more.end());
    return t.send(method, "/__admin/clock", headers);
  };
  const RequestHeaders own_origin{{"Origin", "http://localhost:8080"}};
  for (const auto* site : {"cross-site", "same-site", "Same-Origin", "", "none, same-origin"}) {
    CAPTURE(site);
    for (const auto& more : {RequestHeaders(), own_origin}) {
      CHECK(
          refusal(send("PUT", site, more)) ==
          "403 foreign_origin: a web page of another origin may change nothing here; send no Sec-Fetch-Site header, or "
          "same-origin");
    }
    CHECK(send("GET", site, {}).status == 200);
  }
  for (const auto* site : {"same-origin", "none"}) {
    CAPTURE(site);
    CHECK(complaints(send("PUT", site, own_origin)) != "");  // let in: its body is looked at
    CHECK(complaints(send("PUT", site, {})) != "");
  }
  CHECK(send("PUT", "same-origin", {{"Origin", "http://evil.test"}}).status == 403);
}

TEST_CASE("a server on loopback hands no job to a web page whose name was made to point here") {
  AdminUnderTest t;
  const auto poll = [&](const std::string& host) {
    return t.send("GET", "/v1/applications/jobs/" + completes, {{"Host", host}, {"Authorization", "Bearer a"}});
  };
  for (const auto* host : {"evil.test", "evil.test:8080", "127.0.0.1.evil.test", "localhost.evil.test:80",
                           "EVIL.internal.test", "notlocalhost.test", "evil.test."}) {
    CAPTURE(host);
    const auto reply = poll(host);
    CHECK(reply.status == 403);
    CHECK(
        json::parse(reply.body)["errors"][0]["extras"] ==
        json{{"host", host},
             {"hint",
              "that host is not this machine; use http://127.0.0.1 or http://localhost, also behind a proxy, or serve "
              "beyond loopback with --host"}});
    for (const auto& route : all_routes()) {
      if (route.path.starts_with("/__admin")) continue;
      CAPTURE(route.path);
      CHECK(t.send(route.method, route.path, {{"Host", host}, {"Authorization", "Bearer a"}}).status == 403);
    }
  }
  CHECK(t.ask_all("GET", "/worlds")["worlds"].empty());  // nor does a world begin
  for (const auto* host : {"127.0.0.1:8080", "localhost", "[::1]:8080", "a.localhost:80", "jobmock",
                           "build-machine:8080", "host.docker.internal:8080", "192.168.1.5", ""}) {
    CAPTURE(host);
    CHECK(poll(host).status == 200);
  }
  CHECK(t.poll(completes).status == 200);  // HTTP/1.0 need not name a host

  AdminUnderTest beyond;
  beyond.options.control.listens_on_loopback = false;
  CHECK(beyond.send("GET", "/v1/applications", {{"Host", "mock.example.com"}, {"Authorization", "Bearer a"}}).status ==
        200);
}

TEST_CASE("a server on loopback answers under /__admin only to names of this machine") {
  AdminUnderTest t;
  const auto send = [&](const char* target, const std::string& host) {
    return t.get().handle({"GET", target, RequestHeaders{{"Host", host}}, {}});
  };
  for (const auto* host : {"evil.test", "evil.test:8080", "localhost.evil.test", "notlocalhost", "127.0.0.1.evil.test",
                           "x127.0.0.1", "evil.test:127", "::1", "host.docker.internal", "jobmock"}) {
    CAPTURE(host);
    CHECK(refusal(send("/__admin/clock", host)) ==
          "403 foreign_host: the request is for the host " + std::string(host) +
              ", which is not this machine; use http://127.0.0.1 or http://localhost, or serve beyond loopback with "
              "--host");
    CHECK(send("/__admin/health", host).status == 403);
  }
  for (const auto* host : {"127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:8080", "jobmock.localhost:8080",
                           "[::1]:8080", "[::1]", "192.168.1.5:80", ""}) {
    CAPTURE(host);
    CHECK(send("/__admin/clock", host).status == 200);
  }
  CHECK(t.send("GET", "/__admin/clock").status == 200);  // HTTP/1.0 need not name a host

  AdminUnderTest beyond;
  beyond.options.control.listens_on_loopback = false;
  const RequestHeaders by_name{{"Host", "jobmock:8080"}};
  CHECK(beyond.get().handle({"GET", "/__admin/clock", by_name, {}}).status == 200);
}

TEST_CASE("with an admin token, all of /__admin but its health asks for it, and the mocked API does not") {
  AdminUnderTest t;
  t.options.control.admin_token = "s3cr3t admin";
  const std::string refused =
      "401 admin_token: the server was started with an admin token, and the request has none or another; send it as "
      "X-Jobmock-Admin-Token, or as Authorization: Bearer";
  for (const auto& headers : std::vector<RequestHeaders>{{},
                                                         {{"X-Jobmock-Admin-Token", ""}},
                                                         {{"X-Jobmock-Admin-Token", "s3cr3t"}},
                                                         {{"X-Jobmock-Admin-Token", "s3cr3t admin "}},
                                                         {{"X-Jobmock-Admin-Token", "S3cr3t admin"}},
                                                         {{"X-Jobmock-Admin-Token", "s3cr3t admins3cr3t admin"}},
                                                         {{"X-Jobmock-Admin-Token", "s3cr3t admim"}},
                                                         {{"X-Jobmock-Admin-Token", "t3cr3t admin"}},
                                                         {{"X-Jobmock-Admin-Token", "Bearer s3cr3t admin"}},
                                                         {{"X-Admin-Token", "s3cr3t admin"}},
                                                         {{"Authorization", "Basic s3cr3t admin"}},
                                                         {{"Authorization", "Bearer s3cr3t"}},
                                                         {{"Authorization", "Bearer test-token"}},
                                                         {{"Authorization", "s3cr3t admin"}}}) {
    CHECK(refusal(t.send("GET", "/__admin/clock", headers)) == refused);
  }
  for (const auto& route : all_routes()) {
    if (!route.path.starts_with("/__admin")) continue;
    CAPTURE(route.path);
    CHECK(t.send(route.method, route.path).status == (route.path == "/__admin/health" ? 200 : 401));
  }
  CHECK(t.poll(completes).status == 200);
  CHECK(t.send("GET", "/__admin/clock", {{"x-jobmock-admin-token", "s3cr3t admin"}}).status == 200);
  CHECK(t.send("GET", "/__admin/clock", {{"Authorization", "bearer s3cr3t admin"}}).status == 200);
}

TEST_CASE("the admin token in its header leaves Authorization to choose a world, as a bearer, ?world= does") {
  AdminUnderTest t;
  t.options.control.admin_token = "admin";
  t.poll(completes, "a");
  t.poll(completes, "b");
  const auto worlds_of = [&](const RequestHeaders& headers, const std::string& query = "") {
    return json::parse(t.send("GET", "/__admin/clock" + query, headers).body);
  };
  const Request::Header header{"X-Jobmock-Admin-Token", "admin"};
  const Request::Header bearer{"Authorization", "Bearer admin"};
  CHECK(worlds_of({header, {"Authorization", "Bearer a"}})["world"] == world_of_token("a"));
  CHECK(worlds_of({header}, "?world=b")["world"] == world_of_token("b"));
  CHECK(worlds_of({bearer}, "?world=b")["world"] == world_of_token("b"));
  CHECK(worlds_of({bearer})["worlds"].size() == 2);
  CHECK(worlds_of({header})["worlds"].size() == 2);
  CHECK(worlds_of({header, bearer})["worlds"].size() == 2);
}

TEST_CASE("an unknown path, another method and OPTIONS under /__admin are answered as everywhere") {
  AdminUnderTest t;
  CHECK(refusal(t.send("GET", "/__admin/nothing")) ==
        "404 not_found: nothing is served at /__admin/nothing; GET /__admin/openapi.json describes what is");
  CHECK(refusal(t.send("PATCH", "/__admin/clock")) ==
        "405 method_not_allowed: PATCH is not allowed at /__admin/clock; allowed: GET, HEAD, PUT, OPTIONS");
  CHECK(header_of(t.send("OPTIONS", "/__admin/clock/advance"), "Allow") == "POST, OPTIONS");
  CHECK(t.send("HEAD", "/__admin/clock").status == 200);
}

TEST_CASE("no log and no answer ever shows a token, however it was sent and whatever came of it") {
  AdminUnderTest t;
  t.options.control.explains_every_answer = true;
  t.poll(completes, "s3cr3t");
  t.poll(completes, "shared-s3cr3t");
  std::vector<Reply> replies;
  const auto control = [&](const char* method, const std::string& target, const std::string& body = {}) {
    replies.push_back(t.control(method, target, body, ""));
  };
  for (const auto* query :
       {"?world=s3cr3t", "?world=%733cr3t", "?%77orld=s3cr3t", "?otherworld=x&world=s3cr3t",
        "?world=s3cr3t&world=s3cr3t", "?world=org-a&world=s3cr3t", "?world=nobody-s3cr3t", "?world=shared-s3cr3t",
        "?world=s3cr3t#fragment", "?limit=x&world=s3cr3t", "?&&world=s3cr3t&&x", "#?world=s3cr3t"}) {
    for (const auto* path : {"/clock", "/jobs", "/jobs/not-a-uuid", "/worlds", "/health", "/nothing"}) {
      control("GET", std::string(path) + query);
    }
    control("PUT", std::string("/clock") + query, "not JSON");
    control("POST", std::string("/clock") + query);
  }
  for (const auto* path : {"s3cr3t", "%733cr3t", "nobody-s3cr3t", "shared-s3cr3t", "s3cr3t/more", "s3cr3t?x=s3cr3t"}) {
    control("DELETE", std::string("/worlds/") + path);
    control("GET", std::string("/worlds/") + path);
  }
  t.control("GET", "/clock", {}, "s3cr3t");
  t.send("POST", "/__admin/clock/advance?world=s3cr3t", {{"Origin", "http://evil.test"}});
  t.get().handle({"GET", "http://localhost/__admin/clock?world=s3cr3t", {}, {}});
  for (const auto& line : t.log) {
    CAPTURE(line);
    CHECK(line.find("3cr3t") == std::string::npos);
  }
  for (const auto& reply : replies) {
    CAPTURE(reply.body);
    CHECK(reply.body.find("3cr3t") == std::string::npos);
    CHECK(header_of(reply, "X-Jobmock-Explain").find("3cr3t") == std::string::npos);
    CHECK(reply.status != 500);
  }
}

TEST_CASE("the log showed a token that was sent to the mocked API as ?world= or in another query") {
  AdminUnderTest t;
  t.poll(completes, "shared-1");
  const auto job = "/v1/applications/jobs/" + completes;
  const auto logged = [&](const std::string& target) {
    t.get_with_token(target);
    const auto& line = t.log.back();
    return line.substr(0, line.find(" 200 "));
  };
  CHECK(logged(job + "?world=s3cr3t") == "GET " + job + "?world=***");
  CHECK(logged(job + "?access_token=s3cr3t&key=s3cr3t&limit=5#s3cr3t") ==
        "GET " + job + "?access_token=***&key=***&limit=5");
  CHECK(logged(job + "?world=org-a") == "GET " + job + "?world=org-a");
  CHECK(logged("http://user:s3cr3t@localhost" + job + "?%77orld=s3cr3t") == "GET " + job + "?%77orld=***");
  CHECK(logged("/v1/applications?order=desc&world=&s3cr3t&s3cr3t=") == "GET /v1/applications?order=desc&world&***&***");
  t.get_with_token("/v1/nowhere?world=s3cr3t");
  CHECK(t.log.back() == "GET /v1/nowhere?world=*** 404  ");
  t.send("DELETE", job + "?world=s3cr3t");
  CHECK(t.log.back() == "DELETE " + job + "?world=*** 405  ");
}

TEST_CASE("the log showed a token in a path of control that there is not") {
  AdminUnderTest t;
  for (const auto& [path, shown] :
       std::vector<std::pair<std::string, std::string>>{{"//worlds/s3cr3t", "//***"},
                                                        {"/%77orlds/s3cr3t", "/%77orlds/***"},
                                                        {"/world/s3cr3t/x?y", "/world/***"},
                                                        {"/wolrds?world=s3cr3t", "/wolrds"},
                                                        {"/worlds/s3cr3t/x", "/worlds/***"}}) {
    const auto reply = t.control("GET", path, {}, "");
    CHECK(reply.status == 404);
    CHECK(t.log.back() == "GET /__admin" + shown + " 404  ");
    CHECK(reply.body.find("s3cr3t") == std::string::npos);
  }
}

TEST_CASE("the log shows the value of every parameter that is documented") {
  AdminUnderTest t;
  std::size_t seen = 0;
  for (const auto& operation : operations()) {
    for (const auto& parameter : parameters_of(operation.at)) {
      const auto name = parameter["name"].get<std::string>();
      if (parameter["in"] != "query" || name == "world") continue;
      CAPTURE(name);
      t.send("GET", "/v1/applications?" + name + "=shown");
      CHECK(t.log.back().starts_with("GET /v1/applications?" + name + "=shown "));
      ++seen;
    }
  }
  CHECK(seen > 20);
}

TEST_CASE("an answer to a failure inside shows nothing of what failed") {
  AdminUnderTest t;
  t.options.control.read_job = [](std::string_view text, bool, const auto&) -> tl::expected<OwnJob, Problems> {
    throw std::runtime_error("cannot take " + std::string(text));
  };
  CHECK(refusal(t.control("POST", "/jobs", "s3cr3t", "s3cr3t")) ==
        "500 internal: something went wrong in jobmock; please report it");
  CHECK(t.log.back().find("POST /__admin/jobs 500 ") == 0);
}

TEST_CASE("the log shows which world a request was about, and what it asked beside that") {
  AdminUnderTest t;
  t.poll(completes, "shared-1");
  t.poll(completes, "a");
  const auto logged = [&](const std::string& target) {
    t.control("GET", target, {}, "");
    return t.log.back();
  };
  const auto a = world_of_token("a");
  CHECK(logged("/jobs?limit=1&world=org-a") == "GET /__admin/jobs?limit=1&world=org-a 200 org-a ");
  CHECK(logged("/jobs?world=" + a) == "GET /__admin/jobs?world=" + a + " 200 " + a + ' ');
  CHECK(logged("/jobs?world=a&limit=1") == "GET /__admin/jobs?world=***&limit=1 200 " + a + ' ');
  CHECK(logged("/jobs?world") == "GET /__admin/jobs?world 404  ");
  t.control("DELETE", "/worlds/org-a", {}, "");
  CHECK(t.log.back() == "DELETE /__admin/worlds/org-a 200  ");
  t.control("DELETE", "/worlds/a", {}, "");
  CHECK(t.log.back() == "DELETE /__admin/worlds/*** 200  ");
}
