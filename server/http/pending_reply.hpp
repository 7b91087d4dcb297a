// An answer that is not sent at once and whole (see Delivery): what is to be done with it, and when. It waits
// without a thread; its connection calls it when it is due. Belongs to its connection's thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "api/message.hpp"
#include "http/exchange.hpp"

namespace jobmock {

// Whether an answer can be written as it is, without a PendingReply.
bool is_immediate(const Reply& reply);

class PendingReply {
 public:
  // What becomes of the connection, once what was appended to its output is sent.
  enum class Next { waits, goes_on, closes, resets };

  // The delay begins at `now`.
  PendingReply(Reply reply, const Ending& ending, Timestamp now);

  // When proceed() has something to do.
  [[nodiscard]] Timestamp due() const { return due_; }

  // Set while nothing will ever be sent.
  [[nodiscard]] std::optional<Timestamp> stalled_since() const { return stalled_since_; }

  [[nodiscard]] std::size_t bytes_held() const { return reply_.body.size() + bytes_.size(); }

  // Does what is due at `now` and appends to `out` what is to be sent. Unless it waits, it is over.
  Next proceed(Timestamp now, Exchange& exchange, std::string& out);

 private:
  void ask(Timestamp now);
  Next start(Timestamp now, Exchange& exchange, std::string& out);
  Next send_piece(std::size_t size, Timestamp now, std::string& out);

  Reply reply_;
  const Ending ending_;
  Timestamp due_;
  std::optional<Timestamp> stalled_since_;

  // Once it has started:
  Delivery delivery_;
  std::string bytes_;      // all that is to be sent
  std::size_t taken_ = 0;  // of bytes_
};

}  // namespace jobmock
