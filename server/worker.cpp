// Taking in: bytes to frames, frames to decisions. Orders of one read are collected at the desk and decided together;
// any other request first has the batch before it decided, so that one connection's commands keep their order.
#include "server/worker.hpp"

#include <algorithm>

#include "server/limits.hpp"
#include "server/memory_ahead.hpp"

namespace earmark::server {

namespace {

std::uint32_t low_bits(engine::TimeUs time) noexcept { return static_cast<std::uint32_t>(time.value); }

}  // namespace

Worker::Worker(Hub& hub, std::uint16_t index, std::function<void()> wake)
    : hub_(hub), index_(index), wake_(std::move(wake)),
      committer_(hub.engine.shared(), engine::CommitterId{static_cast<std::uint8_t>(index)}, recorder_, *this),
      desk_(committer_), reader_(hub.journal.reader()), read_buffer_(storage::max_record_bytes) {}

Worker::~Worker() = default;

std::uint32_t Worker::open_session() {
  std::uint32_t index = 0;
  if (free_sessions_.empty()) {
    index = static_cast<std::uint32_t>(sessions_.size());
    sessions_.push_back(std::make_unique<Session>());
  } else {
    index = free_sessions_.back();
    free_sessions_.pop_back();
    *sessions_[index] = Session{};
  }
  sessions_[index]->generation = next_generation_++;
  sessions_[index]->open = true;
  return index;
}

void Worker::close_session(std::uint32_t index) {
  *sessions_[index] = Session{};  // generation 0: late answers find nobody
  std::erase(subscribers_, index);
  std::erase(blocked_, index);
  std::erase(dirty_, index);
  free_sessions_.push_back(index);
}

void Worker::receive(std::uint32_t index, std::span<const std::byte> bytes, engine::TimeUs now) {
  Session& session = *sessions_[index];
  reads_alone_ = index == last_reader_ ? std::min(reads_alone_ + 1, reads_to_be_alone) : 0;
  last_reader_ = index;
  const bool alone = reads_alone_ == reads_to_be_alone && pending_.empty();
  holds_back_ = alone;
  if (session.input.empty()) {
    const std::size_t used = take_in(session, index, bytes, now);
    if (!session.closing) session.input.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
  } else {
    session.input.insert(session.input.end(), bytes.begin(), bytes.end());
    const std::size_t used = take_in(session, index, session.input, now);
    session.input.erase(session.input.begin(), session.input.begin() + static_cast<std::ptrdiff_t>(used));
  }
  if (alone) commit_alone(session, now);
}

// Nobody else has asked for anything for a while, and this peer waits for its one answer: waking the journal's thread, and being
// woken by it, would take as long as a sync does. Who comes meanwhile waits as for any group that is under way.
void Worker::commit_alone(const Session& session, engine::TimeUs now) {
  holds_back_ = false;
  if (!held_back_) return;
  if (session.under_way != 1 || !hub_.journal_thread->commit_here()) return say_committed();
  held_back_ = false;
  deliver_durable(hub_.clock ? hub_.clock() : now);
}

void Worker::say_committed() noexcept {
  if (std::exchange(held_back_, false)) hub_.journal_thread->committed();
}

// Returns the bytes consumed.
std::size_t Worker::take_in(Session& session, std::uint32_t index, std::span<const std::byte> bytes, engine::TimeUs now) {
  std::size_t used = 0;
  while (!session.closing) {
    const schema::Split split = schema::split(bytes.subspan(used));
    if (split.status == schema::SplitStatus::need_more) break;
    if (!may_take(session)) {
      block(session, index);
      break;
    }
    if (split.status == schema::SplitStatus::too_large) {
      const engine::ReplyTo reply{split.frame.header.correlation, index, session.generation, index_, 0, low_bits(now)};
      ++session.under_way;
      refuse_now(reply, engine::ErrorCode::too_large);
      session.closing = true;
      break;
    }
    handle_frame(session, index, split.frame, now);
    used += split.consumed;
  }
  decide_batch(now);  // text of its orders lies in `bytes`
  if (is_front_durable()) deliver_durable(hub_.clock ? hub_.clock() : now);
  return used;
}

bool Worker::may_take(const Session& session) const noexcept {
  const engine::Window& window = hub_.engine.shared().window;
  return session.under_way < credit && session.unsent() < most_unsent_bytes && admission_stops_ == 0 && role_ != engine::Settled::stalled &&
         window.has_room(hub_.engine.shared().commit_word.last() + window_margin);
}

void Worker::block(Session& session, std::uint32_t index) {
  if (session.blocked) return;
  session.blocked = true;
  blocked_.push_back(index);
}

void Worker::handle_frame(Session& session, std::uint32_t index, const schema::Frame& frame, engine::TimeUs now) {
  const schema::MessageKind kind = frame.header.kind;
  const engine::ReplyTo reply{frame.header.correlation, index, session.generation, index_, 0, low_bits(now)};
  const bool in_parts = (frame.header.flags & schema::flag_more_parts) != 0 || !session.unfinished.empty();
  if (!session.greeted && kind != schema::MessageKind::hello) {
    ++session.under_way;
    refuse_now(reply, engine::ErrorCode::hello_first);
    session.closing = true;
    return;
  }
  if (kind == schema::MessageKind::order && !in_parts) {  // the hot path
    ++session.under_way;
    return handle_order(frame.body, reply, now);
  }
  decide_batch(now);
  if (in_parts && !add_part(session, frame, reply)) return;
  ++session.under_way;
  const auto whole = std::find_if(session.unfinished.begin(), session.unfinished.end(), [&](const UnfinishedMessage& message) {
    return message.kind == kind && message.correlation == frame.header.correlation;
  });
  if (whole == session.unfinished.end()) {
    const auto request = decoder_.decode(kind, frame.body);
    return request ? handle(*request, session, reply, now) : refuse_now(reply, request.error());
  }
  const UnfinishedMessage message = std::move(*whole);
  session.unfinished.erase(whole);
  const std::vector<std::span<const std::byte>> parts(message.bodies.begin(), message.bodies.end());
  const auto request = decoder_.decode(kind, schema::Parts(parts));
  if (request) return handle(*request, session, reply, now);
  refuse_now(reply, request.error());
}

// Keeps a part. True: the frame is not a part of anything unfinished, or was the last part.
bool Worker::add_part(Session& session, const schema::Frame& frame, const engine::ReplyTo& reply) {
  const bool more = (frame.header.flags & schema::flag_more_parts) != 0;
  auto found = std::find_if(session.unfinished.begin(), session.unfinished.end(), [&](const UnfinishedMessage& message) {
    return message.kind == frame.header.kind && message.correlation == frame.header.correlation;
  });
  if (found == session.unfinished.end()) {
    if (!more) return true;
    if (session.unfinished.size() == most_unfinished_messages) {
      ++session.under_way;
      refuse_now(reply, engine::ErrorCode::too_many_parts);
      session.closing = true;
      return false;
    }
    session.unfinished.push_back({frame.header.kind, frame.header.correlation, {}, 0, {}});
    found = session.unfinished.end() - 1;
  }
  found->bytes += frame.body.size();
  if (found->bytes > most_unfinished_bytes) {
    ++session.under_way;
    refuse_now(reply, engine::ErrorCode::too_many_parts);
    session.closing = true;
    return false;
  }
  found->bodies.emplace_back(frame.body.begin(), frame.body.end());
  return !more;
}

void Worker::end_unfinished(std::int64_t monotonic_us) {
  for (std::uint32_t index = 0; index < sessions_.size(); ++index) {
    Session& session = *sessions_[index];
    if (session.closing || session.unfinished.empty()) continue;
    for (UnfinishedMessage& message : session.unfinished) message.since_us = message.since_us.value_or(monotonic_us);
    const UnfinishedMessage& oldest = session.unfinished.front();
    if (monotonic_us - *oldest.since_us <= most_unfinished_us) continue;
    ++session.under_way;
    refuse_now({oldest.correlation, index, session.generation, index_, 0, 0}, engine::ErrorCode::too_many_parts,
               "A message in parts was not finished within 30 seconds; send it again.");
    session.closing = true;
  }
}

void Worker::decide_batch(engine::TimeUs now) {
  if (desk_.empty()) return;
  std::int64_t waited_us = 0;
  const auto settle = [&](std::span<engine::ReceivedOrder* const> orders) {
    for (engine::ReceivedOrder* each : orders) each->reply = named(each->reply, each->order.id);
    note_settled(hub_.engine.settler().submit(orders, batch_time_, committer_));
  };
  const auto mind_rules = [&](std::span<const engine::SkuId> skus) { to_settler(std::make_unique<engine::Message>(engine::MindRules{skus}, batch_time_)); };
  const bool held = std::exchange(holds_back_, true);  // the journal's thread is told once for all of them
  while (!desk_.decide(batch_time_, settle, mind_rules)) {
    // Other threads have used up the room that may_take() saw. Rare; the batch's text lies in the read buffer, so wait
    // here for the disk: the journal needs nothing from this thread, and answers free this thread's ring.
    say_committed();
    waited_us += hub_.journal_thread->wait_for_group();
    deliver_durable(engine::TimeUs{now.value + waited_us});
  }
  holds_back_ = held;
  if (!holds_back_) say_committed();
  if (hub_.memory_ahead != nullptr) hub_.memory_ahead->mind();
}

void Worker::to_settler(std::unique_ptr<engine::Message> message) {
  note_settled(hub_.engine.settler().submit(std::move(message), committer_));
}

void Worker::note_settled(engine::Settled how) {
  if (how != engine::Settled::done) role_ = how;  // done: or the role is another thread's, or this one's already
  if (how == engine::Settled::paused) wake();
  hub_.mind_timers();
}

void Worker::go_on_settling() {
  if (role_ == engine::Settled::done) return;
  role_ = hub_.engine.settler().resume(committer_);
  if (role_ == engine::Settled::done) ask_for_digest_again();
  if (role_ == engine::Settled::paused) wake();
}

void Worker::proceed(engine::TimeUs now) {
  deliver_durable(now);
  deliver_mail();
  go_on_settling();
  try_digest();
  keep_house(now);
  deliver_durable(now);
  take_in_blocked(now);
  push_subscriptions();
}

void Worker::run_timers(engine::TimeUs now) {
  // Relaxed: see SharedState::next_due_us; whoever arms the timer looks again.
  if (admission_stops_ != 0 || now.value < hub_.engine.shared().next_due_us.load(std::memory_order_relaxed)) return;
  to_settler(std::make_unique<engine::Message>(engine::RunTimers{}, now));
  deliver_durable(now);
}

void Worker::finish_recovery(engine::TimeUs now) {
  // Whoever settles finishes what was cut off before the message.
  engine::Settled settled = hub_.engine.settler().submit(std::make_unique<engine::Message>(engine::RunTimers{}, now), committer_);
  while (settled != engine::Settled::done || !pending_.empty()) {
    if (settled != engine::Settled::paused) hub_.journal_thread->wait_for_group();
    deliver_durable({});  // nobody waits for these
    if (settled != engine::Settled::done) settled = hub_.engine.settler().resume(committer_);
  }
}

void Worker::take_in_blocked(engine::TimeUs now) {
  const std::vector<std::uint32_t> waiting = std::exchange(blocked_, {});
  for (const std::uint32_t index : waiting) {
    Session& session = *sessions_[index];
    session.blocked = false;
    const std::size_t used = take_in(session, index, session.input, now);
    session.input.erase(session.input.begin(), session.input.begin() + static_cast<std::ptrdiff_t>(used));
  }
}

// Here, because the shim calls it after everything that changes them.
void Worker::publish_gauges() noexcept {
  counters_.pending_answers.set(pending_.size());
  counters_.blocked_sessions.set(blocked_.size());
  counters_.subscribers.set(subscribers_.size());
  counters_.ring_bytes.set(hub_.engine.shared().rings[index_]->used());
}

std::vector<std::uint32_t> Worker::take_dirty() {
  for (const std::uint32_t index : dirty_) sessions_[index]->dirty = false;
  publish_gauges();
  return std::exchange(dirty_, {});
}

}  // namespace earmark::server
