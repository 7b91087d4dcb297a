// A world against a naive one, in which time goes by one microsecond after the other and each job looks at each of them
// whether its next entry is reached. Whatever is done, and in whatever order it is looked at, both say the same.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/world_under_test.hpp"

using namespace jobmock;
using namespace jobmock::test;

namespace {

constexpr auto start = WorldUnderTest::start;
constexpr Duration tick{1};
constexpr int longest = 200;  // ticks after which nothing more comes by itself

std::string text(Timestamp time) { return std::to_string((time - start).count()); }

std::string text(const State& state) {
  return std::string(to_string(state.status)) + ' ' + state.error + (state.output ? state.output->suggestion : "");
}

std::string text(const World::Transition& transition) {
  return format_uuid(transition.job) + ' ' + std::string(to_string(transition.from)) + '>' +
         std::string(to_string(transition.to)) + ' ' + text(transition.at) + ' ';
}

// All that is seen of a job, in one form for both worlds.
struct Seen {
  Uuid id;
  bool is_born = true;
  Timestamp created_at;
  Timestamp since;
  State state;
  std::uint32_t attempt = 1;
  std::uint32_t polls = 0;
  bool is_held = false;
  Duration elapsed{0};
  const Entry* next = nullptr;
  std::optional<Timestamp> next_at;
  std::uint32_t next_polls = 0;

  bool operator==(const Seen&) const = default;
};

std::string text(const Seen& seen) {
  return format_uuid(seen.id) + (seen.is_born ? " born " : " unborn ") + text(seen.created_at) + " since " +
         text(seen.since) + ' ' + text(seen.state) + " attempt " + std::to_string(seen.attempt) + " polls " +
         std::to_string(seen.polls) + (seen.is_held ? " held" : "") + " elapsed " +
         std::to_string(seen.elapsed.count()) + (seen.next == nullptr ? "" : " next: " + text(seen.next->state)) +
         (seen.next_at ? " at " + text(*seen.next_at) : "") + " after polls " + std::to_string(seen.next_polls);
}

Seen seen(const JobView& view) {
  const auto& progress = view.progress;
  return {view.id,    view.is_born, view.created_at,  view.updated_at(), view.state(),     view.attempt,
          view.polls, view.is_held, progress.elapsed, progress.next,     progress.next_at, progress.next_polls};
}

class NaiveJob {
 public:
  NaiveJob(const Uuid& its_id, std::string its_application, const Plan& plan, std::uint64_t made)
      : id(its_id), application(std::move(its_application)), number(made), plan_(&plan) {}

  void bear(Timestamp created_at, Timestamp now) {
    if (is_born_) return;
    is_born_ = true;
    created_at_ = since_ = created_at;
    elapsed_ = std::min(now - created_at, Duration(0));
    take_reached(created_at);
    for (auto time = created_at + tick; time <= now; time += tick) pass_to(time);
  }

  // One microsecond has passed. What is reached by it is added to `transitions`.
  void pass_to(Timestamp now, std::vector<World::Transition>* transitions = nullptr) {
    if (!is_born_ || is_held_) return;
    elapsed_ += tick;
    take_reached(now, transitions);
  }

  void poll(Timestamp now) {
    ++polls_;
    if (is_held_) return;
    ++counted_polls_;
    take_reached(now);
  }

  void retry(Timestamp now) {
    ++attempt_;
    polls_ = counted_polls_ = 0;
    taken_ = 0;
    elapsed_ = Duration(0);
    is_held_ = is_at_end_ = false;
    state_ = {};
    since_ = now;
    take_reached(now);
  }

  void hold() { is_held_ = true; }
  void release() { is_held_ = false; }

  void force(const State& state, Timestamp now) {
    state_ = state;
    since_ = now;
    if (!is_terminal(state.status)) return;
    is_at_end_ = true;
    is_held_ = false;
  }

  [[nodiscard]] Seen look(Timestamp now) const {
    auto job = *this;
    job.bear(now, now);
    Seen seen{id, is_born_, job.created_at_, job.since_, job.state_, attempt_, polls_, is_held_, job.elapsed_, {}, {}};
    if (job.is_at_end_ || job.taken_ == job.timeline().size()) return seen;
    seen.next = &job.timeline()[job.taken_];
    const bool waits_for_poll = seen.next->polls > counted_polls_;
    if (waits_for_poll) seen.next_polls = seen.next->polls - counted_polls_;
    if (!waits_for_poll && !is_held_ && is_born_) {
      seen.next_at = now + std::max(seen.next->at, Duration(0)) - job.elapsed_;
    }
    return seen;
  }

  [[nodiscard]] Status status() const { return state_.status; }
  [[nodiscard]] Timestamp created_at() const { return created_at_; }

  Uuid id;
  std::string application;
  std::uint64_t number;  // of a job that was made here; 0: of the fixtures

 private:
  [[nodiscard]] const Timeline& timeline() const { return plan_->of_attempt(attempt_); }

  void take_reached(Timestamp now, std::vector<World::Transition>* transitions = nullptr) {
    while (!is_at_end_ && elapsed_ >= Duration(0) && taken_ < timeline().size()) {
      const auto& entry = timeline()[taken_];
      if (entry.polls == 0 ? entry.at > elapsed_ : entry.polls > counted_polls_) return;
      if (transitions != nullptr) transitions->push_back({id, state_.status, entry.state.status, now});
      state_ = entry.state;
      since_ = now;
      ++taken_;
    }
  }

  const Plan* plan_;
  bool is_born_ = false;
  Timestamp created_at_;
  std::uint32_t attempt_ = 1;
  std::uint32_t polls_ = 0;
  std::uint32_t counted_polls_ = 0;  // while not held
  std::size_t taken_ = 0;            // entries
  Duration elapsed_{0};
  State state_;
  Timestamp since_;
  bool is_held_ = false;
  bool is_at_end_ = false;  // by force
};

struct NaiveWorld {
  Timestamp now = start;
  std::vector<NaiveJob> jobs;  // those of the fixtures in their order, then the others in theirs

  NaiveJob* find(const Uuid& id) {
    const auto found = std::find_if(jobs.begin(), jobs.end(), [&](const auto& job) { return job.id == id; });
    return found == jobs.end() ? nullptr : &*found;
  }

  std::vector<World::Transition> pass_to(Timestamp time) {
    std::vector<World::Transition> transitions;
    while (now < time) {
      now += tick;
      for (auto& job : jobs) job.pass_to(now, &transitions);
    }
    return transitions;
  }

  // When the next, or the last, of what comes by itself is reached.
  [[nodiscard]] Timestamp time_of_change(bool last) const {
    auto world = *this;
    const auto coming = world.pass_to(now + longest * tick);
    if (coming.empty()) return now;
    return last ? coming.back().at : coming.front().at;
  }

  [[nodiscard]] std::optional<Timestamp> time_of_status(const Uuid& id, Status status) const {
    auto world = *this;
    for (int i = 0; i < longest; ++i) {
      if (world.find(id)->status() == status) return world.now;
      world.pass_to(world.now + tick);
    }
    return std::nullopt;
  }
};

// One round: both worlds, and what is done to them.
class Round {
 public:
  explicit Round(unsigned seed) : random_(seed), t_(fixtures()), speed_(static_cast<int>(t_.set->clock.speed)) {
    on_poll_ = t_.set->clock.on_poll;
    begin();
  }

  void play(int steps) {
    for (int i = 0; i < steps; ++i) {
      const int passed = number(10) < 3 ? number(8) : 0;
      real_ += passed * tick;
      naive_.pass_to(naive_.now + passed * speed_ * tick);
      step();
      const auto clock = t_.world.clock(now());
      REQUIRE(text(clock.now) == text(naive_.now));
    }
    look_at_all();
  }

 private:
  int number(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  template <std::size_t count>
  auto any(const std::array<Status, count>& of) {
    return of.at(static_cast<std::size_t>(number(static_cast<int>(count) - 1)));
  }
  std::string any_application() { return number(2) == 0 ? "other" : "app"; }
  Moment& now(Moment&& moment = {}) const { return at(real_, std::move(moment)); }

  Timeline timeline() {
    Timeline timeline;
    Duration time{0};
    std::uint32_t polls = 0;
    for (int i = number(5); i > 0; --i) {
      if (number(2) == 0) {
        timeline.push_back(by_polls(polls = std::max(1U, polls + static_cast<std::uint32_t>(number(2)))));
      } else {
        timeline.push_back({time += number(10) * tick, {}});
      }
    }
    if (number(3) == 0) return timeline;
    const auto state = number(1) == 0 ? completed(std::to_string(number(1000))) : failed(std::to_string(number(1000)));
    if (number(3) == 0) {
      timeline.push_back(by_polls(std::max(1U, polls + static_cast<std::uint32_t>(number(2))), state));
    } else {
      timeline.push_back({time + number(10) * tick, state});
    }
    return timeline;
  }

  Plan plan() {
    Plan plan{timeline(), {}};
    for (int i = number(2); i > 0; --i) plan.retries.push_back(timeline());
    return plan;
  }

  CreatedAt created_at() {
    switch (number(5)) {
      case 0:
        return Duration(number(20));
      case 1:
        return start + (number(60) - 20) * tick;
      default:
        return std::monostate();
    }
  }

  Fixtures fixtures() {
    Fixtures fixtures;
    const int on_poll = number(3);
    fixtures.clock({{}, static_cast<double>(number(3)), {on_poll == 1 ? number(4) * tick : Duration(0), on_poll == 2}});
    fixtures.application("other");
    const auto count = static_cast<unsigned>(number(4));
    for (unsigned i = 1; i <= count; ++i) fixtures.job(i, plan(), created_at(), any_application());
    auto set = fixtures.take();
    for (auto& application : set.applications) application.created_jobs.push_back({{}, plan(), {}});
    return Fixtures(std::move(set));
  }

  void begin() {
    naive_ = {};
    naive_.now = world_start_ = real_;
    made_ = 0;
    for (const auto& job : t_.set->jobs)
      add_naive(job.id, application_of(job.application), job.plan, job.created_at, 0);
  }

  [[nodiscard]] const std::string& application_of(std::uint32_t index) const { return t_.set->applications[index].id; }

  void add_naive(const Uuid& id, const std::string& application, const Plan& plan, const CreatedAt& created_at,
                 std::uint64_t made) {
    auto& job = naive_.jobs.emplace_back(id, application, plan, made);
    if (const auto* before = std::get_if<Duration>(&created_at)) job.bear(world_start_ - *before, naive_.now);
    if (const auto* time = std::get_if<Timestamp>(&created_at)) job.bear(*time, naive_.now);
  }

  // A job that there is, or now and then one that there is not.
  Uuid any_job() {
    if (naive_.jobs.empty() || number(20) == 0) return job_number(static_cast<unsigned>(number(9)));
    return naive_.jobs[static_cast<std::size_t>(number(static_cast<int>(naive_.jobs.size()) - 1))].id;
  }

  void step() {
    using Step = void (Round::*)();
    constexpr std::array<Step, 22> steps{&Round::poll,
                                         &Round::poll,
                                         &Round::poll,
                                         &Round::poll,
                                         &Round::explain,
                                         &Round::explain,
                                         &Round::list,
                                         &Round::list,
                                         &Round::advance,
                                         &Round::advance,
                                         &Round::advance_to_status,
                                         &Round::retry,
                                         &Round::retry,
                                         &Round::retry,
                                         &Round::hold,
                                         &Round::release,
                                         &Round::force,
                                         &Round::create,
                                         &Round::add,
                                         &Round::remove,
                                         &Round::change_clock,
                                         &Round::reset};
    (this->*steps.at(static_cast<std::size_t>(number(steps.size() - 1))))();
  }

  void check_same(const World::Expected<JobView>& actual, const NaiveJob* expected) {
    REQUIRE(actual.has_value() == (expected != nullptr));
    if (expected == nullptr) {
      REQUIRE(actual.error() == WorldRefusal::unknown_job);
    } else {
      check_same(*actual, *expected);
    }
  }

  void check_same(const JobView& actual, const NaiveJob& expected) {
    const auto of_both = std::pair(seen(actual), expected.look(naive_.now));
    if (of_both.first == of_both.second) return;  // texts take time
    REQUIRE(text(of_both.first) == text(of_both.second));
  }

  void poll() {
    const auto id = any_job();
    const auto polled = t_.world.poll(id, now());
    auto* job = naive_.find(id);
    if (job != nullptr) {
      job->bear(naive_.now, naive_.now);
      job->poll(naive_.now);
    }
    check_same(polled, job);
    if (job == nullptr) return;
    if (on_poll_.to_next) {
      naive_.pass_to(job->look(naive_.now).next_at.value_or(naive_.now));
    } else {
      naive_.pass_to(naive_.now + on_poll_.by);
    }
  }

  void explain() {
    const auto id = any_job();
    check_same(t_.world.explain(id, now()), naive_.find(id));
  }

  void look_at_all() {
    const auto page = t_.world.explain_all(0, 1000, now());
    REQUIRE(page.total == naive_.jobs.size());
    for (std::size_t i = 0; i < naive_.jobs.size(); ++i) check_same(page.jobs.at(i), naive_.jobs[i]);
  }

  void list() {
    const auto application = any_application();
    const auto status = number(1) == 0 ? std::optional<Status>() : any(all_statuses);
    const auto offset = static_cast<std::size_t>(number(2));
    const auto limit = static_cast<std::size_t>(number(4));
    const auto page = t_.world.list(application, status, offset, limit, now());
    std::vector<const NaiveJob*> expected;
    for (auto& job : naive_.jobs) {
      if (job.application != application) continue;
      job.bear(naive_.now, naive_.now);
      if (!status || job.status() == *status) expected.push_back(&job);
    }
    std::stable_sort(expected.begin(), expected.end(), [](const NaiveJob* a, const NaiveJob* b) {
      if (a->created_at() != b->created_at()) return a->created_at() > b->created_at();
      return a->number > b->number;
    });
    REQUIRE(page.total == expected.size());
    const auto listed = std::min(limit, expected.size() - std::min(offset, expected.size()));
    REQUIRE(page.jobs.size() == listed);
    for (std::size_t i = 0; i < listed; ++i) check_same(page.jobs[i], *expected[offset + i]);
  }

  void check_advance(const World::Target& target, std::optional<Timestamp> to, WorldRefusal refusal) {
    const auto from = naive_.now;
    const auto advanced = t_.world.advance(target, now());
    REQUIRE(advanced.has_value() == to.has_value());
    if (!to) {
      REQUIRE(advanced.error() == refusal);
      return;
    }
    REQUIRE(text(advanced->from) == text(from));
    REQUIRE(text(advanced->to) == text(*to));
    std::string expected;
    std::string actual;
    for (const auto& transition : naive_.pass_to(*to)) expected += text(transition);
    for (const auto& transition : advanced->transitions) actual += text(transition);
    REQUIRE(actual == expected);
  }

  void advance() {
    constexpr auto refusal = WorldRefusal::is_past;
    switch (number(3)) {
      case 0:
        return check_advance(World::ToNext(), naive_.time_of_change(false), refusal);
      case 1:
        return check_advance(World::ToIdle(), naive_.time_of_change(true), refusal);
      case 2: {
        const Duration by = number(12) * tick;
        return check_advance(by, naive_.now + by, refusal);
      }
      default: {
        const auto to = naive_.now + (number(12) - 3) * tick;
        return check_advance(to, to < naive_.now ? std::nullopt : std::optional(to), refusal);
      }
    }
  }

  void advance_to_status() {
    const auto id = any_job();
    const auto status = any(all_statuses);
    auto* job = naive_.find(id);
    if (job == nullptr) return check_advance(World::ToStatus{id, status}, {}, WorldRefusal::unknown_job);
    job->bear(naive_.now, naive_.now);
    check_advance(World::ToStatus{id, status}, naive_.time_of_status(id, status), WorldRefusal::is_not_reached);
  }

  void retry() {
    const auto id = any_job();
    const auto retried = t_.world.retry(id, now());
    auto* job = naive_.find(id);
    if (job == nullptr) return check_same(retried, job);
    job->bear(naive_.now, naive_.now);
    if (job->status() == Status::failed) {
      job->retry(naive_.now);
      check_same(retried, job);
    } else {
      REQUIRE(retried.error() == WorldRefusal::has_not_failed);
    }
  }

  template <typename Control, typename ControlNaive>
  void control(Control control, ControlNaive control_naive) {
    const auto id = any_job();
    const auto controlled = control(id);
    auto* job = naive_.find(id);
    if (job == nullptr) return check_same(controlled, job);
    job->bear(naive_.now, naive_.now);
    if (is_terminal(job->status())) {
      REQUIRE(controlled.error() == WorldRefusal::has_ended);
    } else {
      control_naive(*job);
      check_same(controlled, job);
    }
  }

  void hold() {
    control([&](const Uuid& id) { return t_.world.hold(id, now()); }, [](NaiveJob& job) { job.hold(); });
  }

  void release() {
    control([&](const Uuid& id) { return t_.world.release(id, now()); }, [](NaiveJob& job) { job.release(); });
  }

  void force() {
    const std::array states{State(), completed("forced"), failed("forced")};
    const auto& state = states.at(static_cast<std::size_t>(number(2)));
    control([&](const Uuid& id) { return t_.world.force(id, state, now()); },
            [&](NaiveJob& job) { job.force(state, naive_.now); });
  }

  void create() {
    const auto& application = t_.set->applications[static_cast<std::size_t>(number(1))];
    const auto created = t_.world.create(t_.set, application, {}, now());
    REQUIRE(created);
    auto& job = naive_.jobs.emplace_back(created->id, application.id, application.created_jobs[0].plan, ++made_);
    job.bear(naive_.now, naive_.now);
    check_same(created, &job);
  }

  void add() {
    OwnJob own;
    own.id = job_number(static_cast<unsigned>(number(9)));
    own.fixtures = t_.set;
    own.application = &t_.set->applications[static_cast<std::size_t>(number(1))];
    own.created_at = created_at();
    own.own_plan = plan();
    const auto added = t_.world.add(own, now());
    if (naive_.find(own.id) != nullptr) {
      REQUIRE(added.error() == WorldRefusal::job_exists);
      return;
    }
    add_naive(own.id, own.application->id, added->own->own_plan, own.created_at, ++made_);
    kept_.push_back(added->own);
    check_same(added, &naive_.jobs.back());
  }

  void remove() {
    const auto id = any_job();
    const auto removed = t_.world.remove(id, now());
    const auto* job = naive_.find(id);
    REQUIRE(removed.has_value() == (job != nullptr));
    if (job != nullptr) naive_.jobs.erase(naive_.jobs.begin() + (job - naive_.jobs.data()));
  }

  void change_clock() {
    World::ClockChange change;
    if (number(1) == 0) change.speed = number(3);
    if (number(1) == 0) change.on_poll = OnPoll{number(4) * tick, number(1) == 0};
    if (number(1) == 0) change.now = naive_.now + (number(10) - 3) * tick;
    const auto changed = t_.world.change_clock(change, now());
    if (change.now && *change.now < naive_.now) {
      REQUIRE(changed.error() == WorldRefusal::is_past);
      return;
    }
    REQUIRE(changed);
    speed_ = static_cast<int>(change.speed.value_or(speed_));
    on_poll_ = change.on_poll.value_or(on_poll_);
    naive_.pass_to(change.now.value_or(naive_.now));
    const auto next = naive_.time_of_change(false);
    REQUIRE(text(changed->next ? *changed->next->progress.next_at : naive_.now) == text(next));
  }

  void reset() {
    if (number(4) != 0) return;
    t_.world.reset(t_.set->clock, now());
    speed_ = static_cast<int>(t_.set->clock.speed);
    on_poll_ = t_.set->clock.on_poll;
    begin();
  }

  static constexpr std::array all_statuses{Status::in_progress, Status::completed, Status::failed};

  std::mt19937 random_;
  WorldUnderTest t_;
  Timestamp real_ = start;
  Timestamp world_start_ = start;
  int speed_;
  OnPoll on_poll_;
  NaiveWorld naive_;
  std::uint64_t made_ = 0;
  std::vector<std::shared_ptr<const OwnJob>> kept_;  // naive jobs point into them
};

}  // namespace

TEST_CASE("whatever is done to a world, in whatever order it is looked at, it is what a naive one is") {
  for (unsigned seed = 0; seed < 4000; ++seed) {
    CAPTURE(seed);
    Round(seed).play(60);
  }
}
