#pragma once

#include <string>
#include <vector>

#include "access_log.hpp"
#include "api/app.hpp"

namespace jobmock {

// Reads the fixtures again, all or nothing, and tells the application and the log what became of it. Belongs to one
// thread, which may be busy with it for seconds.
class Reloader {
 public:
  // The others outlive it.
  Reloader(App& app, const Clock& clock, AccessLog& log, std::vector<std::string> paths, bool watches);

  void reload();

  // Reloads when a file has changed since it was read last. To be called every now and then: a file that is still
  // being written is not read before it rests. Does nothing unless it watches.
  void look();

 private:
  App& app_;
  const Clock& clock_;
  AccessLog& log_;
  const std::vector<std::string> paths_;
  const bool watches_;
  std::string read_;  // fingerprint of what was read
  std::string seen_;  // when last looked at
};

}  // namespace jobmock
