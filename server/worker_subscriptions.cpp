// Subscribers: each gets the journal's records from its LSN on, as fast as it takes them. One turn is one chunk; when all
// had theirs and some want more, the thread proceeds again after looking at its sockets. A subscriber costs others nothing
// but its turns: it is bounded in bytes looked at, in bytes not yet taken, and in time without taking any.
#include <algorithm>

#include <spdlog/spdlog.h>

#include "server/limits.hpp"
#include "server/worker.hpp"

namespace earmark::server {
namespace {

std::string start_there(engine::Lsn lsn) { return std::to_string(lsn.value) + "; subscribe again from there."; }

// The 1-based position of the first id that the catalogue does not have; 0: it has all.
template <class Id>
std::uint32_t unknown_row(std::span<const Id> ids, std::uint32_t known) noexcept {
  const auto found = std::ranges::find_if(ids, [&](Id id) { return id.value == 0 || id.value > known; });
  return found == ids.end() ? 0 : static_cast<std::uint32_t>(found - ids.begin()) + 1;
}

}  // namespace

bool Worker::may_subscribe(const schema::SubscribeRequest& request, engine::Lsn from, const engine::ReplyTo& reply) {
  if ((!request.skus.empty() || !request.warehouses.empty()) && !epoch_fits(request.epoch, reply)) return false;
  schema::ErrorAnswer refusal;
  std::string message;
  if (const std::uint32_t row = unknown_row(request.skus, hub_.engine.view().sku_count()); row != 0) {
    refusal.error = {engine::ErrorCode::unknown_sku, row, {}};
  } else if (const std::uint32_t at = unknown_row(request.warehouses, hub_.engine.view().warehouse_count()); at != 0) {
    refusal.error = {engine::ErrorCode::unknown_warehouse, at, {}};
  } else if (from < hub_.journal.oldest()) {
    refusal.error.code = engine::ErrorCode::trimmed;
    refusal.as_of = hub_.journal.oldest();
    message = "The oldest kept LSN is " + start_there(refusal.as_of);
  } else {
    return true;
  }
  refusal.message = message;
  if (std::vector<std::byte>* out = out_of(reply)) schema::append_answer(*out, reply.correlation, refusal);
  answered(reply);
  return false;
}

void Worker::on(const schema::SubscribeRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs) {
  const engine::Lsn durable = hub_.engine.shared().window.durable();
  const engine::Lsn from = request.from.value == 0 ? durable + 1 : request.from;
  if (!may_subscribe(request, from, reply)) return;
  if (!stream_) stream_ = std::make_unique<EventStream>(hub_.journal);
  if (!session.subscription) subscribers_.push_back(reply.session);
  Subscription& subscription = session.subscription.emplace();
  subscription.correlation = reply.correlation;
  subscription.next = from;
  subscription.told = engine::Lsn{from.value - 1};
  subscription.taken_before = session.taken;
  if (EventFilter::filters_anything(request)) subscription.filter = std::make_unique<EventFilter>(request);
  if (std::vector<std::byte>* out = out_of(reply)) {
    schema::append_answer(*out, reply.correlation, schema::SubscribeAnswer{from, durable, hub_.journal.oldest()});
  }
  answered(reply);
  if (from <= durable) wake_();
}

// A round: one turn for each, from where the last round ended, until the round's bytes are used up.
void Worker::push_subscriptions() {
  std::size_t bytes = 0, turns = 0;
  bool more = false;
  const std::vector<std::uint32_t> round(subscribers_);  // a turn may end a subscription
  while (turns < round.size() && bytes < subscription_round_bytes) {
    const std::uint32_t index = round[(next_subscriber_ + turns++) % round.size()];
    if (sessions_[index]->subscription) bytes += push_subscription(*sessions_[index], index);
    if (sessions_[index]->subscription) more |= has_more_for(*sessions_[index]);
  }
  if (round.empty()) return;
  next_subscriber_ = (next_subscriber_ + turns) % round.size();
  if (more || turns < round.size()) wake_();
}

bool Worker::has_more_for(const Session& session) const noexcept {
  return !session.closing && session.unsent() < most_unsent_bytes &&
         session.subscription->next <= hub_.engine.shared().window.durable();
}

// One turn: a chunk of the journal. Returns the bytes looked at.
std::size_t Worker::push_subscription(Session& session, std::uint32_t index) {
  if (!has_more_for(session)) return 0;
  Subscription& subscription = *session.subscription;
  const engine::Lsn durable = hub_.engine.shared().window.durable();
  if (subscription.next < hub_.journal.oldest()) {
    cut_subscriber(index, engine::ErrorCode::trimmed, hub_.journal.oldest(),
                   "The next event is no longer kept. The oldest kept LSN is " + start_there(hub_.journal.oldest()));
    return 0;
  }
  auto chunk = stream_->read(subscription.next, durable);
  if (!chunk) {
    spdlog::error("a subscriber was cut at LSN {}: {}", subscription.next.value, chunk.error().text);
    const engine::Lsn oldest = hub_.journal.oldest();
    if (chunk.error().kind == storage::FailureKind::trimmed) {
      cut_subscriber(index, engine::ErrorCode::trimmed, oldest, "The oldest kept LSN is " + start_there(oldest));
    } else {
      cut_subscriber(index, engine::ErrorCode::trimmed, {}, "The journal cannot be read at this LSN; see the server's log.");
    }
    return 0;
  }
  const std::size_t bytes = chunk->records.size(), before = session.out.size();
  while (!chunk->records.empty()) {
    const engine::Lsn lsn = chunk->first;
    if (stream_->put_first(*chunk, subscription.filter.get(), subscription.correlation, session.out)) subscription.told = lsn;
    subscription.next = lsn + 1;
  }
  tell_position(session, durable);
  if (session.out.size() != before) mark_dirty(index);
  return bytes;
}

// After records that did not pass: when there are no more, and now and then on the way.
void Worker::tell_position(Session& session, engine::Lsn durable) {
  Subscription& subscription = *session.subscription;
  const engine::Lsn passed{subscription.next.value - 1};
  if (passed <= subscription.told) return;
  if (passed < durable && passed.value - subscription.told.value < position_lsns) return;
  schema::append_answer(session.out, subscription.correlation, schema::StreamPosition{passed});
  subscription.told = passed;
}

// Says why, after whole frames; the connection closes when that is sent, or after a while.
void Worker::cut_subscriber(std::uint32_t index, engine::ErrorCode code, engine::Lsn go_on_from, std::string_view message) {
  Session& session = *sessions_[index];
  schema::append_answer(session.out, session.subscription->correlation,
                        schema::ErrorAnswer{{code, 0, {}}, message, go_on_from, 0});
  session.subscription.reset();
  std::erase(subscribers_, index);
  session.closing = true;
  mark_dirty(index);
}

void Worker::cut_slow_subscribers(std::int64_t monotonic_us) {
  for (const std::uint32_t index : std::vector<std::uint32_t>(subscribers_)) {
    Session& session = *sessions_[index];
    if (session.closing) continue;
    Subscription& subscription = *session.subscription;
    const bool moves = session.unsent() == 0 || session.taken != subscription.taken_before;
    subscription.taken_before = session.taken;
    if (moves) {
      subscription.stuck_since_us.reset();
    } else if (!subscription.stuck_since_us) {
      subscription.stuck_since_us = monotonic_us;
    } else if (monotonic_us - *subscription.stuck_since_us > most_stuck_us) {
      cut_subscriber(index, engine::ErrorCode::fell_behind, subscription.next,
                     "Nothing was taken for 30 seconds. The next LSN is " + start_there(subscription.next));
    }
  }
}

}  // namespace earmark::server
