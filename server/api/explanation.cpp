#include "api/explanation.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "api/admin_wire.hpp"

namespace jobmock {
namespace {

// A string of RFC 8941, 3.3.3, which holds printable ASCII; other bytes, as in names of files, as %XX.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c < ' ' || c > '~') {
      std::array<char, 4> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      result += escaped.data();
    } else {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
  }
  return result + '"';
}

}  // namespace

std::string explanation(const std::string& world, const std::optional<JobView>& job, Timestamp now) {
  auto text = "world=" + quoted(world);
  if (!job) return text;
  if (const auto place = place_of(*job); !place.empty()) text += ", place=" + quoted(place);
  text += ", attempt=" + std::to_string(job->attempt) + ", polls=" + std::to_string(job->polls);
  text += ", offset=" + quoted(format_duration(std::max(job->progress.elapsed, Duration::zero())));
  if (job->is_held) text += ", held";
  return text + ", next=" + quoted(next_of(*job, now));
}

}  // namespace jobmock
