#include "stop_limit.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

namespace jobmock {

using namespace std::chrono_literals;

StopLimit::StopLimit(AccessLog& log, int status)
    : thread_([&log, status](const std::stop_token& destroyed) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any changed;
        changed.wait_for(lock, destroyed, 50ms, [] { return false; });
        if (destroyed.stop_requested()) return;
        for (int tries = 0; tries < 100 && !log.try_flush(); ++tries) std::this_thread::sleep_for(10ms);
        std::_Exit(status);
      }) {}

}  // namespace jobmock
