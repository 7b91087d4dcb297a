// The bounded record of the requests to one world and of what they were answered. It has no lock of its own: its
// world's lock guards it. Entries leave as copies.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/operation.hpp"
#include "core/time.hpp"
#include "core/timeline.hpp"
#include "core/uuid.hpp"

namespace jobmock {

// One request and its answer. Texts are as the client sent them, maybe not UTF-8, and never hold a token.
struct JournalEntry {
  std::uint64_t number = 0;                 // from 1, in the order of the world; given by the journal
  Timestamp real;                           // the machine's time
  Timestamp at;                             // the world's
  std::optional<Timestamp> job_created_at;  // on the world's clock
  // How much later the answer is sent, on purpose: by the machine's clock, and by the world's.
  Duration delay{0};
  Duration world_delay{0};              // given by the world
  std::optional<Duration> retry_after;  // what the answer asked the client to wait
  bool retry_after_is_date = false;     // so that it counts from the request on, however late the answer is
  std::optional<Uuid> job;
  Operation operation = Operation::retrieve;
  std::uint32_t attempt = 0;                 // of the job, from 1; 0: not known
  int status = 0;                            // of the answer; 0: none was sent (closed, reset, stalled)
  std::optional<Status> shown;               // the job's, in the answer, when the client could see it
  std::optional<std::uint32_t> retry_count;  // X-Stainless-Retry-Count
  std::string fault;                         // what was done to the answer on purpose; empty: nothing
  std::string client;                        // see client_of()
  std::string body;                          // of the request
};

// Which entries are meant. What is unset fits every entry.
struct JournalFilter {
  std::optional<Operation> operation;
  std::optional<Uuid> job;
  std::optional<int> status;       // of the answer
  std::optional<Timestamp> from;   // on the world's clock
  std::optional<Timestamp> until;  // exclusive

  [[nodiscard]] bool fits(const JournalEntry& entry) const;
};

// What a journal keeps of a text at most, in bytes. A text that was cut ends with "…".
constexpr std::size_t most_of_body = 4096;
constexpr std::size_t most_of_fault = 256;
constexpr std::size_t most_of_client = 64;

// The product that a User-Agent begins with: "Writer/JS" of "Writer/JS 2.3.2".
std::string client_of(std::string_view user_agent);

// Entries are numbered without a gap, so what it holds is always the last of what was appended. Numbers never begin
// again, not even after clear(): one number is one request for as long as the world lives.
class Journal {
 public:
  struct Limits {
    std::size_t entries = 10'000;            // in one journal; 0: everything is dropped
    std::size_t bytes_of_all = 256U << 20U;  // of all journals that count in the same Bytes
  };
  using Bytes = std::shared_ptr<std::atomic<std::size_t>>;

  Journal(const Limits& limits, Bytes bytes_of_all);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  Journal(Journal&&) = delete;
  Journal& operator=(Journal&&) = delete;

  // Keeps the entry, its texts cut, and gives its number. At a limit the oldest of this journal are dropped for it.
  // When that is of no use, because other journals hold all the bytes, it is kept without its texts, or, by a journal
  // that has no entry at all yet, dropped. Constant time on average; memory is only taken as the journal grows, and
  // for texts too long to be kept in place.
  std::uint64_t append(JournalEntry entry);

  // The entries that fit, at most `limit` of them, beginning with the oldest or the newest. Linear time.
  enum class Order { oldest_first, newest_first };
  [[nodiscard]] std::vector<JournalEntry> find(const JournalFilter& filter, Order order = Order::oldest_first,
                                               std::size_t limit = SIZE_MAX) const;
  [[nodiscard]] std::size_t count(const JournalFilter& filter) const;

  // Forgets every entry, and how many were dropped; gives the memory back.
  void clear();

  [[nodiscard]] std::size_t size() const { return count_; }
  // How many entries were appended since the last clear() and are no longer here.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  [[nodiscard]] const JournalEntry& entry_at(std::size_t index) const;  // 0: the oldest
  bool make_room();
  bool make_room_for_texts(std::size_t bytes);
  bool grow();
  void drop_oldest();
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes);

  const Limits limits_;
  const Bytes bytes_of_all_;
  std::vector<JournalEntry> slots_;  // a ring: count_ of them are used, from oldest_ on
  std::size_t oldest_ = 0;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;  // of the slots and of the texts in them, as counted in bytes_of_all_
  std::uint64_t last_number_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace jobmock
