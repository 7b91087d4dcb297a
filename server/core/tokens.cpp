#include "core/tokens.hpp"

#include <algorithm>
#include <utility>

namespace jobmock {

void Tokens::add(std::string_view pattern, TokenRule rule) {
  if (!pattern.ends_with('*')) {
    whole_.emplace(pattern, std::move(rule));
    return;
  }
  pattern.remove_suffix(1);
  const auto shorter = std::find_if(beginnings_.begin(), beginnings_.end(),
                                    [&](const auto& beginning) { return beginning.first.size() < pattern.size(); });
  beginnings_.emplace(shorter, pattern, std::move(rule));
}

Admission Tokens::admit(std::string_view token) const {
  if (token.empty()) return {401};
  const auto by_rule = [&](const TokenRule& rule) -> Admission {
    if (rule.refused_with != 0) return {rule.refused_with};
    return rule.world ? Admission{0, *rule.world, false} : Admission{0, token};
  };
  if (whole_.empty() && beginnings_.empty()) return {0, token};
  if (const auto found = whole_.find(token); found != whole_.end()) return by_rule(found->second);
  for (const auto& [beginning, rule] : beginnings_) {
    if (token.starts_with(beginning)) return by_rule(rule);
  }
  return {401};
}

}  // namespace jobmock
