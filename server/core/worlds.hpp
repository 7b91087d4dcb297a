// All worlds, by name. Any thread may call.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/world.hpp"

namespace jobmock {

class Worlds {
 public:
  struct Options {
    std::size_t most = 10'000;  // worlds
    std::uint64_t seed = 0;     // ids of created jobs follow from it and the world's name
    WorldLimits limits;
  };

  Worlds(std::shared_ptr<const FixtureSet> fixtures, const Options& options);

  struct Entered {
    std::shared_ptr<World> world;
    bool forgot_another;  // the limit was reached: the world that was used longest ago is gone
  };

  // The world of that name, begun at `now` if there is none.
  Entered enter(std::string_view name, Timestamp now);

 private:
  struct Named {
    std::string name;
    std::shared_ptr<World> world;
  };

  const std::shared_ptr<const FixtureSet> fixtures_;
  const Options options_;
  const World::Bytes bytes_of_all_ = std::make_shared<std::atomic<std::size_t>>(0);

  std::mutex mutex_;
  std::list<Named> by_use_;  // guarded by mutex_; the last used first
  // Guarded by mutex_; the keys are the names in by_use_.
  std::unordered_map<std::string_view, std::list<Named>::iterator> by_name_;
};

}  // namespace jobmock
