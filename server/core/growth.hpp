// Fits ideal waits, that stay the same or grow until a cap, to the waits of a client: the arithmetic under backoff.hpp.
// Pure; any thread may call.
//
// Everything is in natural logarithms (of microseconds): a share of a wait is a distance there, a factor a slope, and
// "every wait is at most a quarter below its ideal" a band of constant width.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/backoff.hpp"

namespace jobmock {

// What the logarithm of an ideal may be, to explain some waits; nothing when `from` is above `to`. `to` is infinite
// when there are no waits.
struct IdealRange {
  double from = -std::numeric_limits<double>::infinity();
  double to = std::numeric_limits<double>::infinity();

  [[nodiscard]] bool is_of_any_wait() const { return to < std::numeric_limits<double>::infinity(); }
  void narrow(const IdealRange& other);
};

// The waits of a client by their index. Each may have been meant to be shorter by up to `late`.
class WaitLadder {
 public:
  WaitLadder(std::span<const Wait> waits, Duration late);

  // Up to where ideals may grow: one more than the last index, at most 256.
  [[nodiscard]] std::size_t size() const { return at_.size(); }
  [[nodiscard]] const IdealRange& at(std::size_t index) const { return at_[index]; }
  [[nodiscard]] const IdealRange& from(std::size_t index) const { return from_[index]; }  // up to size()
  [[nodiscard]] std::size_t different_before(std::size_t index) const;                    // indices with a wait

 private:
  std::vector<IdealRange> at_;
  std::vector<IdealRange> from_;
};

// How ideals grow, relative to the first.
struct Growth {
  BackoffShape shape = BackoffShape::constant;
  double rate = 0;  // linear: the step, as a share of the first; exponential: the logarithm of the factor

  [[nodiscard]] double at(std::size_t index) const;
};

// How far above and below its ideal a wait may be, and the cap where that is known.
struct Band {
  double above = 0;
  double below = 0;
  std::optional<double> cap{};
};

// Growth up to an index, and a cap from there on.
struct Fit {
  Growth growth;
  std::size_t capped_from = 0;
  IdealRange first;  // the first ideal
  IdealRange cap;
  // By how much the band would have to be wider to hold all waits, and those below the cap. Negative: there is room.
  double misfit = std::numeric_limits<double>::infinity();
  double misfit_below_cap = std::numeric_limits<double>::infinity();
};

// `capped_from` from 1 to the ladder's size. Linear time in it.
Fit fit(const WaitLadder& ladder, const Growth& growth, std::size_t capped_from, const Band& band);

// From the least to the largest rate that is tried.
struct Rates {
  double least = 0;
  double most = 0;
};

// The rate of least misfit. Some fifty times the time of one fit.
Fit best_fit(const WaitLadder& ladder, BackoffShape shape, const Rates& rates, std::size_t capped_from,
             const Band& band);

// The latest index up to which some rate holds the waits with that much misfit, whatever comes after.
std::size_t longest_growth(const WaitLadder& ladder, BackoffShape shape, const Rates& rates, const Band& band,
                           double misfit);

}  // namespace jobmock
