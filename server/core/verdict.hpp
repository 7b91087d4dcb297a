// Compares what a client did with what was expected of it. Pure; any thread may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/expectation.hpp"
#include "core/journal.hpp"
#include "core/polling.hpp"

namespace jobmock {

enum class Outcome { pass, fail, inconclusive };

// "pass", "fail", "inconclusive".
std::string_view to_string(Outcome outcome);

struct Reason {
  std::optional<Uuid> job;             // unset: the world as a whole
  std::string text;                    // what was expected and what was seen
  std::vector<std::uint64_t> entries;  // the numbers of those that were not as expected
};

// Fail: what is here goes against the expectation, whatever is missing; the reasons are every such thing.
// Inconclusive: nothing does, but entries were dropped or worlds forgotten that could, or there is too little to tell;
// the reasons say which. Pass: neither; no reasons.
struct Verdict {
  Outcome outcome = Outcome::pass;
  std::vector<Reason> reasons;  // at most 100, and then one that says how many more
};

// A world's journal: all its entries, the oldest first, and how many were dropped before them.
struct Evidence {
  std::span<const JournalEntry> entries;
  std::uint64_t dropped = 0;
  std::uint64_t forgotten = 0;  // worlds, which matter when every world is judged

  [[nodiscard]] bool is_complete() const { return dropped == 0 && forgotten == 0; }
};

class Judge {
 public:
  // The entries outlive it. Takes the time of analyse_polling(); each verdict after that takes little more than
  // there is about what it is on.
  explicit Judge(const Evidence& evidence);

  [[nodiscard]] const std::vector<JobPolling>& jobs() const { return jobs_; }

  // What is missing does not count against a job whose creation is among the entries.
  [[nodiscard]] Verdict on_job(const Expectation& expectation, const Uuid& job) const;

  // On every job that was polled (`retries`: that was retried), or, when none was, as on one that never was.
  [[nodiscard]] Verdict on_world(const Expectation& expectation) const;

 private:
  const Evidence evidence_;
  const std::vector<JobPolling> jobs_;
  std::unordered_map<Uuid, std::size_t> index_;  // into jobs_
};

}  // namespace jobmock
