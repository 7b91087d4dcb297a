// Which bearer tokens are accepted, and whose world each one opens. Immutable once filled; any thread may
// look up.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobmock {

// What one entry of `auth.tokens` says of the tokens it matches.
struct TokenRule {
  std::optional<std::string> world;  // left out: world_of_token()
  int refused_with = 0;              // 401 or 403: known, and never allowed; 0: accepted
};

// What becomes of a token.
struct Admission {
  int refused_with = 0;  // 401 or 403, 0 when accepted
  std::string world{};   // the name of its world, when accepted
};

// The name of the world of a token that the fixtures give no name to: "~6a09e667f3bc", from a hash of the token, which
// is never shown. A name in fixtures does not begin with '~'.
std::string world_of_token(std::string_view token);

// Whether a header can carry a token: printable ASCII that neither begins nor ends with a space.
bool can_be_sent(std::string_view token);

class Tokens {
 public:
  // `pattern` is a whole token, or with a trailing `*` the beginning of one. No pattern is added twice.
  void add(std::string_view pattern, TokenRule rule);

  // A whole token beats a beginning, a longer beginning a shorter one. Without any rule every token that is
  // not empty is accepted; with rules, one that matches none is refused with 401.
  [[nodiscard]] Admission admit(std::string_view token) const;

  // A token that is accepted, for a client that has none; empty when the rules refuse every one.
  [[nodiscard]] std::string an_accepted_one() const;

 private:
  std::map<std::string, TokenRule, std::less<>> whole_;
  std::vector<std::pair<std::string, TokenRule>> beginnings_;  // the longest first
};

}  // namespace jobmock
