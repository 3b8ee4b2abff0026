// A worker: everything that one I/O thread does except sockets. Bytes in, bytes out:
//   bytes -> frame -> decode -> decide (order desk) or settler -> [journal] -> answer
// Sans-I/O: the shim (server/io_thread.hpp) gives it bytes and the time and sends what stands in Session::out; tests
// drive it without a network. Owned by one thread, except mailbox and wake().
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/committer.hpp"
#include "engine/message.hpp"
#include "engine/order_desk.hpp"
#include "schema/answer.hpp"
#include "schema/request.hpp"
#include "server/counters.hpp"
#include "server/event_recorder.hpp"
#include "server/event_stream.hpp"
#include "server/hub.hpp"
#include "server/pending_answers.hpp"
#include "server/session.hpp"

namespace earmark::server {

class Worker final : public engine::Outcomes {
 public:
  Worker(Hub& hub, std::uint16_t index, std::function<void()> wake);
  ~Worker() override;

  std::uint32_t open_session();
  void close_session(std::uint32_t index);
  Session& session(std::uint32_t index) { return *sessions_[index]; }

  // Bytes that came for a session. Keeps what it cannot take in now; look at Session::blocked before reading more.
  void receive(std::uint32_t index, std::span<const std::byte> bytes, engine::TimeUs now);
  // More has become durable, mail has come, or a peer has taken answers: lets answers go, then takes in what waited.
  void proceed(engine::TimeUs now);
  // Once a second, with a time that neither jumps nor falls, whatever the machine's clock is set to:
  // ends sessions whose messages in parts have not been finished in time;
  void end_unfinished(std::int64_t monotonic_us);
  // cuts subscribers that take nothing although something waits for them.
  void cut_slow_subscribers(std::int64_t monotonic_us);
  // Sessions with something to send since the last call; cleared.
  std::vector<std::uint32_t> take_dirty();

  // Before the thread starts: commits the fills that a crash cut off, runs the timers that fell due by `now`, and waits until
  // all that is durable.
  void finish_recovery(engine::TimeUs now);
  // Runs the timers that are due at `now`, unless admission is stopped.
  void run_timers(engine::TimeUs now);
  // No more requests are taken in; what is decided is still answered.
  void stop_taking_in() noexcept { ++admission_stops_; }
  // Nothing decided here waits for the disk, nobody settles here.
  bool idle() const noexcept { return pending_.empty() && role_ == engine::Settled::done && desk_.empty(); }

  Mailbox mailbox;
  // Makes the thread call proceed() soon. Any thread.
  void wake() { wake_(); }

  // engine::Outcomes
  void committed(engine::Lsn first, engine::Lsn last) override;
  void decided(const engine::ReplyTo& reply, engine::Lsn lsn, std::span<const std::byte> record,
               std::uint64_t ring_position, bool more) override;
  void repeated(const engine::ReplyTo& reply, engine::Lsn as_of, engine::Lsn original) override;
  void refused(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::Error& error) override;
  void shown(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::OrderView& view) override;
  void listed(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::WaitingLineView> lines) override;
  void resolved(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::ResolvedView& view) override;
  void listed_holds(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::OpenHoldView> holds) override;
  void listed_transfers(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::OpenTransferView> transfers) override;
  void checked(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::CheckView& view) override;
  void listed_purchases(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::OpenPurchaseView> purchases) override;
  void listed_rules(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::RulesView& view) override;

  // Figures; any thread.
  std::uint16_t index() const noexcept { return index_; }
  const engine::DeskCounters& desk_counters() const noexcept { return desk_.counters(); }
  const WorkerCounters& counters() const noexcept { return counters_; }

 private:
  // Taking in (worker.cpp).
  std::size_t take_in(Session& session, std::uint32_t index, std::span<const std::byte> bytes, engine::TimeUs now);
  bool may_take(const Session& session) const noexcept;
  void handle_frame(Session& session, std::uint32_t index, const schema::Frame& frame, engine::TimeUs now);
  bool add_part(Session& session, const schema::Frame& frame, const engine::ReplyTo& reply);
  void decide_batch(engine::TimeUs now);
  void commit_alone(const Session& session, engine::TimeUs now);
  void say_committed() noexcept;
  void to_settler(std::unique_ptr<engine::Message> message);
  void note_settled(engine::Settled how);
  void go_on_settling();

  // One for each kind of request (worker_requests.cpp).
  void handle(const schema::Request& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void handle_order(std::span<const std::byte> body, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::HelloRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::OrderRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::CancelRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::AmendRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ReceiveRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ShipRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ChangeStockRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::LoadRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ResolveRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::CheckRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void count_now(const schema::CheckRequest& request, std::uint16_t warehouses);
  void on(const schema::StockRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ShowRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::BackordersRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::SubscribeRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::DigestRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::StatsRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::MoveShipmentRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::HoldRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ExtendRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ConfirmRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ReleaseRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::HoldsRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ShipTransferRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ReceiveTransferRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::PlacePurchaseRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::MovePurchaseRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ReceivePurchaseRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::PurchasesRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::SetRulesRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::RulesRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::FindRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::TransfersRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  void on(const schema::ReportRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now);
  engine::TimeUs time_of(engine::TimeUs carried, engine::TimeUs now) noexcept { return hub_.decision_clock.time_of(carried, now); }
  bool epoch_fits(std::uint64_t epoch, const engine::ReplyTo& reply);
  engine::ReplyTo named(engine::ReplyTo reply, std::string_view order_id);

  // Stock at one durable LSN (worker_stock.cpp).
  void answer_stock(const schema::StockRequest& request, const engine::ReplyTo& reply);

  // The digest's drain (worker_digest.cpp).
  void stop_admission_everywhere();
  void try_digest();
  void ask_for_digest_again();
  void resume_admission_everywhere();

  // Subscribers (worker_subscriptions.cpp).
  bool may_subscribe(const schema::SubscribeRequest& request, engine::Lsn from, const engine::ReplyTo& reply);
  void push_subscriptions();
  bool has_more_for(const Session& session) const noexcept;
  std::size_t push_subscription(Session& session, std::uint32_t index);
  void tell_position(Session& session, engine::Lsn durable);
  void cut_subscriber(std::uint32_t index, engine::ErrorCode code, engine::Lsn go_on_from, std::string_view message);

  // Letting go (worker_answers.cpp).
  bool is_front_durable() const noexcept { return !pending_.empty() && pending_.front().lsn <= hub_.engine.shared().window.durable(); }
  // To be called after whatever may have settled something, too: what is judged at an LSN that is on disk already waits for no group.
  // `now`: one reading of the clock for all that is let go.
  void deliver_durable(engine::TimeUs now);
  void deliver(PendingAnswer& answer);
  void count_latency(const PendingAnswer& answer, engine::TimeUs now) noexcept;
  void deliver_repeat(const PendingAnswer& answer);
  bool read_decision(const PendingAnswer& answer, std::vector<std::byte>& frames);
  bool read_kept_decision(const PendingAnswer& answer, std::vector<std::byte>& frames);
  void deliver_mail();
  void keep_house(engine::TimeUs now);
  std::vector<std::byte>* out_of(const engine::ReplyTo& reply);  // nullptr: the session has gone
  void answered(const engine::ReplyTo& reply);
  void mark_dirty(std::uint32_t index);
  void publish_gauges() noexcept;
  void block(Session& session, std::uint32_t index);
  void take_in_blocked(engine::TimeUs now);
  void refuse_now(const engine::ReplyTo& reply, engine::ErrorCode code, std::string_view message = {});
  PendingAnswer& pend(engine::Lsn lsn, const engine::ReplyTo& reply, PendingAnswer::Kind kind);

  Hub& hub_;
  std::uint16_t index_;
  std::function<void()> wake_;
  EventRecorder recorder_;
  engine::Committer committer_;
  engine::OrderDesk desk_;
  engine::TimeUs batch_time_{};  // of the orders at the desk
  schema::RequestDecoder decoder_;
  std::unique_ptr<storage::JournalReader> reader_;
  schema::EventDecoder event_decoder_;
  std::vector<std::byte> read_buffer_;  // of the journal
  std::vector<engine::Quantity> check_row_, check_now_;
  std::unordered_map<std::uint32_t, std::uint64_t> check_taken_;  // of SKUs, by earlier rows of a check

  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::uint32_t> free_sessions_;
  std::uint32_t next_generation_ = 1;
  std::vector<std::uint32_t> dirty_, blocked_, subscribers_;
  std::unique_ptr<EventStream> stream_;  // once somebody subscribes
  std::size_t next_subscriber_ = 0;      // where the next round begins
  RingQueue<PendingAnswer> pending_;
  std::deque<std::unique_ptr<engine::Message>> housekeeping_;  // of the compactor
  engine::Settled role_ = engine::Settled::done;  // otherwise this thread owns the settler's role, and goes on when there is room, or soon
  // Reads of one session with none of another in between, as far as they are counted. Holding back: the journal's thread is told
  // of what is committed at the end of the batch or the read, if then.
  static constexpr std::uint32_t reads_to_be_alone = 8;
  std::uint32_t last_reader_ = 0, reads_alone_ = 0;
  bool holds_back_ = false, held_back_ = false;
  int admission_stops_ = 0;         // by digests and the end; taking in goes on when all have ended
  struct DigestAsked {
    engine::ReplyTo reply;
    std::uint32_t workers_stopped = 0;
  };
  std::unique_ptr<DigestAsked> digest_;
  WorkerCounters counters_;
};

}  // namespace earmark::server
