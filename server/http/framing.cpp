#include "http/framing.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace jobmock {
namespace {

tl::unexpected<Refusal> refuse(int status, std::string reason) {
  return tl::unexpected(Refusal{status, std::move(reason)});
}

bool is_token_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F; }

// The rest of its line says what is wrong with an empty one.
bool may_begin_request(char c) { return c == '\r' || c == '\n' || is_token_character(c); }

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// RFC 9112, 2.3.
bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digits(text.substr(5, 1)) && text[6] == '.' &&
         is_digits(text.substr(7));
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

constexpr std::string_view line_end = "\r\n";

tl::expected<void, Refusal> read_request_line(std::string_view line, Head& head, const FramingLimits& limits) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return refuse(400, "a request begins with a method, a target and HTTP/1.1");
  }
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_token(head.method)) return refuse(400, "the method is not a token");
  if (head.target.size() > limits.target) {
    return refuse(414, "a target has at most " + std::to_string(limits.target) + " bytes");
  }
  const auto not_in_target = [](char c) { return c == ' ' || c == '\t' || is_control(c); };
  if (head.target.empty() || std::any_of(head.target.begin(), head.target.end(), not_in_target)) {
    return refuse(400, "the target has white space or control characters");
  }
  if (version == "HTTP/1.1" || version == "HTTP/1.0") {
    head.minor_version = version.back() - '0';
    head.keep_alive = head.minor_version == 1;
    return {};
  }
  return is_version(version) ? refuse(505, "HTTP/1.1 and HTTP/1.0 are spoken here")
                             : refuse(400, "the request line does not end with HTTP/1.1");
}

// `line` is not empty.
tl::expected<Request::Header, Refusal> read_header(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return refuse(400, "a folded header (RFC 9112, 5.2)");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "a header without a colon");
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (!is_token(name)) return refuse(400, "a header's name is not a token");
  if (std::any_of(value.begin(), value.end(), is_control)) {
    return refuse(400, "a header's value has control characters");
  }
  return Request::Header{name, value};
}

void read_connection(std::string_view value, Head& head) {
  while (!value.empty()) {
    const auto option = value.substr(0, value.find(','));
    if (equals_in_any_case(trim(option), "close")) head.keep_alive = false;
    if (equals_in_any_case(trim(option), "keep-alive") && head.minor_version == 0) head.keep_alive = true;
    value.remove_prefix(std::min(option.size() + 1, value.size()));
  }
}

// What the headers say about the body and the connection.
tl::expected<void, Refusal> read_meaning(Head& head, const FramingLimits& limits) {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  for (const auto& [name, value] : head.headers) {
    if (equals_in_any_case(name, "host")) {
      ++hosts;
    } else if (equals_in_any_case(name, "connection")) {
      read_connection(value, head);
    } else if (equals_in_any_case(name, "expect")) {
      head.expects_continue = equals_in_any_case(value, "100-continue") && head.minor_version == 1;
    } else if (equals_in_any_case(name, "transfer-encoding")) {
      ++codings;
      if (!equals_in_any_case(value, "chunked")) return refuse(501, "the only transfer coding taken is chunked");
      head.is_chunked = true;
    } else if (equals_in_any_case(name, "content-length")) {
      ++lengths;
      if (!is_digits(value)) return refuse(400, "Content-Length is not a number");
      const auto* end = value.data() + value.size();
      if (std::from_chars(value.data(), end, head.content_length).ec != std::errc()) {
        head.content_length = std::numeric_limits<std::size_t>::max();
      }
    }
  }
  if (hosts > 1 || (hosts == 0 && head.minor_version == 1)) return refuse(400, "a request has one Host header");
  if (lengths + codings > 1) return refuse(400, "the length of the body is given twice");
  if (codings > 0 && head.minor_version == 0) return refuse(400, "HTTP/1.0 has no transfer codings");
  if (head.content_length > limits.body) {
    return refuse(413, "a body has at most " + std::to_string(limits.body) + " bytes");
  }
  return {};
}

}  // namespace

tl::expected<std::optional<std::string_view>, Refusal> LineReader::read(std::string_view bytes) {
  const auto end = bytes.find('\n', searched_);
  if (end == std::string_view::npos) {
    searched_ = bytes.size();
    return std::nullopt;
  }
  searched_ = 0;
  if (end == 0 || bytes[end - 1] != '\r') return refuse(400, "a line ends with CR LF");
  return bytes.substr(0, end - 1);
}

tl::expected<std::optional<Head>, Refusal> HeadReader::read(std::string_view bytes) {
  const bool reads_every_line = progress_.size == 0;
  Head head;
  while (true) {
    const auto rest = bytes.substr(progress_.size);
    if (!progress_.has_request_line && !rest.empty() && !may_begin_request(rest.front())) {
      return refuse(400, "the first byte begins no request; does the client speak TLS? Use http://, not https://");
    }
    const auto line = progress_.lines.read(rest);
    if (!line) return tl::unexpected(line.error());
    const bool complete = line->has_value();
    if (complete) progress_.size += (*line)->size() + line_end.size();
    if ((complete ? progress_.size : bytes.size()) > limits_.head) {
      return refuse(431, "the request line and headers have at most " + std::to_string(limits_.head) + " bytes");
    }
    if (!complete) return std::nullopt;
    if (!progress_.has_request_line) {
      if (progress_.size == line_end.size()) continue;  // RFC 9112, 2.2: an empty line before is ignored
      if (auto read = read_request_line(**line, head, limits_); !read) return tl::unexpected(read.error());
      progress_.has_request_line = true;
    } else if (!(*line)->empty()) {
      if (progress_.headers++ == limits_.headers) {
        return refuse(431, "a request has at most " + std::to_string(limits_.headers) + " headers");
      }
      const auto header = read_header(**line);
      if (!header) return tl::unexpected(header.error());
      head.headers.push_back(*header);
    } else {
      head.size = std::exchange(progress_, {}).size;
      if (!reads_every_line) return this->read(bytes);
      if (auto read = read_meaning(head, limits_); !read) return tl::unexpected(read.error());
      return head;
    }
  }
}

tl::expected<std::optional<Head>, Refusal> read_head(std::string_view bytes, const FramingLimits& limits) {
  return HeadReader(limits).read(bytes);
}

tl::expected<bool, Refusal> ChunkedBody::take(std::string& bytes, std::string& body) {
  std::string_view rest = bytes;
  bool done = false;
  while (!done) {
    if (expects_ == Expects::data) {
      const auto count = std::min(left_, rest.size());
      body.append(rest.substr(0, count));
      rest.remove_prefix(count);
      left_ -= count;
      if (left_ > 0) break;
      expects_ = Expects::data_end;
    }
    const auto line = lines_.read(rest);
    if (!line) return tl::unexpected(line.error());
    const auto size = *line ? (*line)->size() + line_end.size() : rest.size();
    if (overhead_ + size > limits_.head) {
      return refuse(413, "the chunks' sizes, extensions and trailers are longer than a request's head may be");
    }
    if (!*line) break;
    overhead_ += size;
    rest.remove_prefix(size);
    switch (expects_) {
      case Expects::data_end:
        if (!(*line)->empty()) return refuse(400, "a chunk is longer than its size says");
        expects_ = Expects::size_line;
        break;
      case Expects::trailer:
        done = (*line)->empty();
        if (done) break;
        if (const auto trailer = read_header(**line); !trailer) return tl::unexpected(trailer.error());
        break;
      default:
        if (auto read = read_size(**line, body.size()); !read) return tl::unexpected(read.error());
        break;
    }
  }
  bytes.erase(0, bytes.size() - rest.size());
  return done;
}

tl::expected<void, Refusal> ChunkedBody::read_size(std::string_view line, std::size_t body_size) {
  const auto digits = line.substr(0, line.find_first_not_of("0123456789abcdefABCDEF"));
  const auto extension = trim(line.substr(digits.size()));
  const auto* end = digits.data() + digits.size();
  const auto error = std::from_chars(digits.data(), end, left_, 16).ec;
  if (digits.empty() || (!extension.empty() && extension.front() != ';')) {
    return refuse(400, "a chunk's size is not a hexadecimal number");
  }
  if (std::any_of(extension.begin(), extension.end(), is_control)) {
    return refuse(400, "a chunk's extension has control characters");
  }
  if (error != std::errc() || left_ > limits_.body - body_size) {
    return refuse(413, "a body has at most " + std::to_string(limits_.body) + " bytes");
  }
  expects_ = left_ == 0 ? Expects::trailer : Expects::data;
  return {};
}

}  // namespace jobmock
