#include "core/text_template.hpp"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <map>

namespace jobmock {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view input_prefix = "inputs.";

// For each the library keeps a copy of what is in it, and calls itself.
constexpr std::size_t most_sections = 100;

// What variables may add to a text, in bytes: an input is as large as a body, and a text may name it again and again.
constexpr std::size_t most_added = 4U << 20U;

// Looks a variable up by its whole name; sections of a template have no scope of their own.
class Lookup final : public mustache::basic_context<std::string> {
 public:
  using Find = std::function<const std::string*(const std::string& name)>;

  explicit Lookup(Find find) : find_(std::move(find)) {}

  void push(const mustache::data* /*data*/) override {}
  void pop() override {}
  const mustache::data* get(const std::string& name) const override {
    const auto* text = find_(name);
    if (text == nullptr) return nullptr;
    return &found_.try_emplace(name, *text).first->second;
  }
  const mustache::data* get_partial(const std::string& /*name*/) const override { return nullptr; }

 private:
  Find find_;
  mutable std::map<std::string, mustache::data> found_;
};

bool has_variables(const std::string& text) { return text.find("{{") != std::string::npos; }

// How many sections a text opens; more where it changes what begins a tag.
std::size_t count_sections(std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 1)) {
    const auto inside = text.find_first_not_of("{ \t\r\n\v\f", at);
    if (inside == std::string_view::npos) break;
    if (text[inside] == '#' || text[inside] == '^') ++count;
    if (text[inside] == '=') {
      const auto opens = [](char c) { return c == '#' || c == '^'; };
      return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), opens));
    }
  }
  return count;
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

}  // namespace

std::string render_text(const std::string& text, const TextVariables& variables) {
  if (!has_variables(text)) return text;
  std::map<std::string, std::string> names{{"job.id", format_uuid(variables.job_id)},
                                           {"now", format_timestamp(variables.now)},
                                           {"attempt", std::to_string(variables.attempt)}};
  for (const auto& input : variables.inputs) {
    names.emplace(std::string(input_prefix) + input.id, joined(input.values));
  }
  auto left = std::min(most_added, variables.left != nullptr ? *variables.left : most_added);
  const auto most = left;
  Lookup lookup([&](const std::string& name) -> const std::string* {
    const auto found = names.find(name);
    if (found == names.end()) return nullptr;
    if (found->second.size() > left) {
      left = 0;  // what comes behind is left out too, as if the text were cut
      return nullptr;
    }
    left -= found->second.size();
    return &found->second;
  });
  mustache::mustache parsed(text);
  parsed.set_custom_escape([](const std::string& plain) { return plain; });
  auto rendered = parsed.render(lookup);
  if (variables.left != nullptr) *variables.left -= most - left;
  return rendered;
}

std::vector<std::string> check_text(const std::string& text,
                                    const std::function<bool(const std::string& name)>& has_input) {
  if (!has_variables(text)) return {};
  if (count_sections(text) > most_sections) return {"a text has at most 100 sections"};
  mustache::mustache parsed(text);
  if (!parsed.is_valid()) return {"not a mustache text: " + parsed.error_message()};
  std::vector<std::string> problems;
  Lookup lookup([&](const std::string& name) -> const std::string* {
    const bool is_input = name.starts_with(input_prefix);
    if (is_input ? !has_input(name.substr(input_prefix.size()))
                 : name != "job.id" && name != "now" && name != "attempt") {
      problems.push_back(is_input
                             ? "there is no input '" + name.substr(input_prefix.size()) + "' here"
                             : "there is no variable '" + name + "'; there are inputs.NAME, job.id, now and attempt");
    }
    return nullptr;
  });
  parsed.render(lookup);
  return problems;
}

}  // namespace jobmock
