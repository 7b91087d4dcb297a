// Health, version, worlds, reset and reload.
#include "api/admin_under_test.hpp"
#include "core/version.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

FixtureSet other_fixtures() {
  FixtureSet set;
  set.tokens.add("*", {});
  set.files = {"other.yaml", "more.yaml"};
  set.applications.resize(1);
  set.applications[0].id = "other";
  set.application_by_name.emplace("other", 0);
  set.job_by_id.emplace(parse_uuid(completes).value(), 0);
  set.jobs.push_back({parse_uuid(completes).value(), 0, {}, {}, {0, 3, 5}});
  return set;
}

// A server whose reload waits until the test lets it end.
struct Reloading : AdminUnderTest {
  int asked = 0;
  Reloading() {
    options.control.request_reload = [this] { ++asked; };
  }

  void end_well() { app->end_reload(other_fixtures()); }
  void end_badly() { app->end_reload(tl::unexpected(Problems{"a.yaml:1:1: error: no\n", "b.yaml: error: gone\n"})); }
};

}  // namespace

TEST_CASE("health and version say what runs, health needs no token and says what is served") {
  AdminUnderTest t;
  CHECK(t.ask_all("GET", "/version") == json{{"name", "jobmock"}, {"version", std::string(version())}});
  CHECK(t.ask_all("GET", "/health") == json{{"status", "ready"},
                                            {"version", std::string(version())},
                                            {"fixtures", {{"files", 1}, {"jobs", 6}, {"applications", 5}}},
                                            {"reload", nullptr}});
}

TEST_CASE("worlds are listed by name, with their time and how many jobs they have") {
  AdminUnderTest t;
  CHECK(t.ask_all("GET", "/worlds") == json{{"worlds", json::array()}, {"most", 10'000}, {"forgotten_by_limit", 0}});
  t.poll(completes, "shared-1");
  t.post(t.app_path("/jobs"), R"({"inputs":[]})", "shared-1");
  t.clock.advance(1s);
  t.ask("PUT", "/clock", R"({"speed":0,"now":"2025-02-11T00:00:00Z"})", "a");
  CHECK(t.ask_all("GET", "/worlds")["worlds"] == json{{{"world", "org-a"},
                                                       {"start", start_text},
                                                       {"now", "2025-02-10T18:18:10.501223Z"},
                                                       {"speed", 1.0},
                                                       {"jobs", 7},
                                                       {"made_jobs", 1}},
                                                      {{"world", world_of_token("a")},
                                                       {"start", "2025-02-10T18:18:10.501223Z"},
                                                       {"now", "2025-02-11T00:00:00.000000Z"},
                                                       {"speed", 0.0},
                                                       {"jobs", 6},
                                                       {"made_jobs", 0}}});
}

TEST_CASE("beyond the limit of worlds the one that was used longest ago is forgotten, that is counted and logged") {
  AdminUnderTest t;
  t.options.worlds.most = 2;
  for (const auto* token : {"a", "b"}) {
    t.poll(completes, token);
    t.clock.advance(1s);
    CHECK(t.log.back().ends_with(world_of_token(token) + ' '));
  }
  t.poll(completes, "c");
  CHECK(t.log.back().ends_with(" too many worlds: forgot the one that was used longest ago"));
  t.clock.advance(1s);
  t.ask("GET", "/clock", {}, "d");  // control begins a world, too
  CHECK(t.log.back().ends_with(" too many worlds: forgot the one that was used longest ago"));
  const auto worlds = t.ask_all("GET", "/worlds");
  CHECK(worlds["most"] == 2);
  CHECK(worlds["forgotten_by_limit"] == 2);
  CHECK(worlds["worlds"].size() == 2);
  CHECK(json::parse(t.poll(completes, "a").body)["created_at"] == "2025-02-10T18:18:12.501223Z");  // anew
}

TEST_CASE("a world is forgotten by its name or its token, and begins anew at its next request") {
  AdminUnderTest t;
  t.poll(completes, "shared-1");
  t.poll(completes, "a token");
  t.poll(completes, "b");
  CHECK(t.ask_all("DELETE", "/worlds/org-a") == json{{"forgotten", "org-a"}});
  CHECK(t.ask_all("DELETE", "/worlds/a%20token") == json{{"forgotten", world_of_token("a token")}});
  CHECK(t.ask_all("DELETE", "/worlds/" + world_of_token("b")) == json{{"forgotten", world_of_token("b")}});
  CHECK(t.ask_all("GET", "/worlds")["worlds"].empty());
  CHECK(refusal(t.control("DELETE", "/worlds/org-a", {}, ""))
            .starts_with("404 unknown_world: there is no world of this name or token; "));
  t.clock.advance(1s);
  CHECK(json::parse(t.poll(completes, "shared-2").body)["created_at"] == "2025-02-10T18:18:10.501223Z");
}

TEST_CASE("a reset begins a world anew, or every world, now") {
  AdminUnderTest t;
  const auto id = json::parse(t.post(t.app_path("/jobs"), R"({"inputs":[]})", "a").body)["id"].get<std::string>();
  for (const auto* token : {"a", "b", "c"}) t.poll(completes, token);
  t.ask("POST", "/clock/advance", R"({"by":"1h"})", "a");
  t.ask("PUT", "/clock", R"({"speed":0,"on_poll":"next"})", "a");
  t.clock.advance(1s);
  const auto clock = t.ask("POST", "/reset", {}, "a");
  CHECK(clock["world"] == world_of_token("a"));
  CHECK(clock["start"] == "2025-02-10T18:18:10.501223Z");
  CHECK(clock["now"] == "2025-02-10T18:18:10.501223Z");
  CHECK(clock["speed"] == 1.0);
  CHECK(clock["on_poll"] == "0s");
  CHECK(t.poll(id, "a").status == 404);
  CHECK(t.ask("GET", "/jobs/" + completes, {}, "a")["born"] == false);
  CHECK(t.ask("GET", "/jobs/" + completes, {}, "b")["born"] == true);
  CHECK(t.ask_all("POST", "/reset?world=c")["world"] == world_of_token("c"));
  CHECK(t.ask_all("POST", "/reset")["worlds"].size() == 3);
  CHECK(t.ask("GET", "/jobs/" + completes, {}, "b")["born"] == false);
}

TEST_CASE("a reload is answered once fixtures were read that were not being read already when it was asked for") {
  Reloading t;
  t.get().begin_reload();  // one is on its way
  const auto waiting = t.control("POST", "/fixtures/reload", {}, "");
  CHECK(t.asked == 1);
  REQUIRE(waiting.later);
  CHECK_FALSE(waiting.later());
  t.end_badly();
  CHECK_FALSE(waiting.later());  // that was the one before
  CHECK(t.log.empty());
  t.app->begin_reload();
  CHECK_FALSE(waiting.later());
  t.end_well();
  const auto reply = waiting.later();
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(json::parse(reply->body) == json{{"fixtures", {{"files", 2}, {"jobs", 1}, {"applications", 1}}}});
  CHECK(header_of(*reply, "Date") == "Mon, 10 Feb 2025 18:18:09 GMT");
  CHECK_FALSE(reply->later);
  CHECK(t.log == std::vector<std::string>{"POST /__admin/fixtures/reload 200  "});
}

TEST_CASE("a reload of fixtures with problems is refused with all of them, and what was read before is served") {
  Reloading t;
  t.get();
  const auto waiting = t.control("POST", "/fixtures/reload", {}, "");
  t.app->begin_reload();
  t.clock.advance(2s);
  t.end_badly();
  const auto reply = waiting.later();
  REQUIRE(reply);
  CHECK(refusal(*reply) ==
        "422 bad_fixtures: the fixtures have problems; those read before are still served; mend them and reload; "
        "jobmock check reports the same");
  const json problems{"a.yaml:1:1: error: no\n", "b.yaml: error: gone\n"};
  CHECK(json::parse(reply->body)["error"]["problems"] == problems);
  CHECK(t.poll(never_ends).status == 200);
  const auto health = t.ask_all("GET", "/health");
  CHECK(health["status"] == "ready");
  CHECK(health["fixtures"]["jobs"] == 6);
  CHECK(health["reload"] == json{{"at", "2025-02-10T18:18:11.501223Z"}, {"succeeded", false}, {"problems", problems}});

  t.app->begin_reload();
  t.end_well();
  CHECK(t.ask_all("GET", "/health")["fixtures"]["jobs"] == 1);
  CHECK(t.ask_all("GET", "/health")["reload"] ==
        json{{"at", "2025-02-10T18:18:11.501223Z"}, {"succeeded", true}, {"problems", json::array()}});
}

TEST_CASE("after a reload tokens, applications and jobs are those of the new fixtures") {
  Reloading t;
  CHECK(t.poll(completes, "revoked").status == 401);
  t.poll(never_ends);
  t.app->begin_reload();
  t.end_well();
  CHECK(t.poll(completes, "revoked").status == 200);
  CHECK(t.poll(never_ends).status == 404);
  CHECK(t.get_with_token("/v1/applications/social-post").status == 404);
  CHECK(t.get_with_token("/v1/applications/other").status == 200);
  CHECK(t.ask("GET", "/jobs/" + completes)["defined_at"] == json{{"file", "other.yaml"}, {"line", 3}});
}
