// How often this thread took memory: work that grows with what there is, and takes some, can be told from work that
// does not, without a clock.
#pragma once

#include <cstddef>

namespace jobmock::test {

std::size_t allocations();

}  // namespace jobmock::test
