#include "reloader.hpp"

#include <utility>

#include "core/counted.hpp"
#include "fixture/reader.hpp"

namespace jobmock {

Reloader::Reloader(App& app, const Clock& clock, AccessLog& log, std::vector<std::string> paths,
                   std::optional<std::string> watched)
    : app_(app),
      clock_(clock),
      log_(log),
      paths_(std::move(paths)),
      watches_(watched),
      read_(std::move(watched).value_or("")),
      seen_(read_),
      thread_([this] { work(); }) {}

Reloader::~Reloader() {
  {
    const Lock lock(mutex_);
    ends_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Reloader::request() {
  {
    const Lock lock(mutex_);
    is_requested_ = true;
  }
  changed_.notify_one();
}

void Reloader::work() {
  while (true) {
    const auto next = wait();
    if (next == Next::end) return;
    if (next == Next::reload) reload();
    if (next == Next::look) look();
  }
}

Reloader::Next Reloader::wait() {
  constexpr auto look_every = std::chrono::milliseconds(250);
  const Lock lock(mutex_);
  while (!is_requested_ && !ends_) {
    if (!watches_) {
      changed_.wait(mutex_);
    } else if (changed_.wait_for(mutex_, look_every) == std::cv_status::timeout) {
      break;
    }
  }
  if (ends_) return Next::end;
  return std::exchange(is_requested_, false) ? Next::reload : Next::look;
}

void Reloader::reload() {
  app_.begin_reload();
  auto read = read_fixtures(paths_);
  tl::expected<FixtureSet, Problems> result;
  std::string message;
  if (read) {
    message = "read the fixtures again: " + counted(read->jobs.size(), "job") + ", " +
              counted(read->applications.size(), "application");
    result = std::move(*read);
  } else {
    Problems problems;
    message =
        counted(count_problems(read.error()), "problem") + " in the fixtures; those read before are still served\n";
    for (const auto& problem : read.error()) message += problems.emplace_back(to_string(problem));
    message.pop_back();  // the log ends the last line
    result = tl::unexpected(std::move(problems));
  }
  log_.add_message(clock_.now(), message);
  log_.flush();
  app_.end_reload(std::move(result));
}

void Reloader::look() {
  auto now = fingerprint_of(paths_);
  const bool rests = now == seen_;
  seen_ = std::move(now);
  if (!rests || seen_ == read_) return;
  read_ = seen_;
  reload();
}

}  // namespace jobmock
