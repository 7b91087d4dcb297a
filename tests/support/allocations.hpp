// The memory that this thread takes with `new`: work that grows with what there is can be told from work that does not,
// without a clock. For tests that are built with allocations.cpp.
#pragma once

#include <cstddef>

namespace jobmock::test {

std::size_t allocations();  // so far

namespace detail {
void begin_peak();
std::size_t end_peak();
}  // namespace detail

// How many bytes `work` had at most at a time, beyond those there were before.
template <typename Work>
std::size_t peak_bytes_of(const Work& work) {
  detail::begin_peak();
  work();
  return detail::end_peak();
}

}  // namespace jobmock::test
