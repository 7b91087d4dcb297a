#include "core/growth.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace jobmock {
namespace {

constexpr std::size_t most_growing = 256;

constexpr Duration shortest = std::chrono::milliseconds(1);  // a shorter wait may have been meant to be that long

double logarithm(Duration length) { return std::log(static_cast<double>(std::max(length, Duration(1)).count())); }

// A first wait near zero makes the step a large multiple of it, so linear rates are searched by their logarithm.
Growth growth_of(BackoffShape shape, double searched) {
  return {shape, shape == BackoffShape::linear ? std::exp(searched) : searched};
}

// Where a function that has one valley is least, by golden-section search.
template <typename Function>
double lowest_point(double low, double high, const Function& function) {
  constexpr double golden = 0.6180339887498949;
  constexpr double precision = 1e-6;
  auto left = high - golden * (high - low);
  auto right = low + golden * (high - low);
  auto at_left = function(left);
  auto at_right = function(right);
  while (high - low > precision) {
    if (at_left <= at_right) {
      high = std::exchange(right, left);
      at_right = at_left;
      left = high - golden * (high - low);
      at_left = function(left);
    } else {
      low = std::exchange(left, right);
      at_left = at_right;
      right = low + golden * (high - low);
      at_right = function(right);
    }
  }
  return at_left <= at_right ? left : right;  // never worse than any other that was tried
}

// The rate at which `misfit(growth)` is least. There is one valley: the ideals that a band holds are a convex set.
template <typename Misfit>
Growth best_growth(BackoffShape shape, const Rates& rates, const Misfit& misfit) {
  if (rates.least == rates.most) return {shape, rates.least};
  const bool is_linear = shape == BackoffShape::linear;
  const auto low = is_linear ? std::log(rates.least) : rates.least;
  const auto high = is_linear ? std::log(rates.most) : rates.most;
  return growth_of(shape, lowest_point(low, high, [&](double tried) { return misfit(growth_of(shape, tried)); }));
}

}  // namespace

void IdealRange::narrow(const IdealRange& other) {
  from = std::max(from, other.from);
  to = std::min(to, other.to);
}

WaitLadder::WaitLadder(std::span<const Wait> waits, Duration late) {
  std::size_t size = 1;
  for (const auto& wait : waits) size = std::max<std::size_t>(size, wait.index + std::size_t{1});
  at_.resize(std::min(size, most_growing));
  from_.resize(at_.size() + 1);
  for (const auto& wait : waits) {
    auto& range = wait.index < at_.size() ? at_[wait.index] : from_.back();
    range.narrow({logarithm(wait.length - late), logarithm(std::max(wait.length, shortest))});
  }
  for (auto i = at_.size(); i > 0; --i) {
    from_[i - 1] = at_[i - 1];
    from_[i - 1].narrow(from_[i]);
  }
}

std::size_t WaitLadder::different_before(std::size_t index) const {
  const auto end = at_.begin() + static_cast<std::ptrdiff_t>(index);
  return static_cast<std::size_t>(
      std::count_if(at_.begin(), end, [](const IdealRange& range) { return range.is_of_any_wait(); }));
}

double Growth::at(std::size_t index) const {
  const auto steps = static_cast<double>(index);
  switch (shape) {
    case BackoffShape::linear:
      return std::log1p(steps * rate);
    case BackoffShape::exponential:
      return steps * rate;
    default:
      return 0;
  }
}

Fit fit(const WaitLadder& ladder, const Growth& growth, std::size_t capped_from, const Band& band) {
  Fit fit{growth, capped_from, {}, ladder.from(capped_from)};
  for (std::size_t i = 0; i < capped_from; ++i) {
    const auto grown = growth.at(i);
    fit.first.narrow({ladder.at(i).from - grown, ladder.at(i).to - grown});
  }
  const bool is_capped = fit.cap.is_of_any_wait();
  for (auto* range : {&fit.first, &fit.cap}) *range = {range->from - band.above, range->to + band.below};
  if (band.cap) fit.cap.narrow({*band.cap, *band.cap});

  fit.misfit_below_cap = fit.first.from - fit.first.to;
  const auto last_grown = fit.first.from + growth.at(capped_from - 1);  // at the least
  fit.misfit = std::max({fit.misfit_below_cap, fit.cap.from - fit.cap.to, last_grown - fit.cap.to});
  if (is_capped) fit.misfit = std::max(fit.misfit, fit.cap.from - growth.at(capped_from) - fit.first.to);
  return fit;
}

Fit best_fit(const WaitLadder& ladder, BackoffShape shape, const Rates& rates, std::size_t capped_from,
             const Band& band) {
  const auto growth =
      best_growth(shape, rates, [&](const Growth& tried) { return fit(ladder, tried, capped_from, band).misfit; });
  return fit(ladder, growth, capped_from, band);
}

std::size_t longest_growth(const WaitLadder& ladder, BackoffShape shape, const Rates& rates, const Band& band,
                           double misfit) {
  const auto holds = [&](std::size_t capped_from) {
    const auto below_cap = [&](const Growth& tried) { return fit(ladder, tried, capped_from, band).misfit_below_cap; };
    return below_cap(best_growth(shape, rates, below_cap)) <= misfit;
  };
  std::size_t longest = 1;  // one wait is held by any rate
  auto too_long = ladder.size() + 1;
  while (too_long - longest > 1) {
    const auto middle = longest + (too_long - longest) / 2;
    (holds(middle) ? longest : too_long) = middle;
  }
  return longest;
}

}  // namespace jobmock
