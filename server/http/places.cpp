#include "http/places.hpp"

#include <tuple>

namespace jobmock {
namespace {

constexpr Duration shortest_idle = std::chrono::seconds(1);

}  // namespace

void Places::GiveBack::operator()(Taken* /*taken*/) const {
  places->bytes_ -= taken->bytes;
  const Lock lock(places->mutex_);
  places->taken_.erase(taken);
}

void Places::Place::stands(const Standing& standing) {
  taken_->state.store(standing.state, std::memory_order_relaxed);
  taken_->since.store(standing.since, std::memory_order_relaxed);
  const auto before = taken_->bytes.load(std::memory_order_relaxed);  // this thread is the only one that changes it
  if (standing.bytes == before) return;
  taken_->bytes.store(standing.bytes, std::memory_order_relaxed);
  taken_.get_deleter().places->bytes_ += standing.bytes - before;
}

std::optional<Places::Place> Places::take(const Holder& holder, const Standing& standing) {
  const Lock lock(mutex_);
  if (taken_.size() >= count_) return std::nullopt;
  const auto taken = taken_.emplace(taken_.end(), holder);
  Place place({&*taken, {this, taken}});
  place.stands(standing);
  return place;
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

std::optional<Places::Holder> Places::holds_too_much() const {
  const auto bytes = bytes_.load();
  if (bytes <= most_bytes_) return std::nullopt;
  const Lock lock(mutex_);
  std::optional<Holder> slowest;
  Timestamp earliest;
  for (const auto& taken : taken_) {
    const auto since = taken.since.load(std::memory_order_relaxed);
    const bool holds_its_share = taken.bytes >= bytes / taken_.size();
    if (!holds_its_share || (slowest && since >= earliest)) continue;
    slowest = taken.holder;
    earliest = since;
  }
  return slowest;
}

}  // namespace jobmock
