// `status` with what belongs to it, and `quota`: another answer in place of the proper one.
#include <nlohmann/json.hpp>

#include "api/effects/effects.hpp"
#include "api/wire.hpp"

namespace jobmock {
namespace {

// RFC 9110, 15.3.5, 15.3.6 and 15.4.5.
bool never_has_body(int status) { return status == 204 || status == 205 || status == 304; }

Reply with_own_body(int status, const std::string& body) {
  if (body.empty()) return {status, {}, {}, {}};
  const bool is_json = nlohmann::json::accept(body);
  return {status, is_json ? "application/json" : "text/plain; charset=utf-8", {}, body};
}

Reply reply_of(const AppliedAnswer& answer) {
  if (never_has_body(answer.status)) return {answer.status, {}, {}, {}};
  if (answer.body) return with_own_body(answer.status, *answer.body);
  if (answer.status >= 400) return error_reply(answer.status);
  return {answer.status, "application/json", {}, "{}"};
}

}  // namespace

void apply(const AppliedAnswer& answer, Reply& reply) {
  reply = reply_of(answer);
  for (const auto& [name, value] : answer.headers) {
    if (equals_in_any_case(name, "Content-Type")) {
      reply.content_type = value;
    } else {
      reply.headers.emplace_back(name, value);
    }
  }
}

}  // namespace jobmock
