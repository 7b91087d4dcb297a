#include "core/journal.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"

namespace jobmock {
namespace {

constexpr std::size_t first_slots = 8;  // few: most of ten thousand worlds see a handful of requests

// What a text takes beyond its object: nothing when it is short enough to be kept inside.
std::size_t allocated(const std::string& text) {
  const auto inside = std::string().capacity();
  return text.capacity() > inside ? text.capacity() + 1 : 0;
}

std::size_t allocated(const JournalEntry& entry) {
  return allocated(entry.fault) + allocated(entry.client) + allocated(entry.body);
}

void cut_in_place(std::string& text, std::size_t most) {
  if (text.size() > most) text = cut(text, most);
}

void leave_texts_out(JournalEntry& entry) {
  for (auto* text : {&entry.fault, &entry.client, &entry.body}) {
    if (allocated(*text) > 0) std::string(ellipsis).swap(*text);
  }
}

}  // namespace

bool JournalFilter::fits(const JournalEntry& entry) const {
  return (!operation || entry.operation == *operation) && (!job || entry.job == job) &&
         (!status || entry.status == *status) && (!from || entry.at >= *from) && (!until || entry.at < *until);
}

std::string client_of(std::string_view user_agent) {
  return cut(user_agent.substr(0, user_agent.find(' ')), most_of_client);
}

Journal::Journal(const Limits& limits, Bytes bytes_of_all) : limits_(limits), bytes_of_all_(std::move(bytes_of_all)) {}

Journal::~Journal() { give_back(bytes_); }

std::uint64_t Journal::append(JournalEntry entry) {
  entry.number = ++last_number_;
  cut_in_place(entry.fault, most_of_fault);
  cut_in_place(entry.client, most_of_client);
  cut_in_place(entry.body, most_of_body);
  if (!make_room()) {
    ++dropped_;
    return last_number_;
  }
  if (!make_room_for_texts(allocated(entry))) leave_texts_out(entry);
  slots_[(oldest_ + count_) % slots_.size()] = std::move(entry);
  ++count_;
  return last_number_;
}

std::vector<JournalEntry> Journal::find(const JournalFilter& filter, Order order, std::size_t limit) const {
  std::vector<JournalEntry> found;
  for (std::size_t i = 0; i < count_ && found.size() < limit; ++i) {
    const auto& entry = entry_at(order == Order::oldest_first ? i : count_ - 1 - i);
    if (filter.fits(entry)) found.push_back(entry);
  }
  return found;
}

std::size_t Journal::count(const JournalFilter& filter) const {
  std::size_t fitting = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (filter.fits(entry_at(i))) ++fitting;
  }
  return fitting;
}

void Journal::clear() {
  slots_ = std::vector<JournalEntry>();
  oldest_ = 0;
  count_ = 0;
  dropped_ = 0;
  give_back(bytes_);
}

const JournalEntry& Journal::entry_at(std::size_t index) const { return slots_[(oldest_ + index) % slots_.size()]; }

// For one more entry; false when there is none.
bool Journal::make_room() {
  if (count_ < slots_.size() || grow()) return true;
  if (count_ == 0) return false;
  drop_oldest();
  return true;
}

bool Journal::make_room_for_texts(std::size_t bytes) {
  while (!take(bytes)) {
    const bool has_texts = bytes_ > slots_.size() * sizeof(JournalEntry);
    if (!has_texts) return false;  // to drop entries would free nothing
    drop_oldest();
  }
  return true;
}

bool Journal::grow() {
  const auto slots = std::min(std::max(first_slots, slots_.size() * 2), limits_.entries);
  if (slots <= slots_.size() || !take((slots - slots_.size()) * sizeof(JournalEntry))) return false;
  std::vector<JournalEntry> grown(slots);
  for (std::size_t i = 0; i < count_; ++i) grown[i] = std::move(slots_[(oldest_ + i) % slots_.size()]);
  slots_ = std::move(grown);
  oldest_ = 0;
  return true;
}

void Journal::drop_oldest() {
  JournalEntry dropped;
  std::swap(slots_[oldest_], dropped);
  give_back(allocated(dropped));
  oldest_ = (oldest_ + 1) % slots_.size();
  --count_;
  ++dropped_;
}

// Counts bytes that are to be kept; false when they are too many.
bool Journal::take(std::size_t bytes) {
  if (bytes == 0) return true;  // no word to other processors on the usual path
  if (bytes_of_all_->fetch_add(bytes) + bytes > limits_.bytes_of_all) {
    *bytes_of_all_ -= bytes;
    return false;
  }
  bytes_ += bytes;
  return true;
}

void Journal::give_back(std::size_t bytes) {
  if (bytes == 0) return;
  *bytes_of_all_ -= bytes;
  bytes_ -= bytes;
}

}  // namespace jobmock
