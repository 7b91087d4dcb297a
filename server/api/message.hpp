// A request and its answer, without any HTTP library: what stands between the listener and everything that
// decides. Plain values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jobmock {

// Whether two texts are the same but for the case of ASCII letters, as names in HTTP are compared.
bool equals_in_any_case(std::string_view a, std::string_view b);

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

  // The first header of that name, in any case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::size_t count_headers(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string content_type;  // empty without a body
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

}  // namespace jobmock
