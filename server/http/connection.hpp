// One client's connection: bytes in, requests to the service, answers out, one after the other in the order they
// came. Never blocks, and answers a few requests at a time, so that one client's thousands keep no other waiting.
// Belongs to one reactor and its thread.
//
// While an answer waits (see Delivery and Reply::later) nothing is read: requests behind it stay in the socket, and
// a client that closes its side is taken to have left. Bytes alone cannot tell that from one that only sends no
// more, and a client that gave up must not hold what it waited for.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "api/service.hpp"
#include "api/visitor.hpp"
#include "core/clock.hpp"
#include "http/exchange.hpp"
#include "http/framing.hpp"
#include "http/pending_reply.hpp"
#include "http/places.hpp"
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
  // What to wait for next, besides the deadline. `hangup`: until the client closes its side, after which it is to be
  // destroyed. `turn`: for nothing but the other connections' turns. `nothing`: it is over, and to be destroyed.
  enum class Wants { input, output, hangup, turn, nothing };

  // All but the socket outlive it.
  Connection(Descriptor socket, Service& service, Exchange& exchange, const ConnectionLimits& limits,
             const Clock& clock);

  // To be called when what it wants has come. `scratch` is any memory to read into.
  Wants on_input(std::span<char> scratch, Timestamp now);
  Wants on_output(Timestamp now);
  Wants on_turn(Timestamp now);
  Wants on_deadline(Timestamp now);

  [[nodiscard]] Timestamp deadline() const { return deadline_; }

  [[nodiscard]] Standing standing() const;
  [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
  enum class Received { something, nothing_yet, end };

  Received receive(std::span<char> scratch);
  Wants work(Timestamp now);
  bool answer_next();
  bool receive_body();
  void answer(const Head& head, std::string_view body);
  void refuse(const Refusal& refusal);
  void deliver(Reply&& reply, const Ending& ending);
  void proceed();
  bool send_answers();
  [[nodiscard]] std::size_t bytes_held() const;
  Wants wait();
  Wants finish(Timestamp now);
  void set_deadline(Timestamp now);

  Descriptor socket_;
  Service& service_;
  Exchange& exchange_;
  const ConnectionLimits& limits_;
  const Clock& clock_;

  std::string in_;  // received and not yet used
  HeadReader heads_;
  struct Body {  // of the request that is being received
    std::string head_bytes;
    Head head;  // its texts are in head_bytes
    ChunkedBody chunks;
    std::string bytes;
  };
  std::optional<Body> body_;
  Visitor visitor_;

  std::unique_ptr<PendingReply> pending_;  // comes after out_

  std::string out_;
  std::size_t sent_ = 0;        // of out_
  bool ends_ = false;           // after out_
  bool resets_ = false;         // it ends with a TCP reset
  bool leaves_unread_ = false;  // it ends, and there may be input that was not read
  bool peer_ended_ = false;
  bool drains_ = false;  // all is sent; input is thrown away until the client has read it
  std::size_t drained_ = 0;

  bool receives_request_ = false;  // the deadline is that of a request
  Timestamp since_;                // it does what it does; an answer that is not taken: since some of it was
  Timestamp deadline_;
};

}  // namespace jobmock
