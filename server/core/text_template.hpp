// The variables in the texts of fixtures: {{inputs.NAME}}, {{job.id}}, {{now}}, {{attempt}}, by the rules of
// mustache(5) without its escaping, since these texts are no HTML. Pure; any thread may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/application.hpp"
#include "core/uuid.hpp"

namespace jobmock {

struct TextVariables {
  const Inputs& inputs;  // several values are joined with ", "; an input that was not sent is empty
  Uuid job_id;
  Timestamp now;  // when the job reached the state that the text belongs to
  std::uint32_t attempt = 1;
  std::size_t* left = nullptr;  // bytes that variables may still add to several texts together; null: no such limit
};

// `text` with its variables replaced. A text without any costs nothing; variables that would add more than 4 MiB in
// all, or more than is left, are empty. The text is one that check_text() finds nothing wrong with.
std::string render_text(const std::string& text, const TextVariables& variables);

// What is wrong with a text's variables, one message each. `has_input` says which inputs there are.
std::vector<std::string> check_text(const std::string& text,
                                    const std::function<bool(const std::string& name)>& has_input);

}  // namespace jobmock
