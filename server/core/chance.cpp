#include "core/chance.hpp"

namespace jobmock {
namespace {

// The output function of SplitMix64 (Steele, Lea, Flood 2014): each bit of the result depends on every bit of `z`.
std::uint64_t scramble(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

}  // namespace

Chance::Chance(std::initializer_list<std::uint64_t> circumstances) {
  for (const auto circumstance : circumstances) hash_ = scramble(hash_ ^ circumstance);
}

bool Chance::happens(double probability) const {
  constexpr double bits = 1.0 / (std::uint64_t{1} << 53U);  // as many as a double holds
  return static_cast<double>(scramble(hash_ ^ 1U) >> 11U) * bits < probability;
}

Duration Chance::between(Duration least, Duration most) const {
  const auto choices = static_cast<std::uint64_t>((most - least).count()) + 1;
  return least + Duration(scramble(hash_ ^ 2U) % choices);
}

}  // namespace jobmock
