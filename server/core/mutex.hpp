// A mutex whose use Clang checks (-Wthread-safety): what is GUARDED_BY it is touched, and what REQUIRES it is called,
// only under its lock. To other compilers the words mean nothing.
#pragma once

#include <mutex>

#if defined(__clang__)
#define JOBMOCK_ATTRIBUTE(x) __attribute__((x))
#else
#define JOBMOCK_ATTRIBUTE(x)
#endif
#define GUARDED_BY(mutex) JOBMOCK_ATTRIBUTE(guarded_by(mutex))
#define REQUIRES(mutex) JOBMOCK_ATTRIBUTE(requires_capability(mutex))

namespace jobmock {

class JOBMOCK_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() JOBMOCK_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  bool try_lock() JOBMOCK_ATTRIBUTE(try_acquire_capability(true)) { return mutex_.try_lock(); }
  void unlock() JOBMOCK_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Held as long as it lives.
class JOBMOCK_ATTRIBUTE(scoped_lockable) Lock {
 public:
  explicit Lock(Mutex& mutex) JOBMOCK_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
  ~Lock() JOBMOCK_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  Lock(Lock&&) = delete;
  Lock& operator=(Lock&&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace jobmock
