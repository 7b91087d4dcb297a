#include <doctest/doctest.h>

#include <string>

#include "core/tokens.hpp"

using namespace jobmock;

TEST_CASE("without rules every token that is not empty opens its own world") {
  const Tokens tokens;
  CHECK(tokens.admit("any token").refused_with == 0);
  CHECK(tokens.admit("any token").world == world_of_token("any token"));
  CHECK(tokens.admit("any token").world != tokens.admit("any Token").world);
  CHECK(tokens.admit("").refused_with == 401);
}

TEST_CASE("with rules a token that matches none is refused") {
  Tokens tokens;
  tokens.add("test-token", {});
  CHECK(tokens.admit("test-token").refused_with == 0);
  CHECK(tokens.admit("test-token2").refused_with == 401);
  CHECK(tokens.admit("Test-Token").refused_with == 401);
  CHECK(tokens.admit("").refused_with == 401);
}

TEST_CASE("a trailing * accepts any ending, and each full token is its own world") {
  Tokens tokens;
  tokens.add("ci-*", {});
  CHECK(tokens.admit("ci-1").world == world_of_token("ci-1"));
  CHECK(tokens.admit("ci-2").world == world_of_token("ci-2"));
  CHECK(tokens.admit("ci-").refused_with == 0);
  CHECK(tokens.admit("ci").refused_with == 401);
}

TEST_CASE("a whole token beats a beginning, a longer beginning a shorter one, in whatever order they are added") {
  Tokens tokens;
  tokens.add("*", {"any", 0});
  tokens.add("ci-slow-*", {"slow", 0});
  tokens.add("ci-*", {"ci", 0});
  tokens.add("ci-slow-1", {{}, 403});
  CHECK(tokens.admit("x").world == "any");
  CHECK(tokens.admit("ci-1").world == "ci");
  CHECK(tokens.admit("ci-slow-2").world == "slow");
  CHECK(tokens.admit("ci-slow-1").refused_with == 403);
}

TEST_CASE("tokens can share a world, which has the name that the fixtures give it") {
  Tokens tokens;
  tokens.add("org-a-key-1", {"org-a", 0});
  tokens.add("org-a-key-2", {"org-a", 0});
  CHECK(tokens.admit("org-a-key-1").world == "org-a");
  CHECK(tokens.admit("org-a-key-2").world == "org-a");
}

TEST_CASE("a world that is not named has a short name from which its token does not follow") {
  CHECK(world_of_token("test-token") == "~8288fe58118d");
  CHECK(world_of_token("").size() == 13);
  CHECK(world_of_token(std::string(10'000, 'x')).size() == 13);
}

TEST_CASE("a header can carry a token of printable ASCII without a space at either end") {
  for (const auto* token : {"a", "test token", "~!@#$%^&*()", "Bearer x"}) CHECK(can_be_sent(token));
  for (const auto* token : {"", " ", " a", "a ", "a\n", "a\tb", "\x7f", "caf\xc3\xa9"}) CHECK_FALSE(can_be_sent(token));
}
