#include "server/compactor.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "server/reporter.hpp"
#include "server/thread_name.hpp"
#include "server/worker.hpp"

namespace earmark::server {
namespace {

constexpr int round_ms = 250;
constexpr int stuck_ms = 5;                           // until it is looked again at a command whose last fills have not come
constexpr int calm_rounds = 4;                        // what there is, is folded after so many calm ones
constexpr std::uint64_t calm_records = 4'096;         // of a round: no more were decided in it
constexpr std::uint64_t most_behind = 4'000'000;      // beyond it, it is folded however busy the server is
constexpr std::uint64_t records_per_fold = 262'144;   // bounds the memory of one step
constexpr int niceness = 10;                          // the order path comes first
constexpr std::uint32_t most_mail = 64;

std::vector<engine::Identity> identities_of(std::span<const storage::ClosedOrder> orders) {
  std::vector<engine::Identity> identities;
  for (const storage::ClosedOrder& order : orders) identities.push_back(order.identity);
  return identities;
}

}  // namespace

Compactor::Compactor(Hub& hub, storage::StateStore& state, Retention retention,
                     std::function<void(const storage::Failure&)> failed)
    : hub_(hub), state_(state), retention_(retention), failed_(std::move(failed)) {}

Compactor::~Compactor() { stop(); }

void Compactor::start() {
  applied_.store(state_.summary().applied.value, std::memory_order_relaxed);
  thread_ = std::thread([this] {
    name_this_thread("earmark-fold");
    run();
  });
}

void Compactor::stop() {
  if (!thread_.joinable()) return;
  stop_.store(true, std::memory_order_release);
  signal_.wake();
  hub_.housekeeping_mail.store(0, std::memory_order_release);  // nobody takes it any more
  hub_.housekeeping_mail.notify_all();
  thread_.join();
}

void Compactor::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);  // of this thread; advice
  if (const auto shared = state_.share_disk(); !shared) return failed_(shared.error());
  if (const auto begun = begin(); !begun) return failed_(begun.error());
  while (!stop_.load(std::memory_order_acquire)) {
    const engine::Lsn durable = hub_.engine.shared().window.durable();
    if (!due(durable)) {  // once in a round
      signal_.announce();
      if (stop_.load(std::memory_order_acquire)) return;
      if (!is_hurried()) signal_.sleep(round_ms);
      continue;
    }
    const std::uint64_t before = applied_.load(std::memory_order_relaxed);
    if (const auto done = step(durable); !done) return failed_(done.error());
    if (applied_.load(std::memory_order_relaxed) != before) continue;
    signal_.announce();
    if (!stop_.load(std::memory_order_acquire)) signal_.sleep(stuck_ms);
  }
}

void Compactor::hurry_to(engine::Lsn lsn) {
  std::uint64_t before = hurried_to_.load(std::memory_order_relaxed);
  // Release: pairs with nothing but wake(); the LSN is all that is told.
  while (before < lsn.value && !hurried_to_.compare_exchange_weak(before, lsn.value, std::memory_order_release, std::memory_order_relaxed)) {
  }
  signal_.wake();
}

bool Compactor::is_hurried() const noexcept {
  return hurried_to_.load(std::memory_order_acquire) > applied_.load(std::memory_order_relaxed);
}

storage::Outcome<void> Compactor::begin() {
  const storage::StateSummary summary = state_.summary();
  archived_ = summary.applied;  // closed orders up to there were not brought into memory
  forgotten_to_ = summary.oldest_known;
  applied_.store(summary.applied.value, std::memory_order_relaxed);
  const auto left = state_.closed_known();
  if (!left) return Unexpected{left.error()};
  archive(*left);  // the settler forgets those that the last run did not come to
  return {};
}

// A fold takes processor time and the disk from the order path, so while many orders come it waits; a start that has
// `most_behind` records to replay takes a second or two.
bool Compactor::due(engine::Lsn durable) {
  const std::uint64_t behind = durable.value - applied_.load(std::memory_order_relaxed);
  const bool calm = durable.value - seen_.value <= calm_records;
  seen_ = durable;
  calm_rounds_ = calm ? calm_rounds_ + 1 : 0;
  return behind >= most_behind || (behind != 0 && (calm_rounds_ >= calm_rounds || is_hurried()));
}

storage::Outcome<void> Compactor::step(engine::Lsn durable) {
  const auto folded = state_.fold(hub_.journal, durable, records_per_fold);
  if (!folded) return Unexpected{folded.error()};
  if (folded->applied < folded->from) return {};  // the command under way has fills outstanding
  applied_.store(folded->applied.value, std::memory_order_relaxed);
  if (hub_.reporter != nullptr) hub_.reporter->folded();
  archive(folded->closed);
  archived_ = folded->applied;
  // Everything up to there is here, also what was done with the shipments of closed orders.
  send(std::make_unique<engine::Message>(engine::ArchiveOrders{{}, archived_}, engine::TimeUs{}));
  if (auto done = forget(); !done) return done;
  return trim(durable);
}

void Compactor::archive(std::span<const storage::ClosedOrder> closed) {
  while (!closed.empty()) {
    const auto batch = closed.first(std::min(closed.size(), engine::most_housekept));
    const std::vector<engine::Identity> identities = identities_of(batch);
    send(std::make_unique<engine::Message>(engine::ArchiveOrders{identities, batch.back().closed}, engine::TimeUs{}));
    closed = closed.subspan(batch.size());
  }
}

// A sixteenth beyond the horizon may gather before ids are forgotten, so that it is done many at a time.
storage::Outcome<void> Compactor::forget() {
  const storage::StateSummary summary = state_.summary();
  if (summary.oldest_known < forgotten_to_) return {};  // the last request is still on its way
  if (summary.known_commands <= retention_.horizon_commands + retention_.horizon_commands / 16) return {};
  const auto boundary = state_.horizon(retention_.horizon_commands);
  if (!boundary) return Unexpected{boundary.error()};
  for (engine::Lsn from = forgotten_to_; from < *boundary;) {
    const auto ids = state_.known_ids(from, *boundary, engine::most_housekept);
    if (!ids) return Unexpected{ids.error()};
    from = ids->size() < engine::most_housekept ? *boundary : ids->back().lsn + 1;
    std::vector<engine::Identity> identities;
    for (const engine::KnownImage& known : *ids) identities.push_back(known.identity);
    send(std::make_unique<engine::Message>(engine::ForgetIds{from, archived_, identities}, engine::TimeUs{}));
    forgotten_to_ = from;
  }
  return {};
}

// The journal keeps what --retain says, what the state does not have, and the decisions that a repeat may ask for.
storage::Outcome<void> Compactor::trim(engine::Lsn durable) {
  if (retention_.retain_lsns == 0 || durable.value <= retention_.retain_lsns) return {};
  const storage::StateSummary summary = state_.summary();
  const engine::Lsn oldest = std::min({engine::Lsn{durable.value - retention_.retain_lsns + 1}, summary.oldest_known, summary.applied + 1});
  if (oldest <= hub_.journal.oldest() || oldest <= trim_asked_) return {};
  if (auto kept = state_.keep_decisions(hub_.journal, oldest); !kept) return kept;
  hub_.journal.retain_from(oldest);
  trim_asked_ = oldest;
  return {};
}

void Compactor::send(std::unique_ptr<engine::Message> message) {
  if (stop_.load(std::memory_order_acquire)) return;
  std::uint32_t under_way = hub_.housekeeping_mail.load(std::memory_order_acquire);
  while (under_way >= most_mail && !stop_.load(std::memory_order_acquire)) {
    hub_.housekeeping_mail.wait(under_way, std::memory_order_acquire);
    under_way = hub_.housekeeping_mail.load(std::memory_order_acquire);
  }
  hub_.housekeeping_mail.fetch_add(1, std::memory_order_acq_rel);
  Worker& worker = *hub_.workers[0];  // always the same one: mail of one sender to one worker keeps its order
  Mail mail;
  mail.message = std::move(message);
  worker.mailbox.enqueue(std::move(mail));
  worker.wake();
}

}  // namespace earmark::server
