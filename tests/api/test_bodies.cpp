#include <doctest/doctest.h>

#include "api/app_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;
using nlohmann::json;

namespace {

// The descriptions of a 400, joined.
std::string complaints(const Reply& reply) {
  CHECK(reply.status == 400);
  std::string all;
  const auto envelope = json::parse(reply.body);
  for (const auto& error : envelope["errors"]) {
    CHECK(error["key"] == "fail.badRequest.invalidParameters");
    CHECK(error["description"].get<std::string>().starts_with(error["extras"]["field"].get<std::string>() + ": "));
    all += (all.empty() ? "" : "; ") + error["description"].get<std::string>();
  }
  return all;
}

}  // namespace

TEST_CASE("what is wrong with the body of a job is said of each field") {
  AppUnderTest t;
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"", "body: expected a JSON object, found nothing"},
      {"{", "body: not valid JSON at byte 2"},
      {"{} x", "body: not valid JSON at byte 4"},
      {"[]", "body: expected a JSON object, found a list"},
      {"null", "body: expected a JSON object, found null"},
      {R"({"inputs":[],"unknown":-1e999})", "body: has a number that is too large"},
      {"{}", "inputs: is missing"},
      {R"({"inputs":null})", "inputs: expected a list of objects, found null"},
      {R"({"inputs":{}})", "inputs: expected a list of objects, found an object"},
      {R"({"inputs":[{}]})", "inputs[0].id: is missing; inputs[0].value: is missing"},
      {R"({"inputs":[{"id":"topic","value":["a"]},7,{"id":1,"value":"a"}]})",
       "inputs[1]: expected an object with id and value, found a number; inputs[2].id: expected a text, found a "
       "number; "
       "inputs[2].value: expected a list of texts, found a text"},
      {R"({"inputs":[{"id":"topic","value":["a",true]}]})", "inputs[0].value[1]: expected a text, found a boolean"},
      {R"({"inputs":[],"stream":"yes"})", "stream: expected true or false, found a text"}};
  for (const auto& [body, complaint] : bodies) {
    CAPTURE(body);
    CHECK(complaints(t.post(t.app_path("/jobs"), body)) == complaint);
    CHECK(complaints(t.post(t.app_path(""), body)) == complaint);
  }
}

TEST_CASE("what is wrong with graph ids is said") {
  AppUnderTest t;
  const auto put = [&](const std::string& body) {
    return t.send_body("PUT", t.app_path("/graphs"), body, "test-token");
  };
  CHECK(put(R"({"graph_ids":["a","b"]})").body == R"({"graph_ids":["a","b"]})");
  CHECK(complaints(put(R"({"graph_ids":"a"})")) == "graph_ids: expected a list of texts, found a text");
  CHECK(complaints(put(R"({"graph_ids":[1]})")) == "graph_ids[0]: expected a text, found a number");
  CHECK(complaints(put("{}")) == "graph_ids: is missing");
  CHECK(complaints(put(R"({"graph_ids":[1e999]})")) == "body: has a number that is too large");
}

TEST_CASE("a body deep or long beyond reason is refused, and its complaints are counted") {
  AppUnderTest t;
  CHECK(t.post(t.app_path("/jobs"), std::string(500'000, '[')).status == 400);
  CHECK(t.post(t.app_path("/jobs"), std::string(200'000, '[') + std::string(200'000, ']')).status == 400);
  std::string many = "{\"inputs\":[0";
  for (int i = 0; i < 100'000; ++i) many += ",0";
  CHECK(json::parse(t.post(t.app_path("/jobs"), many + "]}").body)["errors"].size() == 20);
  CHECK(t.post(t.app_path("/jobs"), "{\"inputs\":[{\"id\":\"\xff\",\"value\":[]}]}").status == 400);
}

TEST_CASE("a value nested half a million deep does not use up the stack, wherever it stands") {
  AppUnderTest t;
  const auto deep = std::string(500'000, '[') + std::string(500'000, ']');
  CHECK(t.post(t.app_path("/jobs"), R"({"inputs":[],"stream":)" + deep + '}').status == 400);
  CHECK(t.post(t.app_path("/jobs"), R"({"inputs":[],"other":)" + deep + '}').status == 202);
  CHECK(t.post(t.app_path("/jobs"), R"({"inputs":[{"id":"a","value":)" + deep + "}]}").status == 400);
}

TEST_CASE("fifty thousand inputs are compared in no time, and twenty of their problems are told") {
  AppUnderTest t;
  std::string many;
  for (int i = 0; i < 50'000; ++i)
    many += (i == 0 ? "" : ",") + (R"({"id":")" + std::to_string(i)) + R"(","value":[]})";
  const auto reply = t.post("/v1/applications/strict", "{\"inputs\":[" + many + "]}");
  CHECK(json::parse(reply.body)["errors"].size() == 20);
}

TEST_CASE("what a client sends is not read as a template when it is quoted in the error of a job") {
  AppUnderTest t;
  const auto error_of = [&](const std::string& id) {
    const auto created = t.post(t.app_path("/jobs"), R"({"inputs":[{"id":")" + id + R"(","value":[]}]})");
    t.clock.advance(std::chrono::seconds(2));
    return json::parse(t.poll(json::parse(created.body)["id"]).body)["error"].get<std::string>();
  };
  CHECK(error_of("{{job.id}}") == "Invalid inputs: '{{job.id}}' is no input of this application");
  std::string sections;
  for (int i = 0; i < 150'000; ++i) sections += "{{#a}}";
  CHECK(error_of(sections) == "Invalid inputs: '" + sections + "' is no input of this application");
}

TEST_CASE("a body that is not JSON by its content type is refused with 415, without one it is read") {
  AppUnderTest t;
  const auto create = [&](const std::vector<Request::Header>& more) {
    std::vector<Request::Header> headers{{"Authorization", "Bearer test-token"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return t.get().handle({"POST", t.app_path("/jobs"), headers, R"({"inputs":[]})"}).status;
  };
  CHECK(create({}) == 202);
  CHECK(create({{"Content-Type", "application/json"}}) == 202);
  CHECK(create({{"content-type", "Application/JSON ; charset=utf-8"}}) == 202);
  CHECK(create({{"Content-Type", "application/vnd.test+json"}}) == 202);
  CHECK(create({{"Content-Type", "application/x-www-form-urlencoded"}}) == 415);
  CHECK(create({{"Content-Type", "text/plain"}}) == 415);
  CHECK(create({{"Content-Type", ""}}) == 415);
}

TEST_CASE("inputs that do not fit fail the job later, or are refused at once by strict_inputs") {
  AppUnderTest t;
  const std::string wrong =
      R"({"inputs":[{"id":"typo","value":["x"]},{"id":"tone","value":["sad"]},{"id":"tone","value":[]}]})";
  const auto created = t.post(t.app_path("/jobs"), wrong);
  CHECK(created.status == 202);
  t.clock.advance(std::chrono::seconds(2));
  CHECK(
      json::parse(t.poll(json::parse(created.body)["id"]).body)["error"] ==
      "Invalid inputs: 'typo' is no input of this application; 'tone' does not offer the choice 'sad'; 'tone' is given "
      "twice");
  CHECK(complaints(t.post("/v1/applications/strict/jobs", R"({"inputs":[{"id":"typo","value":["x"]}]})")) ==
        "inputs: 'typo' is no input of this application; inputs: 'topic' is required");
  CHECK(t.post("/v1/applications/strict/jobs", R"({"inputs":[{"id":"topic","value":["x"]}]})").status == 202);
}
