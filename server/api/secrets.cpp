#include "api/secrets.hpp"

#include <cstdint>

#include "api/bearer.hpp"
#include "api/url.hpp"
#include "core/text.hpp"

namespace jobmock {

std::string_view as_secret(std::string_view text) {
  constexpr std::size_t shortest = 4;
  return text.size() >= shortest ? text : std::string_view();
}

std::string_view secret_of(const Request& request) { return as_secret(bearer_token(request).value_or("")); }

std::string beginning_without(std::string_view secret, std::string_view text, std::size_t most) {
  std::string kept;
  while (!secret.empty() && kept.size() <= most) {
    const auto at = text.find(secret);
    if (at == std::string_view::npos) break;
    kept.append(text.substr(0, at)).append(hidden);
    text.remove_prefix(at + secret.size());
  }
  if (kept.size() <= most) kept.append(text);
  return cut(kept, most);
}

std::optional<std::string> target_without(std::string_view secret, std::string_view target) {
  const auto has_secret = [secret](std::string_view text) { return text.find(secret) != std::string_view::npos; };
  if (secret.empty()) return std::nullopt;
  if (target.find('%') != std::string_view::npos && has_secret(percent_decode(target))) return std::string(hidden);
  if (!has_secret(target)) return std::nullopt;
  return beginning_without(secret, target, SIZE_MAX);
}

}  // namespace jobmock
