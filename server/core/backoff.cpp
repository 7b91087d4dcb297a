#include "core/backoff.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "core/growth.hpp"

namespace jobmock {
namespace {

constexpr Duration lateness = std::chrono::milliseconds(5);  // of a client's timer and of the network
constexpr std::size_t fewest = 3;                            // waits, and ideals that grow, of which a shape is claimed

// Misfits: how far waits are scattered, in logarithms. A little more than is meant, for waits that are later still.
constexpr double rounding = 1e-6;
constexpr double exact = 0.001;
constexpr double slight = 0.02;
const double jitter_of_25_percent = std::log(1 / 0.75) + 0.01;
const double scatter_of_25_percent = std::log(1.25 / 0.75) + 0.01;

const Rates any_step{0.05, 1e4};
const Rates any_factor{std::log(1.1), std::log(10)};

// A shape that is tried. The one of least cost is taken, where a cost is the length of a description (minimum
// description length, in nats): each wait that does not settle a parameter costs the less the closer it is to its
// place, compared with all likely waits, and whatever is not usual costs extra. The prices were settled by trying
// hundreds of thousands of made-up clients.
struct Candidate {
  BackoffShape shape;
  Rates rates;
  double price;
  double most_misfit;
  bool is_usual = false;
};
constexpr double cost_of_no_shape = -2;      // below zero: a claim takes some evidence
constexpr double range_of_likely_waits = 6;  // in logarithms: from 10 ms to 4 s
constexpr double price_of_cap = 3;
constexpr double price_of_scatter = 4;     // beyond 25 % jitter
constexpr double price_of_round_rate = 1;  // no usual one, and only without jitter
constexpr double price_of_any_rate = 6;
constexpr double gain_of_usual = 6;  // with neither a cap nor more than 25 % jitter

std::vector<Candidate> make_candidates() {
  std::vector<Candidate> candidates;
  const auto add_usual = [&](BackoffShape shape, double rate) {
    candidates.push_back({shape, {rate, rate}, 0, scatter_of_25_percent, true});
  };
  const auto add_round = [&](BackoffShape shape, double rate) {
    candidates.push_back({shape, {rate, rate}, price_of_round_rate, exact});
  };
  add_usual(BackoffShape::constant, 0);
  add_usual(BackoffShape::linear, 1);
  for (const auto factor : {2.0, 3.0}) add_usual(BackoffShape::exponential, std::log(factor));
  for (const auto step : {0.2, 0.25, 1 / 3.0, 0.5, 2 / 3.0, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0}) {
    add_round(BackoffShape::linear, step);
  }
  for (const auto factor : {1.25, 1.5, 2.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0}) {
    add_round(BackoffShape::exponential, std::log(factor));
  }
  candidates.push_back({BackoffShape::linear, any_step, price_of_any_rate, scatter_of_25_percent});
  candidates.push_back({BackoffShape::exponential, any_factor, price_of_any_rate, scatter_of_25_percent});
  return candidates;
}

Duration median_of(std::span<const Wait> waits) {
  std::vector<Duration> lengths;
  for (const auto& wait : waits) lengths.push_back(wait.length);
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return *middle;
}

// Finds the candidate of least cost.
class Search {
 public:
  explicit Search(std::span<const Wait> waits)
      : ladder_(waits, lateness),
        punctual_(waits, Duration(0)),
        waits_(static_cast<double>(waits.size())),
        lateness_(static_cast<double>(lateness.count()) / (static_cast<double>(median_of(waits).count()) + 1)) {}

  void consider(const Candidate& candidate) {
    const auto& [shape, rates, price, most_misfit, is_usual] = candidate;
    if (shape == BackoffShape::constant) return offer(candidate, fit(ladder_, {shape, 0}, ladder_.size(), {}));
    const auto longest = longest_growth(ladder_, shape, rates, {}, most_misfit);
    for (auto i = longest; i >= fewest; --i) {
      const auto& rest = ladder_.from(i);
      if (rest.from - rest.to > most_misfit || ladder_.different_before(i) < fewest) return;
      const auto found = best_fit(ladder_, shape, rates, i, {});
      offer(candidate, found);
      if (!is_capped(found) && found.misfit <= jitter_of_25_percent) return;  // needs no cap
    }
  }

  [[nodiscard]] const Fit& best() const { return best_; }
  [[nodiscard]] bool has_found() const { return least_cost_ < cost_of_no_shape; }
  [[nodiscard]] bool could_tell_growth() const { return ladder_.different_before(ladder_.size()) >= fewest; }

 private:
  [[nodiscard]] bool is_capped(const Fit& found) const { return ladder_.from(found.capped_from).is_of_any_wait(); }

  // Finer differences between waits mean nothing, unless the client was seen to be punctual.
  [[nodiscard]] double width_of_lateness(const Fit& found) const {
    const auto seen = fit(punctual_, found.growth, found.capped_from, {}).misfit;
    return std::clamp(std::min(seen, lateness_), 0.005, jitter_of_25_percent);
  }

  void offer(const Candidate& candidate, const Fit& found) {
    if (found.misfit > candidate.most_misfit) return;
    const bool capped = candidate.shape != BackoffShape::constant && is_capped(found);
    const bool scattered = found.misfit > jitter_of_25_percent;
    const double parameters = 1 + (candidate.rates.least < candidate.rates.most ? 1 : 0) + (capped ? 1 : 0);
    const auto width = std::max(found.misfit, width_of_lateness(found));
    auto cost = (waits_ - parameters) * std::log(width / range_of_likely_waits) + candidate.price;
    cost += (capped ? price_of_cap : 0) + (scattered ? price_of_scatter : 0);
    cost -= candidate.is_usual && !capped && !scattered ? gain_of_usual : 0;
    if (cost >= least_cost_) return;
    least_cost_ = cost;
    best_ = found;
  }

  const WaitLadder ladder_;
  const WaitLadder punctual_;  // the same, of a client that is never late
  const double waits_;
  const double lateness_;  // as a share of a wait
  double least_cost_ = cost_of_no_shape;
  Fit best_;
};

Duration length_of(double logarithm) {
  const auto micros = Duration(std::llround(std::exp(logarithm)));
  return micros < std::chrono::milliseconds(10) ? micros : std::chrono::round<std::chrono::milliseconds>(micros);
}

// The parameters of what was found, from the waits as they were: clients are late, but do not mean to be.
Backoff describe_fit(const Fit& found, std::span<const Wait> waits) {
  Backoff backoff;
  backoff.shape = found.growth.shape;
  if (found.misfit > slight) backoff.jitter = 1 - std::exp(-found.misfit);
  if (backoff.shape == BackoffShape::constant) {
    backoff.interval = length_of(std::log(static_cast<double>(median_of(waits).count())));
    return backoff;
  }
  const WaitLadder ladder(waits, Duration(0));
  const auto fitted = fit(ladder, found.growth, found.capped_from, {});
  const auto ideal = [&](const IdealRange& range) { return backoff.jitter > 0 ? range.from : range.to; };
  backoff.interval = length_of(ideal(fitted.first));
  if (fitted.cap.is_of_any_wait()) backoff.cap = length_of(ideal(fitted.cap));
  if (backoff.shape == BackoffShape::linear) {
    backoff.step = length_of(ideal(fitted.first) + std::log(found.growth.rate));
  } else {
    backoff.factor = std::exp(found.growth.rate);
  }
  return backoff;
}

// With two decimals at most: "2", "1.5", "0.33".
std::string number_text(double number) {
  const auto hundredths = std::llround(number * 100);
  auto text = std::to_string(hundredths / 100);
  if (hundredths % 100 == 0) return text;
  text += '.' + std::to_string(100 + hundredths % 100).substr(1);
  if (text.ends_with('0')) text.pop_back();
  return text;
}

std::string percent_text(double share) { return std::to_string(std::lround(share * 100)) + "%"; }

}  // namespace

std::string_view to_string(BackoffShape shape) {
  switch (shape) {
    case BackoffShape::too_few:
      return "too_few";
    case BackoffShape::irregular:
      return "irregular";
    case BackoffShape::constant:
      return "constant";
    case BackoffShape::linear:
      return "linear";
    case BackoffShape::exponential:
      return "exponential";
  }
  return "";
}

Backoff detect_backoff(std::span<const Wait> waits) {
  if (waits.size() < fewest) return {};
  static const auto candidates = make_candidates();
  Search search(waits);
  for (const auto& candidate : candidates) search.consider(candidate);
  if (search.has_found()) return describe_fit(search.best(), waits);
  Backoff none;
  if (search.could_tell_growth()) none.shape = BackoffShape::irregular;
  return none;
}

std::string describe(const Backoff& backoff) {
  std::string text(to_string(backoff.shape));
  if (backoff.shape == BackoffShape::too_few) return "too few waits to tell";
  if (backoff.shape == BackoffShape::irregular) return text;
  text += ": " + format_duration(backoff.interval);
  if (backoff.shape == BackoffShape::linear) text += ", growing by " + format_duration(backoff.step);
  if (backoff.shape == BackoffShape::exponential) text += ", growing by a factor of " + number_text(backoff.factor);
  if (backoff.cap) text += ", at most " + format_duration(*backoff.cap);
  if (backoff.jitter > 0) text += ", jitter " + percent_text(backoff.jitter);
  return text;
}

std::string describe(const ExpectedBackoff& expected) {
  std::string text(to_string(expected.shape));
  if (expected.factor) text += ", growing by a factor of " + number_text(*expected.factor);
  if (expected.cap) text += ", at most " + format_duration(*expected.cap);
  return text + ", each within " + percent_text(expected.tolerance);
}

bool explains(const ExpectedBackoff& expected, std::span<const Wait> waits) {
  const WaitLadder ladder(waits, lateness);
  Band band{std::log1p(expected.tolerance), -std::log1p(-expected.tolerance), {}};
  if (expected.cap) band.cap = std::log(static_cast<double>(expected.cap->count()));
  if (expected.shape == BackoffShape::constant) {
    return fit(ladder, {expected.shape, 0}, ladder.size(), band).misfit <= rounding;
  }
  auto rates = expected.shape == BackoffShape::linear ? any_step : any_factor;
  if (expected.factor) rates = {std::log(*expected.factor), std::log(*expected.factor)};
  const std::size_t soonest_cap = expected.cap ? 1 : 2;  // where none is given, waits must be seen to grow
  for (auto i = longest_growth(ladder, expected.shape, rates, band, rounding); i >= soonest_cap; --i) {
    const auto& rest = ladder.from(i);
    if (rest.from - rest.to > band.above + band.below + rounding) return false;
    if (best_fit(ladder, expected.shape, rates, i, band).misfit <= rounding) return true;
  }
  return false;
}

}  // namespace jobmock
