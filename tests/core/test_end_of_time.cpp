// What would happen after the last moment that RFC 3339 can write does not happen.
#include <doctest/doctest.h>

#include "core/run.hpp"
#include "core/world_clock.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

TEST_CASE("an entry at the end of time comes, one after it never does") {
  const State failed{Status::failed, {}, "late"};
  for (const auto after : {0us, 1us}) {
    CAPTURE(after.count());
    const Plan plan{{{5s, failed}}, {}};
    const Run run(end_of_time - 5s + after);
    const auto before = run.progress(plan, end_of_time - 6s);
    const bool comes = after == 0us;
    CHECK(before.next == &plan.timeline[0]);
    CHECK(before.next_at.has_value() == comes);
    CHECK(before.next_polls == 0);
    CHECK(run.coming(plan, end_of_time - 6s).size() == (comes ? 1 : 0));
    CHECK(run.progress(plan, end_of_time).state->status == (comes ? Status::failed : Status::in_progress));
  }
}
