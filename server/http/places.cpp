#include "http/places.hpp"

#include <tuple>

namespace jobmock {
namespace {

constexpr Duration shortest_idle = std::chrono::seconds(1);

}  // namespace

void Places::GiveBack::operator()(Taken* /*taken*/) const {
  const Lock lock(places->mutex_);
  places->taken_.erase(taken);
}

std::optional<Places::Place> Places::take(const Holder& holder, const Standing& standing) {
  const Lock lock(mutex_);
  if (taken_.size() >= count_) return std::nullopt;
  const auto taken = taken_.emplace(taken_.end(), holder, standing);
  return Place({&*taken, {this, taken}});
}

std::optional<Places::Holder> Places::first_to_go(Timestamp now) const {
  using Order = std::tuple<Standing::State, Timestamp>;
  const auto order_of = [now](const Taken& taken) -> Order {
    const auto since = taken.since.load(std::memory_order_relaxed);
    const auto state = taken.state.load(std::memory_order_relaxed);
    return {state == Standing::State::idle && now - since < shortest_idle ? Standing::State::busy : state, since};
  };
  const Lock lock(mutex_);
  std::optional<Holder> first;
  Order earliest;
  for (const auto& taken : taken_) {
    const auto order = order_of(taken);
    if (first && order >= earliest) continue;
    first = taken.holder;
    earliest = order;
  }
  return first;
}

}  // namespace jobmock
