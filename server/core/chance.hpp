// What is left to chance, decided by a hash: the same circumstances come out the same in every run, however many
// threads ask and in whatever order. Pure values; any thread may use them.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "core/time.hpp"

namespace jobmock {

class Chance {
 public:
  // The circumstances: a seed, and what tells this decision from others. Their order counts.
  explicit Chance(std::initializer_list<std::uint64_t> circumstances);

  // With a probability of 1 always, of 0 never. Independent of between().
  [[nodiscard]] bool happens(double probability) const;

  // From `least` to `most`, both included.
  [[nodiscard]] Duration between(Duration least, Duration most) const;

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace jobmock
