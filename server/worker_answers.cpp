// Letting go: answers whose LSN is durable, in the order in which they were decided.
#include <algorithm>

#include "schema/record.hpp"
#include "server/limits.hpp"
#include "server/worker.hpp"

namespace earmark::server {

void Worker::committed(engine::Lsn, engine::Lsn) {
  if (holds_back_) {
    held_back_ = true;
  } else {
    hub_.journal_thread->committed();
  }
}

PendingAnswer& Worker::pend(engine::Lsn lsn, const engine::ReplyTo& reply, PendingAnswer::Kind kind) {
  PendingAnswer& answer = pending_.push();
  answer.lsn = lsn;
  answer.reply = reply;
  answer.kind = kind;
  answer.more = false;
  return answer;
}

void Worker::decided(const engine::ReplyTo& reply, engine::Lsn lsn, std::span<const std::byte> record,
                     std::uint64_t ring_position, bool more) {
  PendingAnswer& answer = pend(lsn, reply, PendingAnswer::Kind::record);
  answer.record = record;
  answer.ring_position = ring_position;
  answer.more = more;
}

void Worker::repeated(const engine::ReplyTo& reply, engine::Lsn as_of, engine::Lsn original) {
  counters_.repeats.add();
  pend(as_of, reply, PendingAnswer::Kind::repeat).original = original;
}

void Worker::refused(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::Error& error) {
  counters_.count(error.code);
  PendingAnswer& answer = pend(as_of, reply, PendingAnswer::Kind::frames);
  answer.frames.clear();
  const std::uint32_t retry_ms = error.code == engine::ErrorCode::overloaded ? overloaded_retry_ms : 0;
  schema::append_answer(answer.frames, reply.correlation, schema::ErrorAnswer{error, {}, as_of, retry_ms});
}

void Worker::refuse_now(const engine::ReplyTo& reply, engine::ErrorCode code, std::string_view message) {
  counters_.count(code);
  const std::uint32_t retry_ms = code == engine::ErrorCode::overloaded ? overloaded_retry_ms : 0;
  if (std::vector<std::byte>* out = out_of(reply)) {
    schema::append_answer(*out, reply.correlation, schema::ErrorAnswer{{code, 0, {}}, message, {}, retry_ms});
  }
  answered(reply);
}

void Worker::deliver_durable(engine::TimeUs now) {
  const engine::Lsn durable = hub_.engine.shared().window.durable();
  while (!pending_.empty() && pending_.front().lsn <= durable) {
    count_latency(pending_.front(), now);
    deliver(pending_.front());
    pending_.pop();
  }
}

// Of decisions alone: they wait for the disk. Of several records, the last one ends the answer. The difference of the low
// bits is right for 35 minutes; the clock may have been set back meanwhile.
void Worker::count_latency(const PendingAnswer& answer, engine::TimeUs now) noexcept {
  if (answer.kind != PendingAnswer::Kind::record || answer.more || answer.reply.generation == 0) return;
  const auto passed = static_cast<std::int32_t>(static_cast<std::uint32_t>(now.value) - answer.reply.received_us);
  counters_.latency.add(static_cast<std::uint64_t>(std::max(passed, 0)));
}

void Worker::deliver(PendingAnswer& answer) {
  if (answer.kind == PendingAnswer::Kind::repeat) return deliver_repeat(answer);
  const bool is_record = answer.kind == PendingAnswer::Kind::record;
  if (answer.reply.generation != 0 && answer.reply.thread != index_) {  // the session lives on another thread
    Mail mail{answer.reply, std::move(answer.frames), !answer.more, {}, {}};
    if (is_record) {
      mail.frames.clear();
      schema::append_event_frames(mail.frames, answer.reply.correlation, answer.record, false, answer.more);
    }
    Worker& receiver = *hub_.workers[answer.reply.thread];
    receiver.mailbox.enqueue(std::move(mail));
    receiver.wake();
  } else {
    if (std::vector<std::byte>* out = out_of(answer.reply)) {
      if (is_record) {
        schema::append_event_frames(*out, answer.reply.correlation, answer.record, false, answer.more);
      } else {
        out->insert(out->end(), answer.frames.begin(), answer.frames.end());
      }
    }
    if (!answer.more) answered(answer.reply);
  }
  if (is_record && answer.ring_position != 0) hub_.engine.shared().rings[index_]->release(answer.ring_position);
}

// The decision as first made: read back from the journal, with its fills.
void Worker::deliver_repeat(const PendingAnswer& answer) {
  PendingAnswer ready;
  ready.reply = answer.reply;
  ready.kind = PendingAnswer::Kind::frames;
  if (!read_decision(answer, ready.frames)) {
    ready.frames.clear();
    schema::append_answer(ready.frames, answer.reply.correlation,
                          schema::ErrorAnswer{{engine::ErrorCode::trimmed, 0, {}},
                                              "The decision was made, but the journal no longer holds it.", answer.lsn, 0});
  }
  deliver(ready);
}

bool Worker::read_decision(const PendingAnswer& answer, std::vector<std::byte>& frames) {
  if (answer.original < hub_.journal.oldest()) return read_kept_decision(answer, frames);
  if (!reader_->seek(answer.original)) return false;
  bool more = true;
  while (more) {
    engine::Lsn first{}, last{};
    const auto bytes = reader_->read(read_buffer_, answer.lsn, first, last);
    if (!bytes || *bytes == 0) return false;
    std::span<const std::byte> records(read_buffer_.data(), *bytes);
    while (more && !records.empty()) {
      std::size_t consumed = 0;
      const schema::Event event = event_decoder_.decode_trusted(records, consumed);
      if (schema::cause_of(event) == answer.original) {
        more = schema::more_follow(event);
        schema::append_event_frames(frames, answer.reply.correlation, records.first(consumed), true, more);
      }
      records = records.subspan(consumed);
    }
  }
  return true;
}

// Of an order that has been open for so long that the journal was trimmed behind it.
bool Worker::read_kept_decision(const PendingAnswer& answer, std::vector<std::byte>& frames) {
  if (hub_.state == nullptr) return false;
  const auto records = hub_.state->decision(answer.original);
  if (!records || records->empty()) return false;
  for (std::span<const std::byte> rest = *records; !rest.empty();) {
    std::size_t consumed = 0;
    event_decoder_.decode_trusted(rest, consumed);
    schema::append_event_frames(frames, answer.reply.correlation, rest.first(consumed), true, consumed < rest.size());
    rest = rest.subspan(consumed);
  }
  return true;
}

void Worker::deliver_mail() {
  Mail mail;
  while (mailbox.try_dequeue(mail)) {
    if (mail.message) {
      housekeeping_.push_back(std::move(mail.message));
      continue;
    }
    if (mail.task) {
      mail.task();
      mail.task = nullptr;
      continue;
    }
    if (std::vector<std::byte>* out = out_of(mail.reply)) out->insert(out->end(), mail.frames.begin(), mail.frames.end());
    if (mail.last_frame) answered(mail.reply);
  }
}

// The compactor's messages, one at a time, so that connections are read between two of them: each takes up to half a millisecond,
// and a fold brings hundreds. While admission is stopped somebody may be reading the engine's state (the digest).
void Worker::keep_house(engine::TimeUs now) {
  if (housekeeping_.empty() || admission_stops_ != 0) return;
  std::unique_ptr<engine::Message> message = std::move(housekeeping_.front());
  housekeeping_.pop_front();
  message->time = time_of({}, now);  // on the time of commands it takes place at the latest one's
  to_settler(std::move(message));
  hub_.housekeeping_mail.fetch_sub(1, std::memory_order_acq_rel);
  hub_.housekeeping_mail.notify_all();
  if (!housekeeping_.empty()) wake();
}

std::vector<std::byte>* Worker::out_of(const engine::ReplyTo& reply) {
  if (reply.generation == 0 || reply.session >= sessions_.size()) return nullptr;
  Session& session = *sessions_[reply.session];
  if (session.generation != reply.generation) return nullptr;
  mark_dirty(reply.session);
  return &session.out;
}

void Worker::answered(const engine::ReplyTo& reply) {
  desk_.back_from_settler(reply.hint);
  if (reply.generation == 0 || reply.session >= sessions_.size()) return;
  Session& session = *sessions_[reply.session];
  if (session.generation == reply.generation) --session.under_way;
}

void Worker::mark_dirty(std::uint32_t index) {
  Session& session = *sessions_[index];
  if (session.dirty) return;
  session.dirty = true;
  dirty_.push_back(index);
}

}  // namespace earmark::server
