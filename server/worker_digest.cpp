// The digest: every worker stops taking in, what was decided becomes durable, then the engine hashes itself. One at a
// time; the worker that was asked leads. Others learn of it by mail.
#include "server/limits.hpp"
#include "server/worker.hpp"

namespace earmark::server {

void Worker::on(const schema::DigestRequest&, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  if (hub_.digest_under_way.exchange(true)) {
    return refuse_now(reply, engine::ErrorCode::overloaded, "Another digest is under way; repeat after the delay.");
  }
  digest_ = std::make_unique<DigestAsked>();
  digest_->reply = reply;
  stop_admission_everywhere();
}

void Worker::stop_admission_everywhere() {
  for (Worker* worker : hub_.workers) {
    worker->mailbox.enqueue(Mail{{}, {}, false, [worker, leader = this] {
      ++worker->admission_stops_;
      leader->mailbox.enqueue(Mail{{}, {}, false, [leader] {
        if (leader->digest_) ++leader->digest_->workers_stopped;
      }, {}});
      leader->wake();
    }, {}});
    worker->wake();
  }
}

void Worker::try_digest() {
  if (!digest_ || digest_->workers_stopped < hub_.workers.size()) return;
  engine::SharedState& shared = hub_.engine.shared();
  if (!hub_.engine.settler().quiet() || shared.commit_word.last() != shared.window.durable()) return;  // asked again by the next group, or below
  const std::string digest = hub_.engine.digest();
  if (std::vector<std::byte>* out = out_of(digest_->reply)) {
    schema::append_answer(*out, digest_->reply.correlation, schema::DigestAnswer{shared.window.durable(), digest});
  }
  answered(digest_->reply);
  digest_.reset();
  resume_admission_everywhere();
}

// By who had the settler's role and has ended: what was left may have decided nothing, and then no group follows. Who ends before it
// stops taking in has the leader ask by saying so.
void Worker::ask_for_digest_again() {
  if (admission_stops_ == 0) return;
  for (Worker* worker : hub_.workers) worker->wake();
}

void Worker::resume_admission_everywhere() {
  hub_.digest_under_way.store(false);
  for (Worker* worker : hub_.workers) {
    worker->mailbox.enqueue(Mail{{}, {}, false, [worker] { --worker->admission_stops_; }, {}});
    worker->wake();
  }
}

}  // namespace earmark::server
