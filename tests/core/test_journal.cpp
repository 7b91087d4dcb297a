#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "core/journal.hpp"

using namespace jobmock;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t plenty = 64U << 20U;

Journal::Bytes count_bytes() { return std::make_shared<std::atomic<std::size_t>>(0); }

Uuid job(std::uint8_t number) {
  Uuid uuid;
  uuid.bytes[0] = number;
  return uuid;
}

JournalEntry poll(std::uint8_t of_job, int status = 200, Timestamp at = {}) {
  JournalEntry entry;
  entry.job = job(of_job);
  entry.status = status;
  entry.at = at;
  entry.client = "Writer/JS";
  return entry;
}

JournalEntry creation(const std::string& body) {
  JournalEntry entry;
  entry.operation = Operation::create;
  entry.status = 202;
  entry.body = body;
  return entry;
}

std::vector<std::uint64_t> numbers(const std::vector<JournalEntry>& entries) {
  std::vector<std::uint64_t> result;
  for (const auto& entry : entries) result.push_back(entry.number);
  return result;
}

using Numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("entries are numbered from 1 and come back as they were recorded") {
  Journal journal({10, plenty}, count_bytes());
  JournalEntry entry;
  entry.real = Timestamp(5s);
  entry.at = Timestamp(7s);
  entry.operation = Operation::create;
  entry.job = job(3);
  entry.attempt = 2;
  entry.job_created_at = Timestamp(6s);
  entry.status = 503;
  entry.shown = Status::failed;
  entry.fault = "503, retry after 1s";
  entry.retry_after = 1s;
  entry.retry_count = 4;
  entry.client = "AsyncWriter/Python";
  entry.body = R"({"inputs": []})";
  CHECK(journal.append(entry) == 1);
  CHECK(journal.append(poll(1)) == 2);
  const auto found = journal.find({});
  REQUIRE(found.size() == 2);
  const auto& same = found[0];
  CHECK(same.number == 1);
  CHECK(same.real == Timestamp(5s));
  CHECK(same.at == Timestamp(7s));
  CHECK(same.operation == Operation::create);
  CHECK(same.job == job(3));
  CHECK(same.attempt == 2);
  CHECK(same.job_created_at == Timestamp(6s));
  CHECK(same.status == 503);
  CHECK(same.shown == Status::failed);
  CHECK(same.fault == "503, retry after 1s");
  CHECK(same.retry_after == 1s);
  CHECK(same.retry_count == 4);
  CHECK(same.client == "AsyncWriter/Python");
  CHECK(same.body == R"({"inputs": []})");
}

TEST_CASE("entries are found by operation, job, status and the world's time") {
  Journal journal({10, plenty}, count_bytes());
  journal.append(poll(1, 200, Timestamp(1s)));
  journal.append(poll(2, 200, Timestamp(2s)));
  journal.append(poll(1, 503, Timestamp(3s)));
  journal.append(creation("{}"));
  journal.append(poll(1, 200, Timestamp(4s)));

  const auto found = [&](const JournalFilter& filter) {
    CHECK(journal.count(filter) == journal.find(filter).size());
    return numbers(journal.find(filter));
  };
  CHECK(found({}) == Numbers{1, 2, 3, 4, 5});
  CHECK(found({Operation::create, {}, {}, {}, {}}) == Numbers{4});
  CHECK(found({Operation::retry, {}, {}, {}, {}}).empty());
  CHECK(found({{}, job(1), {}, {}, {}}) == Numbers{1, 3, 5});
  CHECK(found({{}, {}, 503, {}, {}}) == Numbers{3});
  CHECK(found({{}, {}, {}, Timestamp(2s), {}}) == Numbers{2, 3, 5});
  CHECK(found({{}, {}, {}, Timestamp(2s), Timestamp(4s)}) == Numbers{2, 3});
  CHECK(found({Operation::retrieve, job(1), 200, Timestamp(1s), Timestamp(2s)}) == Numbers{1});
}

TEST_CASE("a query begins with the oldest or the newest, and ends at its limit") {
  Journal journal({4, plenty}, count_bytes());
  for (std::uint8_t i = 0; i < 6; ++i) journal.append(poll(i % 2));
  CHECK(numbers(journal.find({}, Journal::Order::oldest_first)) == Numbers{3, 4, 5, 6});
  CHECK(numbers(journal.find({}, Journal::Order::newest_first)) == Numbers{6, 5, 4, 3});
  CHECK(numbers(journal.find({}, Journal::Order::newest_first, 3)) == Numbers{6, 5, 4});
  CHECK(numbers(journal.find({{}, job(0), {}, {}, {}}, Journal::Order::newest_first, 1)) == Numbers{5});
  CHECK(journal.find({}, Journal::Order::oldest_first, 0).empty());
}

TEST_CASE("a journal of 100 entries under 1,000 requests keeps the last hundred, counts the others, and stays flat") {
  const auto bytes = count_bytes();
  Journal journal({100, plenty}, bytes);
  for (int i = 0; i < 100; ++i) journal.append(poll(1));
  CHECK(journal.dropped() == 0);
  const auto full = bytes->load();
  for (int i = 100; i < 1000; ++i) {
    journal.append(poll(1));
    REQUIRE(bytes->load() == full);
  }
  CHECK(full == 100 * sizeof(JournalEntry));
  CHECK(journal.size() == 100);
  CHECK(journal.dropped() == 900);
  CHECK(journal.find({}).front().number == 901);
  CHECK(journal.find({}).back().number == 1000);
}

TEST_CASE("an empty journal holds no memory, and a small one little") {
  const auto bytes = count_bytes();
  Journal journal({1'000'000, plenty}, bytes);
  CHECK(*bytes == 0);
  journal.append(poll(1));
  CHECK(*bytes <= 16 * sizeof(JournalEntry));
}

TEST_CASE("a journal without room for any entry counts what it drops") {
  Journal journal({0, plenty}, count_bytes());
  CHECK(journal.append(poll(1)) == 1);
  CHECK(journal.append(poll(1)) == 2);
  CHECK(journal.find({}).empty());
  CHECK(journal.dropped() == 2);
}

TEST_CASE("clear forgets entries and what was dropped, gives the memory back, and goes on counting") {
  const auto bytes = count_bytes();
  Journal journal({2, plenty}, bytes);
  for (int i = 0; i < 3; ++i) journal.append(creation(std::string(1000, 'x')));
  CHECK(journal.dropped() == 1);
  journal.clear();
  CHECK(journal.size() == 0);
  CHECK(journal.dropped() == 0);
  CHECK(*bytes == 0);
  CHECK(journal.append(poll(1)) == 4);
  CHECK(numbers(journal.find({})) == Numbers{4});
}

TEST_CASE("the memory of texts is counted as long as they are kept, and no longer") {
  const auto bytes = count_bytes();
  {
    Journal journal({2, plenty}, bytes);
    journal.append(poll(1));
    journal.append(poll(1));
    const auto without = bytes->load();
    journal.append(creation(std::string(1000, 'x')));
    CHECK(*bytes > without + 1000);
    journal.append(poll(1));
    journal.append(poll(1));
    CHECK(*bytes == without);
    journal.append(creation(std::string(1000, 'x')));
  }
  CHECK(*bytes == 0);
}

TEST_CASE("journals share what they may keep together: who comes late drops its own, and says so") {
  const auto bytes = count_bytes();
  const auto most = 40 * sizeof(JournalEntry);
  Journal late({1000, most}, bytes);
  {
    Journal early({1000, most}, bytes);
    for (int i = 0; i < 100; ++i) early.append(poll(1));
    CHECK(early.size() == 32);  // doubled until it could not again
    CHECK(early.dropped() == 68);
    for (int i = 0; i < 20; ++i) late.append(poll(2));
    CHECK(late.size() == 8);
    CHECK(late.dropped() == 12);
    CHECK(numbers(late.find({})) == Numbers{13, 14, 15, 16, 17, 18, 19, 20});
    late.append(creation(std::string(1000, 'x')));  // no room for its text, whatever is dropped
    CHECK(late.size() == 8);
    CHECK(late.find({}).back().operation == Operation::create);
    CHECK(late.find({}).back().body == "…");
    Journal none({1000, most}, bytes);
    none.append(poll(3));
    CHECK(none.size() == 0);
    CHECK(none.dropped() == 1);
    CHECK(*bytes <= most);
  }
  for (int i = 0; i < 20; ++i) late.append(poll(2));
  CHECK(late.size() == 28);  // the room of the other is free again
  CHECK(late.find({}).front().number == 14);
}

TEST_CASE("the oldest are dropped for a long text, as many as it takes") {
  const auto bytes = count_bytes();
  const auto slots = 8 * sizeof(JournalEntry);
  Journal journal({8, slots + 5000}, bytes);
  journal.append(creation(std::string(2000, 'a')));
  journal.append(creation(std::string(2000, 'b')));
  journal.append(poll(1));
  journal.append(creation(std::string(4000, 'c')));
  CHECK(numbers(journal.find({})) == Numbers{3, 4});
  CHECK(journal.dropped() == 2);
}

TEST_CASE("texts are cut at their limits, between characters, and end with an ellipsis") {
  Journal journal({10, plenty}, count_bytes());
  auto entry = creation(std::string(most_of_body + 1, 'x'));
  entry.client = std::string(1000, 'c');
  entry.fault = std::string(1000, 'f');
  journal.append(entry);
  journal.append(creation(std::string(most_of_body, 'x')));
  const auto found = journal.find({});
  CHECK(found[0].body == std::string(most_of_body - 3, 'x') + "…");
  CHECK(found[0].client.size() == most_of_client);
  CHECK(found[0].fault.size() == most_of_fault);
  CHECK(found[1].body == std::string(most_of_body, 'x'));
}

TEST_CASE("a client is the product that its User-Agent begins with") {
  CHECK(client_of("Writer/JS 2.3.2") == "Writer/JS");
  CHECK(client_of("AsyncWriter/Python 3.0.0") == "AsyncWriter/Python");
  CHECK(client_of("curl/8.5.0") == "curl/8.5.0");
  CHECK(client_of("").empty());
  CHECK(client_of(std::string(10'000, 'x')).size() == most_of_client);
}
