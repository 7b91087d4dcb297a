#include "load/player.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "core/tokens.hpp"

namespace jobmock::test {
namespace {

using namespace std::chrono_literals;

const std::string jobs = "/v1/applications/jobs/";

// What stands between two texts.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const auto begin = text.find(before);
  if (begin == std::string::npos) return "";
  return text.substr(begin + before.size(), text.find(after, begin + before.size()) - begin - before.size());
}

Timestamp start_in(const std::string& body) { return parse_timestamp(between(body, R"("start":")", "\"")).value(); }

std::string header(const RawReply& reply, const std::string& name) {
  const auto found = reply.headers.find(name);
  return found == reply.headers.end() ? "" : found->second;
}

}  // namespace

const std::string ChangingFixture::job = "00000000-0000-4000-8000-000000000002";

std::string ChangingFixture::text(std::uint64_t version) {
  return "version: 1\njobs:\n  - id: " + job + R"(
    application_id: other
    timeline:
      - {at: 0s, status: completed, data: {suggestion: "version )" +
         std::to_string(version) + "\"}}\n";
}

Player::Player(std::uint16_t port, PlayedWorld& world, const ChangingFixture& changing, unsigned seed)
    : port_(port), world_(world), changing_(changing), random_(seed) {
  connect_again();
  const std::lock_guard alone(world_.turn);
  if (!world_.model) begin_world();
}

void Player::play_until(Clock::time_point end) {
  while (problem_.empty() && Clock::now() < end) step();
}

const std::vector<Player::Deed>& Player::deeds() {
  static const std::vector<Deed> all{
      {"polls of a job that many poll at once", 40, false, &Player::poll_timed},
      {"polls of a job whose fixture changes", 15, false, &Player::poll_changing},
      {"applications", 5, false, &Player::show_application},
      {"refused requests", 5, false, &Player::be_refused},
      {"polls that move a job", 10, true, &Player::poll_retried},
      {"advances of a clock", 5, true, &Player::advance},
      {"retries", 5, true, &Player::retry},
      {"lists", 3, true, &Player::list},
      {"created jobs", 2, true, &Player::create},
      {"polls of created jobs", 3, true, &Player::poll_created},
      {"graphs", 2, true, &Player::put_graphs},
      {"faults", 2, true, &Player::meet_fault},
      {"counts of the journal", 1, true, &Player::count_requests},
      {"verdicts", 1, true, &Player::verify},
      {"worlds that begin anew", 1, true, &Player::begin_anew},
  };
  return all;
}

void Player::step() {
  constexpr int all_shares = 100;
  auto choice = static_cast<int>(number(0, all_shares - 1));
  const auto deed =
      std::find_if(deeds().begin(), deeds().end(), [&](const Deed& d) { return (choice -= d.share) < 0; });
  if (deed->alone) {
    const std::lock_guard turn(world_.turn);
    (this->*deed->act)();
  } else {
    const std::shared_lock turn(world_.turn);
    (this->*deed->act)();
  }
  if (!problem_.empty()) problem_ = world_.token + ", " + deed->name + ": " + problem_ + '\n';
  ++done_[deed->name];
}

void Player::begin_world() {
  world_.model.emplace(start_in(ask("GET", "/__admin/clock").body));
  world_.polls_of_timed = 0;
  poll_timed();
}

std::uint64_t Player::number(std::uint64_t least, std::uint64_t most) {
  return std::uniform_int_distribution<std::uint64_t>(least, most)(random_);
}

void Player::send(const std::string& method, const std::string& path, const std::string& body,
                  const std::string& token) {
  connection_->send(method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\nX-Jobmock-Explain: 1\r\n" +
                    (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

RawReply Player::ask(const std::string& method, const std::string& path, const std::string& body) {
  const auto begin = Clock::now();
  send(method, path, body, world_.token);
  auto reply = connection_->read_reply();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
  microseconds_.push_back(static_cast<std::uint32_t>(took.count()));
  return reply;
}

void Player::expect(const RawReply& reply, int status, const std::string& body) {
  check(
      reply.status == status && (body.empty() || reply.body == body),
      "expected " + std::to_string(status) + ' ' + body + "\nfound " + std::to_string(reply.status) + ' ' + reply.body);
  const auto explanation = header(reply, "x-jobmock-explain");
  check(explanation.empty() || explanation.starts_with("world=\"" + world_of_token(world_.token) + '"'),
        "another world: " + explanation);
}

void Player::check(bool holds, const std::string& what) {
  if (!holds && problem_.empty()) problem_ = what;
}

void Player::poll_timed() {
  const auto reply = ask("GET", jobs + WorldModel::timed);
  ++world_.polls_of_timed;
  expect(reply, 200, world_.model->poll_timed());
}

// A reading may end at any time between request and answer.
void Player::poll_changing() {
  const auto oldest = changing_.oldest.load();
  const auto reply = ask("GET", jobs + ChangingFixture::job);
  const auto newest = changing_.newest.load();
  expect(reply, 200);
  const auto version = between(reply.body, R"("suggestion":"version )", "\"");
  const bool is_one = !version.empty() && std::stoull(version) >= oldest && std::stoull(version) <= newest;
  check(is_one,
        "expected version " + std::to_string(oldest) + " to " + std::to_string(newest) + ", found " + reply.body);
}

void Player::show_application() {
  const auto reply = ask("GET", "/v1/applications/app");
  expect(reply, 200);
  check(reply.body.starts_with(R"({"id":"app",)"), "found " + reply.body);
}

void Player::be_refused() {
  const auto unknown = "00000000-0000-4000-8000-00000000ffff";
  switch (number(0, 5)) {
    case 0:
      return expect(ask("GET", jobs + unknown), 404);
    case 1:
      return expect(ask("GET", jobs + "no-uuid"), 400);
    case 2:
      return expect(ask("DELETE", jobs + unknown), 405);
    case 3:
      return expect(ask("POST", "/v1/applications/app/jobs", R"({"inputs": )"), 400);
    case 4:
      return expect(ask("GET", "/nowhere"), 404);
    default:
      send("GET", jobs + WorldModel::timed, "", "");
      return expect(connection_->read_reply(), 401);
  }
}

void Player::poll_retried() {
  const auto expected = world_.model->poll_retried();
  const auto reply = ask("GET", jobs + WorldModel::retried);
  expect(reply, 200, expected);
  const auto explanation = header(reply, "x-jobmock-explain");
  check(explanation.find(world_.model->counts()) != std::string::npos,
        "expected " + world_.model->counts() + "found " + explanation);
}

void Player::advance() {
  const auto by = std::chrono::milliseconds(number(0, 6000));
  const auto from = format_timestamp(world_.model->now());
  world_.model->advance(by);
  const auto to = format_timestamp(world_.model->now());
  const auto reply = ask("POST", "/__admin/clock/advance", R"({"by":")" + format_duration(by) + R"("})");
  expect(reply, 200);
  check(between(reply.body, R"("from":")", "\"") == from, "expected from " + from + ": " + reply.body);
  check(between(reply.body, R"("to":")", "\"") == to, "expected to " + to + ": " + reply.body);
}

void Player::retry() {
  const auto expected = world_.model->retry();
  expect(ask("POST", jobs + WorldModel::retried + "/retry"), expected.empty() ? 400 : 202, expected);
}

void Player::list() { expect(ask("GET", "/v1/applications/app/jobs?limit=1000"), 200, world_.model->list()); }

void Player::create() {
  constexpr std::size_t most = 20;
  if (world_.model->count_created() == most) return;
  const auto reply = ask("POST", "/v1/applications/app/jobs", R"({"inputs":[]})");
  const auto id = between(reply.body, R"("id":")", "\"");
  expect(reply, 202, WorldModel::accepted(id, world_.model->now()));
  world_.model->create(id);
}

void Player::poll_created() {
  const auto count = world_.model->count_created();
  if (count == 0) return;
  const auto index = static_cast<std::size_t>(number(0, count - 1));
  expect(ask("GET", jobs + world_.model->created(index)), 200, world_.model->poll_created(index));
}

void Player::put_graphs() {
  const auto body = R"({"graph_ids":["00000000-0000-4000-8000-)" +
                    std::to_string(number(100'000'000'000, 999'999'999'999)) + R"("]})";
  const std::string path = "/v1/applications/app/graphs";
  expect(ask("PUT", path, body), 200, body);
  expect(ask("GET", path), 200, body);
}

void Player::meet_fault() {
  switch (number(0, 6)) {
    case 0:
      return meet_broken_connection(R"("connection":"close")");
    case 1:
      return meet_broken_connection(R"("connection":"reset")");
    case 2:
      return meet_late_answer(R"("delay":"1ms..5ms")");
    case 3:
      return meet_late_answer(R"("drip":{"bytes":50,"every":"1ms"})");
    case 4:
      return meet_malformed_answer();
    case 5:
      return meet_refusal();
    default:
      return meet_quota();
  }
}

std::string Player::add_fault(const std::string& effect) {
  const auto reply = ask("POST", "/__admin/faults", R"({"job_id":")" + WorldModel::timed + R"(",)" + effect + '}');
  expect(reply, 201);
  return "/__admin/faults/" + between(reply.body, R"("id":)", ",");
}

void Player::send_poll_of_timed() {
  send("GET", jobs + WorldModel::timed, "", world_.token);
  ++world_.polls_of_timed;
}

void Player::meet_broken_connection(const std::string& effect) {
  const auto fault = add_fault(effect + R"(,"times":1)");
  send_poll_of_timed();
  check(connection_->read_to_end().empty(), effect + " is answered");
  check(connection_->was_reset() == (effect.find("reset") != std::string::npos), effect + " ends otherwise");
  connect_again();
  poll_timed();
  expect(ask("DELETE", fault), 200);
}

void Player::meet_late_answer(const std::string& effect) {
  const auto fault = add_fault(effect);
  poll_timed();
  expect(ask("DELETE", fault), 200);
}

void Player::meet_malformed_answer() {
  const auto fault = add_fault(R"("malformed":true)");
  send_poll_of_timed();
  const auto reply = connection_->read_reply();
  check(reply.status == 200 && reply.body != world_.model->poll_timed(), "found " + reply.body);
  expect(ask("DELETE", fault), 200);
}

void Player::meet_refusal() {
  const auto fault = add_fault(R"("status":503,"retry_after":"7s","times":2)");
  for (int i = 0; i < 2; ++i) {
    send_poll_of_timed();
    const auto reply = connection_->read_reply();
    expect(reply, 503);
    check(header(reply, "retry-after") == "7", "Retry-After is " + header(reply, "retry-after"));
  }
  poll_timed();
  expect(ask("DELETE", fault), 200);
}

void Player::meet_quota() {
  const auto fault = add_fault(R"("quota":{"requests":1,"per":"1m"})");
  poll_timed();
  send_poll_of_timed();
  const auto reply = connection_->read_reply();
  expect(reply, 429);
  check(header(reply, "retry-after") == "60", "Retry-After is " + header(reply, "retry-after"));
  expect(ask("DELETE", fault), 200);
}

void Player::count_requests() {
  const auto reply = ask("GET", "/__admin/requests?operation=retrieve&limit=1&job_id=" + WorldModel::timed);
  expect(reply, 200);
  const auto matching = R"("matching":)" + std::to_string(world_.polls_of_timed) + ",";
  check(reply.body.find(matching) != std::string::npos, "expected " + matching + " found " + reply.body);
}

void Player::verify() {
  const auto polls = world_.polls_of_timed.load();
  const auto expectation = [](std::uint64_t most) {
    return R"({"job_id":")" + WorldModel::timed + R"(","polls":{"max":)" + std::to_string(most) + "}}";
  };
  expect(ask("POST", "/__admin/verify", expectation(polls)), 200);
  expect(ask("POST", "/__admin/verify", expectation(polls - 1)), 409);
}

void Player::begin_anew() {
  if (number(0, 1) == 0) {
    expect(ask("POST", "/__admin/reset"), 200);
  } else {
    send("DELETE", "/__admin/worlds/" + world_.token, "", "");
    expect(connection_->read_reply(), 200);
  }
  begin_world();
}

}  // namespace jobmock::test
