// Requests as the listener hands them on. An input is up to four requests, with a line of four equals signs between:
//   METHOD TARGET
//   Name: value
//
//   body
#include <algorithm>

#include "fuzz/check.hpp"
#include "fuzz/served.hpp"

namespace jobmock::fuzz {
namespace {

struct Sent {
  std::string_view method;
  std::string_view target;
  std::vector<Request::Header> headers;
  std::string_view body;
};

Sent sent_in(std::string_view text) {
  constexpr std::size_t most_headers = 20;
  Sent sent;
  auto line = take_to(text, '\n');
  sent.method = take_to(line, ' ');
  sent.target = line;
  while (sent.headers.size() < most_headers && !text.empty()) {
    line = take_to(text, '\n');
    if (line.empty()) break;
    const auto name = take_to(line, ':');
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    sent.headers.push_back({name, line});
  }
  sent.body = text;
  return sent;
}

constexpr std::string_view another_token = "of the client that comes last";

// The request's token when it stands nowhere else in the input, so that it cannot be meant as anything else.
std::string_view secret_of(const Sent& sent, std::string_view input) {
  constexpr std::string_view beginning = "Bearer secret-";
  constexpr std::size_t fewest = 20;
  if (input.find_first_of("%+\\") != std::string_view::npos) return {};  // written in another way
  for (const auto& [name, value] : sent.headers) {
    const bool is_token = equals_in_any_case(name, "Authorization") && value.starts_with(beginning);
    if (!is_token || value.size() < fewest) continue;
    const auto secret = value.substr(std::string_view("Bearer ").size());
    return input.find(secret) == input.rfind(secret) ? secret : std::string_view();
  }
  return {};
}

void check_secret(std::string_view secret, const Reply& reply, const std::string& log) {
  if (secret.empty()) return;
  require(reply.body.find(secret) == std::string::npos, "no answer shows a token", reply.body);
  require(log.find(secret) == std::string::npos, "no log shows a token", log);
  for (const auto& [name, value] : reply.headers) {
    require(value.find(secret) == std::string::npos, "no header shows a token", value);
  }
}

std::vector<Reply> answers_to(const std::vector<Sent>& all, std::string_view input) {
  Served served;
  std::vector<Reply> replies;
  for (const auto& sent : all) {
    replies.push_back(served.send({sent.method, sent.target, sent.headers, sent.body}));
    check_secret(secret_of(sent, input), replies.back(), served.log());
    served.clock.advance(std::chrono::seconds(1));
  }
  // Whatever was sent: a client that comes now is served, and its world is as the fixtures say.
  if (input.find(another_token) != std::string_view::npos) return replies;
  const auto authorization = "Bearer " + std::string(another_token);
  const std::vector<Request::Header> headers{{"Authorization", authorization}};
  const auto target = "/v1/applications/jobs/" + std::string(a_job);
  const auto poll = served.send({"GET", target, headers, {}});
  require(poll.status == 200 && poll.body.find(R"("status":"in_progress")") != std::string::npos,
          "the next client's world is as new", poll.body);
  return replies;
}

}  // namespace
}  // namespace jobmock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jobmock::fuzz;
  constexpr std::size_t most_requests = 4;
  const auto input = text_of(data, size);
  std::vector<Sent> all;
  for (const auto part : parts_of(input, most_requests)) all.push_back(sent_in(part));
  const auto replies = answers_to(all, input);
  if (!is_run_twice(input)) return 0;
  const auto again = answers_to(all, input);
  for (std::size_t i = 0; i < all.size(); ++i) require_same(replies[i], again[i]);
  return 0;
}
