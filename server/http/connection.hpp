// One client's connection: bytes in, requests to the application, answers out, one after the other in the
// order they came. Never blocks. Belongs to one reactor and its thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "api/app.hpp"
#include "http/exchange.hpp"
#include "http/framing.hpp"
#include "http/sockets.hpp"

namespace jobmock {

struct ConnectionLimits {
  FramingLimits framing;
  Duration request = std::chrono::seconds(30);  // from its first byte to its last; 408 beyond
  Duration write = std::chrono::seconds(30);    // in which a client takes nothing of its answer
  Duration idle = std::chrono::minutes(5);      // between two requests
};

class Connection {
 public:
  // What to wait for next. `nothing`: it is over, and to be destroyed.
  enum class Wants { input, output, nothing };

  Connection(Descriptor socket, App& app, Exchange& exchange, const ConnectionLimits& limits, Timestamp now);

  // To be called when what it wants has come. `scratch` is any memory to read into.
  Wants on_input(std::span<char> scratch, Timestamp now);
  Wants on_output(Timestamp now);
  Wants on_deadline(Timestamp now);

  [[nodiscard]] Timestamp deadline() const { return deadline_; }
  [[nodiscard]] bool is_idle() const;  // between two requests
  [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
  enum class Received { something, nothing_yet, end };

  Received receive(std::span<char> scratch);
  Wants work(Timestamp now);
  bool answer_next();
  bool receive_body();
  void answer(const Head& head, std::string_view body);
  void refuse(const Refusal& refusal);
  bool send_answers();
  Wants finish(Timestamp now);
  void set_deadline(Timestamp now);

  Descriptor socket_;
  App& app_;
  Exchange& exchange_;
  const ConnectionLimits& limits_;

  std::string in_;  // received and not yet used
  struct Body {     // of the request that is being received
    std::string head_bytes;
    Head head;  // its texts are in head_bytes
    ChunkedBody chunks;
    std::string bytes;
  };
  std::optional<Body> body_;

  std::string out_;
  std::size_t sent_ = 0;        // of out_
  bool ends_ = false;           // after out_
  bool leaves_unread_ = false;  // it ends in the middle of a request
  bool peer_ended_ = false;
  bool drains_ = false;  // all is sent; input is thrown away until the client has read it
  std::size_t drained_ = 0;

  bool receives_request_ = false;  // the deadline is that of a request
  Timestamp deadline_;
};

}  // namespace jobmock
