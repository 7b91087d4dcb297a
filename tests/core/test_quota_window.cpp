#include <doctest/doctest.h>

#include "core/quota_window.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {
const Timestamp start(1000h);
}

TEST_CASE("a quota lets its number of requests through, then says how long to wait until the window ends") {
  QuotaWindow window;
  const QuotaEffect quota{2, 60s};
  CHECK_FALSE(window.use(quota, start));
  CHECK_FALSE(window.use(quota, start + 10s));
  CHECK(window.use(quota, start + 20s) == 40s);
  CHECK(window.use(quota, start + 60s - 1us) == 1us);
}

TEST_CASE("the next window begins with the first request after the end of the one before") {
  QuotaWindow window;
  const QuotaEffect quota{1, 60s};
  CHECK_FALSE(window.use(quota, start));
  CHECK_FALSE(window.use(quota, start + 100s));
  CHECK(window.use(quota, start + 130s) == 30s);
  CHECK_FALSE(window.use(quota, start + 160s));
}

TEST_CASE("a refused request does not count: who keeps asking still gets in when the window ends") {
  QuotaWindow window;
  const QuotaEffect quota{1, 60s};
  CHECK_FALSE(window.use(quota, start));
  for (int i = 0; i < 59; ++i) CHECK(window.use(quota, start + std::chrono::seconds(i)));
  CHECK_FALSE(window.use(quota, start + 60s));
  CHECK(window.use(quota, start + 60s));
}

TEST_CASE("a clock that was set back begins a new window") {
  QuotaWindow window;
  const QuotaEffect quota{1, 60s};
  CHECK_FALSE(window.use(quota, start));
  CHECK_FALSE(window.use(quota, start - 1h));
  CHECK(window.use(quota, start - 1h) == 60s);
}
