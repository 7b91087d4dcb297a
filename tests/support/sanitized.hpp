// What a test leaves to the builds without sanitizers: bounds of memory, which they keep for themselves, and
// surroundings that they cannot live in.
#pragma once

namespace jobmock::test {

#ifdef __has_feature  // Clang
constexpr bool is_thread_sanitized = __has_feature(thread_sanitizer);
constexpr bool is_sanitized = __has_feature(address_sanitizer) || is_thread_sanitized;
#else
#ifdef __SANITIZE_THREAD__
constexpr bool is_thread_sanitized = true;
#else
constexpr bool is_thread_sanitized = false;
#endif
#ifdef __SANITIZE_ADDRESS__
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = is_thread_sanitized;
#endif
#endif

}  // namespace jobmock::test
