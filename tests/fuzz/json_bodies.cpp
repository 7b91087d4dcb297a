// The bodies that clients send. The first byte of an input says where to, the others are the body.
#include <array>

#include "fuzz/check.hpp"
#include "fuzz/served.hpp"

namespace jobmock::fuzz {
namespace {

using nlohmann::json;

struct Place {
  std::string_view method;
  std::string_view target;
};
constexpr std::array places{
    Place{"POST", "/v1/applications/post/jobs"}, Place{"POST", "/v1/applications/strict/jobs"},
    Place{"POST", "/v1/applications/free/jobs"}, Place{"POST", "/v1/applications/post"},
    Place{"POST", "/v1/applications/free"},      Place{"PUT", "/v1/applications/post/graphs"},
};

// The job that was created can be polled, listed and told of until it ends.
void follow(Served& served, const std::string& id) {
  const auto target = "/v1/applications/jobs/" + id;
  for (const auto wait : {0, 5}) {
    served.clock.advance(std::chrono::seconds(wait));
    const auto poll = served.send("GET", target);
    require(poll.status == 200, "a job that was created is there", poll.body);
    require(json::parse(poll.body)["id"] == id, "a poll is answered with the job", poll.body);
  }
  require(served.send("GET", "/__admin/jobs/" + id).status == 200, "a job that was created is explained");
}

void check_meaning(Served& served, const Place& place, std::string_view body, const Reply& reply) {
  const auto sent = json::parse(body, nullptr, false);
  if (sent.is_discarded() || !sent.is_object()) {
    require(reply.status == 400, "what is no JSON object is refused", reply.body);
    return;
  }
  if (place.method == "PUT") {
    require(reply.status == 200 || reply.status == 400, "graphs are taken or refused", reply.body);
    if (reply.status != 200) return;
    require(json::parse(reply.body)["graph_ids"] == sent["graph_ids"], "graphs are answered as sent", reply.body);
    require(served.send("GET", place.target).body == reply.body, "graphs stay as they were put");
  } else if (place.target.ends_with("/jobs")) {
    require(reply.status == 202 || reply.status == 400, "a job is created or refused", reply.body);
    if (reply.status == 202) follow(served, json::parse(reply.body)["id"]);
  } else {
    const bool is_stream = sent.contains("stream") && sent["stream"] == true;
    require(reply.status == 200 || reply.status == 400 || reply.status == 500, "an answer or a refusal", reply.body);
    require(reply.status != 200 || is_stream == (reply.content_type == "text/event-stream"), "a stream if asked for");
  }
}

}  // namespace
}  // namespace jobmock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jobmock::fuzz;
  if (size == 0) return 0;
  const auto& place = places.at(data[0] % places.size());
  const auto body = text_of(data + 1, size - 1);
  Served served;
  const auto reply = served.send(place.method, place.target, body);
  check_meaning(served, place, body, reply);
  if (is_run_twice(body)) require_same(reply, Served().send(place.method, place.target, body));
  return 0;
}
