#include "api/admin_under_test.hpp"
#include "api/explanation.hpp"

using namespace jobmock;
using namespace jobmock::test;
using namespace std::chrono_literals;

namespace {

const std::string polled_thrice = "00000000-0000-4000-8000-000000000013";

struct Explained : AdminUnderTest {
  Explained() {
    options.worlds.clock.speed = 0;
    more_jobs = {{polled_thrice, {{{0s, {Status::failed, {}, "Three times"}, 3}}, {}}}};
  }

  std::string explanation_of(std::string_view method, const std::string& target, const std::string& body = {},
                             const std::string& asks = "1", const std::string& token = "Bearer shared-1") {
    const std::vector<Request::Header> headers{{"Authorization", token}, {"X-Jobmock-Explain", asks}};
    return header_of(get().handle({method, target, headers, body}), "X-Jobmock-Explain");
  }

  std::string polled_explanation(const std::string& id) { return explanation_of("GET", "/v1/applications/jobs/" + id); }
};

// Whether a text is a dictionary of RFC 8941, with values that are integers, strings or true.
bool is_dictionary(const std::string& text) {
  std::size_t at = 0;
  const auto takes = [&](char c) { return at < text.size() && text[at] == c && ++at > 0; };
  while (true) {
    const auto key = at;
    while (at < text.size() && (std::islower(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_')) ++at;
    if (at == key) return false;
    if (takes('=')) {
      if (takes('"')) {
        for (; at < text.size() && text[at] != '"'; ++at) {
          if (text[at] < ' ' || text[at] > '~') return false;
          if (text[at] == '\\' && (++at == text.size() || (text[at] != '"' && text[at] != '\\'))) return false;
        }
        if (!takes('"')) return false;
      } else {
        const auto digits = at;
        while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0) ++at;
        if (at == digits) return false;
      }
    }
    if (at == text.size()) return true;
    if (!takes(',') || !takes(' ')) return false;
  }
}

}  // namespace

TEST_CASE("an answer explains itself when it is asked to: world, place, attempt, polls, offset, what comes next") {
  Explained t;
  CHECK(t.polled_explanation(completes) ==
        R"(world="org-a", place="test.yaml:10", attempt=1, polls=1, offset="0s", next="completed in 5s")");
  t.ask("POST", "/clock/advance", R"({"by":"1.25s"})", "shared-1");
  CHECK(t.polled_explanation(completes) ==
        R"(world="org-a", place="test.yaml:10", attempt=1, polls=2, offset="1s250ms", next="completed in 3s750ms")");
  t.ask("POST", "/clock/advance", R"({"by":"1h"})", "shared-1");
  CHECK(t.polled_explanation(completes) ==
        R"(world="org-a", place="test.yaml:10", attempt=1, polls=3, offset="1h1s250ms", next="nothing")");
}

TEST_CASE("what comes next is a time, a number of polls, a release, or nothing") {
  Explained t;
  const std::string begin = R"(world="org-a", place="test.yaml:16", attempt=1, polls=)";
  CHECK(t.polled_explanation(polled_thrice) == begin + R"(1, offset="0s", next="failed after 2 more polls")");
  CHECK(t.polled_explanation(polled_thrice) == begin + R"(2, offset="0s", next="failed after 1 more poll")");
  t.ask("POST", "/jobs/" + polled_thrice + "/hold", {}, "shared-1");
  CHECK(t.polled_explanation(polled_thrice) == begin + R"(3, offset="0s", held, next="failed once it is released")");
  t.ask("POST", "/jobs/" + polled_thrice + "/release", {}, "shared-1");
  CHECK(t.polled_explanation(polled_thrice) == begin + R"(4, offset="0s", next="nothing")");
  CHECK(t.explanation_of("GET", "/__admin/jobs/" + completes) ==
        R"(world="org-a", place="test.yaml:10", attempt=1, polls=0, offset="0s", next="completed once it is born")");
}

TEST_CASE("creating and retrying a job explain it too, what is about no job explains the world") {
  Explained t;
  const auto created = t.explanation_of("POST", "/v1/applications/two/jobs", R"({"inputs":[]})");
  CHECK(created == R"(world="org-a", attempt=1, polls=0, offset="0s", next="completed in 5s")");
  t.polled_explanation(fails);
  t.ask("POST", "/clock/advance", R"({"by":"3s"})", "shared-1");
  CHECK(t.explanation_of("POST", "/v1/applications/jobs/" + fails + "/retry") ==
        R"(world="org-a", place="test.yaml:11", attempt=2, polls=0, offset="0s", next="failed in 3s")");
  CHECK(t.explanation_of("POST", "/__admin/jobs",
                         R"({"id":"00000000-0000-4000-8000-000000000021","application_id":"social-post"})") ==
        R"(world="org-a", attempt=1, polls=0, offset="0s", next="nothing")");
  for (const auto& target : {"/v1/applications", "/v1/applications/social-post/jobs", "/__admin/clock"}) {
    CHECK(t.explanation_of("GET", target) == R"(world="org-a")");
  }
  CHECK(t.polled_explanation(unknown) == R"(world="org-a")");
  CHECK(t.polled_explanation("x") == R"(world="org-a")");
}

TEST_CASE("without being asked for, and where there is no world, nothing is explained") {
  Explained t;
  const auto target = "/v1/applications/jobs/" + completes;
  CHECK(header_of(t.get_with_token(target), "X-Jobmock-Explain") == "(none)");
  for (const auto* no : {"0", "false", "False"}) CHECK(t.explanation_of("GET", target, {}, no) == "(none)");
  for (const auto* yes : {"1", "true", ""}) CHECK(t.explanation_of("GET", target, {}, yes) != "(none)");
  CHECK(t.explanation_of("GET", target, {}, "1", "Bearer revoked") == "(none)");
  CHECK(t.explanation_of("GET", "/nowhere") == "(none)");
  CHECK(t.explanation_of("GET", "/__admin/health") == "(none)");
}

TEST_CASE("with --explain every answer explains itself, asked or not") {
  Explained t;
  t.options.control.explains_every_answer = true;
  CHECK(header_of(t.poll(completes, "shared-1"), "X-Jobmock-Explain").starts_with(R"(world="org-a", place=)"));
  CHECK(header_of(t.poll(unknown, "shared-1"), "X-Jobmock-Explain") == R"(world="org-a")");
  CHECK(t.explanation_of("GET", "/v1/applications", {}, "0") == R"(world="org-a")");
}

TEST_CASE("an explanation is a dictionary of RFC 8941, whatever the names in it") {
  Explained t;
  for (const auto& id : {completes, fails, never_ends, long_ago, started_before, in_steps, polled_thrice}) {
    const auto text = t.polled_explanation(id);
    CAPTURE(text);
    CHECK(is_dictionary(text));
  }
  CHECK(explanation("a \"b\" \\ \n\xc3\xa9~", {}, {}) == R"(world="a \"b\" \\ %0A%C3%A9~")");
  CHECK(is_dictionary(explanation("a \"b\" \\ \n\xc3\xa9~", {}, {})));

  auto set = std::make_shared<FixtureSet>();
  set->files = {"a.yaml", "caf\xc3\xa9 \"x\".yaml"};
  JobView view;
  view.fixtures = set;
  view.place = {1, 7, 1};
  const State state;
  view.progress.state = &state;
  view.progress.elapsed = -5s;  // created in the future
  view.is_held = true;
  const auto text = explanation("w", view, {});
  CHECK(text == R"(world="w", place="caf%C3%A9 \"x\".yaml:7", attempt=1, polls=0, offset="0s", held, next="nothing")");
  CHECK(is_dictionary(text));
  CHECK_FALSE(is_dictionary("a=\"\xc3\xa9\""));
  CHECK_FALSE(is_dictionary("a=b"));
  CHECK_FALSE(is_dictionary("a=1,"));
}
