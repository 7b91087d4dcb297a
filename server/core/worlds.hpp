// All worlds, by name. Any thread may call.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/world.hpp"

namespace jobmock {

// What beats the clock of the fixtures in every world.
struct ClockOverrides {
  std::optional<double> speed;
  std::optional<OnPoll> on_poll;
};

class Worlds {
 public:
  struct Options {
    std::size_t most = 10'000;  // worlds
    std::uint64_t seed = 0;     // ids of created jobs follow from it and the world's name
    WorldLimits limits;
    ClockOverrides clock;
  };

  Worlds(std::shared_ptr<const FixtureSet> fixtures, Options options);

  struct Entered {
    std::shared_ptr<World> world;
    bool forgot_another;  // the limit was reached: the world that was used longest ago is gone
  };

  // The world of that name, begun at the real time `now` if there is none.
  Entered enter(std::string_view name, Timestamp now);

  [[nodiscard]] std::shared_ptr<World> find(std::string_view name) const;  // null when there is none
  [[nodiscard]] std::vector<std::shared_ptr<World>> all() const;           // by name

  // The world begins anew at its next request. False when there is none of that name.
  bool forget(std::string_view name);

  // The world begins anew now.
  void reset(World& world, Moment& moment) const;

  // The limit has forgotten so many.
  [[nodiscard]] std::uint64_t forgotten() const;
  [[nodiscard]] std::size_t most() const { return options_.most; }

  [[nodiscard]] std::shared_ptr<const FixtureSet> fixtures() const;

  // From now on worlds begin with these; those there are go over to them, one after the other (see World::adopt).
  void adopt(FixtureSet fixtures);

 private:
  struct Named {
    std::string name;
    std::shared_ptr<World> world;
  };

  [[nodiscard]] ClockSettings clock_settings(const FixtureSet& fixtures) const;

  const Options options_;
  const World::Bytes bytes_of_all_ = std::make_shared<std::atomic<std::size_t>>(0);

  std::mutex adopting_;  // one at a time; taken before mutex_
  mutable std::mutex mutex_;
  // All below guarded by mutex_.
  std::shared_ptr<const FixtureSet> fixtures_;
  std::list<Named> by_use_;                                                   // the last used first
  std::unordered_map<std::string_view, std::list<Named>::iterator> by_name_;  // the keys are the names in by_use_
  std::uint64_t forgotten_ = 0;
};

}  // namespace jobmock
