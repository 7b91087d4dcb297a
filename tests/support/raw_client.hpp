// A client that sends the bytes it is told to. Every wait has a limit, after which the test fails.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace jobmock::test {

struct RawReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // by name in lower case
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] std::uint16_t local_port() const;

  // False when the server has closed meanwhile.
  bool send(std::string_view bytes);
  void half_close();  // sends no more
  void reset();       // ends with a TCP reset

  // One answer: its head, and as many bytes as its Content-Length says (none to a HEAD).
  RawReply read_reply(bool to_head = false);
  std::string read_bytes(std::size_t count);

  // Whether something has come that was not read yet, the end included, or comes within so many milliseconds.
  [[nodiscard]] bool has_input(int milliseconds = 0) const;

  // All that comes until the server closes.
  std::string read_to_end();

  // Whether the end that was read was a TCP reset.
  [[nodiscard]] bool was_reset() const { return was_reset_; }

  // Sends `bytes` over and over until the server has taken nothing for a while, or `most` bytes; how many it took.
  std::size_t send_until_stuck(std::string_view bytes, std::size_t most);

 private:
  bool receive();

  int socket_;
  std::string bytes_;
  bool was_reset_ = false;
};

// A poll of a job, with a token.
std::string poll_request(std::string_view job_id, std::string_view more_headers = "");

}  // namespace jobmock::test
