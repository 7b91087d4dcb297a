// The id of a job. Pure values; any thread may use them.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace jobmock {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const Uuid&, const Uuid&) = default;
};

// The 8-4-4-4-12 form of RFC 9562, section 4, in any case and of any version; nothing else.
std::optional<Uuid> parse_uuid(std::string_view text);

// In lower case.
std::string format_uuid(const Uuid& uuid);

}  // namespace jobmock

template <>
struct std::hash<jobmock::Uuid> {
  std::size_t operator()(const jobmock::Uuid& uuid) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, uuid.bytes.data(), sizeof high);
    std::memcpy(&low, uuid.bytes.data() + sizeof high, sizeof low);
    return static_cast<std::size_t>((high ^ (low * 0x9E3779B97F4A7C15U)) * 0xBF58476D1CE4E5B9U);
  }
};
