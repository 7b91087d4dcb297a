// All worlds, by name. Any thread may call.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/mutex.hpp"
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

  Worlds(std::shared_ptr<const FixtureSet> fixtures, const Options& options);

  struct Entered {
    std::shared_ptr<World> world;
    bool forgot_another;  // the limit was reached: the world that was used longest ago is gone
  };

  // The world of that name, begun at the real time `now` if there is none.
  Entered enter(std::string_view name, Timestamp now);

  // Changes, without a lock, whenever a token may open another world than before, or none: whoever remembers a world
  // that it opened must forget it. Never zero.
  [[nodiscard]] std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  [[nodiscard]] std::shared_ptr<World> find(std::string_view name) const;  // null when there is none
  [[nodiscard]] std::vector<std::shared_ptr<World>> all() const;           // by name

  // Requests to every world, or to the one of that name.
  [[nodiscard]] std::shared_ptr<const RequestCount> count_requests(const JournalFilter& filter,
                                                                   const std::optional<std::string>& name) const;

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
  // So that names can be looked up without a copy.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  [[nodiscard]] ClockSettings clock_settings(const FixtureSet& fixtures) const;
  void forget_longest_unused() REQUIRES(mutex_);

  const Options options_;
  SharedByWorlds shared_;  // by all worlds; not changed

  std::atomic<std::uint64_t> generation_ = 1;
  Mutex adopting_;  // one at a time; taken before mutex_
  mutable Mutex mutex_;
  std::shared_ptr<const FixtureSet> fixtures_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::shared_ptr<World>, Hash, std::equal_to<>> worlds_ GUARDED_BY(mutex_);
  std::uint64_t forgotten_ GUARDED_BY(mutex_) = 0;
};

}  // namespace jobmock
