#include "http/exchange.hpp"

#include <httplib.h>

#include <cstring>
#include <functional>
#include <string_view>
#include <utility>

namespace jobmock {
namespace {

// The library announces the length of every body, but an answer with one of these has none (RFC 9110, 8.6), and some
// clients refuse it otherwise.
bool announces_no_length(int status) { return status == 204 || status == 304; }

void take_length_out(std::string& out, std::size_t from) {
  constexpr std::string_view header = "\r\nContent-Length: 0\r\n";
  constexpr std::size_t line_break = 2;
  const auto at = out.find(header, from);
  if (at != std::string::npos) out.erase(at, header.size() - line_break);
}

constexpr std::string_view json_type = "application/json";

// What stands for the values that differ from one usual answer to the next, each as long as nothing else in the head.
constexpr std::size_t sample_length = 98'765;
constexpr std::string_view sample_date = "Thu, 01 Jan 1970 00:00:00 GMT";

// A connection in memory: the library reads `in_` and writes to `out_`. It has what Stream asks for in 0.11
// (is_writable) and in 0.41 (wait_readable, wait_writable, duration), so none of them can say `override`.
// NOLINTBEGIN(modernize-use-override,cppcoreguidelines-explicit-virtual-functions,modernize-use-nodiscard)
// NOLINTBEGIN(readability-convert-member-functions-to-static)
class MemoryStream final : public httplib::Stream {
 public:
  MemoryStream(std::string_view in, std::string& out) : in_(in), out_(out) {}

  bool is_readable() const { return true; }
  bool is_writable() const { return true; }
  bool wait_readable() const { return true; }
  bool wait_writable() const { return true; }
  time_t duration() const { return 0; }
  ssize_t read(char* to, size_t size) {
    const auto count = in_.copy(to, size);
    in_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) {
    out_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
  socket_t socket() const { return INVALID_SOCKET; }

 private:
  std::string_view in_;
  std::string& out_;
};
// NOLINTEND(readability-convert-member-functions-to-static)
// NOLINTEND(modernize-use-override,cppcoreguidelines-explicit-virtual-functions,modernize-use-nodiscard)

}  // namespace

class Exchange::Library final : private httplib::Server {
 public:
  explicit Library(int idle_seconds) {
    set_keep_alive_timeout(idle_seconds);
    set_keep_alive_max_count(1'000'000);
    set_pre_routing_handler([this](const httplib::Request& /*request*/, httplib::Response& response) {
      response.status = reply_.status;
      for (const auto& [name, value] : reply_.headers) response.set_header(name, value);
      if (!reply_.content_type.empty()) response.set_header("Content-Type", reply_.content_type);
      response.body = std::move(reply_.body);
      return HandlerResponse::Handled;
    });
  }

  void write(Reply reply, bool keep_alive, std::string& out) {
    reply_ = std::move(reply);
    MemoryStream stream("GET / HTTP/1.1\r\nHost: -\r\n\r\n", out);
    bool closed = false;
    process(*this, stream, !keep_alive, closed);
  }

 private:
  // process_request takes the peer's addresses from 0.18 on.
  template <typename Server>
  static void process(Server& server, httplib::Stream& stream, bool close, bool& closed) {
    if constexpr (requires { server.process_request(stream, close, closed, nullptr); }) {
      server.process_request(stream, close, closed, nullptr);
    } else {
      server.process_request(stream, std::string(), 0, std::string(), 0, close, closed, nullptr);
    }
  }

  Reply reply_;
};

// What the library makes at its first answer (tables of methods and of status texts) is there before threads share it.
// ThreadSanitizer cannot see the locks of a library that was built without it.
Exchange::Exchange(int idle_seconds) : library_(std::make_unique<Library>(idle_seconds)) { learn_usual_head(); }
Exchange::~Exchange() = default;

void Exchange::write(Reply reply, const Ending& ending, std::string& out) {
  if (is_usual(reply, ending)) return write_usual(reply, out);
  const auto body_size = reply.body.size();
  const auto begin = out.size();
  const auto status = reply.status;
  if (ending.says_keep_alive) reply.headers.emplace_back("Connection", "keep-alive");
  library_->write(std::move(reply), ending.keep_alive, out);
  if (ending.without_body) out.resize(out.size() - body_size);
  if (announces_no_length(status)) take_length_out(out, begin);
}

void Exchange::learn_usual_head() {
  UsualHead head;
  library_->write({200, std::string(json_type), {{"Date", std::string(sample_date)}}, std::string(sample_length, ' ')},
                  true, head.bytes);
  head.bytes.resize(head.bytes.size() - sample_length);
  head.length_at = head.bytes.find(std::to_string(sample_length));
  head.date_at = head.bytes.find(sample_date);
  if (head.length_at != std::string::npos && head.date_at != std::string::npos) usual_ = std::move(head);
}

bool Exchange::is_usual(const Reply& reply, const Ending& ending) const {
  return usual_ && reply.status == 200 && reply.content_type == json_type && reply.headers.size() == 1 &&
         reply.headers.front().first == "Date" && reply.headers.front().second.size() == sample_date.size() &&
         ending.keep_alive && !ending.says_keep_alive && !ending.without_body;
}

void Exchange::write_usual(const Reply& reply, std::string& out) const {
  const auto begin = out.size();
  out += usual_->bytes;
  out.replace(begin + usual_->date_at, sample_date.size(), reply.headers.front().second);
  out.replace(begin + usual_->length_at, std::to_string(sample_length).size(), std::to_string(reply.body.size()));
  out += reply.body;
}

}  // namespace jobmock
