#include <doctest/doctest.h>

#include "core/selector.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {

const Timestamp start(1000h);

FaultRequest poll(std::uint32_t number) {
  FaultRequest request;
  request.attempt = 1;
  request.poll = number;
  request.would_show = Status::in_progress;
  request.world_start = request.now = start;
  return request;
}

FaultRequest other(Operation operation) {
  FaultRequest request;
  request.operation = operation;
  request.world_start = request.now = start;
  return request;
}

}  // namespace

TEST_CASE("operation: retrieve when nothing is said, one, or any") {
  CHECK(Selector().fits(poll(1)));
  for (const auto operation : all_operations) {
    CAPTURE(to_string(operation));
    CHECK(Selector().fits(other(operation)) == (operation == Operation::retrieve));
    CHECK(Selector{.operation = operation}.fits(other(operation)));
    CHECK(Selector{.operation = std::nullopt}.fits(other(operation)));
  }
  CHECK_FALSE(Selector{.operation = Operation::create}.fits(other(Operation::list)));
}

TEST_CASE("polls: from the first to the last, and nothing that is no poll") {
  const Selector selector{.operation = std::nullopt, .polls = Selector::Polls{2, 4}};
  CHECK_FALSE(selector.fits(poll(1)));
  CHECK(selector.fits(poll(2)));
  CHECK(selector.fits(poll(3)));
  CHECK(selector.fits(poll(4)));
  CHECK_FALSE(selector.fits(poll(5)));
  CHECK_FALSE(selector.fits(other(Operation::create)));
}

TEST_CASE("from and until: since the world began, or at a moment, until is no longer in it") {
  const auto at = [](Duration since_start) {
    auto request = poll(1);
    request.now += since_start;
    return request;
  };
  for (const auto& selector :
       {Selector{.from = Duration(10s), .until = Duration(1min)}, Selector{.from = start + 10s, .until = start + 1min},
        Selector{.from = start + 10s, .until = Duration(1min)}}) {
    CHECK_FALSE(selector.fits(at(0s)));
    CHECK_FALSE(selector.fits(at(10s - 1us)));
    CHECK(selector.fits(at(10s)));
    CHECK(selector.fits(at(1min - 1us)));
    CHECK_FALSE(selector.fits(at(1min)));
    CHECK_FALSE(selector.fits(at(1h)));
  }
  CHECK(Selector{.from = Duration(10s)}.fits(at(1000h)));
  CHECK(Selector{.until = Duration(10s)}.fits(at(-1h)));
}

TEST_CASE("when_status: of the job in the answer, if it shows one") {
  const Selector selector{.operation = std::nullopt, .when_status = Status::completed};
  auto request = poll(1);
  CHECK_FALSE(selector.fits(request));
  request.would_show = Status::completed;
  CHECK(selector.fits(request));
  request.would_show.reset();
  CHECK_FALSE(selector.fits(request));
}

TEST_CASE("several selectors must all fit") {
  const Selector selector{.polls = Selector::Polls{2, 2}, .from = Duration(10s), .when_status = Status::completed};
  auto request = poll(2);
  request.now += 10s;
  request.would_show = Status::completed;
  CHECK(selector.fits(request));
  auto early = request;
  early.now = start;
  CHECK_FALSE(selector.fits(early));
  auto third = request;
  third.poll = 3;
  CHECK_FALSE(selector.fits(third));
  auto in_progress = request;
  in_progress.would_show = Status::in_progress;
  CHECK_FALSE(selector.fits(in_progress));
}

TEST_CASE("times and probability are not for one request to tell") {
  CHECK(Selector{.times = 1}.fits(poll(7)));
  CHECK(Selector{.probability = 0.000001}.fits(poll(7)));
}
