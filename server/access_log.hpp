// One line for every request, as text or as JSON, and what else a person should know. Lines are collected and written
// together when the server has nothing else to do; a reader that is too slow, or a full disk, loses lines (and is told
// how many) rather than stop the server. Any thread may call.
#pragma once

#include <cstddef>
#include <string>

#include "api/app.hpp"
#include "core/mutex.hpp"

namespace jobmock {

class AccessLog {
 public:
  enum class Format { text, json };

  // Writes to `descriptor`, which stays its owner's.
  AccessLog(int descriptor, Format format) : descriptor_(descriptor), format_(format) {}

  void add(const AccessRecord& record);
  void add_message(Timestamp time, const std::string& message);  // of one or more lines
  void flush();
  bool try_flush();  // false, and nothing done, while another thread is at it

 private:
  [[nodiscard]] std::string message_line(const std::string& time, const std::string& message) const;
  void add_line(const std::string& line);
  void write_waiting() REQUIRES(mutex_);

  const int descriptor_;
  const Format format_;

  Mutex mutex_;
  std::string waiting_ GUARDED_BY(mutex_);      // whole lines
  std::size_t dropped_ GUARDED_BY(mutex_) = 0;  // lines, since the last one that was written
  int error_ GUARDED_BY(mutex_) = 0;            // why they were dropped; 0: the reader is too slow
};

// The line of one request, with its line break. What could end or forge a line is escaped, what is very long
// is cut.
std::string format_access(const AccessRecord& record, AccessLog::Format format);

}  // namespace jobmock
