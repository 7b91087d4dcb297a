#include "support/allocations.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t allocated = 0;
thread_local std::int64_t bytes = 0;  // less than nothing when this thread freed what another took
thread_local std::int64_t peak = 0;
thread_local std::int64_t bytes_before = 0;

void release(void* memory) {
  bytes -= static_cast<std::int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

std::size_t jobmock::test::allocations() { return allocated; }

void jobmock::test::detail::begin_peak() { bytes_before = peak = bytes; }
std::size_t jobmock::test::detail::end_peak() { return static_cast<std::size_t>(peak - bytes_before); }

// All forms that are not defined by these; a sanitizer has its own of each, and tells when two do not fit.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) return nullptr;
  ++allocated;
  bytes += static_cast<std::int64_t>(malloc_usable_size(memory));
  peak = std::max(peak, bytes);
  return memory;
}

void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept { release(memory); }
