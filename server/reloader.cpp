#include "reloader.hpp"

#include <utility>

#include "counted.hpp"
#include "fixture/reader.hpp"

namespace jobmock {

Reloader::Reloader(App& app, const Clock& clock, AccessLog& log, std::vector<std::string> paths, bool watches)
    : app_(app),
      clock_(clock),
      log_(log),
      paths_(std::move(paths)),
      watches_(watches),
      read_(watches ? fingerprint_of(paths_) : std::string()),
      seen_(read_) {}

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
    message = counted(read.error().size(), "problem") + " in the fixtures; those read before are still served\n";
    for (const auto& problem : read.error()) message += problems.emplace_back(to_string(problem));
    message.pop_back();  // the log ends the last line
    result = tl::unexpected(std::move(problems));
  }
  log_.add_message(clock_.now(), message);
  log_.flush();
  app_.end_reload(std::move(result));
}

void Reloader::look() {
  if (!watches_) return;
  auto now = fingerprint_of(paths_);
  const bool rests = now == seen_;
  seen_ = std::move(now);
  if (!rests || seen_ == read_) return;
  read_ = seen_;
  reload();
}

}  // namespace jobmock
