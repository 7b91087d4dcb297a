// A request and its answer, without any HTTP library: what stands between the listener and everything that
// decides. Plain values.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"

namespace jobmock {

// Whether two texts are the same but for the case of ASCII letters, as names in HTTP are compared.
bool equals_in_any_case(std::string_view a, std::string_view b);

struct Visitor;

// The texts belong to the listener and live until the answer is given.
struct Request {
  struct Header {
    std::string_view name;
    std::string_view value;  // as sent, without the white space around it
  };

  std::string_view method;  // as sent; methods are case-sensitive (RFC 9110, 9.1)
  std::string_view target;  // as sent, not decoded
  std::span<const Header> headers;
  std::string_view body;
  Visitor* visitor = nullptr;  // what the connection remembers; null: nothing

  // The first header of that name, in any case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::size_t count_headers(std::string_view name) const;
};

// How an answer reaches the client, where that is not simply at once and whole. Times are the machine's, not a
// world's: a client waits in real time.
struct Delivery {
  enum class Connection {
    answers,
    closes,  // without a byte
    resets,  // without a byte, by a TCP reset
    stalls,  // not a byte, until the client leaves
  };
  struct Drip {
    std::size_t bytes = 1;  // of the body at a time, at least one; the head goes whole
    Duration every{0};
  };

  Duration delay{0};  // before the first byte, or before the connection does what it does instead
  Connection connection = Connection::answers;
  std::optional<std::size_t> truncated_to;  // bytes of the body, whose full length is announced; then it closes
  std::optional<Drip> drip;
};

struct Reply {
  int status = 200;
  std::string content_type;  // empty without a body
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Delivery delivery{};

  // Set: there is no answer yet, and nothing else of this reply counts. To be asked again, every few milliseconds
  // and from one thread at a time, until it gives the answer (which has no `later`) or the client is gone.
  std::function<std::optional<Reply>()> later{};
};

}  // namespace jobmock
