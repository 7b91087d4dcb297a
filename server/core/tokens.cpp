#include "core/tokens.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace jobmock {

std::string world_of_token(std::string_view token) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : token) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string name(13, '~');
  for (std::size_t i = name.size() - 1; i > 0; --i, hash >>= 4U) name[i] = "0123456789abcdef"[hash & 0xFU];
  return name;
}

bool can_be_sent(std::string_view token) {
  const auto is_outside = [](char c) { return c < ' ' || c > '~'; };
  return !token.empty() && token.front() != ' ' && token.back() != ' ' &&
         std::none_of(token.begin(), token.end(), is_outside);
}

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
    return {0, rule.world ? *rule.world : world_of_token(token)};
  };
  if (whole_.empty() && beginnings_.empty()) return {0, world_of_token(token)};
  if (const auto found = whole_.find(token); found != whole_.end()) return by_rule(found->second);
  for (const auto& [beginning, rule] : beginnings_) {
    if (token.starts_with(beginning)) return by_rule(rule);
  }
  return {401};
}

std::string Tokens::an_accepted_one() const {
  std::string usual = "jobmock";
  if (admit(usual).refused_with == 0) return usual;
  for (const auto& [token, rule] : whole_) {
    if (rule.refused_with == 0) return token;
  }
  for (const auto& [beginning, rule] : beginnings_) {
    if (admit(beginning + usual).refused_with == 0) return beginning + usual;
  }
  return {};
}

}  // namespace jobmock
