#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "api/effects/effects.hpp"
#include "api/wire.hpp"

using namespace jobmock;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string body = R"({"id":"a job","data":{"suggestion":"a brace: }"},"error":null})";

Reply proper() { return {200, "application/json", {{"X-Proper", "yes"}}, body}; }

Reply with(std::vector<AppliedEffect> effects, std::string_view method = "GET") {
  return with_faults({std::move(effects), {}}, proper(), method);
}

bool is_at_once_and_whole(const Delivery& delivery) {
  return delivery.delay == 0s && delivery.connection == Delivery::Connection::answers && !delivery.truncated_to &&
         !delivery.drip;
}

}  // namespace

TEST_CASE("no fault, no change") {
  const auto reply = with({});
  CHECK(reply.status == 200);
  CHECK(reply.body == body);
  CHECK(reply.headers.size() == 1);
  CHECK(is_at_once_and_whole(reply.delivery));
}

TEST_CASE("a status takes the place of the whole answer, with the API's envelope") {
  const auto reply = with({AppliedAnswer{503, {{"Retry-After", "1"}, {"X-Reason", "maintenance"}}}});
  CHECK(reply.status == 503);
  CHECK(reply.content_type == "application/json");
  CHECK(reply.body == error_reply(503).body);
  CHECK(json::parse(reply.body)["errors"][0]["key"] == "fail.serviceUnavailable.temporary");
  CHECK(reply.headers == Headers{{"Retry-After", "1"}, {"X-Reason", "maintenance"}});
  CHECK(is_at_once_and_whole(reply.delivery));
}

TEST_CASE("every error status has an envelope and stays what it is") {
  for (int status = 400; status <= 599; ++status) {
    CAPTURE(status);
    const auto reply = with({AppliedAnswer{status}});
    CHECK(reply.status == status);
    const auto envelope = json::parse(reply.body);
    CHECK(envelope["errors"].size() == 1);
    CHECK((envelope["tpe"] == "InternalServerError") <= (status >= 500));
  }
  CHECK(json::parse(with({AppliedAnswer{409}}).body)["tpe"] == "Conflict");
  CHECK(json::parse(with({AppliedAnswer{418}}).body)["tpe"] == "BadRequest");
  CHECK(json::parse(with({AppliedAnswer{599}}).body)["tpe"] == "InternalServerError");
}

TEST_CASE("a status that is no error has an empty object, and none where HTTP has no body") {
  for (const int status : {200, 202, 302}) CHECK(with({AppliedAnswer{status}}).body == "{}");
  for (const int status : {204, 205, 304}) {
    const auto reply = with({AppliedAnswer{status}});
    CHECK(reply.status == status);
    CHECK(reply.body.empty());
    CHECK(reply.content_type.empty());
  }
}

TEST_CASE("a body is sent as it stands, with the type that it has or is given") {
  const auto text = with({AppliedAnswer{503, {}, "<h1>down</h1>"}});
  CHECK(text.body == "<h1>down</h1>");
  CHECK(text.content_type == "text/plain; charset=utf-8");
  const auto object = with({AppliedAnswer{503, {}, R"({"message": "down"})"}});
  CHECK(object.content_type == "application/json");
  const auto html = with({AppliedAnswer{503, {{"content-type", "text/html"}}, "<h1>down</h1>"}});
  CHECK(html.content_type == "text/html");
  CHECK(html.headers.empty());
  const auto empty = with({AppliedAnswer{503, {}, ""}});
  CHECK(empty.body.empty());
  CHECK(empty.content_type.empty());
}

TEST_CASE("a delay, and nothing else") {
  const auto reply = with({AppliedDelay{300ms}});
  CHECK(reply.delivery.delay == 300ms);
  CHECK(reply.delivery.connection == Delivery::Connection::answers);
  CHECK(reply.status == 200);
  CHECK(reply.body == body);
}

TEST_CASE("a connection is closed, reset or stalled") {
  using Does = ConnectionEffect::Does;
  CHECK(with({ConnectionEffect{Does::close}}).delivery.connection == Delivery::Connection::closes);
  CHECK(with({ConnectionEffect{Does::reset}}).delivery.connection == Delivery::Connection::resets);
  CHECK(with({ConnectionEffect{Does::stall}}).delivery.connection == Delivery::Connection::stalls);
}

TEST_CASE("a truncated answer has its whole body, of which some is to be sent") {
  const auto reply = with({TruncateEffect{40}});
  CHECK(reply.delivery.truncated_to == 40);
  CHECK(reply.body == body);
}

TEST_CASE("an answer drips") {
  const auto reply = with({DripEffect{8, 50ms}});
  REQUIRE(reply.delivery.drip);
  CHECK(reply.delivery.drip->bytes == 8);
  CHECK(reply.delivery.drip->every == 50ms);
}

TEST_CASE("a malformed answer is no JSON, whatever it would have been") {
  const auto reply = with({MalformedEffect()});
  CHECK(reply.status == 200);
  CHECK_FALSE(reply.body.empty());
  CHECK_FALSE(json::accept(reply.body));
  CHECK(body.starts_with(reply.body));
  CHECK_FALSE(reply.delivery.truncated_to);
  CHECK_FALSE(json::accept(with({AppliedAnswer{503}, MalformedEffect()}).body));
  CHECK_FALSE(json::accept(with({AppliedAnswer{200}, MalformedEffect()}).body));

  const auto stream = with_faults({{MalformedEffect()}, {}}, generation_stream_reply({"Title", "two words"}), "POST");
  const auto last = stream.body.substr(stream.body.rfind("data: ") + 6);
  CHECK_FALSE(json::accept(last));
  CHECK(last != "[DONE]\n\n");
  CHECK(with_faults({{MalformedEffect()}, {}}, {204, {}, {}, {}}, "GET").body.empty());
}

TEST_CASE("effects combine, and what changes an answer is done to the one that is sent") {
  for (const auto& effects : {std::vector<AppliedEffect>{MalformedEffect(), AppliedDelay{1s}, AppliedAnswer{503}},
                              std::vector<AppliedEffect>{AppliedAnswer{503}, AppliedDelay{1s}, MalformedEffect()}}) {
    const auto reply = with(effects);
    CHECK(reply.status == 503);
    CHECK(reply.delivery.delay == 1s);
    CHECK_FALSE(json::accept(reply.body));
    CHECK(error_reply(503).body.starts_with(reply.body));
  }
  const auto reset_late = with({ConnectionEffect{ConnectionEffect::Does::reset}, AppliedDelay{1s}});
  CHECK(reset_late.delivery.connection == Delivery::Connection::resets);
  CHECK(reset_late.delivery.delay == 1s);
}

TEST_CASE("of an answer to HEAD, which has no body, nothing is cut or slowed down") {
  const auto reply = with({AppliedAnswer{503}, AppliedDelay{1s}, TruncateEffect{3}, DripEffect{1, 1s}}, "HEAD");
  CHECK(reply.status == 503);
  CHECK(reply.delivery.delay == 1s);
  CHECK_FALSE(reply.delivery.truncated_to);
  CHECK_FALSE(reply.delivery.drip);
  CHECK(reply.body == error_reply(503).body);  // its length is announced
}
