// Keeps the token that a request carries out of texts about it. Pure; any thread may call.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "api/message.hpp"

namespace jobmock {

// What stands in the place of a secret.
constexpr std::string_view hidden = "***";

// The text, when it is to be kept out of others; empty when it is so short that it stands anywhere.
std::string_view as_secret(std::string_view text);

// The token of the Authorization header, as a secret; empty without one.
std::string_view secret_of(const Request& request);

// The beginning of `text`, without the secret. That goes before the text is cut, or a part of it could stay at the end.
std::string beginning_without(std::string_view secret, std::string_view text, std::size_t most);

// A method or target without the secret, percent-encoded or not; nothing when it is not in it.
std::optional<std::string> target_without(std::string_view secret, std::string_view target);

}  // namespace jobmock
