// App::handle alone, without sockets: what one request costs, in Google Benchmark. As served: with the journal, the
// token check, and the visitor that each connection has.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>

#include "api/app.hpp"
#include "api/visitor.hpp"
#include "fixture/reader.hpp"

using namespace jobmock;

namespace {

const std::string job = "3c90c3cc-0d44-4b50-8888-8dd25736052a";  // of the samples

App& app() {
  static const SystemClock clock;
  static App app = [] {
    auto fixtures = read_fixtures({JOBMOCK_SOURCE_DIR "/fixtures"});
    if (!fixtures) {
      for (const auto& problem : fixtures.error()) std::cerr << to_string(problem);
      std::exit(1);
    }
    return App(std::make_shared<const FixtureSet>(std::move(*fixtures)), clock, {});
  }();
  return app;
}

// The headers of a client on a connection of its own.
class Client {
 public:
  explicit Client(const std::string& token) : authorization_("Bearer " + token) {}

  Reply ask(std::string_view method, std::string_view target, std::string_view body = {}) {
    return app().handle({method, target, headers_, body, &visitor_});
  }

 private:
  std::string authorization_;
  std::vector<Request::Header> headers_{{"Host", "127.0.0.1:8080"},
                                        {"Authorization", authorization_},
                                        {"Accept", "application/json"},
                                        {"User-Agent", "Writer/JS 2.3.2"},
                                        {"Content-Type", "application/json"}};
  Visitor visitor_;
};

void measure(benchmark::State& state, Client client, int status, std::string_view method, const std::string& target,
             std::string_view body = {}) {
  if (client.ask(method, target, body).status != status) return state.SkipWithError("another status than expected");
  for (auto _ : state) benchmark::DoNotOptimize(client.ask(method, target, body));
  state.SetItemsProcessed(state.iterations());
}

void poll_in_own_world(benchmark::State& state) {
  measure(state, Client("worker-" + std::to_string(state.thread_index())), 200, "GET", "/v1/applications/jobs/" + job);
}
BENCHMARK(poll_in_own_world)->Threads(1)->Threads(2)->UseRealTime();

void poll_in_one_world(benchmark::State& state) {
  measure(state, Client("worker"), 200, "GET", "/v1/applications/jobs/" + job);
}
BENCHMARK(poll_in_one_world)->Threads(1)->Threads(2)->UseRealTime();

void list_among_many(benchmark::State& state) {
  const std::string route = "/v1/applications/social-post/jobs";
  const std::string token = "lists-" + std::to_string(state.range(0));
  Client client(token);
  for (auto i = state.range(0); i > 0; --i) client.ask("POST", route, R"({"inputs":[{"id":"topic","value":["tea"]}]})");
  measure(state, client, 200, "GET", route + "?limit=50");
}
BENCHMARK(list_among_many)->Arg(10)->Arg(1000)->Arg(10'000)->Iterations(300);

}  // namespace

BENCHMARK_MAIN();
