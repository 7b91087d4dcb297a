#include "core/verdict.hpp"

#include <algorithm>
#include <utility>

namespace jobmock {
namespace {

using Numbers = std::vector<std::uint64_t>;

constexpr std::size_t most_reasons = 100;
constexpr std::size_t fewest_waits = 3;  // of which detect_backoff() tells anything

// "1 poll", "3 polls".
std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

// Reasons while they are found. Those beyond the limit are only counted, since each may name a whole journal.
class Reasons {
 public:
  void add(Reason reason) {
    if (reasons_.size() < most_reasons) {
      reasons_.push_back(std::move(reason));
    } else {
      ++more_;
    }
  }
  [[nodiscard]] bool empty() const { return reasons_.empty(); }

  std::vector<Reason> take() && {
    if (more_ > 0) reasons_.push_back({{}, "and " + counted(more_, "more reason", "more reasons"), {}});
    return std::move(reasons_);
  }

 private:
  std::vector<Reason> reasons_;
  std::size_t more_ = 0;
};

// The reasons for each outcome.
class Findings {
 public:
  void fail(const std::optional<Uuid>& job, std::string text, Numbers entries) {
    failures_.add({job, std::move(text), std::move(entries)});
  }
  void doubt(const std::optional<Uuid>& job, std::string text) { doubts_.add({job, std::move(text), {}}); }

  Verdict verdict() && {
    if (!failures_.empty()) return {Outcome::fail, std::move(failures_).take()};
    if (!doubts_.empty()) return {Outcome::inconclusive, std::move(doubts_).take()};
    return {};
  }

 private:
  Reasons failures_;
  Reasons doubts_;
};

// One job as it is judged.
struct Judged {
  const JobPolling& polling;
  std::optional<Uuid> job;
  bool is_complete = false;  // nothing about it is missing
};

void check_count(const Bounds<std::uint64_t>& expected, const Numbers& seen, const std::string& one,
                 const std::string& many, const Judged& judged, Findings& findings) {
  const auto saw = ", saw " + std::to_string(seen.size());
  if (expected.min && seen.size() < *expected.min && judged.is_complete) {
    findings.fail(judged.job, "expected at least " + counted(*expected.min, one, many) + saw, seen);
  }
  if (expected.max && seen.size() > *expected.max) {
    const auto beyond = seen.begin() + static_cast<std::ptrdiff_t>(*expected.max);
    findings.fail(judged.job, "expected at most " + counted(*expected.max, one, many) + saw, {beyond, seen.end()});
  }
}

void check_interval(const Bounds<Duration>& expected, const Judged& judged, Findings& findings) {
  Numbers early;
  Numbers late;
  Duration shortest = Duration::max();
  Duration longest = Duration::min();
  for (const auto& gap : judged.polling.gaps) {
    if (expected.min && gap.length + allowed_earliness < *expected.min) {
      early.push_back(gap.to);
      shortest = std::min(shortest, gap.length);
    }
    if (expected.max && !gap.is_after_end && gap.length > *expected.max) {
      late.push_back(gap.to);
      longest = std::max(longest, gap.length);
    }
  }
  if (!early.empty()) {
    findings.fail(judged.job,
                  "expected at least " + format_duration(*expected.min) + " between polls, saw " +
                      counted(early.size(), "shorter gap", "shorter gaps") + ", the shortest " +
                      format_duration(shortest),
                  early);
  }
  if (!late.empty()) {
    findings.fail(judged.job,
                  "expected at most " + format_duration(*expected.max) + " between polls, saw " +
                      counted(late.size(), "longer gap", "longer gaps") + ", the longest " + format_duration(longest),
                  late);
  }
}

void check_backoff(const ExpectedBackoff& expected, const Judged& judged, Findings& findings) {
  const auto& waits = judged.polling.waits;
  const auto& backoff = judged.polling.backoff;
  if (waits.size() < fewest_waits) {
    return findings.doubt(judged.job, "expected a backoff that is " + describe(expected) + ", saw " +
                                          counted(waits.size(), "wait", "waits") +
                                          " between polls: it takes at least 3 to tell");
  }
  const auto text = "expected a backoff that is " + describe(expected) + ", saw " + describe(backoff);
  if (!explains(expected, waits)) {
    // Of several attempts one may lack its first waits, and then they are not compared with the right ones.
    if (judged.is_complete || judged.polling.attempts == 1) findings.fail(judged.job, text, judged.polling.polls);
    return;
  }
  if (backoff.shape == expected.shape || backoff.shape == BackoffShape::irregular) return;
  if (backoff.jitter == 0 && waits.size() > fewest_waits && backoff.shape != BackoffShape::too_few) {
    return findings.fail(judged.job, text, judged.polling.polls);
  }
  findings.doubt(judged.job, text + ", which more polls would tell apart");
}

void check_first_poll(Duration within, const Judged& judged, Findings& findings) {
  const auto text = "expected the first poll within " + format_duration(within) + " of the job's creation, ";
  const auto& polling = judged.polling;
  if (polling.polls.empty()) return findings.doubt(judged.job, text + "but it was never polled");
  if (!polling.first_poll_after) {
    return findings.doubt(judged.job, text + "but when it was created is not known");
  }
  if (*polling.first_poll_after <= within || !judged.is_complete) return;
  findings.fail(judged.job, text + "saw it after " + format_duration(*polling.first_poll_after),
                {polling.polls.front()});
}

void check_polls_after_end(std::uint64_t most, const Judged& judged, Findings& findings) {
  const auto& seen = judged.polling.polls_after_end;
  if (seen.size() <= most) return;
  const auto expected = most == 0 ? std::string("no poll") : "at most " + counted(most, "poll", "polls");
  findings.fail(judged.job,
                "expected " + expected + " once the client had seen the job's end, saw " + std::to_string(seen.size()),
                seen);
}

void check_retry_after(const Judged& judged, Findings& findings) {
  Numbers early;
  const AskedToWait* first = nullptr;
  for (const auto& asked : judged.polling.asked_to_wait) {
    if (asked.is_honoured()) continue;
    early.push_back(*asked.next);
    if (first == nullptr) first = &asked;
  }
  if (first == nullptr) return;
  findings.fail(judged.job,
                "expected the client to wait as Retry-After asked, saw " +
                    counted(early.size(), "poll that came early", "polls that came early") + ", the first after " +
                    format_duration(first->waited) + " instead of " + format_duration(first->asked),
                early);
}

void check_retries(const Expectation& expected, const Judged& judged, Findings& findings) {
  check_count(expected.retries, judged.polling.retries, "retry", "retries", judged, findings);
}

void check_job(const Expectation& expected, const Judged& judged, Findings& findings) {
  check_count(expected.polls, judged.polling.polls, "poll", "polls", judged, findings);
  check_retries(expected, judged, findings);
  check_interval(expected.interval, judged, findings);
  if (expected.backoff) check_backoff(*expected.backoff, judged, findings);
  if (expected.first_poll_within) check_first_poll(*expected.first_poll_within, judged, findings);
  if (expected.polls_after_terminal) check_polls_after_end(*expected.polls_after_terminal, judged, findings);
  if (expected.retry_after_honoured) check_retry_after(judged, findings);
}

// "2 create requests answered with 202", "1 request".
std::string describe(const ExpectedRequests& expected, std::uint64_t count) {
  auto text = std::to_string(count) + ' ';
  if (expected.operation) text += std::string(to_string(*expected.operation)) + ' ';
  text += count == 1 ? "request" : "requests";
  if (!expected.status) return text;
  return text + (*expected.status == 0 ? " without an answer" : " answered with " + std::to_string(*expected.status));
}

void check_requests(const ExpectedRequests& expected, const Evidence& evidence, Findings& findings) {
  Numbers seen;
  const JournalFilter filter{expected.operation, {}, expected.status, {}, {}};
  for (const auto& entry : evidence.entries) {
    if (filter.fits(entry)) seen.push_back(entry.number);
  }
  const auto saw = ", saw " + std::to_string(seen.size());
  const auto& [min, max] = expected.count;
  if (min && seen.size() < *min && evidence.is_complete()) {
    findings.fail({}, "expected at least " + describe(expected, *min) + saw, seen);
  }
  if (max && seen.size() > *max) {
    const auto beyond = seen.begin() + static_cast<std::ptrdiff_t>(*max);
    findings.fail({}, "expected at most " + describe(expected, *max) + saw, {beyond, seen.end()});
  }
}

void check_errors(const std::vector<UnexpectedError>& errors, const std::optional<Uuid>& job, Findings& findings) {
  if (errors.empty()) return;
  Numbers entries;
  for (const auto& error : errors) entries.push_back(error.entry);
  const auto& first = errors.front();
  findings.fail(job,
                "expected no errors but those that faults make, saw " + std::to_string(errors.size()) +
                    ", the first a " + std::to_string(first.status) + " to " + std::string(to_string(first.operation)),
                entries);
}

void doubt_what_is_missing(const Evidence& evidence, Findings& findings) {
  const auto& [entries, dropped, forgotten] = evidence;
  if (dropped > 0) {
    findings.doubt({}, counted(dropped, "entry was", "entries were") +
                           " dropped from the journal and might have told otherwise; let it keep more, or clear it "
                           "before the test");
  }
  if (forgotten > 0) {
    findings.doubt({}, counted(forgotten, "world was", "worlds were") +
                           " forgotten, as there were too many, and might have told otherwise; use fewer tokens");
  }
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass:
      return "pass";
    case Outcome::fail:
      return "fail";
    case Outcome::inconclusive:
      return "inconclusive";
  }
  return "";
}

Judge::Judge(const Evidence& evidence) : evidence_(evidence), jobs_(analyse_polling(evidence.entries)) {
  for (std::size_t i = 0; i < jobs_.size(); ++i) index_.emplace(jobs_[i].job, i);
}

Verdict Judge::on_job(const Expectation& expectation, const Uuid& job) const {
  static const JobPolling never_polled;
  const auto found = index_.find(job);
  const auto& polling = found == index_.end() ? never_polled : jobs_[found->second];
  const Judged judged{polling, job, evidence_.is_complete() || polling.was_created_here};

  Findings findings;
  check_job(expectation, judged, findings);
  if (expectation.no_unexpected_errors) check_errors(polling.unexpected_errors, job, findings);
  for (const auto& requests : expectation.requests) check_requests(requests, evidence_, findings);
  const bool needs_all = !expectation.requests.empty();
  if (!judged.is_complete || (needs_all && !evidence_.is_complete())) doubt_what_is_missing(evidence_, findings);
  return std::move(findings).verdict();
}

Verdict Judge::on_world(const Expectation& expectation) const {
  Findings findings;
  bool any = false;
  for (const auto& polling : jobs_) {
    const Judged judged{polling, polling.job, evidence_.is_complete() || polling.was_created_here};
    if (polling.polls.empty()) {
      check_retries(expectation, judged, findings);
    } else {
      check_job(expectation, judged, findings);
      any = true;
    }
  }
  const JobPolling never_polled;
  if (!any) check_job(expectation, {never_polled, {}, evidence_.is_complete()}, findings);
  if (expectation.no_unexpected_errors) check_errors(unexpected_errors(evidence_.entries), {}, findings);
  for (const auto& requests : expectation.requests) check_requests(requests, evidence_, findings);
  doubt_what_is_missing(evidence_, findings);
  return std::move(findings).verdict();
}

}  // namespace jobmock
