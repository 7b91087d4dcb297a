#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "core/backoff.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {

std::vector<Wait> waits(const std::vector<double>& seconds) {
  std::vector<Wait> result;
  for (const auto length : seconds) {
    result.push_back({static_cast<std::uint32_t>(result.size()), Duration(std::llround(length * 1e6))});
  }
  return result;
}

std::string detected(const std::vector<double>& seconds) { return describe(detect_backoff(waits(seconds))); }

// A client that means to wait so long, and what is seen of it.
class Client {
 public:
  explicit Client(std::uint64_t seed) : random_(seed) {}

  double between(double low, double high) { return std::uniform_real_distribution(low, high)(random_); }

  // Less up to a quarter, as SDKs do it, and up to four milliseconds late.
  std::vector<double> jittered(std::vector<double> ideal, double least = 0.75, double most = 1) {
    for (auto& length : ideal) length = length * between(least, most) + between(0, 0.004);
    return ideal;
  }

 private:
  std::mt19937_64 random_;
};

std::vector<double> constant(double first, std::size_t count) { return std::vector<double>(count, first); }

std::vector<double> linear(double first, double step, std::size_t count) {
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(first + step * static_cast<double>(i));
  return result;
}

std::vector<double> exponential(double first, double factor, std::size_t count, double cap = 1e9) {
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(std::min(cap, first * std::pow(factor, i)));
  return result;
}

}  // namespace

TEST_CASE("the shape of waits without jitter is told from three of them, with its parameters") {
  CHECK(detected({1, 1, 1}) == "constant: 1s");
  CHECK(detected({1, 2, 3}) == "linear: 1s, growing by 1s");
  CHECK(detected({1, 3, 5}) == "linear: 1s, growing by 2s");
  CHECK(detected({2, 3, 4, 5}) == "linear: 2s, growing by 1s");
  CHECK(detected({1, 2, 4}) == "exponential: 1s, growing by a factor of 2");
  CHECK(detected({0.5, 0.75, 1.125}) == "exponential: 500ms, growing by a factor of 1.5");
  CHECK(detected({0.05, 0.075, 0.1125}) == "exponential: 50ms, growing by a factor of 1.5");
  CHECK(detected({1, 3, 9, 27}) == "exponential: 1s, growing by a factor of 3");
  CHECK(detected({0.01, 0.02, 0.04, 0.08}) == "exponential: 10ms, growing by a factor of 2");
  CHECK(detected({0, 1, 2, 3, 4}) == "linear: 0.1ms, growing by 1s");
  CHECK(detected(linear(1, 0.37, 20)) == "linear: 1s, growing by 370ms");
  CHECK(detected(exponential(1, 1.37, 8)) == "exponential: 1s, growing by a factor of 1.37");
}

TEST_CASE("growth that ends at a cap is told, with the cap") {
  CHECK(detected({1, 2, 4, 8, 8, 8}) == "exponential: 1s, growing by a factor of 2, at most 8s");
  CHECK(detected({1, 2, 4, 5, 5, 5}) == "exponential: 1s, growing by a factor of 2, at most 5s");
  CHECK(detected({0.5, 1, 2, 4, 8, 8}) == "exponential: 500ms, growing by a factor of 2, at most 8s");
  CHECK(detected({1, 2, 3, 3, 3}) == "linear: 1s, growing by 1s, at most 3s");
}

TEST_CASE("fewer than three waits tell no shape, and neither do fewer than three different ones that grow") {
  CHECK(detected({}) == "too few waits to tell");
  CHECK(detected({1}) == "too few waits to tell");
  CHECK(detected({1, 1}) == "too few waits to tell");
  CHECK(detected({1, 2}) == "too few waits to tell");
  const std::vector<Wait> twice{{0, 1s}, {1, 2s}, {0, 1s}, {1, 2s}};  // two attempts of two waits
  CHECK(detect_backoff(twice).shape == BackoffShape::too_few);
  const std::vector<Wait> same{{0, 1s}, {1, 1s}, {0, 1s}, {1, 1s}};
  CHECK(describe(detect_backoff(same)) == "constant: 1s");
}

TEST_CASE("waits without a shape are irregular") {
  CHECK(detected({1, 5, 2, 7, 1}) == "irregular");
  CHECK(detected({8, 4, 2, 1}) == "irregular");
  CHECK(detected({1, 1, 1, 1, 10}) == "irregular");
  CHECK(detected({1, 1, 1, 5, 5, 5}) == "irregular");
  CHECK(detected({1, 2, 2, 2, 2}) == "irregular");  // any growth might end like that
  CHECK(detected({0.000001, 1e9, 1, 1}) == "irregular");
}

TEST_CASE("a client that is some milliseconds late is no client with jitter") {
  CHECK(detected({1.0021, 1.0008, 1.004}) == "constant: 1s2ms");
  CHECK(detected({5, 5.003, 5.001}) == "constant: 5s1ms");
  CHECK(detected({1.002, 2.001, 4.003, 8.002}) == "exponential: 1s, growing by a factor of 2");
  CHECK(detected({0.0003, 0.002, 0.0001, 0.004}) == "constant: 2ms");  // no waits at all
}

TEST_CASE("each attempt begins its waits anew, and all together tell the shape") {
  const std::vector<Wait> two_attempts{{0, 1s}, {1, 2s}, {2, 4s}, {0, 1s}, {1, 2s}, {2, 4s}, {3, 8s}};
  CHECK(describe(detect_backoff(two_attempts)) == "exponential: 1s, growing by a factor of 2");
  const std::vector<Wait> first_missing{{1, 2s}, {2, 4s}, {3, 8s}};
  CHECK(describe(detect_backoff(first_missing)) == "exponential: 1s, growing by a factor of 2");
}

TEST_CASE(
    "four waits with jitter of up to 25 % or more tell constant, doubling, tripling and 1, 2, 3, 4: in every case") {
  int mistaken = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Client client(seed);
    const auto first = client.between(0.1, 3);
    const auto least = client.between(0.75, 1);
    for (const std::size_t count : {4U, 5U, 7U, 10U}) {
      const auto is = [&](BackoffShape shape, const std::vector<double>& ideal) {
        const auto seen = client.jittered(ideal, least);
        if (detect_backoff(waits(seen)).shape == shape) return;
        ++mistaken;
        MESSAGE("seed " << seed << ", " << count << " waits: " << to_string(shape) << " is taken for "
                        << detected(seen));
      };
      is(BackoffShape::constant, constant(first, count));
      is(BackoffShape::linear, linear(first, first, count));
      is(BackoffShape::exponential, exponential(first, 2, count));
      is(BackoffShape::exponential, exponential(first, 3, count));
    }
  }
  CHECK(mistaken == 0);
}

TEST_CASE("what jitter makes look like something else is still taken for what is usual") {
  CHECK(detected({0.39, 0.776, 1.529, 1.689}) == "linear: 510ms, growing by 510ms, jitter 24%");  // not 2ⁿ up to a cap
}

TEST_CASE("slower growth with jitter, and growth up to a cap, are told in every case from twelve waits on") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Client client(seed);
    const auto first = client.between(0.1, 3);
    const auto shape = [&](const std::vector<double>& ideal) {
      return detect_backoff(waits(client.jittered(ideal))).shape;
    };
    CHECK(shape(exponential(first, 1.5, 12)) == BackoffShape::exponential);
    CHECK(shape(linear(first, 2 * first, 12)) == BackoffShape::linear);
    const auto capped = detect_backoff(waits(client.jittered(exponential(first, 2, 12, first * 8))));
    CHECK(capped.shape == BackoffShape::exponential);
    REQUIRE(capped.cap);
    CHECK(std::chrono::duration<double>(*capped.cap).count() == doctest::Approx(first * 8).epsilon(0.26));
    CHECK(capped.jitter <= 0.26);
  }
}

TEST_CASE("waits scattered by 25 % to both sides are told from four on nearly always, from ten on always") {
  const auto mistaken = [](std::size_t count) {
    int mistakes = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Client client(seed);
      const auto seen = [&](const std::vector<double>& ideal) {
        return detect_backoff(waits(client.jittered(ideal, 0.75, 1.25))).shape;
      };
      if (seen(constant(1, count)) != BackoffShape::constant) ++mistakes;
      if (seen(exponential(1, 2, count)) != BackoffShape::exponential) ++mistakes;
    }
    return mistakes;
  };
  CHECK(mistaken(4) <= 0.05 * 600);
  CHECK(mistaken(10) <= 0.01 * 600);
}

TEST_CASE("random waits are hardly ever given a shape") {
  int shapes = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Client client(seed);
    std::vector<double> seen;
    for (int i = 0; i < 8; ++i) seen.push_back(std::exp(client.between(std::log(0.2), std::log(4))));
    if (detect_backoff(waits(seen)).shape != BackoffShape::irregular) ++shapes;
  }
  CHECK(shapes <= 5);
}

TEST_CASE("jitter is told as the share by which waits fall short") {
  Client client(7);
  const auto jittered = detect_backoff(waits(client.jittered(constant(2, 200))));
  CHECK(jittered.jitter == doctest::Approx(0.25).epsilon(0.05));
  CHECK(detect_backoff(waits(client.jittered(constant(2, 200), 1))).jitter == 0);
  CHECK(detected({0.375, 0.9, 1.6, 3.3, 7, 6.5, 8}) ==
        "exponential: 450ms, growing by a factor of 2, at most 8s, jitter 19%");
}

TEST_CASE("thousands of waits are told too, and extremes do no harm") {
  CHECK(detected(constant(1, 10'000)) == "constant: 1s");
  CHECK(detected(exponential(1, 2, 10'000, 60)) == "exponential: 1s, growing by a factor of 2, at most 1m");
  CHECK(detected(linear(1, 1, 256)) == "linear: 1s, growing by 1s");
  auto changing = constant(1, 10'000);
  changing.back() = 9;
  CHECK(detected(changing) == "irregular");
  CHECK(detected({0, 0, 0, 0}) == "constant: 0s");
  const std::vector<Wait> longest{{0, Duration::max()}, {1, Duration::max()}, {UINT32_MAX, Duration::max()}};
  CHECK(detect_backoff(longest).shape == BackoffShape::constant);
}

TEST_CASE("an expected backoff explains waits that are within its tolerance of some ideal") {
  const auto explains_all = [](const ExpectedBackoff& expected, const std::vector<double>& seconds) {
    return explains(expected, waits(seconds));
  };
  const ExpectedBackoff constant_{BackoffShape::constant, {}, {}, 0.25};
  CHECK(explains_all(constant_, {1, 1, 1}));
  CHECK(explains_all(constant_, {0.75, 1.25, 1}));
  CHECK_FALSE(explains_all(constant_, {0.7, 1.3, 1}));

  const ExpectedBackoff doubling{BackoffShape::exponential, 2, {}, 0.25};
  CHECK(explains_all(doubling, {1, 2, 4, 8}));
  CHECK(explains_all(doubling, {0.75, 1.5, 4, 6}));
  CHECK(explains_all(doubling, {1, 2, 4, 8, 8, 8}));  // a cap that is not given is any
  CHECK_FALSE(explains_all(doubling, {1, 2, 3, 4, 5, 6, 7}));
  CHECK_FALSE(explains_all(doubling, {1, 1, 1, 1}));  // nothing was seen to grow
  CHECK_FALSE(explains_all(doubling, {1, 3, 9, 27}));
  CHECK_FALSE(explains_all(doubling, {8, 4, 2, 1}));

  const ExpectedBackoff capped{BackoffShape::exponential, 2, 8s, 0.1};
  CHECK(explains_all(capped, {1, 2, 4, 8, 8}));
  CHECK(explains_all(capped, {1, 2, 4}));            // not there yet
  CHECK(explains_all(capped, {3, 6, 8, 8}));         // capped before it doubled
  CHECK_FALSE(explains_all(capped, {1, 2, 4, 4}));   // stopped too early
  CHECK_FALSE(explains_all(capped, {1, 2, 4, 16}));  // went beyond

  const ExpectedBackoff any_factor{BackoffShape::exponential, {}, {}, 0.05};
  CHECK(explains_all(any_factor, {1, 3, 9, 27}));
  CHECK(explains_all(any_factor, {1, 1.5, 2.25}));
  CHECK_FALSE(explains_all(any_factor, {1, 2, 3, 4, 5}));

  const ExpectedBackoff linear_{BackoffShape::linear, {}, {}, 0.05};
  CHECK(explains_all(linear_, {1, 2, 3, 4, 5}));
  CHECK(explains_all(linear_, {5, 6, 7}));
  CHECK(explains_all(linear_, {1, 2, 3, 3, 3}));
  CHECK_FALSE(explains_all(linear_, {1, 2, 4, 8}));
  CHECK_FALSE(explains_all({BackoffShape::linear, {}, 3s, 0.05}, {1, 2, 3, 4, 5}));
}

TEST_CASE("without tolerance waits may be late by five milliseconds, and not early") {
  const ExpectedBackoff exactly{BackoffShape::exponential, 2, 4s, 0};
  CHECK(explains(exactly, waits({1, 2, 4, 4})));
  CHECK(explains(exactly, waits({1.004, 2.001, 4, 4.005})));
  CHECK_FALSE(explains(exactly, waits({1.004, 2.001, 4, 4.0051})));
  CHECK_FALSE(explains(exactly, waits({1, 2, 4, 3.999})));
}

TEST_CASE("every jittered client meets the expectation that describes it") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    Client client(seed);
    const auto first = client.between(0.1, 3);
    const auto cap = Duration(std::llround(first * 8e6));
    const auto capped = waits(client.jittered(exponential(first, 2, 9, first * 8)));
    CHECK(explains({BackoffShape::exponential, 2, cap, 0.25}, capped));
    CHECK(explains({BackoffShape::exponential, {}, cap, 0.25}, capped));
    CHECK(explains({BackoffShape::exponential, {}, {}, 0.25}, capped));
    CHECK(explains({BackoffShape::linear, {}, {}, 0.25}, waits(client.jittered(linear(first, first, 9)))));
    CHECK(explains({BackoffShape::constant, {}, {}, 0.25}, waits(client.jittered(constant(first, 9)))));
  }
}

TEST_CASE("an expectation is described as it is judged") {
  CHECK(describe(ExpectedBackoff{BackoffShape::exponential, 1.5, 8s, 0.25}) ==
        "exponential, growing by a factor of 1.5, at most 8s, each within 25%");
  CHECK(describe(ExpectedBackoff{BackoffShape::constant, {}, {}, 0.1}) == "constant, each within 10%");
}
