// What a client should see of one world, worked out apart from the server. The world's clock stands unless it is
// advanced.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/plan.hpp"
#include "core/time.hpp"

namespace jobmock::test {

class WorldModel {
 public:
  // The fixtures that all of this is about. `retried` goes by time and polls and always fails in the end, so that it
  // may be retried for ever; `timed` goes by time alone, so that its polls may come in any order.
  static std::string fixtures();
  static const std::string retried, timed;

  // `timed` is polled before the clock goes on.
  explicit WorldModel(Timestamp start) : now_(start), timed_created_at_(start) {}

  [[nodiscard]] Timestamp now() const { return now_; }
  void advance(Duration by) { now_ += by; }

  // Answers, byte by byte.
  std::string poll_retried();
  std::string retry();  // nothing when the job may not be retried
  [[nodiscard]] std::string poll_timed() const;
  [[nodiscard]] std::string poll_created(std::size_t index) const;
  std::string list();  // of the application
  static std::string accepted(const std::string& id, Timestamp created_at);

  void create(const std::string& id) { created_.emplace_back(id, now_); }
  [[nodiscard]] std::size_t count_created() const { return created_.size(); }
  [[nodiscard]] const std::string& created(std::size_t index) const { return created_[index].first; }

  // The attempt and the polls of `retried`, as an explanation of the job has them.
  [[nodiscard]] std::string counts() const;

 private:
  struct Reached {
    State state;
    Timestamp at;
  };

  void bear();
  [[nodiscard]] Reached reached() const;
  [[nodiscard]] std::string shown_retried() const;

  Timestamp now_;
  bool is_born_ = false;
  Timestamp created_at_;
  Timestamp began_;
  std::uint32_t attempt_ = 1;
  std::vector<Timestamp> polls_;  // of this attempt
  Timestamp timed_created_at_;
  std::vector<std::pair<std::string, Timestamp>> created_;
};

}  // namespace jobmock::test
