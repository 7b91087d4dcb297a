// What the listener asks for answers: the application, or a test's stand-in for it.
#pragma once

#include <string>

#include "api/message.hpp"

namespace jobmock {

// Any thread may call, several at the same time. Never throws and never blocks for long, and neither does
// what a reply holds as `later`.
class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  Service(Service&&) = delete;
  Service& operator=(Service&&) = delete;
  virtual ~Service() = default;

  // The texts of `request` are gone when it returns, for a reply's `later` too.
  virtual Reply handle(const Request& request) = 0;

  // The answer to bytes that are no request. The connection ends after it.
  virtual Reply refuse(int status, const std::string& reason) = 0;
};

}  // namespace jobmock
