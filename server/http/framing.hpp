// Where a request begins and ends in the bytes of a connection (RFC 9112). Strict and bounded: what two
// programs could read differently (request smuggling) or what grows without end is refused here, before any
// library sees it. Pure; belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "api/message.hpp"

namespace jobmock {

// Bytes, except where said.
struct FramingLimits {
  std::size_t target = 8U << 10U;  // 414 beyond
  std::size_t head = 64U << 10U;   // request line and headers; 431 beyond
  std::size_t headers = 100;       // how many; 431 beyond
  std::size_t body = 1U << 20U;    // 413 beyond
};

// Why bytes are no request. The connection cannot be used after it.
struct Refusal {
  int status;
  std::string reason;
};

// The first part of a request. The texts belong to the bytes it was read from.
struct Head {
  std::string_view method;
  std::string_view target;
  std::vector<Request::Header> headers;
  std::size_t size = 0;  // bytes that it takes, its empty line included
  int minor_version = 1;
  bool keep_alive = true;
  bool expects_continue = false;  // Expect: 100-continue
  bool is_chunked = false;
  std::size_t content_length = 0;  // when not chunked
};

// Finds the lines in bytes that arrive in pieces.
class LineReader {
 public:
  // The line at the beginning of `bytes`, without its end; nothing while it is not complete. The next call is to have
  // the same bytes and more behind them then: those that were searched are not searched again.
  tl::expected<std::optional<std::string_view>, Refusal> read(std::string_view bytes);

 private:
  std::size_t searched_ = 0;
};

// Reads one head after the other.
class HeadReader {
 public:
  explicit HeadReader(const FramingLimits& limits) : limits_(limits) {}

  // The head at the beginning of `bytes`; nothing while it is not complete. The next call is to have the same bytes and
  // more behind them then: its lines are read once as they come, and once more when it is complete, so that a head in
  // a thousand pieces costs no more than one in two.
  tl::expected<std::optional<Head>, Refusal> read(std::string_view bytes);

 private:
  const FramingLimits& limits_;
  struct Progress {
    LineReader lines;
    std::size_t size = 0;  // of the lines that were read
    std::size_t headers = 0;
    bool has_request_line = false;
  } progress_;
};

// The head at the beginning of `bytes`; nothing when it is not complete.
tl::expected<std::optional<Head>, Refusal> read_head(std::string_view bytes, const FramingLimits& limits);

// Takes a chunked body apart as it arrives (RFC 9112, 7.1). Trailers are dropped.
class ChunkedBody {
 public:
  explicit ChunkedBody(const FramingLimits& limits) : limits_(limits) {}

  // Moves what it can from `bytes` to `body`. True once the last chunk and the trailers are through.
  tl::expected<bool, Refusal> take(std::string& bytes, std::string& body);

 private:
  enum class Expects { size_line, data, data_end, trailer };

  tl::expected<void, Refusal> read_size(std::string_view line, std::size_t body_size);

  const FramingLimits limits_;
  Expects expects_ = Expects::size_line;
  LineReader lines_;
  std::size_t left_ = 0;      // of the current chunk
  std::size_t overhead_ = 0;  // bytes of size lines and trailers so far
};

}  // namespace jobmock
