// Which answers a fault is for. Pure values; any thread may use them.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "core/operation.hpp"
#include "core/time.hpp"
#include "core/timeline.hpp"
#include "core/uuid.hpp"

namespace jobmock {

// What is known of a request when its faults are decided.
struct FaultRequest {
  Operation operation = Operation::retrieve;
  std::optional<Uuid> job{};
  std::uint32_t attempt = 0;           // of the job, from 1; 0 without a job
  std::uint32_t poll = 0;              // of the attempt, from 1, this one included; 0 when it is no poll of a job
  std::optional<Status> would_show{};  // the job's, in the answer without faults; none when it shows no single job
  Timestamp world_start{};
  Timestamp now{};               // on the world's clock
  std::uint64_t seed = 0;        // of the server, as a person gave it: for the log
  std::uint64_t world_seed = 0;  // of this world: what chance follows from
};

struct Selector {
  // Counted from 1 in each attempt of a job; both ends included.
  struct Polls {
    std::uint32_t first = 1;
    std::uint32_t last = 1;
  };
  // A duration counts from the start of the world.
  using Moment = std::variant<Duration, Timestamp>;

  std::optional<Operation> operation = Operation::retrieve;  // unset: any
  std::optional<Polls> polls{};
  std::optional<Moment> from{};   // included
  std::optional<Moment> until{};  // not included
  std::optional<Status> when_status{};
  std::optional<std::uint32_t> times{};  // at most so often in a world
  std::optional<double> probability{};   // above 0, at most 1

  // Whether the request is one of these, as far as one request can tell: `times` and `probability` are up to
  // FaultState.
  [[nodiscard]] bool fits(const FaultRequest& request) const;
};

}  // namespace jobmock
