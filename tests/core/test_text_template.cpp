#include <doctest/doctest.h>

#include "core/text_template.hpp"

using namespace jobmock;

namespace {

const Inputs inputs{{"topic", {"tea & \"<coffee>\""}}, {"many", {"a", "b"}}, {"none", {}}};

std::string rendered(const std::string& text) {
  return render_text(text, {inputs, parse_uuid("3c90c3cc-0d44-4b50-8888-8dd25736052a").value(),
                            Timestamp(std::chrono::microseconds(1739211489501223)), 2});
}

std::vector<std::string> problems(const std::string& text) {
  return check_text(text, [](const std::string& name) { return name == "topic"; });
}

}  // namespace

TEST_CASE("variables are replaced, without any escaping") {
  CHECK(rendered("About {{inputs.topic}}!") == "About tea & \"<coffee>\"!");
  CHECK(rendered("{{ inputs.many }} {{{inputs.many}}}") == "a, b a, b");
  CHECK(rendered("{{job.id}} at {{now}}, attempt {{attempt}}") ==
        "3c90c3cc-0d44-4b50-8888-8dd25736052a at 2025-02-10T18:18:09.501223Z, attempt 2");
  CHECK(rendered("[{{inputs.none}}{{inputs.not_sent}}]") == "[]");
}

TEST_CASE("a text without variables stays as it is, lone braces too") {
  CHECK(rendered("a { b } c }} \n d\n") == "a { b } c }} \n d\n");
}

TEST_CASE("what a client sends is not read as a template") {
  const Inputs sent{{"topic", {"{{job.id}}"}}};
  CHECK(render_text("{{inputs.topic}}", {sent, {}, {}, 1}) == "{{job.id}}");
}

TEST_CASE("line breaks and sections are kept as mustache has them") {
  CHECK(rendered("one\n{{attempt}}\n\nthree") == "one\n2\n\nthree");
  CHECK(rendered("{{#attempt}}yes{{/attempt}}{{^inputs.not_sent}}no{{/inputs.not_sent}}") == "yesno");
}

TEST_CASE("a variable that does not exist is told when the fixture is read") {
  using Texts = std::vector<std::string>;
  CHECK(problems("plain").empty());
  CHECK(problems("{{inputs.topic}} {{job.id}} {{now}} {{attempt}}").empty());
  CHECK(problems("{{inputs.topci}}") == Texts{"there is no input 'topci' here"});
  CHECK(problems("{{topic}}") == Texts{"there is no variable 'topic'; there are inputs.NAME, job.id, now and attempt"});
  CHECK(problems("{{job.id") == Texts{"not a mustache text: Unclosed tag at 0"});
}

TEST_CASE("sections nested without end use up neither the stack nor the memory: a text has at most 100") {
  const auto nested = [](std::size_t sections) {
    std::string text;
    for (std::size_t i = 0; i < sections; ++i) text += "{{#now}}";
    for (std::size_t i = 0; i < sections; ++i) text += "{{/now}}";
    return text;
  };
  using Texts = std::vector<std::string>;
  CHECK(problems(nested(100)).empty());
  CHECK(rendered(nested(100)).empty());
  CHECK(problems(nested(101)) == Texts{"a text has at most 100 sections"});
  std::string unclosed = "{{=<% %>=}}";
  for (int i = 0; i < 200'000; ++i) unclosed += i % 2 == 0 ? "<%#a%>" : "<% ^a%>";
  CHECK(problems(unclosed) == Texts{"a text has at most 100 sections"});
  CHECK(problems(std::string(10'000, '#') + "{{now}}").empty());  // no sections
}

TEST_CASE("an input that a text names again and again does not use up the memory: it adds at most 4 MiB") {
  const Inputs large{{"topic", {std::string(1U << 20U, 'x')}}};
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "{{inputs.topic}}";
  CHECK(render_text(text, {large, {}, {}, 1}).size() == 4U << 20U);
}

TEST_CASE("variables add no more to several texts than is left for all of them") {
  const Inputs inputs{{"topic", {"12345"}}};
  std::size_t left = 12;
  const auto rendered = [&](const std::string& text) { return render_text(text, {inputs, {}, {}, 1, &left}); };
  CHECK(rendered("plain") == "plain");
  CHECK(left == 12);
  CHECK(rendered("a {{inputs.topic}}") == "a 12345");
  CHECK(left == 7);
  CHECK(rendered("b {{inputs.topic}} {{inputs.topic}} {{attempt}}") == "b 12345  ");
  CHECK(left == 0);
  CHECK(rendered("c {{attempt}}") == "c ");
}
