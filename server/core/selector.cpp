#include "core/selector.hpp"

namespace jobmock {
namespace {

Timestamp to_timestamp(const Selector::Moment& moment, Timestamp world_start) {
  if (const auto* since_start = std::get_if<Duration>(&moment)) return world_start + *since_start;
  return std::get<Timestamp>(moment);
}

}  // namespace

bool Selector::fits(const FaultRequest& request) const {
  if (operation && request.operation != *operation) return false;
  if (polls && (request.poll < polls->first || request.poll > polls->last)) return false;
  if (from && request.now < to_timestamp(*from, request.world_start)) return false;
  if (until && request.now >= to_timestamp(*until, request.world_start)) return false;
  return !when_status || request.would_show == *when_status;
}

}  // namespace jobmock
