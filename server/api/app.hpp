// The whole application behind the listener: a request in, an answer out, without a socket. A request goes
// now → route → token → world → handler → wire → log.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/call.hpp"
#include "api/message.hpp"
#include "api/service.hpp"
#include "core/clock.hpp"
#include "core/worlds.hpp"

namespace jobmock {

// One line of the access log. The texts live until the callback returns; none holds a token.
struct AccessRecord {
  Timestamp time;
  Duration duration;  // from the complete request to the answer, before it is sent
  std::string_view method;
  std::string_view target;
  int status;
  std::size_t bytes;  // of the body
  std::string world;  // empty before one is known
  std::optional<JobView> job;
  std::string note;        // what a person should know beyond that; usually empty
  Timestamp shown_time{};  // by the clock of the world, for Date
};

class App final : public Service {
 public:
  struct Options {
    Worlds::Options worlds;
    Control control;
    std::function<void(const AccessRecord&)> log;  // called from the threads that call handle(), at the same time
  };

  App(std::shared_ptr<const FixtureSet> fixtures, const Clock& clock, Options options);

  // Any thread; never throws, never blocks on anything but a world's short lock.
  Reply handle(const Request& request) override;

  [[nodiscard]] std::shared_ptr<const FixtureSet> fixtures() const { return worlds_.fixtures(); }

  // Every world, by name.
  [[nodiscard]] std::vector<std::shared_ptr<World>> worlds() const { return worlds_.all(); }

  // Those that the limit has forgotten.
  [[nodiscard]] std::uint64_t forgotten_worlds() const { return worlds_.forgotten(); }

  // Around each reading of the fixtures after the first, one at a time: what was read is served from then on, or
  // its problems are told and what was served before still is. Any thread.
  void begin_reload() { reloads_.begin(); }
  void end_reload(tl::expected<FixtureSet, Problems> read);

  // The answer to bytes that are no request the listener can hand on: the error envelope, and a log line.
  Reply refuse(int status, const std::string& reason) override;

 private:
  Reply answer(Call& call);
  [[nodiscard]] std::optional<Reply> refuse_public_name(const Call& call) const;
  std::optional<Reply> enter_world(Call& call);
  bool enter_remembered_world(Call& call, std::string_view authorization);
  Reply finish(Reply reply, AccessRecord record);
  Reply finish_later(Reply reply, const AccessRecord& record);

  const Clock& clock_;
  const Options options_;
  Worlds worlds_;
  Reloads reloads_;
};

}  // namespace jobmock
