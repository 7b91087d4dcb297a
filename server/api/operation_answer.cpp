#include "api/operation_answer.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/body.hpp"
#include "api/effects/effects.hpp"
#include "api/secrets.hpp"
#include "api/url.hpp"
#include "core/text.hpp"

namespace jobmock {
namespace {

bool is_about_job(Operation operation) { return operation == Operation::retrieve || operation == Operation::retry; }

// What the request names: a job that there is, or an application.
struct Subject {
  std::optional<Uuid> id;            // of a job, whether there is one or not
  std::optional<JobView> explained;  // when the handler has shown none
  const Application* application = nullptr;
};

const JobView* job_of(const Call& call, const Subject& subject) {
  if (call.shown) return &*call.shown;
  return subject.explained ? &*subject.explained : nullptr;
}

Subject subject_of(Call& call, Operation operation) {
  Subject subject;
  if (call.parameters.empty()) return subject;
  if (!is_about_job(operation)) {
    const auto& fixtures = *call.fixtures();
    const auto found = fixtures.application_by_name.find(call.parameters.front());
    if (found != fixtures.application_by_name.end()) subject.application = &fixtures.applications[found->second];
    return subject;
  }
  subject.id = call.shown ? call.shown->id : parse_uuid(call.parameters.front());
  if (!call.shown && subject.id) {
    if (auto job = call.world->explain(*subject.id, call.moment)) subject.explained = std::move(*job);
  }
  if (const auto* job = job_of(call, subject)) subject.application = job->application;
  return subject;
}

const Plan& plan_of(const JobView& job) {
  if (job.own) return job.own->plan != nullptr ? *job.own->plan : job.own->own_plan;
  return job.fixtures->jobs[job.fixtures->job_by_id.at(job.id)].plan;
}

// What a job is as an attempt begins: some entries are reached at once.
Status status_at_start(const Timeline& timeline) {
  Walk walk(timeline, {});
  walk.to(Duration(0));
  return walk.state().status;
}

// Of a job that is not created yet, and may not be.
std::optional<Status> status_of_creation(const Request& request, const Application* application) {
  if (application == nullptr) return std::nullopt;
  const auto body = read_generation(request);
  if (!body) return std::nullopt;
  const bool fits = application->problems_of(body->inputs).empty();
  if (!fits && application->strict_inputs) return std::nullopt;
  return fits ? status_at_start(application->rule_for(body->inputs).plan.timeline) : Status::in_progress;
}

std::optional<Status> status_that_would_show(const Call& call, Operation operation, const Subject& subject) {
  if (operation == Operation::create) return status_of_creation(call.request, subject.application);
  const auto* job = job_of(call, subject);
  if (job == nullptr || !is_about_job(operation)) return std::nullopt;
  const auto status = job->state().status;
  if (operation == Operation::retrieve) return status;
  if (status != Status::failed) return std::nullopt;  // it cannot be retried
  return status_at_start(plan_of(*job).of_attempt(job->attempt + 1));
}

const AppliedAnswer* other_answer(const FaultDecision& decision) {
  for (const auto& effect : decision.effects) {
    if (const auto* answer = std::get_if<AppliedAnswer>(&effect)) return answer;
  }
  return nullptr;
}

// Whether the client gets to see what the answer says of the job.
bool can_be_read(const FaultDecision& decision) {
  return std::all_of(decision.effects.begin(), decision.effects.end(), [](const AppliedEffect& effect) {
    return std::holds_alternative<AppliedDelay>(effect) || std::holds_alternative<DripEffect>(effect);
  });
}

bool sends_nothing(const FaultDecision& decision) {
  return std::any_of(decision.effects.begin(), decision.effects.end(),
                     [](const AppliedEffect& effect) { return std::holds_alternative<ConnectionEffect>(effect); });
}

std::optional<std::uint32_t> number_in(std::optional<std::string_view> text) {
  const auto number = text ? whole_number(*text) : std::nullopt;
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// Whether a text in JSON says the secret in other characters than its own, as "\u0061" for "a".
bool spells(std::string_view json, std::string_view secret) {
  if (secret.empty() || json.find('\\') == std::string_view::npos) return false;
  bool is_found = false;
  const auto look = [&](int /*depth*/, nlohmann::json::parse_event_t /*event*/, const nlohmann::json& parsed) {
    const auto* text = parsed.get_ptr<const std::string*>();
    is_found = is_found || (text != nullptr && text->find(secret) != std::string::npos);
    return true;
  };
  const auto parsed = nlohmann::json::parse(json, look, false);
  return is_found;
}

std::string body_of(std::string_view body, std::string_view secret) {
  return spells(body, secret) ? std::string(hidden) : beginning_without(secret, body, most_of_body);
}

JournalEntry entry_of(Call& call, Operation operation, const Subject& subject, const FaultDecision& decision,
                      const Reply& reply) {
  JournalEntry entry;
  entry.real = call.moment.real;
  entry.at = call.moment.world;
  entry.operation = operation;
  entry.job = subject.id;
  if (const auto* job = job_of(call, subject)) {
    entry.job = job->id;
    entry.attempt = job->attempt;
    if (job->is_born) entry.job_created_at = job->created_at;
  }
  entry.status = sends_nothing(decision) ? 0 : reply.status;
  if (call.shown && can_be_read(decision)) entry.shown = call.shown->state().status;
  entry.delay = reply.delivery.delay;
  if (const auto* answer = other_answer(decision)) {
    entry.retry_after = answer->retry_after;
    entry.retry_after_is_date = answer->retry_after_is_date;
  }
  entry.retry_count = number_in(call.request.header("X-Stainless-Retry-Count"));
  entry.fault = decision.description;
  const auto secret = secret_of(call.request);
  const auto client = call.request.header("User-Agent").value_or("");
  const bool tells = !secret.empty() && client.find(secret) != std::string_view::npos;
  entry.client = client_of(tells ? hidden : client);
  if (!call.request.body.empty()) entry.body = body_of(call.request.body, secret);
  return entry;
}

}  // namespace

Reply answer_operation(Call& call, const Route& route) {
  const auto operation = *route.operation;
  const bool is_poll = operation == Operation::retrieve;
  Reply reply;
  if (is_poll) reply = route.handler(call);
  const auto subject = subject_of(call, operation);
  const auto* job = job_of(call, subject);
  const auto would_show = [&] { return status_that_would_show(call, operation, subject); };
  const auto decision =
      call.world->decide_faults({operation, job, subject.application, std::cref(would_show)}, call.moment);
  if (!is_poll && other_answer(decision) == nullptr) reply = route.handler(call);
  if (!decision.effects.empty()) {
    call.note += (call.note.empty() ? "fault: " : "; fault: ") + decision.description;
    reply = with_faults(decision, std::move(reply), call.request.method);
  }
  if (!call.moment.is_told) call.world->tell_time(call.moment);
  call.world->record(entry_of(call, operation, subject, decision, reply));
  return reply;
}

}  // namespace jobmock
