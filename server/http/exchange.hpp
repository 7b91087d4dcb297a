// cpp-httplib's part on the server's side: it writes the answers. This and probe.cpp are the only files that
// include it.
//
// Requests do not go through its parser. Measured against letting it read them: its parser (0.11 to 0.41)
// percent-decodes header values, so a token with a % in it is another token; copies every header into a
// multimap; cuts answers to a Range, compresses them, and refuses what it takes for a bad Accept; and accepts
// bodies and headers without bound. framing.hpp reads requests instead, and the library is handed the
// smallest request there is (`GET / HTTP/1.1`) with the answer to give to it.
//
// Nor does it write every answer anew: the usual one, 200 with JSON on a connection that goes on, is copied from the
// one that the library wrote at the start, with its length and date replaced. The library takes 35,000 instructions
// for an answer, where all else that a poll needs takes 16,000; with the copy 64 clients poll half as often again.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "api/message.hpp"

namespace jobmock {

// How the answer ends on its connection.
struct Ending {
  bool keep_alive;
  bool says_keep_alive;  // HTTP/1.0 clients wait for the word
  bool without_body;     // to HEAD: the same headers, no body
};

// Belongs to one thread.
class Exchange {
 public:
  explicit Exchange(int idle_seconds);  // said to clients in Keep-Alive
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  Exchange(Exchange&&) = delete;
  Exchange& operator=(Exchange&&) = delete;

  // Appends the bytes of `reply` to `out`.
  void write(Reply reply, const Ending& ending, std::string& out);

 private:
  class Library;

  // The head of the usual answer as the library wrote it.
  struct UsualHead {
    std::string bytes;
    std::size_t length_at = 0;  // where in it the value of Content-Length stands
    std::size_t date_at = 0;
  };
  void learn_usual_head();
  [[nodiscard]] bool is_usual(const Reply& reply, const Ending& ending) const;
  void write_usual(const Reply& reply, std::string& out) const;

  std::unique_ptr<Library> library_;
  std::optional<UsualHead> usual_;
};

}  // namespace jobmock
