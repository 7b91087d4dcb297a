#include "http/reactor.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace jobmock {
namespace {

// So that one reactor does not take a whole burst of clients while another idles.
constexpr int most_accepted_at_once = 16;
constexpr std::size_t most_events = 256;

// How long a reactor that cannot accept, and that no event wakes, leaves its clients waiting.
constexpr int pause_milliseconds = 100;

Descriptor checked(int descriptor) {
  if (descriptor < 0) {
    throw std::system_error(errno, std::generic_category(),
                            "cannot wait for clients; raise the limit on open files (ulimit -n)");
  }
  return Descriptor(descriptor);
}

// Besides EPOLLERR and EPOLLHUP, which always come.
unsigned events_for(Connection::Wants wants) {
  switch (wants) {
    case Connection::Wants::output:
      return EPOLLOUT;
    case Connection::Wants::hangup:
      return EPOLLRDHUP;
    case Connection::Wants::turn:
      return 0;
    default:
      return EPOLLIN;
  }
}

bool has_no_descriptors_left(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

Descriptor open_spare() { return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

Reactor::Reactor(const Descriptor& listening, Places& places, Service& service, const Clock& clock, Options options)
    : listening_(listening),
      places_(places),
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
    go_on_accepting();
    for (int i = 0; i < count && !stops_; ++i) {
      const auto& event = events.at(static_cast<std::size_t>(i));
      if (event.data.fd == listening_.get()) {
        accept_waiting();
      } else if (event.data.fd == wake_.get()) {
        take_over();
      } else {
        work(event.data.fd, event.events, now);
      }
    }
    take_turns(now);
    expire(now);
    keep_memory_bounded();
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
  if (!spare_.is_open()) spare_ = open_spare();
  for (int i = 0; i < most_accepted_at_once; ++i) {
    if (!places_.may_more_wait()) return pause_accepting();
    auto socket = accept_one();
    const bool takes_spare = !socket.is_open() && has_no_descriptors_left(errno);
    if (takes_spare) {
      spare_.close();
      socket = accept_one();
    }
    if (!socket.is_open()) {  // none is waiting any more, or that one gave up
      if (has_no_descriptors_left(errno)) pause_accepting();
      return;
    }
    find_place({std::move(socket), takes_spare});
    if (takes_spare) spare_ = open_spare();
  }
}

Descriptor Reactor::accept_one() const {
  return Descriptor(accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

// Clients that wait and cannot be accepted would wake it without end.
void Reactor::pause_accepting() {
  watch(listening_.get(), 0, EPOLL_CTL_DEL);
  accepts_ = false;
}

void Reactor::go_on_accepting() {
  if (!std::exchange(accepts_, true)) watch(listening_.get(), EPOLLIN | EPOLLEXCLUSIVE, EPOLL_CTL_ADD);
}

void Reactor::find_place(Newcomer newcomer) {
  while (newcomer.needs_descriptor || !add(newcomer.socket)) {
    const auto first = places_.first_to_go(clock_.now());
    if (!first) return;  // there is no connection at all, and this one is closed
    if (first->reactor != this) return first->reactor->pass(std::move(newcomer));
    close(first->descriptor, served_.at(first->descriptor));
    newcomer.needs_descriptor = false;
  }
}

// From another reactor's thread.
void Reactor::pass(Newcomer newcomer) {
  places_.begin_to_wait();
  {
    const Lock lock(mutex_);
    newcomers_.push_back(std::move(newcomer));
  }
  eventfd_write(wake_.get(), 1);
}

void Reactor::take_over() {
  eventfd_t count = 0;
  eventfd_read(wake_.get(), &count);
  std::vector<Newcomer> newcomers;
  {
    const Lock lock(mutex_);
    newcomers.swap(newcomers_);
  }
  places_.end_to_wait(newcomers.size());
  for (auto& newcomer : newcomers) find_place(std::move(newcomer));
}

// False, and the socket is as it was: all places are taken.
bool Reactor::add(Descriptor& socket) {
  const int descriptor = socket.get();
  auto place = places_.take({this, descriptor}, {Standing::State::idle, clock_.now()});
  if (!place) return false;
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Connection connection(std::move(socket), service_, exchange_, options_.limits, clock_);
  const auto timer = timers_.emplace(connection.deadline(), descriptor);
  served_.emplace(descriptor, Served{std::move(connection), std::move(*place), Connection::Wants::input, timer});
  watch(descriptor, EPOLLIN, EPOLL_CTL_ADD);
  return true;
}

// Those that take part are the ones that wanted a turn before.
void Reactor::take_turns(Timestamp now) {
  for (const int descriptor : std::exchange(turns_, {})) {
    const auto found = served_.find(descriptor);
    if (stops_ || found == served_.end() || found->second.waits_for != Connection::Wants::turn) continue;
    go_on(descriptor, found->second, found->second.connection.on_turn(now));
  }
}

void Reactor::work(int descriptor, unsigned events, Timestamp now) {
  const auto found = served_.find(descriptor);
  if (found == served_.end()) return;
  auto& served = found->second;
  const bool writes = served.waits_for == Connection::Wants::output;
  const bool reads = served.waits_for == Connection::Wants::input;
  const bool is_gone = !reads && (!writes || (events & EPOLLOUT) == 0);
  if (is_gone) {
    go_on(descriptor, served, Connection::Wants::nothing);
  } else {
    go_on(descriptor, served, writes ? served.connection.on_output(now) : served.connection.on_input(scratch_, now));
  }
}

void Reactor::close(int descriptor, const Served& served) {
  timers_.erase(served.timer);
  served_.erase(descriptor);
}

void Reactor::go_on(int descriptor, Served& served, Connection::Wants wants) {
  if (wants == Connection::Wants::nothing) return close(descriptor, served);
  served.place.stands(served.connection.standing());
  if (wants == Connection::Wants::turn) turns_.push_back(descriptor);
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
    std::optional<Connection::Wants> wants;
    if (served.connection.deadline() <= now) wants = served.connection.on_deadline(now);
    timers_.erase(timers_.begin());
    served.timer =
        timers_.emplace(std::max(served.connection.deadline(), now + std::chrono::milliseconds(1)), descriptor);
    if (wants) go_on(descriptor, served, *wants);
  }
}

void Reactor::keep_memory_bounded() {
  while (const auto holder = places_.holds_too_much()) {
    if (holder->reactor != this) {
      eventfd_write(holder->reactor->wake_.get(), 1);  // which does the same
      return;
    }
    close(holder->descriptor, served_.at(holder->descriptor));
  }
}

int Reactor::milliseconds_to_wait() const {
  constexpr Duration longest = std::chrono::hours(1);
  if (!turns_.empty()) return 0;
  if (!accepts_) return pause_milliseconds;
  if (timers_.empty()) return -1;
  const auto wait = std::clamp<Duration>(timers_.begin()->first - clock_.now(), Duration::zero(), longest);
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
}

}  // namespace jobmock
