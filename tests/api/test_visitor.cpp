// What a connection remembers of its last request never shows: every request opens the world of its own token, as it
// is.
#include "api/visitor.hpp"

#include "api/admin_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct Connected : AdminUnderTest {
  Reply poll_on_connection(const std::string& token) {
    const auto authorization = "Bearer " + token;
    const std::vector<Request::Header> headers{{"Authorization", authorization}};
    return get().handle({"GET", "/v1/applications/jobs/" + completes, headers, {}, &visitor});
  }

  // When the job was born in the world that the token opens.
  std::string birth(const std::string& token) { return json::parse(poll_on_connection(token).body)["created_at"]; }

  void reload(const std::function<void(FixtureSet&)>& change) {
    FixtureSet set;
    set.tokens.add("*", {});
    set.applications.resize(1);
    set.job_by_id.emplace(parse_uuid(completes).value(), 0);
    set.jobs.push_back({parse_uuid(completes).value(), 0, {}, {}, {}});
    change(set);
    app->begin_reload();
    app->end_reload(std::move(set));
  }

  Visitor visitor;
};

const std::string after_a_second = "2025-02-10T18:18:10.501223Z";

}  // namespace

TEST_CASE("an idle connection keeps no header of more than a kilobyte") {
  Connected t;
  CHECK(t.poll_on_connection(std::string(2000, 'a')).status == 200);
  CHECK(t.visitor.authorization.empty());
  CHECK(t.poll_on_connection("a").status == 200);
  CHECK(t.poll_on_connection(std::string(2000, 'a')).status == 200);
  CHECK(t.visitor.authorization == "Bearer a");
}

TEST_CASE("requests with different tokens on one connection open different worlds") {
  Connected t;
  CHECK(t.birth("a") == start_text);
  t.clock.advance(1s);
  CHECK(t.birth("a") == start_text);
  CHECK(t.birth("b") == after_a_second);
  CHECK(t.birth("a") == start_text);
  CHECK(t.birth("A") == after_a_second);
  CHECK(t.poll_on_connection("revoked").status == 401);
  CHECK(t.birth("a") == start_text);
  CHECK(t.ask_all("GET", "/worlds")["worlds"].size() == 3);
}

TEST_CASE("a world that was forgotten meanwhile begins anew") {
  Connected t;
  t.birth("a");
  t.clock.advance(1s);
  t.ask_all("DELETE", "/worlds/a");
  CHECK(t.birth("a") == after_a_second);
  CHECK(t.ask_all("GET", "/worlds")["worlds"].size() == 1);
}

TEST_CASE("a world that made room for another begins anew, one that a connection goes on using makes none") {
  Connected t;
  t.options.worlds.most = 2;
  t.birth("a");
  t.clock.advance(1s);
  t.poll(completes, "b");
  t.clock.advance(1s);
  t.birth("a");
  t.clock.advance(1s);
  t.poll(completes, "c");  // b makes room
  CHECK(t.birth("a") == start_text);
  t.clock.advance(1s);
  for (const auto* token : {"d", "e"}) t.poll(completes, token);
  CHECK(t.birth("a") == "2025-02-10T18:18:13.501223Z");
}

TEST_CASE("after a reload a token may open another world, or none") {
  Connected t;
  t.birth("a");
  t.clock.advance(1s);
  t.reload([](FixtureSet&) {});
  CHECK(t.birth("a") == after_a_second);  // the job's definition changed
  t.clock.advance(1s);
  t.reload([](FixtureSet& set) { set.tokens.add("a", {"named", 0}); });
  CHECK(t.birth("a") == "2025-02-10T18:18:11.501223Z");
  CHECK(t.ask_all("GET", "/clock?world=named")["world"] == "named");
  t.reload([](FixtureSet& set) { set.tokens.add("a", {{}, 403}); });
  CHECK(t.poll_on_connection("a").status == 403);
  t.reload([](FixtureSet&) {});
  CHECK(t.birth("a") == after_a_second);  // its first world, which is still there
}

TEST_CASE("a reset is seen on every connection") {
  Connected t;
  t.birth("a");
  t.clock.advance(1s);
  t.ask("POST", "/reset", {}, "a");
  CHECK(t.birth("a") == after_a_second);
}
