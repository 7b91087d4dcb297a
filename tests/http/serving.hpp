// A real listener on a free port, with a job or two behind it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "api/app.hpp"
#include "http/listener.hpp"
#include "support/raw_client.hpp"

namespace jobmock::test {

inline const std::string job_id = "3c90c3cc-0d44-4b50-8888-8dd25736052a";

struct Serving {
  SystemClock clock;
  std::unique_ptr<App> app;
  std::unique_ptr<Listener> listener;

  explicit Serving(Listener::Options options = {}) : Serving(Plan(), App::Options(), std::move(options)) {}

  // With what the job does.
  Serving(Plan plan, App::Options app_options, Listener::Options options = {}) {
    auto set = std::make_shared<FixtureSet>();
    set->applications.emplace_back().id = "app";
    set->application_by_name.emplace("app", 0);
    const auto id = parse_uuid(job_id).value();
    set->job_by_id.emplace(id, 0);
    set->jobs.push_back({id, 0, std::monostate(), std::move(plan), {}});
    app = std::make_unique<App>(set, clock, std::move(app_options));
    auto opened = Listener::open(*app, clock, std::move(options));
    if (!opened) throw std::runtime_error(opened.error());
    listener = std::move(*opened);
    listener->start();
  }

  [[nodiscard]] RawClient connect() const { return RawClient(listener->port()); }

  // The status of one request on a connection of its own.
  [[nodiscard]] int status_of(const std::string& bytes) const {
    auto client = connect();
    client.send(bytes);
    return client.read_reply().status;
  }
};

}  // namespace jobmock::test
