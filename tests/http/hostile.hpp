// What a server owes a client, whatever bytes it sent: answers as HTTP has them, or a clean end; and the next client is
// served.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/serving.hpp"

namespace jobmock::test {

// The answers that `bytes` are, one behind the other and nothing else. Strict: fails the test otherwise. None of them
// is to a HEAD.
inline std::vector<RawReply> replies_in(std::string_view bytes) {
  INFO("received: ", bytes);
  std::vector<RawReply> replies;
  const auto line = [&] {
    const auto end = bytes.find("\r\n");
    REQUIRE(end != std::string_view::npos);
    const auto text = bytes.substr(0, end);
    bytes.remove_prefix(end + 2);
    REQUIRE(std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }));
    return std::string(text);
  };
  while (!bytes.empty()) {
    RawReply reply;
    const auto status_line = line();
    REQUIRE(status_line.starts_with("HTTP/1.1 "));
    REQUIRE(status_line.size() > 13);
    reply.status = std::stoi(status_line.substr(9, 3));
    for (auto header = line(); !header.empty(); header = line()) {
      const auto colon = header.find(": ");
      REQUIRE(colon != std::string::npos);
      auto name = header.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      REQUIRE(reply.headers.emplace(name, header.substr(colon + 2)).second);  // none comes twice
    }
    if (reply.status == 100) continue;
    if (reply.status != 204 && reply.status != 304) {
      const auto size = std::stoul(reply.headers.at("content-length"));
      REQUIRE(size <= bytes.size());
      reply.body = bytes.substr(0, size);
      bytes.remove_prefix(size);
    }
    if (reply.headers["content-type"] == "application/json") REQUIRE(nlohmann::json::accept(reply.body));
    replies.push_back(std::move(reply));
  }
  return replies;
}

// "200 404"
inline std::string statuses_of(const std::vector<RawReply>& replies) {
  std::string statuses;
  for (const auto& reply : replies) statuses += (statuses.empty() ? "" : " ") + std::to_string(reply.status);
  return statuses;
}

// What comes to `bytes` until the server ends the connection by itself.
inline std::vector<RawReply> replies_to(const Serving& serving, std::string_view bytes) {
  auto client = serving.connect();
  client.send(bytes);
  const auto received = client.read_to_end();
  CHECK_FALSE(client.was_reset());
  return replies_in(received);
}

// The same from a client that sends no more, so that a connection which would go on ends too.
inline std::vector<RawReply> replies_to_all_of(std::uint16_t port, std::string_view bytes) {
  RawClient client(port);
  client.send(bytes);
  client.half_close();
  const auto received = client.read_to_end();
  CHECK_FALSE(client.was_reset());
  return replies_in(received);
}
inline std::vector<RawReply> replies_to_all_of(const Serving& serving, std::string_view bytes) {
  return replies_to_all_of(serving.listener->port(), bytes);
}

inline void check_next_is_served(const Serving& serving) { CHECK(serving.status_of(poll_request(job_id)) == 200); }

}  // namespace jobmock::test
