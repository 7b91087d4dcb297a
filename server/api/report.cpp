#include "api/report.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/counted.hpp"
#include "core/text.hpp"

namespace jobmock {
namespace {

constexpr std::size_t most_listed = 1000;  // of each list in a report

Json gap_json(const PollGap& gap) {
  return {{"from", gap.from}, {"to", gap.to}, {"length", format_duration(gap.length)}};
}

Json backoff_json(const Backoff& backoff) {
  Json json{{"shape", to_string(backoff.shape)}, {"description", describe(backoff)}};
  if (backoff.shape == BackoffShape::linear) json["step"] = format_duration(backoff.step);
  if (backoff.shape == BackoffShape::exponential) json["factor"] = backoff.factor;
  if (backoff.cap) json["cap"] = format_duration(*backoff.cap);
  return json;
}

std::size_t count_honoured(const JobPolling& job) {
  return static_cast<std::size_t>(std::count_if(job.asked_to_wait.begin(), job.asked_to_wait.end(),
                                                [](const AskedToWait& asked) { return asked.is_honoured(); }));
}

template <typename List, typename ToJson>
Json list_json(const List& list, ToJson to_json) {
  Json json = Json::array();
  for (const auto& item : list) {
    if (json.size() == most_listed) break;
    json.push_back(to_json(item));
  }
  return json;
}

Json job_json(const JobPolling& job) {
  Json json{{"job_id", format_uuid(job.job)},
            {"polls", job.polls.size()},
            {"retries", job.retries.size()},
            {"attempts", job.attempts},
            {"first_poll_after", nullptr},
            {"gaps", list_json(job.gaps, gap_json)},
            {"backoff", backoff_json(job.backoff)},
            {"ends", list_json(job.ends,
                               [](const SeenEnd& end) {
                                 return Json{{"attempt", end.attempt},
                                             {"status", to_string(end.status)},
                                             {"at", format_timestamp(end.at)},
                                             {"request", end.poll}};
                               })},
            {"polls_after_end", list_json(job.polls_after_end, [](std::uint64_t number) { return Json(number); })},
            {"retry_after", {{"asked", job.asked_to_wait.size()}, {"honoured", count_honoured(job)}}},
            {"faults", list_json(job.faults,
                                 [](const MetFault& met) {
                                   return Json{{"request", met.poll}, {"fault", met.fault}};
                                 })},
            {"unexpected_errors", list_json(job.unexpected_errors, [](const UnexpectedError& error) {
               return Json{{"request", error.entry}, {"status", error.status}};
             })}};
  if (job.first_poll_after) json["first_poll_after"] = format_duration(*job.first_poll_after);
  return json;
}

// The width of the columns is that of what they hold.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += ' ' + row[i] + std::string(i + 1 < row.size() ? widths[i] - row[i].size() + 1 : 0, ' ');
    }
    text += line + '\n';
  }
  return text;
}

std::string ends_text(const JobPolling& job) {
  if (job.ends.empty()) return "not seen";
  const auto& last = job.ends.back();
  return std::string(to_string(last.status)) + " at request " + std::to_string(last.poll);
}

std::vector<std::string> row_of(const JobPolling& job) {
  const auto asked = job.asked_to_wait.size();
  return {format_uuid(job.job),
          std::to_string(job.polls.size()),
          std::to_string(job.retries.size()),
          describe(job.backoff),
          ends_text(job),
          std::to_string(job.polls_after_end.size()),
          asked == 0 ? "-" : std::to_string(count_honoured(job)) + " of " + std::to_string(asked),
          std::to_string(job.faults.size())};
}

std::string unused_text(const WorldReport& report) {
  constexpr std::size_t most_named = 10;
  std::string text;
  const auto add = [&](const std::string& what, const auto& list, const auto& name_of) {
    if (list.empty()) return;
    text += "  never exercised: " + counted(list.size(), what) + '\n';
    for (std::size_t i = 0; i < std::min(list.size(), most_named); ++i) text += "    " + name_of(list[i]) + '\n';
    if (list.size() > most_named) text += "    and " + std::to_string(list.size() - most_named) + " more\n";
  };
  add("job", report.unused_jobs,
      [](const World::PlannedJob& job) { return format_uuid(job.id) + " (" + printable(job.place) + ')'; });
  add("state", report.unused_states, [](const WorldReport::UnusedState& unused) {
    return format_uuid(unused.job) + ' ' + std::string(to_string(unused.status));
  });
  add("fault", report.unused_faults,
      [](const World::FaultView& view) { return printable(describe(*view.fault) + " (" + view.fault->origin + ')'); });
  return text;
}

std::vector<Judged> judge(const Judge& judge, const std::vector<World::ExpectationOf>& expectations,
                          const std::string& world) {
  std::vector<Judged> judged;
  judged.reserve(expectations.size());
  for (const auto& [job, expectation, place] : expectations) {
    judged.push_back({job, place, world, job ? judge.on_job(expectation, *job) : judge.on_world(expectation)});
  }
  return judged;
}

void add_unused(const World& world, const std::vector<JournalEntry>& entries, WorldReport& report) {
  std::unordered_map<Uuid, std::set<Status>> shown;  // of jobs that were asked about
  for (const auto& entry : entries) {
    if (!entry.job) continue;
    auto& statuses = shown[*entry.job];
    if (entry.shown) statuses.insert(*entry.shown);
  }
  for (auto& job : world.planned_jobs()) {
    const auto found = shown.find(job.id);
    if (found == shown.end()) {
      report.unused_jobs.push_back(std::move(job));
      continue;
    }
    for (const auto status : job.states) {
      if (!found->second.contains(status)) report.unused_states.push_back({job.id, status});
    }
  }
}

}  // namespace

WorldReport report_on(World& world, Timestamp real, std::uint64_t forgotten) {
  Moment moment{real};
  const auto summary = world.summary(moment);
  const auto journal = world.journal({}, Journal::Order::oldest_first, SIZE_MAX);
  const Judge of_world({journal.entries, journal.dropped, forgotten});
  WorldReport report{world.name(),
                     summary.start,
                     summary.now,
                     journal.entries.size(),
                     journal.dropped,
                     of_world.jobs(),
                     {},
                     {},
                     {},
                     {}};
  report.judged = judge(of_world, world.expectations(), world.name());
  add_unused(world, journal.entries, report);
  for (auto& fault : world.faults(moment)) {
    if (fault.applied == 0) report.unused_faults.push_back(std::move(fault));
  }
  return report;
}

std::vector<Judged> judge_all(const std::vector<std::shared_ptr<World>>& worlds,
                              const std::shared_ptr<const FixtureSet>& fixtures, std::uint64_t forgotten) {
  if (worlds.empty()) {
    const World empty({}, fixtures, {}, {}, 0, {});
    return judge(Judge({{}, 0, forgotten}), empty.expectations(), {});
  }
  std::vector<Judged> all;
  std::vector<Judged> of_nobody;  // by job, until a world is found that polled it
  std::set<std::string> polled;
  for (const auto& world : worlds) {
    const auto journal = world->journal({}, Journal::Order::oldest_first, SIZE_MAX);
    const Judge of_world({journal.entries, journal.dropped, forgotten});
    for (auto& judged : judge(of_world, world->expectations(), world->name())) {
      const auto is_of_job = [&](const JobPolling& job) { return job.job == *judged.job; };
      const auto& jobs = of_world.jobs();
      const bool is_here = !judged.job || journal.dropped > 0 || std::any_of(jobs.begin(), jobs.end(), is_of_job);
      if (is_here) {
        if (judged.job) polled.insert(format_uuid(*judged.job));
        all.push_back(std::move(judged));
      } else {
        judged.world.clear();
        of_nobody.push_back(std::move(judged));
      }
    }
  }
  for (auto& judged : of_nobody) {
    if (polled.insert(format_uuid(*judged.job)).second) all.push_back(std::move(judged));
  }
  return all;
}

Json verdict_json(const Verdict& verdict) {
  Json reasons = Json::array();
  for (const auto& reason : verdict.reasons) {
    Json json{{"text", reason.text}, {"requests", reason.entries}};
    if (reason.job) json["job_id"] = format_uuid(*reason.job);
    reasons.push_back(std::move(json));
  }
  return {{"verdict", to_string(verdict.outcome)}, {"reasons", std::move(reasons)}};
}

Json judged_json(const Judged& judged) {
  Json json;
  json["job_id"] = judged.job ? Json(format_uuid(*judged.job)) : Json(nullptr);
  if (!judged.place.empty()) json["defined_at"] = judged.place;
  if (!judged.world.empty()) json["world"] = judged.world;
  json.update(verdict_json(judged.verdict));
  return json;
}

Json report_json(const WorldReport& report) {
  const auto job_place = [](const World::PlannedJob& job) {
    return Json{{"job_id", format_uuid(job.id)}, {"defined_at", job.place}};
  };
  const auto state = [](const WorldReport::UnusedState& unused) {
    return Json{{"job_id", format_uuid(unused.job)}, {"status", to_string(unused.status)}};
  };
  const auto fault = [](const World::FaultView& view) {
    return Json{{"does", describe(*view.fault)}, {"defined_at", view.fault->origin}};
  };
  return {{"start", format_timestamp(report.start)},
          {"now", format_timestamp(report.now)},
          {"requests", report.requests},
          {"dropped", report.dropped},
          {"jobs", list_json(report.jobs, job_json)},
          {"expectations", list_json(report.judged, judged_json)},
          {"never_exercised",
           {{"jobs", list_json(report.unused_jobs, job_place)},
            {"states", list_json(report.unused_states, state)},
            {"faults", list_json(report.unused_faults, fault)}}}};
}

std::string report_text(const WorldReport& report) {
  auto text = "world " + printable(report.world) + ": " + counted(report.requests, "request");
  if (report.dropped > 0) text += ", after " + std::to_string(report.dropped) + " that are no longer known";
  text += '\n';
  if (!report.jobs.empty()) {
    std::vector<std::vector<std::string>> rows{
        {"job", "polls", "retries", "backoff", "end", "polls after", "Retry-After honoured", "faults"}};
    for (const auto& job : report.jobs) {
      if (rows.size() <= most_listed) rows.push_back(row_of(job));
    }
    text += table(rows);
  }
  return text + unused_text(report);
}

std::string judged_text(const Judged& judged) {
  auto text = std::string(to_string(judged.verdict.outcome)) + ": ";
  text += judged.job ? "job " + format_uuid(*judged.job) : "every job";
  if (!judged.place.empty()) text += " (" + printable(judged.place) + ')';
  text += judged.world.empty() ? ", in no world" : " in world " + printable(judged.world);
  text += '\n';
  for (const auto& reason : judged.verdict.reasons) {
    text += "  " + (reason.job && !judged.job ? "job " + format_uuid(*reason.job) + ": " : "") +
            printable(reason.text) + '\n';
  }
  return text;
}

}  // namespace jobmock
