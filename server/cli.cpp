#include "cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <tuple>
#include <utility>

#include "api/message.hpp"
#include "api/url.hpp"
#include "core/tokens.hpp"
#include "core/version.hpp"
#include "fixture/problems.hpp"
#include "http/probe.hpp"

namespace jobmock {
namespace {

constexpr std::array<std::string_view, 5> commands{"serve", "run", "check", "health", "schema"};
constexpr std::array<std::string_view, 5> words_of_all{"-h", "--help", "-V", "--version", "help"};

// `jobmock --port 0 fixtures` is `jobmock serve --port 0 fixtures`.
std::vector<std::string> with_command(std::vector<std::string> arguments) {
  const auto is_one_of = [&](const auto& words) {
    return std::find(words.begin(), words.end(), arguments.front()) != words.end();
  };
  if (arguments.empty() || (!is_one_of(commands) && !is_one_of(words_of_all))) {
    arguments.insert(arguments.begin(), "serve");
  }
  if (arguments.front() == "help") arguments.front() = "--help";
  return arguments;
}

// Of the words of `run`: what comes before `--`, and what comes after it, which is the command to run.
std::pair<std::vector<std::string>, std::vector<std::string>> split_at_dashes(const std::vector<std::string>& words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes == words.end()) return {words, {}};
  return {{words.begin(), dashes}, {dashes + 1, words.end()}};
}

bool asks_for_help(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const auto& word) { return word == "-h" || word == "--help"; });
}

// What stands where no fixtures are named: the variable (paths with colons between), or `fixtures`.
std::vector<std::string> default_fixtures() {
  const char* variable = std::getenv("JOBMOCK_FIXTURES");
  std::vector<std::string> paths;
  for (auto& path : CLI::detail::split(variable == nullptr ? "" : variable, ':')) {
    if (!path.empty()) paths.push_back(std::move(path));
  }
  if (paths.empty()) paths.emplace_back("fixtures");
  return paths;
}

std::string default_url() {
  const char* port = std::getenv("JOBMOCK_PORT");
  return std::string("http://127.0.0.1:") + (port == nullptr || *port == '\0' ? "8080" : port);
}

// What is wrong with the value of a flag; empty when nothing is. It never shows a secret.
using CheckValue = std::function<std::string(const std::string&)>;

// The digits are checked here, since CLI11 reads `010` as 8, and its versions differ about `-1`.
CheckValue whole_number_to(std::uint64_t most) {
  return [most](const std::string& text) -> std::string {
    const auto number = whole_number(text);
    const bool is_plain = number && (text.front() != '0' || text.size() == 1);
    if (is_plain && *number <= most) return {};
    return "expected a whole number from 0 to " + std::to_string(most) + "; found '" + text + "'";
  };
}

// Of a flag's variable.
std::string check_switch(const std::string& text) {
  constexpr std::array<std::string_view, 8> words{"1", "true", "yes", "on", "0", "false", "no", "off"};
  const auto is_same = [&](std::string_view word) { return equals_in_any_case(word, text); };
  if (std::any_of(words.begin(), words.end(), is_same)) return {};
  return "expected true or false; found '" + text + "'";
}

std::string check_log_format(const std::string& text) {
  return text == "text" || text == "json" ? std::string() : "expected text or json; found '" + text + "'";
}

std::string check_speed(const std::string& text) {
  double speed = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, speed);
  if (error == std::errc() && stopped == end && speed >= 0 && speed <= fastest) return {};
  return "expected virtual seconds per real second, a number from 0 (frozen) to 1000000; found '" + text + "'";
}

std::string check_on_poll(const std::string& text) {
  const auto parsed = parse_on_poll(text);
  return parsed ? std::string() : parsed.error() + "; found '" + text + "'";
}

// Empty when it is a value of --request-timeout.
std::string check_request_timeout(const std::string& text) {
  const auto parsed = parse_duration(text);
  if (!parsed) return parsed.error() + "; found '" + text + "'";
  return *parsed > Duration::zero() ? "" : "expected a duration longer than 0s; found '" + text + "'";
}

// A script whose variable is not set must not leave the door open.
std::string check_admin_token(const std::string& text) {
  if (text.empty()) return "is empty; leave it out to ask for none";
  return can_be_sent(text) ? "" : "is not printable ASCII, or begins or ends with a space: no header can carry it";
}

// What is left of words that no flag took, as a refusal may show it: where a flag is among them, what follows it may be
// a secret.
std::string unexpected(const std::vector<std::string>& words) {
  std::vector<std::string> flags;
  for (const auto& word : words) {
    if (word.starts_with('-')) flags.push_back(word.substr(0, word.find('=')));
  }
  return "not expected: " + CLI::detail::join(flags.empty() ? words : flags, " ");
}

// To CLI11 `--flag=` is a flag whose value comes in the next word, be that a fixture or another flag.
void refuse_missing_values(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--") return;
    if (word.starts_with("--") && word.find('=') == word.size() - 1) {
      throw CLI::ArgumentMismatch(word.substr(0, word.size() - 1) +
                                  ": nothing is after '='; leave the flag out, or give a value");
    }
  }
}

bool is_given(const CLI::Option& option, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return option.check_name(word.substr(0, word.find('='))); });
}

// CLI11 reads the variables of all commands, whichever is used.
void ignore_variables_of_others(CLI::App& app, const std::string& used) {
  for (auto* command : app.get_subcommands({})) {
    if (command->get_name() == used) continue;
    for (auto* option : command->get_options()) option->envname("");
  }
}

std::string suggestion(const CLI::App& command, std::string_view message) {
  const auto begin = message.find("--");
  if (begin == std::string_view::npos) return {};
  const auto written = message.substr(begin, message.find_first_of(" =:", begin) - begin);
  std::vector<std::string> flags;
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
  }
  if (std::find(flags.begin(), flags.end(), written) != flags.end()) return {};
  return did_you_mean(written, {flags.begin(), flags.end()});
}

// The options that serve and run share. Lives until the command line is parsed.
class ServeOptions {
 public:
  explicit ServeOptions(Serve defaults) : serve_(std::move(defaults)) {}

  void add_to(CLI::App& command) {
    command.add_option("FIXTURE", serve_.fixtures,
                       "Files or folders, read as one set [JOBMOCK_FIXTURES, with colons between; fixtures]");
    command.add_option("--host", serve_.host, "Address to listen at, a number or localhost")
        ->envname("JOBMOCK_HOST")
        ->capture_default_str();
    check(command.add_option("--port", serve_.port, "Port; 0 takes a free one")
              ->envname("JOBMOCK_PORT")
              ->capture_default_str(),
          whole_number_to(UINT16_MAX));
    command.add_option("--port-file", serve_.port_file, "Write the port to this file once it is taken")
        ->envname("JOBMOCK_PORT_FILE");
    check(command.add_option("--log-format", log_format_, "How requests are logged: text or json [text]")
              ->envname("JOBMOCK_LOG_FORMAT"),
          check_log_format);
    check(command.add_option("--seed", serve_.seed, "Ids of created jobs follow from it, and repeat with it")
              ->envname("JOBMOCK_SEED")
              ->capture_default_str(),
          whole_number_to(UINT64_MAX));
    check(command.add_option("--jobs-max", serve_.jobs_max, "Jobs that a world's clients may create; 507 beyond")
              ->envname("JOBMOCK_JOBS_MAX")
              ->capture_default_str(),
          whole_number_to(SIZE_MAX));
    check(
        command
            .add_option("--journal-max", serve_.journal_max, "Requests that a world remembers; the oldest are dropped")
            ->envname("JOBMOCK_JOURNAL_MAX")
            ->capture_default_str(),
        whole_number_to(SIZE_MAX));
    speed_option_ = command
                        .add_option("--speed", serve_.clock.speed,
                                    "Virtual seconds per real second, from 0 to 1000000 [that of the fixtures; 1]")
                        ->envname("JOBMOCK_SPEED");
    check(speed_option_, check_speed);
    freeze_option_ =
        add_switch(command, "--freeze", freeze_, "Time stands still until it is moved: --speed 0", "JOBMOCK_FREEZE");
    command.final_callback([this] {
      if (freeze_ && serve_.clock.speed.value_or(0) > 0) throw CLI::ExcludesError("--freeze", "--speed");
    });
    check(command
              .add_option("--on-poll", on_poll_,
                          "What a poll adds to its world's time: a duration, or next, the job's own next entry in time")
              ->envname("JOBMOCK_ON_POLL"),
          check_on_poll, "next|DURATION");
    add_switch(command, "--watch", serve_.watch, "Read the fixtures again when a file changes, as SIGHUP does",
               "JOBMOCK_WATCH");
    add_switch(command, "--explain", serve_.explain, "Explain each answer in the header X-Jobmock-Explain",
               "JOBMOCK_EXPLAIN");
    admin_token_option_ =
        command.add_option("--admin-token", serve_.admin_token, "What /__admin asks for, but its health [nothing]")
            ->envname("JOBMOCK_ADMIN_TOKEN");
    check(admin_token_option_, check_admin_token);
    check(command
              .add_option("--request-timeout", request_timeout_,
                          "The time for a request to come whole, and for a client to take some of its answer")
              ->envname("JOBMOCK_REQUEST_TIMEOUT")
              ->capture_default_str(),
          check_request_timeout, "DURATION");
  }

  // Both --speed and --freeze say how fast time goes: either, when it is among the words, beats the variables of both.
  void ignore_beaten_variables(const std::vector<std::string>& words) {
    const bool is_given = std::any_of(words.begin(), words.end(), [](std::string_view word) {
      const auto flag = word.substr(0, word.find('='));
      return flag == "--speed" || flag == "--freeze";
    });
    if (!is_given) return;
    speed_option_->envname("");
    freeze_option_->envname("");
  }

  // CLI11 2.4 goes on without a variable whose value is wrong, so they are looked at before. An empty one counts as not
  // set, but for the admin token's.
  void refuse_bad_variables(const std::vector<std::string>& words) const {
    for (const auto& [option, what_is_wrong] : checks_) {
      const auto name = option->get_envname();
      const char* value = name.empty() || is_given(*option, words) ? nullptr : std::getenv(name.c_str());
      if (value == nullptr || (*value == '\0' && option != admin_token_option_)) continue;
      if (const auto problem = what_is_wrong(value); !problem.empty()) throw CLI::ValidationError(name, problem);
    }
  }

  // To log every request, or only those that there is something to say about.
  void add_quiet(CLI::App& command) {
    add_switch(command, "-q,--quiet", serve_.quiet, "Log only requests that there is something to say about",
               "JOBMOCK_QUIET");
  }
  void add_verbose(CLI::App& command) {
    add_switch(command, "-v,--verbose", verbose_, "Log every request", "JOBMOCK_VERBOSE");
  }

  [[nodiscard]] Serve given() const {
    auto serve = serve_;
    serve.log_format = log_format_ == "json" ? AccessLog::Format::json : AccessLog::Format::text;
    if (verbose_) serve.quiet = false;
    if (freeze_) serve.clock.speed = 0;
    if (const auto on_poll = parse_on_poll(on_poll_)) serve.clock.on_poll = *on_poll;
    if (const auto timeout = parse_duration(request_timeout_)) serve.request_timeout = *timeout;
    if (serve.fixtures.empty()) serve.fixtures = default_fixtures();
    return serve;
  }

 private:
  // Has a flag and its variable take only values with which nothing is wrong.
  void check(CLI::Option* option, const CheckValue& what_is_wrong, const std::string& shown_type = "") {
    option->check(CLI::Validator([what_is_wrong](const std::string& text) { return what_is_wrong(text); }, shown_type));
    checks_.emplace_back(option, what_is_wrong);
  }

  CLI::Option* add_switch(CLI::App& command, const std::string& names, bool& is_on, const std::string& description,
                          const std::string& variable) {
    auto* option = command.add_flag(names, is_on, description)->envname(variable);
    checks_.emplace_back(option, check_switch);
    return option;
  }

  Serve serve_;
  CLI::Option* speed_option_ = nullptr;
  CLI::Option* freeze_option_ = nullptr;
  CLI::Option* admin_token_option_ = nullptr;
  std::vector<std::pair<CLI::Option*, CheckValue>> checks_;
  std::string log_format_ = "text";
  std::string on_poll_;
  std::string request_timeout_ = "30s";
  bool freeze_ = false;
  bool verbose_ = false;
};

}  // namespace

Command parse_command_line(int count, const char* const* arguments) {
  CLI::App app("A local mock of Writer's asynchronous jobs API: jobs that do what YAML fixtures say.", "jobmock");
  app.footer(
      "`jobmock FIXTURE...` is short for `jobmock serve FIXTURE...`. Every flag has a variable; a flag beats "
      "it.\nExit status: 0 fine, 1 failure, 2 bad use or bad fixtures, 3 an expectation failed.");
  app.set_version_flag("-V,--version", "jobmock " + std::string(version()));
  app.require_subcommand(1);

  ServeOptions serve({});
  auto* serve_command = app.add_subcommand("serve", "Serve fixtures until SIGTERM or SIGINT");
  serve.add_to(*serve_command);
  serve.add_quiet(*serve_command);

  Serve run_defaults;
  run_defaults.port = 0;
  run_defaults.quiet = true;
  ServeOptions run(run_defaults);
  auto* run_subcommand = app.add_subcommand(
      "run", "Serve fixtures while a command runs: jobmock run [FIXTURE...] -- COMMAND [ARGUMENT...]");
  run.add_to(*run_subcommand);
  run.add_verbose(*run_subcommand);
  RunCommand run_command;
  run_subcommand->add_option("--report", run_command.report_file, "Write the report to this file, as JSON")
      ->envname("JOBMOCK_REPORT");
  run_subcommand
      ->add_option("--junit", run_command.junit_file,
                   "Write what became of the expectations to this file, as JUnit XML")
      ->envname("JOBMOCK_JUNIT");

  Check check;
  auto* check_command = app.add_subcommand("check", "Read fixtures and report every problem, without serving");
  check_command->add_option("FIXTURE", check.fixtures, "Files or folders, read as one set [as for serve]");

  Health health{default_url()};
  auto* health_command = app.add_subcommand("health", "Ask a running server whether it is ready");
  health_command->add_option("--url", health.url, "Where it listens")->envname("JOBMOCK_URL")->capture_default_str();

  auto* schema_command = app.add_subcommand("schema", "Print the JSON Schema of fixtures, for editors");

  auto words = with_command({arguments + 1, arguments + count});
  const bool runs = words.front() == "run";
  std::vector<std::string> command;
  if (runs) std::tie(words, command) = split_at_dashes(words);
  if (runs && command.empty() && !asks_for_help(words)) {
    return Say{"jobmock: run needs a command: jobmock run [FIXTURE...] -- COMMAND [ARGUMENT...]\n", Exit::bad_use};
  }
  const auto refusal = [&app, command_name = words.front()](const std::string& message) {
    const bool is_command = std::find(commands.begin(), commands.end(), command_name) != commands.end();
    const auto* used = is_command ? app.get_subcommand(command_name) : nullptr;
    const auto hint = used == nullptr ? std::string() : suggestion(*used, message);
    const auto help = used == nullptr ? std::string() : command_name + ' ';
    return Say{"jobmock: " + message + hint + "\njobmock: see jobmock " + help + "--help\n", Exit::bad_use};
  };
  ignore_variables_of_others(app, words.front());
  serve.ignore_beaten_variables(words);
  run.ignore_beaten_variables(words);
  try {
    refuse_missing_values(words);
    serve.refuse_bad_variables(words);
    run.refuse_bad_variables(words);
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    const auto used = app.get_subcommands();
    return Say{used.empty() ? app.help() : used.front()->help(), Exit::ok};
  } catch (const CLI::CallForVersion& call) {
    return Say{std::string(call.what()) + '\n', Exit::ok};
  } catch (const CLI::ExtrasError&) {
    return refusal(unexpected(app.remaining(true)));
  } catch (const CLI::ParseError& error) {
    return refusal(error.what());
  }
  if (check.fixtures.empty()) check.fixtures = default_fixtures();
  if (check_command->parsed()) return check;
  if (health_command->parsed()) {
    // It may also come from a variable.
    if (const auto problem = check_server_url(health.url); !problem.empty()) return refusal("--url: " + problem);
    return health;
  }
  if (schema_command->parsed()) return Schema();
  if (run_subcommand->parsed()) {
    run_command.serve = run.given();
    run_command.command = std::move(command);
    return run_command;
  }
  return serve.given();
}

}  // namespace jobmock
