#include "fuzz/check.hpp"

#include <algorithm>

namespace jobmock::fuzz {
namespace {

using nlohmann::json;

// The largest, the OpenAPI document, is the same each time and need not be parsed again.
void check_json(const std::string& body) {
  constexpr std::size_t large = 64U << 10U;
  static std::string known;
  if (body.size() > large && body == known) return;
  require(json::accept(body), "what is called JSON is JSON", body);
  if (body.size() > large) known = body;
}

void check_error(const Reply& reply, std::string_view target) {
  const auto body = json::parse(reply.body);
  if (target.find("/__admin") == std::string_view::npos) {
    require(body.contains("tpe") && body.contains("errors") && body.contains("extras"), "the error envelope",
            reply.body);
    for (const auto& error : body["errors"]) {
      require(error["description"].is_string() && error["key"].is_string() && error["extras"].is_object(),
              "an error has description, key and extras", reply.body);
    }
  } else if (body.contains("error")) {  // not so a verdict, 409
    const auto& error = body["error"];
    require(error["code"].is_string() && error["message"].is_string() && error["hint"].is_string(),
            "an error of control has code, message and hint", reply.body);
  }
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

void check_reply(const Reply& reply, std::string_view target) {
  constexpr std::size_t date_length = std::string_view("Mon, 10 Feb 2025 18:18:09 GMT").size();
  require(reply.status >= 200 && reply.status <= 599, "a status is from 200 to 599");
  require(header_of(reply, "Date").size() == date_length, "an answer has a Date", header_of(reply, "Date"));
  for (const auto& [name, value] : reply.headers) require(is_printable_ascii(value), "headers are printable", value);
  require(reply.body.empty() == reply.content_type.empty(), "what has a body has a content type, and only that");
  if (reply.content_type == "application/json") check_json(reply.body);
  if (reply.content_type != "application/json") require(is_utf8(reply.body), "a text is UTF-8", reply.body);
  if (reply.status == 405) require(!header_of(reply, "Allow").empty(), "405 says what is allowed");
  if (reply.status >= 400) check_error(reply, target);
}

void require_same(const Reply& a, const Reply& b) {
  require(a.status == b.status && a.content_type == b.content_type && a.headers == b.headers && a.body == b.body,
          "the same requests have the same answers", a.body + "\n" + b.body);
}

}  // namespace jobmock::fuzz
