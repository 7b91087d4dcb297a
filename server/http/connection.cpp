#include "http/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace jobmock {
namespace {

constexpr std::size_t most_unsent = 256U << 10U;  // pipelined requests wait beyond
constexpr int most_at_a_turn = 32;                // requests
constexpr Duration longest_turn = std::chrono::milliseconds(1);
constexpr std::size_t most_drained = 16U << 20U;
constexpr Duration longest_drain = std::chrono::seconds(2);

// An idle connection keeps no more memory than this.
constexpr std::size_t kept_capacity = 4U << 10U;

void release(std::string& buffer) {
  buffer.clear();
  if (buffer.capacity() > kept_capacity) buffer.shrink_to_fit();
}

}  // namespace

Connection::Connection(Descriptor socket, Service& service, Exchange& exchange, const ConnectionLimits& limits,
                       const Clock& clock)
    : socket_(std::move(socket)),
      service_(service),
      exchange_(exchange),
      limits_(limits),
      clock_(clock),
      heads_(limits.framing),
      since_(clock.now()),
      deadline_(since_ + limits.idle) {}

Connection::Wants Connection::on_input(std::span<char> scratch, Timestamp now) {
  const auto received = receive(scratch);
  if (received == Received::nothing_yet) return Wants::input;
  if (received == Received::end) ends_ = peer_ended_ = true;
  return work(now);
}

Connection::Wants Connection::on_output(Timestamp now) { return work(now); }

Connection::Wants Connection::on_turn(Timestamp now) { return work(now); }

Connection::Wants Connection::on_deadline(Timestamp now) {
  if (drains_ || !out_.empty()) return Wants::nothing;
  if (pending_) {
    proceed();
    return work(now);
  }
  if (!receives_request_) return Wants::nothing;
  refuse({408, "the request was not complete after " + format_duration(limits_.request)});
  return work(now);
}

Standing Connection::standing() const {
  const auto bytes = bytes_held();
  if (!out_.empty() || drains_) return {Standing::State::busy, since_, bytes};
  if (pending_) {
    const auto stalled = pending_->stalled_since();
    return {stalled ? Standing::State::idle : Standing::State::waits, stalled.value_or(since_), bytes};
  }
  return {in_.empty() && !body_ ? Standing::State::idle : Standing::State::busy, since_, bytes};
}

std::size_t Connection::bytes_held() const {
  return in_.size() + out_.size() + (body_ ? body_->head_bytes.size() + body_->bytes.size() : 0) +
         (pending_ ? pending_->bytes_held() : 0);
}

Connection::Received Connection::receive(std::span<char> scratch) {
  const auto count = recv(socket_.get(), scratch.data(), scratch.size(), 0);
  if (count == 0) return Received::end;
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Received::nothing_yet : Received::end;
  if (drains_) {
    drained_ += static_cast<std::size_t>(count);
    return drained_ > most_drained ? Received::end : Received::nothing_yet;
  }
  in_.append(scratch.data(), static_cast<std::size_t>(count));
  return Received::something;
}

Connection::Wants Connection::work(Timestamp now) {
  bool has_more = true;
  const auto begun = clock_.now();
  for (int i = 0; has_more && i < most_at_a_turn && out_.size() < most_unsent; ++i) {
    if (i > 0 && clock_.now() - begun >= longest_turn) break;
    has_more = !ends_ && !pending_ && answer_next();
  }
  if (!send_answers()) return Wants::nothing;
  if (out_.empty() && pending_) return wait();
  if (out_.empty() && ends_) return finish(now);
  if (out_.empty() && !has_more) {
    set_deadline(now);
    return Wants::input;
  }
  since_ = now;
  deadline_ = now + limits_.write;
  receives_request_ = false;
  return out_.empty() ? Wants::turn : Wants::output;
}

// Answers one request if it is complete. False: more bytes are needed, or none will be taken.
bool Connection::answer_next() {
  if (!body_) {
    if (in_.empty()) return false;
    auto head = heads_.read(in_);
    if (!head) {
      refuse(head.error());
      return false;
    }
    if (!*head) return false;
    if (!(*head)->is_chunked && (*head)->content_length == 0) {
      answer(**head, {});
      in_.erase(0, (*head)->size);
      return true;
    }
    body_.emplace(Body{in_.substr(0, (*head)->size), {}, ChunkedBody(limits_.framing), {}});
    body_->head = **read_head(body_->head_bytes, limits_.framing);
    in_.erase(0, body_->head.size);
    if (body_->head.expects_continue && in_.empty()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  if (!receive_body()) return false;
  answer(body_->head, body_->bytes);
  body_.reset();
  return true;
}

// True once the body is whole.
bool Connection::receive_body() {
  if (body_->head.is_chunked) {
    const auto done = body_->chunks.take(in_, body_->bytes);
    if (!done) refuse(done.error());
    return done.value_or(false);
  }
  const auto count = std::min(body_->head.content_length - body_->bytes.size(), in_.size());
  body_->bytes.append(in_, 0, count);
  in_.erase(0, count);
  return body_->bytes.size() == body_->head.content_length;
}

void Connection::answer(const Head& head, std::string_view body) {
  receives_request_ = false;
  ends_ = !head.keep_alive;
  const bool says_keep_alive = head.keep_alive && head.minor_version == 0;
  deliver(service_.handle({head.method, head.target, head.headers, body, &visitor_}),
          {head.keep_alive, says_keep_alive, head.method == "HEAD"});
}

void Connection::refuse(const Refusal& refusal) {
  ends_ = leaves_unread_ = true;
  deliver(service_.refuse(refusal.status, refusal.reason), {false, false, false});
}

void Connection::deliver(Reply&& reply, const Ending& ending) {
  if (is_immediate(reply)) {
    exchange_.write(std::move(reply), ending, out_);
    return;
  }
  // The delay begins now (behind other requests: at its turn), not when this batch of events did, so that it is never
  // shorter than it says.
  since_ = clock_.now();
  pending_ = std::make_unique<PendingReply>(std::move(reply), ending, since_);
  proceed();
}

void Connection::proceed() {
  const auto next = pending_->proceed(clock_.now(), exchange_, out_);
  if (next == PendingReply::Next::waits) return;
  pending_.reset();
  resets_ = next == PendingReply::Next::resets;
  ends_ = ends_ || resets_ || next == PendingReply::Next::closes;
  leaves_unread_ = ends_;  // what came while it was pending
}

Connection::Wants Connection::wait() {
  deadline_ = pending_->due();
  if (in_.empty()) release(in_);
  return Wants::hangup;
}

// False when the client is gone.
bool Connection::send_answers() {
  while (sent_ < out_.size()) {
    const auto count = send(socket_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    sent_ += static_cast<std::size_t>(count);
  }
  sent_ = 0;
  release(out_);
  return true;
}

// Closing with unread input in the socket resets the connection, and the client may lose the answer: so it is
// told the end first, and what it still sends is thrown away for a while.
Connection::Wants Connection::finish(Timestamp now) {
  if (resets_) reset_when_closed(socket_);
  if (resets_ || peer_ended_ || (!leaves_unread_ && in_.empty())) return Wants::nothing;
  shutdown(socket_.get(), SHUT_WR);
  drains_ = true;
  release(in_);
  since_ = now;
  deadline_ = now + longest_drain;
  return Wants::input;
}

void Connection::set_deadline(Timestamp now) {
  const bool waits_for_first_byte = in_.empty() && !body_;
  if (in_.empty()) release(in_);
  if (waits_for_first_byte) {
    since_ = now;
    deadline_ = now + limits_.idle;
  } else if (!receives_request_) {
    since_ = now;
    deadline_ = now + limits_.request;
  }
  receives_request_ = !waits_for_first_byte;
}

}  // namespace jobmock
