#include "access_log.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/text.hpp"

namespace jobmock {
namespace {

constexpr std::size_t write_at = 16U << 10U;       // bytes
constexpr std::size_t most_waiting = 256U << 10U;  // bytes; lines beyond are dropped
constexpr std::size_t longest_target = 1024;

std::string_view shortened(std::string_view text) { return beginning_of(text, longest_target); }

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c > ' ' && c <= '~' && c != '\\') {
      escaped += c;
    } else {
      std::array<char, 5> code{};
      std::snprintf(code.data(), code.size(), "\\x%02x", static_cast<unsigned char>(c));
      escaped += code.data();
    }
  }
  return escaped;
}

std::string as_text(const AccessRecord& record) {
  std::string line = format_timestamp(record.time) + ' ' + std::to_string(record.status) + ' ' +
                     escape(shortened(record.method)) + ' ' + escape(shortened(record.target)) + ' ' +
                     std::to_string(record.bytes) + "B " + std::to_string(record.duration.count()) + "us";
  if (!record.world.empty()) line += " world=" + escape(record.world);
  if (record.job) {
    line += " job=" + format_uuid(record.job->id) + " status=" + std::string(to_string(record.job->state().status));
  }
  if (!record.note.empty()) line += " (" + printable(record.note) + ')';
  return line;
}

std::string as_json(const AccessRecord& record) {
  using Json = nlohmann::ordered_json;
  Json json{
      {"time", format_timestamp(record.time)}, {"status", record.status}, {"method", shortened(record.method)},
      {"target", shortened(record.target)},    {"bytes", record.bytes},   {"duration_us", record.duration.count()}};
  if (!record.world.empty()) json["world"] = record.world;
  if (record.job) {
    json["job_id"] = format_uuid(record.job->id);
    json["job_status"] = to_string(record.job->state().status);
  }
  if (!record.note.empty()) json["note"] = record.note;
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// Whether so many bytes as PIPE_BUF can be written without waiting.
bool takes_more(int descriptor) {
  pollfd state{descriptor, POLLOUT, 0};
  return poll(&state, 1, 0) == 1 && (state.revents & POLLOUT) != 0;
}

}  // namespace

std::string format_access(const AccessRecord& record, AccessLog::Format format) {
  return (format == AccessLog::Format::json ? as_json(record) : as_text(record)) + '\n';
}

void AccessLog::add(const AccessRecord& record) { add_line(format_access(record, format_)); }

void AccessLog::add_message(Timestamp time, const std::string& message) {
  add_line(message_line(format_timestamp(time), message));
}

// `time` may be empty.
std::string AccessLog::message_line(const std::string& time, const std::string& message) const {
  if (format_ == Format::text) return time + (time.empty() ? "" : " ") + "jobmock: " + message + '\n';
  nlohmann::ordered_json json;
  if (!time.empty()) json["time"] = time;
  json["message"] = message;
  return json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

void AccessLog::add_line(const std::string& line) {
  const Lock lock(mutex_);
  if (waiting_.size() + line.size() > most_waiting) {
    ++dropped_;
    return;
  }
  waiting_ += line;
  if (waiting_.size() >= write_at) write_waiting();
}

void AccessLog::flush() {
  const Lock lock(mutex_);
  if (!waiting_.empty()) write_waiting();
}

bool AccessLog::try_flush() {
  if (!mutex_.try_lock()) return false;
  if (!waiting_.empty()) write_waiting();
  mutex_.unlock();
  return true;
}

void AccessLog::write_waiting() {
  std::size_t written = 0;
  while (written < waiting_.size() && takes_more(descriptor_)) {
    const auto size = std::min<std::size_t>(waiting_.size() - written, PIPE_BUF);
    const auto count = write(descriptor_, waiting_.data() + written, size);
    if (count <= 0) {
      if (errno != EAGAIN && errno != EINTR) error_ = errno;
      break;
    }
    written += static_cast<std::size_t>(count);
  }
  waiting_.erase(0, written);
  if (!waiting_.empty()) return;
  const auto why = error_ == 0 ? "the log's reader is too slow" : std::generic_category().message(error_);
  if (dropped_ > 0) waiting_ = message_line({}, std::to_string(dropped_) + " log lines dropped: " + why);
  dropped_ = 0;
  error_ = 0;
}

}  // namespace jobmock
