#include "http/reactor.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace jobmock {
namespace {

// So that one reactor does not take a whole burst of clients while another idles.
constexpr int most_accepted_at_once = 16;
constexpr std::size_t most_events = 256;

Descriptor checked(int descriptor) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "cannot wait for clients");
  return Descriptor(descriptor);
}

Descriptor open_spare() { return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

Reactor::Reactor(const Descriptor& listening, App& app, const Clock& clock, Options options)
    : listening_(listening),
      app_(app),
      clock_(clock),
      options_(std::move(options)),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC))),
      wake_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))),
      spare_(open_spare()),
      exchange_(static_cast<int>(options_.limits.idle / std::chrono::seconds(1))) {
  watch(wake_.get(), EPOLLIN, EPOLL_CTL_ADD);
  watch(listening_.get(), EPOLLIN | EPOLLEXCLUSIVE, EPOLL_CTL_ADD);
}

void Reactor::run() {
  std::array<epoll_event, most_events> events{};
  while (!stops_) {
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds_to_wait());
    const auto now = clock_.now();
    for (int i = 0; i < count && !stops_; ++i) {
      const auto& event = events.at(static_cast<std::size_t>(i));
      if (event.data.fd == listening_.get()) {
        accept_waiting(now);
      } else if (event.data.fd != wake_.get()) {
        work(event.data.fd, event.events, now);
      }
    }
    expire(now);
    if (options_.on_batch_end) options_.on_batch_end();
  }
}

void Reactor::stop() {
  stops_ = true;
  eventfd_write(wake_.get(), 1);
}

void Reactor::watch(int descriptor, unsigned events, int operation) const {
  epoll_event event{};
  event.events = events;
  event.data.fd = descriptor;
  epoll_ctl(epoll_.get(), operation, descriptor, &event);
}

void Reactor::accept_waiting(Timestamp now) {
  for (int i = 0; i < most_accepted_at_once; ++i) {
    Descriptor socket(accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      const bool has_room = served_.size() < options_.most_connections || close_idlest();
      if (has_room) add(std::move(socket), now);  // otherwise it is closed
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      if (!close_idlest() && !turn_away()) return;
    } else {
      return;  // none is waiting any more, or that one gave up
    }
  }
}

void Reactor::add(Descriptor socket, Timestamp now) {
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int descriptor = socket.get();
  Connection connection(std::move(socket), app_, exchange_, options_.limits, now);
  const auto timer = timers_.emplace(connection.deadline(), descriptor);
  served_.emplace(descriptor, Served{std::move(connection), Connection::Wants::input, timer});
  watch(descriptor, EPOLLIN, EPOLL_CTL_ADD);
}

// Closes the connection that has been idle longest. False when none is idle.
bool Reactor::close_idlest() {
  auto idlest = served_.end();
  for (auto entry = served_.begin(); entry != served_.end(); ++entry) {
    if (!entry->second.connection.is_idle()) continue;
    if (idlest == served_.end() || entry->second.connection.deadline() < idlest->second.connection.deadline()) {
      idlest = entry;
    }
  }
  if (idlest == served_.end()) return false;
  timers_.erase(idlest->second.timer);
  served_.erase(idlest);
  return true;
}

// Accepts the client that has waited longest and closes it. False when none is waiting.
bool Reactor::turn_away() {
  spare_.close();
  const Descriptor turned_away(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const bool done = turned_away.is_open();
  spare_ = open_spare();
  return done;
}

void Reactor::work(int descriptor, unsigned events, Timestamp now) {
  const auto found = served_.find(descriptor);
  if (found == served_.end()) return;
  auto& served = found->second;
  const bool writes = served.waits_for == Connection::Wants::output;
  if (writes && (events & EPOLLOUT) == 0) {  // EPOLLERR or EPOLLHUP: the client is gone
    go_on(descriptor, served, Connection::Wants::nothing);
  } else {
    go_on(descriptor, served, writes ? served.connection.on_output(now) : served.connection.on_input(scratch_, now));
  }
}

void Reactor::go_on(int descriptor, Served& served, Connection::Wants wants) {
  if (wants == Connection::Wants::nothing) {
    timers_.erase(served.timer);
    served_.erase(descriptor);
    return;
  }
  if (wants != served.waits_for) {
    watch(descriptor, wants == Connection::Wants::output ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
    served.waits_for = wants;
  }
  // A timer that is too early is set anew when it fires: most requests leave it alone.
  if (const auto deadline = served.connection.deadline(); deadline < served.timer->first) {
    timers_.erase(served.timer);
    served.timer = timers_.emplace(deadline, descriptor);
  }
}

void Reactor::expire(Timestamp now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const int descriptor = timers_.begin()->second;
    auto& served = served_.at(descriptor);
    const auto deadline = served.connection.deadline();
    timers_.erase(timers_.begin());
    served.timer = timers_.emplace(std::max(deadline, now + std::chrono::milliseconds(1)), descriptor);
    if (deadline <= now) go_on(descriptor, served, served.connection.on_deadline(now));
  }
}

int Reactor::milliseconds_to_wait() const {
  constexpr Duration longest = std::chrono::hours(1);
  if (timers_.empty()) return -1;
  const auto wait = std::clamp<Duration>(timers_.begin()->first - clock_.now(), Duration::zero(), longest);
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
}

}  // namespace jobmock
