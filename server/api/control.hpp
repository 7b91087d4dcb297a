// What the server lets /__admin do beyond the worlds, given by whoever puts it together; and what became of reading the
// fixtures again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/mutex.hpp"
#include "core/world.hpp"

namespace jobmock {

// Each text is one problem with its place, over several lines.
using Problems = std::vector<std::string>;

struct Control {
  // Asks for the fixtures to be read again, and returns at once: Reloads tells what became of it. Any thread.
  std::function<void()> request_reload;

  // A job in the fixtures' own shape, as JSON or YAML. Any thread.
  std::function<tl::expected<OwnJob, Problems>(std::string_view text, bool is_json,
                                               const std::shared_ptr<const FixtureSet>& fixtures)>
      read_job;

  // A fault in the fixtures' own shape, and what it is for: `fault.id` is not set, and its application not looked up.
  std::function<tl::expected<World::AddedFault, Problems>(std::string_view text, bool is_json)> read_fault;

  // An expectation in the fixtures' own shape, of a job or of the world.
  struct SentExpectation {
    Expectation expectation;
    std::optional<Uuid> job;
  };
  std::function<tl::expected<SentExpectation, Problems>(std::string_view text, bool is_json)> read_expectation;

  std::string admin_token;             // empty: none is needed
  bool listens_on_loopback = true;     // so whoever calls it by another name is not of this machine
  bool explains_every_answer = false;  // as if each request asked for it
};

// The readings after the first. Any thread may call.
class Reloads {
 public:
  struct Result {
    std::uint64_t number = 0;  // from 1; 0: there was none yet
    Timestamp at;              // real
    Problems problems;         // none: these fixtures are served; otherwise those before still are
  };

  // Around each reading, one at a time.
  void begin();
  void end(Timestamp at, Problems problems);

  // The number of the first reading that has not begun yet.
  [[nodiscard]] std::uint64_t next() const;
  [[nodiscard]] Result last() const;

 private:
  mutable Mutex mutex_;
  std::uint64_t begun_ GUARDED_BY(mutex_) = 0;
  Result last_ GUARDED_BY(mutex_);
};

}  // namespace jobmock
