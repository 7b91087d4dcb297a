// What an answer does wrong on purpose: which answers, and what becomes of them. Immutable once read; any thread may
// use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/selector.hpp"
#include "core/time.hpp"

namespace jobmock {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Another answer in place of the proper one.
struct AnswerEffect {
  struct RetryAfter {
    Duration wait{0};  // whole seconds, unless it is written as a date
    bool is_date = false;
  };

  int status = 500;
  std::optional<RetryAfter> retry_after{};   // Retry-After: 1, or a date that far after the world's now
  std::optional<Duration> retry_after_ms{};  // retry-after-ms: 1500; whole milliseconds
  Headers headers{};                         // beside these
  std::optional<std::string> body{};         // as it stands; unset: the API's error envelope
};

// The answer waits; how long is decided by chance when the two differ.
struct DelayEffect {
  Duration least{0};
  Duration most{0};
};

// No answer: the connection does this instead.
struct ConnectionEffect {
  enum class Does { close, reset, stall };
  Does does = Does::close;
};

// The answer announces its full length, of its body only so many bytes come.
struct TruncateEffect {
  std::size_t bytes = 0;
};

// The body comes in pieces.
struct DripEffect {
  std::size_t bytes = 1;  // in each; at least one
  Duration every{0};
};

// The body is cut so that it is no JSON, and announces the length that it has.
struct MalformedEffect {};

// More than so many matching requests in a window of the world's time are answered 429. A window begins with the
// first request after the one before has ended; a request that is refused does not count.
struct QuotaEffect {
  std::uint32_t requests = 1;
  Duration per{0};
};

using Effect =
    std::variant<AnswerEffect, DelayEffect, ConnectionEffect, TruncateEffect, DripEffect, MalformedEffect, QuotaEffect>;

struct Fault {
  Selector selector{};
  std::vector<Effect> effects{};  // at least one; each kind at most once
  std::string origin{};           // where it was written, for people: "fixtures/a.yaml:12:9"
  std::uint64_t key = 0;          // tells its chances from those of others; the same in every run

  // The same one as it was first read, when the fixtures were read again: what was counted of that goes on. Null: this.
  std::shared_ptr<const Fault> first{};
};

// In the order written. A world counts by the object that a pointer leads to, or by its `first`, whoever else shares
// it: two faults that were read from the same text are two.
using FaultList = std::vector<std::shared_ptr<const Fault>>;

// As the fixtures write it: "reset".
std::string_view to_string(ConnectionEffect::Does does);

// For the log and reports: "503, retry after 1s", "delay 100ms..800ms".
std::string describe(const Effect& effect);
std::string describe(const Fault& fault);

}  // namespace jobmock
