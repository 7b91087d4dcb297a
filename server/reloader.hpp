#pragma once

#include <condition_variable>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "access_log.hpp"
#include "api/app.hpp"

namespace jobmock {

// Reads the fixtures again, all or nothing, and tells the application and the log what became of it. Does so in a
// thread of its own, which may be busy with it for seconds.
class Reloader {
 public:
  // The others outlive it. With the fingerprint of what was read at first, reloads when a file has changed since it was
  // read last; a file that is still being written is not read before it rests.
  Reloader(App& app, const Clock& clock, AccessLog& log, std::vector<std::string> paths,
           std::optional<std::string> watched);
  ~Reloader();  // waits for the reading that has begun
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;
  Reloader(Reloader&&) = delete;
  Reloader& operator=(Reloader&&) = delete;

  // Asks for a reading that begins after now; those asked for before it begins are one. Any thread.
  void request();

 private:
  enum class Next { reload, look, end };

  void work();
  Next wait();
  void reload();
  void look();

  App& app_;
  const Clock& clock_;
  AccessLog& log_;
  const std::vector<std::string> paths_;
  const bool watches_;

  Mutex mutex_;
  std::condition_variable_any changed_;  // what mutex_ guards
  bool is_requested_ GUARDED_BY(mutex_) = false;
  bool ends_ GUARDED_BY(mutex_) = false;

  // Of the thread:
  std::string read_;  // fingerprint of what was read
  std::string seen_;  // when last looked at
  std::thread thread_;
};

}  // namespace jobmock
