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

// Besides EPOLLERR and EPOLLHUP, which always come.
unsigned events_for(Connection::Wants wants) {
  switch (wants) {
    case Connection::Wants::output:
      return EPOLLOUT;
    case Connection::Wants::hangup:
      return EPOLLRDHUP;
    default:
      return EPOLLIN;
  }
}

Descriptor open_spare() { return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

Reactor::Reactor(const Descriptor& listening, Service& service, const Clock& clock, Options options)
    : listening_(listening),
      service_(service),
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
        accept_waiting();
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

void Reactor::accept_waiting() {
  for (int i = 0; i < most_accepted_at_once; ++i) {
    Descriptor socket(accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      const bool has_room = served_.size() < options_.most_connections || evict_one();
      if (has_room) add(std::move(socket));  // otherwise it is closed
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      if (!evict_one() && !turn_away()) return;
    } else {
      return;  // none is waiting any more, or that one gave up
    }
  }
}

void Reactor::add(Descriptor socket) {
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int descriptor = socket.get();
  Connection connection(std::move(socket), service_, exchange_, options_.limits, clock_);
  const auto timer = timers_.emplace(connection.deadline(), descriptor);
  served_.emplace(descriptor, Served{std::move(connection), Connection::Wants::input, timer});
  watch(descriptor, EPOLLIN, EPOLL_CTL_ADD);
}

// Closes the connection that has been idle or stalled longest. False when there is none.
bool Reactor::evict_one() {
  auto oldest = served_.end();
  std::optional<Timestamp> oldest_since;
  for (auto entry = served_.begin(); entry != served_.end(); ++entry) {
    const auto since = entry->second.connection.evictable_since();
    if (!since || (oldest_since && *oldest_since <= *since)) continue;
    oldest = entry;
    oldest_since = since;
  }
  if (!oldest_since) return false;
  timers_.erase(oldest->second.timer);
  served_.erase(oldest);
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
  const bool is_gone = writes ? (events & EPOLLOUT) == 0 : served.waits_for == Connection::Wants::hangup;
  if (is_gone) {
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
    watch(descriptor, events_for(wants), EPOLL_CTL_MOD);
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
    const bool is_due = served.connection.deadline() <= now;
    const auto wants = is_due ? served.connection.on_deadline(now) : served.waits_for;
    timers_.erase(timers_.begin());
    served.timer =
        timers_.emplace(std::max(served.connection.deadline(), now + std::chrono::milliseconds(1)), descriptor);
    go_on(descriptor, served, wants);
  }
}

int Reactor::milliseconds_to_wait() const {
  constexpr Duration longest = std::chrono::hours(1);
  if (timers_.empty()) return -1;
  const auto wait = std::clamp<Duration>(timers_.begin()->first - clock_.now(), Duration::zero(), longest);
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
}

}  // namespace jobmock
