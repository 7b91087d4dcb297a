#include "http/listener.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace jobmock {
namespace {

// A poll is answered in microseconds: more threads than this would only share the work of two.
constexpr unsigned most_reactors = 4;

}  // namespace

tl::expected<std::unique_ptr<Listener>, std::string> Listener::open(Service& service, const Clock& clock,
                                                                    const Options& options) {
  constexpr std::size_t own_descriptors = 128;  // files, logs, reactors, and clients that wait for a place
  const auto descriptors = raise_descriptor_limit();
  auto listening = listen_at(options.host, options.port);
  if (!listening) return tl::unexpected(listening.error());

  const auto most = std::min(options.most_connections, descriptors - std::min(own_descriptors, descriptors / 2));
  std::unique_ptr<Listener> listener(new Listener(std::move(*listening), options.host, std::max<std::size_t>(most, 1)));
  auto& reactors = listener->reactors_;
  const auto count = std::clamp(std::thread::hardware_concurrency(), 1U, most_reactors);
  const Reactor::Options each{options.limits, options.on_batch_end};
  try {
    for (unsigned i = 0; i < count; ++i) {
      reactors.push_back(std::make_unique<Reactor>(listener->listening_, listener->places_, service, clock, each));
    }
  } catch (const std::system_error& error) {
    return tl::unexpected<std::string>(error.what());
  }
  return listener;
}

Listener::~Listener() { stop(); }

void Listener::start() {
  for (auto& reactor : reactors_) threads_.emplace_back([&reactor] { reactor->run(); });
}

void Listener::stop() {
  for (auto& reactor : reactors_) reactor->stop();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  reactors_.clear();
}

}  // namespace jobmock
