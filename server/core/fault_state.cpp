#include "core/fault_state.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

#include "core/chance.hpp"
#include "core/quota_window.hpp"

namespace jobmock {
namespace {

// The answers to different jobs that one fault tells apart by counting them. Polls need no count of their own.
constexpr std::size_t most_counted_jobs = 1'000;

// What a request is the first, second, third of, for decisions by chance.
struct Ordinal {
  Operation operation;
  std::optional<Uuid> job;
  friend bool operator==(const Ordinal&, const Ordinal&) = default;
};

struct HashOrdinal {
  std::size_t operator()(const Ordinal& ordinal) const {
    return std::hash<Uuid>()(ordinal.job.value_or(Uuid())) + static_cast<std::size_t>(ordinal.operation);
  }
};

const std::shared_ptr<const Fault>& first_of(const std::shared_ptr<const Fault>& fault) {
  return fault->first ? fault->first : fault;
}

const Fault* first_of(const Fault& fault) { return fault.first ? fault.first.get() : &fault; }

// What is counted of one fault. Holds its first, so that no other can come to have its address.
struct Record {
  std::shared_ptr<const Fault> first{};
  std::uint64_t applied = 0;
  QuotaWindow quota{};
  std::unordered_map<Ordinal, std::uint32_t, HashOrdinal> asked{};
};

// Which request of its kind this is, from 1. A poll says so itself; the others are counted for each fault, so that
// what one fault is for does not change the chances of another.
std::uint32_t number_of(Record& record, const FaultRequest& request) {
  if (request.poll != 0) return request.poll;
  Ordinal ordinal{request.operation, request.job};
  if (record.asked.size() >= most_counted_jobs && !record.asked.contains(ordinal)) ordinal.job.reset();
  return ++record.asked[ordinal];
}

bool is_left_to_chance(const Fault& fault) {
  const auto varies = [](const Effect& effect) {
    const auto* delay = std::get_if<DelayEffect>(&effect);
    return delay != nullptr && delay->least != delay->most;
  };
  return fault.selector.probability || std::any_of(fault.effects.begin(), fault.effects.end(), varies);
}

Chance chance_of(const Fault& fault, const FaultRequest& request, std::uint32_t number) {
  std::uint64_t job[2]{};
  if (request.job) std::memcpy(job, request.job->bytes.data(), sizeof job);
  const auto operation = static_cast<std::uint64_t>(request.operation);
  return Chance({request.world_seed, fault.key, operation, job[0], job[1], request.attempt, number});
}

std::int64_t whole_seconds(Duration duration) { return std::chrono::ceil<std::chrono::seconds>(duration).count(); }

AppliedAnswer quota_exceeded(Duration wait) {
  const auto seconds = whole_seconds(wait);
  return {429, {{"Retry-After", std::to_string(seconds)}}, {}, std::chrono::seconds(seconds)};
}

// What an effect comes to for one request; nothing when it leaves the answer alone.
class Resolve {
 public:
  Resolve(const FaultRequest& request, const Chance& chance, QuotaWindow& window)
      : request_(request), chance_(chance), window_(window) {}

  std::optional<AppliedEffect> operator()(const AnswerEffect& effect) const {
    AppliedAnswer answer{effect.status, effect.headers, effect.body, {}};
    if (const auto& after = effect.retry_after) {
      // A date has whole seconds; rounded up, for whoever waits until then has to have waited long enough.
      const auto date = std::min(std::chrono::ceil<std::chrono::seconds>(request_.now + after->wait),
                                 std::chrono::floor<std::chrono::seconds>(end_of_time));
      answer.headers.emplace_back("Retry-After",
                                  after->is_date ? format_http_date(date) : std::to_string(whole_seconds(after->wait)));
      answer.retry_after = after->is_date ? std::max<Duration>(date - request_.now, Duration::zero()) : after->wait;
      answer.retry_after_is_date = after->is_date;
    }
    if (const auto& after = effect.retry_after_ms) {
      const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(*after).count();
      answer.headers.emplace_back("retry-after-ms", std::to_string(milliseconds));
      answer.retry_after = after;
      answer.retry_after_is_date = false;
    }
    return answer;
  }
  std::optional<AppliedEffect> operator()(const DelayEffect& effect) const {
    return AppliedDelay{chance_.between(effect.least, effect.most)};
  }
  std::optional<AppliedEffect> operator()(const QuotaEffect& effect) const {
    const auto wait = window_.use(effect, request_.now);
    if (!wait) return std::nullopt;
    return quota_exceeded(*wait);
  }
  template <typename SameForAll>
  std::optional<AppliedEffect> operator()(const SameForAll& effect) const {
    return effect;
  }

 private:
  const FaultRequest& request_;
  const Chance& chance_;
  QuotaWindow& window_;
};

// What was made of an effect, where the effect itself leaves something open.
std::string describe_applied(const Effect& effect, const AppliedEffect& applied) {
  const auto* delay = std::get_if<AppliedDelay>(&applied);
  if (delay != nullptr) return describe(DelayEffect{delay->length, delay->length});
  if (!std::holds_alternative<QuotaEffect>(effect)) return describe(effect);
  return "429, " + describe(effect) + ", retry after " +
         format_duration(std::get<AppliedAnswer>(applied).retry_after.value_or(Duration::zero()));
}

std::string circumstances(const FaultRequest& request, std::uint32_t number) {
  auto text = ", seed " + std::to_string(request.seed);
  if (request.attempt != 0) text += ", attempt " + std::to_string(request.attempt);
  return text + (request.poll != 0 ? ", poll " : ", request ") + std::to_string(number);
}

void apply(const Fault& fault, Record& record, const FaultRequest& request, FaultDecision& decision) {
  const auto& selector = fault.selector;
  if (selector.times && record.applied >= *selector.times) return;
  const bool by_chance = is_left_to_chance(fault);
  const auto number = by_chance ? number_of(record, request) : 0;
  const auto chance = chance_of(fault, request, number);
  if (selector.probability && !chance.happens(*selector.probability)) return;

  std::string applied;
  for (const auto& effect : fault.effects) {
    const auto resolved = std::visit(Resolve(request, chance, record.quota), effect);
    const auto* added = resolved ? decision.add(*resolved) : nullptr;
    if (added != nullptr) applied += (applied.empty() ? "" : ", ") + describe_applied(effect, *added);
  }
  if (applied.empty()) return;
  ++record.applied;
  if (!decision.description.empty()) decision.description += "; ";
  decision.description +=
      applied + " (" + fault.origin + (by_chance ? circumstances(request, number) : std::string()) + ')';
}

}  // namespace

class FaultState::Counters {
 public:
  Record& of(const std::shared_ptr<const Fault>& fault) {
    const auto& first = first_of(fault);
    const auto [found, is_new] = records_.try_emplace(first.get());
    if (is_new) found->second.first = first;
    return found->second;
  }
  [[nodiscard]] std::uint64_t applied(const Fault& fault) const {
    const auto found = records_.find(first_of(fault));
    return found == records_.end() ? 0 : found->second.applied;
  }
  void forget(const Fault& fault) { records_.erase(first_of(fault)); }
  void forget_unused() {
    std::erase_if(records_, [](const auto& record) { return record.second.first.use_count() == 1; });
  }

 private:
  std::unordered_map<const Fault*, Record> records_;
};

FaultState::FaultState() = default;
FaultState::~FaultState() = default;

FaultDecision FaultState::decide(std::span<const FaultList* const> lists, const FaultRequest& request) {
  FaultDecision decision;
  for (const auto* list : lists) {
    for (const auto& fault : *list) {
      if (!fault->selector.fits(request)) continue;
      if (!counters_) counters_ = std::make_unique<Counters>();
      apply(*fault, counters_->of(fault), request, decision);
    }
  }
  return decision;
}

std::uint64_t FaultState::times_applied(const Fault& fault) const { return counters_ ? counters_->applied(fault) : 0; }

void FaultState::clear() { counters_.reset(); }

void FaultState::forget(const Fault& fault) {
  if (counters_) counters_->forget(fault);
}

void FaultState::forget_unused() {
  if (counters_) counters_->forget_unused();
}

}  // namespace jobmock
