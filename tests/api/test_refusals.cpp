#include <doctest/doctest.h>

#include "api/app_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;

namespace {

const std::string job = "/v1/applications/jobs/" + completes;

std::string envelope(const std::string& type, const std::string& description, const std::string& key,
                     const std::string& extras) {
  return R"({"tpe":")" + type + R"(","errors":[{"description":")" + description + R"(","key":")" + key +
         R"(","extras":)" + extras + R"(}],"extras":{}})";
}

std::string unauthorized(const std::string& hint) {
  return envelope("Unauthorized", "Invalid token", "fail.unauthorized.badToken", R"({"hint":")" + hint + R"("})");
}

}  // namespace

TEST_CASE("without a token: 401") {
  AppUnderTest t;
  const auto reply = t.send("GET", job);
  CHECK(reply.status == 401);
  CHECK(reply.content_type == "application/json");
  CHECK(header_of(reply, "WWW-Authenticate") == "Bearer");
  CHECK(reply.body == unauthorized("send the header Authorization: Bearer <token>"));
}

TEST_CASE("an Authorization header that carries no bearer token: 401") {
  AppUnderTest t;
  for (const auto* value :
       {"", "Bearer", "Bearer ", "Bearer    ", "Basic dGVzdA==", "Bearertest-token", "test-token"}) {
    CAPTURE(value);
    const auto reply = t.send("GET", job, {{"Authorization", value}});
    CHECK(reply.status == 401);
    CHECK(reply.body == unauthorized("the Authorization header is not of the form Bearer <token>"));
  }
  const auto twice = t.send("GET", job, {{"Authorization", "Bearer a"}, {"authorization", "Bearer a"}});
  CHECK(twice.status == 401);
  CHECK(twice.body == unauthorized("more than one Authorization header"));
}

TEST_CASE("a token that the fixtures do not accept: 401, one that they refuse: 403") {
  AppUnderTest t;
  CHECK(t.poll(completes, "revoked").status == 401);
  CHECK(t.poll(completes, "revoked").body == unauthorized("the fixtures do not accept this token"));
  CHECK(t.poll(completes, "no-access").status == 403);
  CHECK(t.poll(completes, "no-access").body == envelope("Forbidden", "Insufficient access rights",
                                                        "fail.forbidden.insufficientAccessRights",
                                                        R"({"hint":"the fixtures refuse this token with 403"})"));

  AppUnderTest strict;
  strict.tokens = {};
  strict.tokens.add("My API Key", {});
  CHECK(strict.poll(completes, "My API Key").status == 200);
  CHECK(strict.poll(completes, "My API").status == 401);
  CHECK(strict.poll(completes, "my api key").status == 401);
}

TEST_CASE("the scheme is read in any case and the spaces after it do not count") {
  AppUnderTest t;
  t.tokens = {};
  t.tokens.add("test token", {});
  for (const auto* value : {"Bearer test token", "bearer test token", "BEARER   test token"}) {
    CAPTURE(value);
    CHECK(t.send("GET", job, {{"aUTHORIZATION", value}}).status == 200);
  }
  CHECK(t.send("GET", job, {{"Authorization", "Bearer test  token"}}).status == 401);
}

TEST_CASE("an id that is no UUID: 400 that names it") {
  AppUnderTest t;
  const auto reply = t.poll("not-a-uuid");
  CHECK(reply.status == 400);
  CHECK(reply.body == envelope("BadRequest", "Invalid input parameters", "fail.badRequest.invalidParameters",
                               R"({"job_id":"not-a-uuid","hint":"a job_id is a UUID, in the form 8-4-4-4-12"})"));
  CHECK(t.poll("%7Bx%7D%2Fy").body.find(R"("job_id":"{x}/y")") != std::string::npos);
}

TEST_CASE("an id with bytes that are no text is echoed as valid JSON") {
  AppUnderTest t;
  for (const auto* id : {"%ff%fe", "\xff\xfe", "%00", "%22%5c%0a"}) {
    CAPTURE(id);
    const auto reply = t.poll(id);
    CHECK(reply.status == 400);
    CHECK(nlohmann::json::accept(reply.body));
  }
}

TEST_CASE("a UUID that no fixture defines: 404") {
  AppUnderTest t;
  const auto reply = t.poll(unknown);
  CHECK(reply.status == 404);
  CHECK(
      reply.body ==
      envelope(
          "NotFound", "Resource is not found", "fail.notFound.resource",
          R"({"job_id":"99999999-9999-4999-8999-999999999999","hint":"no fixture defines this job, and it was not created here"})"));
}

TEST_CASE("an unknown route: 404, before any token is asked for") {
  AppUnderTest t;
  const auto reply = t.send("GET", "/_stainless_unknown_path");
  CHECK(reply.status == 404);
  CHECK(reply.body == envelope("NotFound", "Resource is not found", "fail.notFound.resource",
                               R"({"path":"/_stainless_unknown_path","hint":"no route has this path"})"));
}

TEST_CASE("another method on a known route: 405 with Allow, before any token is asked for") {
  AppUnderTest t;
  for (const auto* method : {"POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get"}) {
    CAPTURE(method);
    const auto reply = t.send(method, job);
    CHECK(reply.status == 405);
    CHECK(header_of(reply, "Allow") == "GET, HEAD, OPTIONS");
    CHECK(reply.body == envelope("MethodNotAllowed", "Method is not allowed", "fail.methodNotAllowed.method",
                                 R"({"method":")" + std::string(method) + R"(","allowed":"GET, HEAD, OPTIONS"})"));
  }
}

TEST_CASE("the order of the checks is route, method, token, id, existence") {
  AppUnderTest t;
  CHECK(t.send("POST", "/nowhere").status == 404);
  CHECK(t.send("POST", "/v1/applications/jobs/not-a-uuid").status == 405);
  CHECK(t.send("GET", "/v1/applications/jobs/not-a-uuid").status == 401);
  CHECK(t.poll("not-a-uuid").status == 400);
  CHECK(t.poll(unknown).status == 404);
}

TEST_CASE("under /__admin errors have a code, a message and a hint") {
  AppUnderTest t;
  CHECK(
      t.send("GET", "/__admin/nothing").body ==
      R"({"error":{"code":"not_found","message":"nothing is served at /__admin/nothing","hint":"GET /__admin/openapi.json describes what is"}})");
  const auto reply = t.send("POST", "/__admin/health");
  CHECK(reply.status == 405);
  CHECK(header_of(reply, "Allow") == "GET, HEAD, OPTIONS");
  CHECK(
      reply.body ==
      R"({"error":{"code":"method_not_allowed","message":"POST is not allowed at /__admin/health","hint":"allowed: GET, HEAD, OPTIONS"}})");
}

TEST_CASE("what the listener could not read as a request is refused with the envelope too") {
  AppUnderTest t;
  const auto reply = t.get().refuse(431, "a request has at most 100 headers");
  CHECK(reply.status == 431);
  CHECK(reply.body == envelope("RequestHeaderFieldsTooLarge", "Request headers are too large",
                               "fail.requestHeaderFieldsTooLarge.headers",
                               R"({"hint":"a request has at most 100 headers"})"));
  CHECK(t.log.back() == "- - 431  a request has at most 100 headers");
}

TEST_CASE("what is logged of a request never shows its token") {
  AppUnderTest t;
  t.poll(completes, "s3cr3t-token");
  t.poll(completes, "shared-s3cr3t");
  t.poll(unknown, "no-access");
  t.send("GET", job, {{"Authorization", "Basic s3cr3t"}});
  REQUIRE(t.log.size() == 4);
  CHECK(t.log[1] == "GET " + job + " 200 org-a ");
  for (const auto& line : t.log) CHECK(line.find("s3cr3t") == std::string::npos);
  t.poll(completes, "another");
  CHECK(t.log[0] != t.log[4]);  // yet worlds can be told apart
}
