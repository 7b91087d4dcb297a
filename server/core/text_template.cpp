#include "core/text_template.hpp"

#include <kainjow/mustache.hpp>
#include <map>

namespace jobmock {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view input_prefix = "inputs.";

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
  Lookup lookup([&](const std::string& name) {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : &found->second;
  });
  mustache::mustache parsed(text);
  parsed.set_custom_escape([](const std::string& plain) { return plain; });
  return parsed.render(lookup);
}

std::vector<std::string> check_text(const std::string& text,
                                    const std::function<bool(const std::string& name)>& has_input) {
  if (!has_variables(text)) return {};
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
