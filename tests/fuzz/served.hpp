// An application over a small set of fixtures, new for each input, whose clock stands until it is moved: what an input
// leads to depends on nothing but the input.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/app.hpp"
#include "core/clock.hpp"

namespace jobmock::fuzz {

inline constexpr std::string_view a_job = "00000000-0000-4000-8000-000000000001";       // completes after 5 s
inline constexpr std::string_view failed_job = "00000000-0000-4000-8000-000000000002";  // an hour before its world
inline constexpr std::string_view polled_job = "00000000-0000-4000-8000-000000000003";  // by polls, with faults
inline constexpr std::string_view unending_job = "00000000-0000-4000-8000-000000000004";

class Served {
 public:
  Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  Served(Served&&) = delete;
  Served& operator=(Served&&) = delete;
  ~Served() = default;

  // The answer, which is checked unless a fault is known to have changed it. One that comes later is awaited for an
  // hour of the clock; what has not come by then has status 0.
  Reply send(const Request& request);

  // The same with a token, and a body unless it is empty.
  Reply send(std::string_view method, std::string_view target, std::string_view body = {},
             std::string_view content_type = "application/json");

  // What was logged for the last request.
  [[nodiscard]] const std::string& log() const { return log_; }
  [[nodiscard]] bool met_fault() const { return log_.find("fault: ") != std::string::npos; }

  ManualClock clock;

 private:
  std::string log_;
  App app_;
};

}  // namespace jobmock::fuzz
