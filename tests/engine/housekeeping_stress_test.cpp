// Threads place and repeat orders while another one takes orders out of memory and forgets ids: every repeat within the
// horizon gets the first decision, and memory is used again. Run under the thread sanitizer, too.
#include <atomic>
#include <catch2/catch.hpp>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "server/wake_signal.hpp"
#include "tests/engine/harness.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;

namespace {

constexpr std::uint64_t horizon = 5'000, most_behind = 20'000, orders_each = 60'000;

// What the clerks tell the housekeeper.
struct Closings {
  std::mutex mutex;
  std::vector<std::pair<engine::Lsn, engine::Identity>> fresh;
  std::atomic<std::uint64_t> told{0}, archived{0};
};

// Without orders to read back: nobody asks for one here.
struct NoArchive final : engine::Archive {
  bool find(engine::Lsn, engine::OrderImage&) override { return false; }
  engine::Lsn newest(engine::Identity) override { return {}; }
};

class Committing : public engine::Outcomes {
 public:
  Committing(engine::Engine& engine, server::WakeSignal& journal, std::uint8_t id)
      : engine_(engine), journal_(journal), id_(id), committer_(engine.shared(), engine::CommitterId{id}, recorder_, *this) {}

  void committed(engine::Lsn, engine::Lsn) override { journal_.wake(); }
  void decided(const engine::ReplyTo&, engine::Lsn lsn, std::span<const std::byte>, std::uint64_t ring_position, bool) override {
    if (ring_position != 0) rings_.push_back({lsn, ring_position});
  }
  void repeated(const engine::ReplyTo&, engine::Lsn, engine::Lsn) override {}
  void refused(const engine::ReplyTo&, engine::Lsn, const engine::Error&) override {}
  void shown(const engine::ReplyTo&, engine::Lsn, const engine::OrderView&) override {}
  void listed(const engine::ReplyTo&, engine::Lsn, std::span<const engine::WaitingLineView>) override {}
  void checked(const engine::ReplyTo&, engine::Lsn, const engine::CheckView&) override {}
  void listed_holds(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenHoldView>) override {}
  void listed_transfers(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenTransferView>) override {}
  void listed_purchases(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenPurchaseView>) override {}
  void listed_rules(const engine::ReplyTo&, engine::Lsn, const engine::RulesView&) override {}
  void resolved(const engine::ReplyTo&, engine::Lsn, const engine::ResolvedView&) override {}

 protected:
  void settle(std::unique_ptr<engine::Message> message) {
    engine::Settled settled = engine_.settler().submit(std::move(message), committer_);
    while (settled != engine::Settled::done) {
      let_go();
      settled = engine_.settler().resume(committer_);
    }
  }
  void let_go() {
    while (!rings_.empty() && rings_.front().first <= engine_.shared().window.durable()) {
      engine_.shared().rings[id_]->release(rings_.front().second);
      rings_.pop_front();
    }
  }

  engine::Engine& engine_;
  server::WakeSignal& journal_;
  std::uint8_t id_;
  server::EventRecorder recorder_;
  engine::Committer committer_;
  std::deque<std::pair<engine::Lsn, std::uint64_t>> rings_;
};

// Orders that are refused, so closed as soon as decided (fill_or_kill of what nobody has), and repeats of its own.
class Clerk final : public Committing {
 public:
  Clerk(engine::Engine& engine, server::WakeSignal& journal, std::uint8_t id, Closings& closings)
      : Committing(engine, journal, id), closings_(closings), desk_(committer_), random_(id + 1U) {}

  void run() {
    while (first_decision_.size() < orders_each) {
      const std::uint64_t told = closings_.told.load(std::memory_order_relaxed);
      for (std::uint64_t archived = closings_.archived.load(std::memory_order_acquire); told > archived + most_behind;
           archived = closings_.archived.load(std::memory_order_acquire)) {
        closings_.archived.wait(archived, std::memory_order_acquire);
      }
      for (int count = 0; count < 8; ++count) {
        const bool repeat = !first_decision_.empty() && random_.chance(20);
        const std::uint64_t reach = std::min<std::uint64_t>(first_decision_.size(), 3 * horizon);
        give(repeat ? first_decision_.size() - 1 - random_.below(reach) : first_decision_.size());
      }
      const auto settle = [](std::span<engine::ReceivedOrder* const>) { EARMARK_CHECK(!"the desk decides all"); };
      while (!desk_.decide(engine::TimeUs{1}, settle, [](std::span<const engine::SkuId>) { EARMARK_CHECK(!"there are no rules"); })) let_go();
      let_go();
    }
    while (!rings_.empty()) let_go();
  }

  void decided(const engine::ReplyTo& reply, engine::Lsn lsn, std::span<const std::byte> record, std::uint64_t ring_position,
               bool more) override {
    Committing::decided(reply, lsn, record, ring_position, more);
    engine::Lsn& known = first_decision_[reply.correlation];
    if (known.value != 0) forgotten_.push_back(known);
    known = lsn;
    const std::scoped_lock lock(closings_.mutex);
    closings_.fresh.push_back({lsn, engine::identify(engine::IdSpace::order, name(reply.correlation))});
    closings_.told.fetch_add(1, std::memory_order_relaxed);
  }
  void repeated(const engine::ReplyTo& reply, engine::Lsn, engine::Lsn original) override {
    EARMARK_CHECK(first_decision_[reply.correlation] == original);
    ++repeats;
  }
  void refused(const engine::ReplyTo&, engine::Lsn, const engine::Error&) override { EARMARK_CHECK(!"no order is in error"); }

  // First decisions of orders that were decided a second time.
  const std::vector<engine::Lsn>& forgotten() const { return forgotten_; }
  std::uint64_t repeats = 0;

 private:
  std::string name(std::uint64_t number) const { return std::to_string(id_) + "-" + std::to_string(number); }
  void give(std::uint64_t number) {
    if (number == first_decision_.size()) first_decision_.emplace_back();
    static const engine::OrderLine line{1, engine::SkuId{1}, engine::LineNumber{1}, {}, 0, 0};
    names_.push_back(name(number));
    engine::PlaceOrder order;
    order.id = names_.back();
    order.policy = engine::Policy::fill_or_kill;
    order.lines = std::span(&line, 1);
    desk_.add({order, 7, {number, 0, 1, id_, 0, 0}});
    if (names_.size() > 64) names_.pop_front();
  }

  Closings& closings_;
  engine::OrderDesk desk_;
  model::Random random_;
  std::vector<engine::Lsn> first_decision_;  // by number
  std::vector<engine::Lsn> forgotten_;
  std::deque<std::string> names_;
};

class Housekeeper final : public Committing {
 public:
  using Committing::Committing;
  void load(std::unique_ptr<engine::Message> message) { settle(std::move(message)); }

  void keep(Closings& closings) {
    std::vector<std::pair<engine::Lsn, engine::Identity>> closed;
    {
      const std::scoped_lock lock(closings.mutex);
      closed.swap(closings.fresh);
    }
    if (closed.empty()) return;
    std::sort(closed.begin(), closed.end(), [](const auto& left, const auto& right) { return left.first < right.first; });
    std::vector<engine::Identity> identities;
    for (const auto& [lsn, identity] : closed) {
      identities.push_back(identity);
      known_[lsn] = identity;
    }
    const engine::Lsn through = closed.back().first;
    settle(std::make_unique<engine::Message>(engine::ArchiveOrders{identities, through}, engine::TimeUs{1}));
    if (through.value > oldest_.value + 2 * horizon) {
      oldest_ = engine::Lsn{through.value - horizon};
      identities.clear();
      while (known_.begin()->first < oldest_) {
        identities.push_back(known_.begin()->second);
        known_.erase(known_.begin());
      }
      settle(std::make_unique<engine::Message>(engine::ForgetIds{oldest_, through, identities}, engine::TimeUs{1}));
    }
    closings.archived.fetch_add(closed.size(), std::memory_order_release);
    closings.archived.notify_all();
    let_go();
  }
  engine::Lsn oldest() const { return oldest_; }

 private:
  std::map<engine::Lsn, engine::Identity> known_;
  engine::Lsn oldest_{1};
};

// The journal's part: whatever is committed is durable.
void follow(engine::Engine& engine, server::WakeSignal& signal, const std::atomic<bool>& done) {
  for (engine::Lsn next{1};;) {
    const auto place = engine.shared().window.find(next);
    if (place) {
      engine::BundleHeader header;
      std::memcpy(&header, engine.shared().rings[place->committer.value]->at(place->offset_units).data(), sizeof header);
      next = next + header.records;
      engine.shared().window.advance(engine::Lsn{next.value - 1});
      continue;
    }
    if (done.load(std::memory_order_acquire) && engine.shared().commit_word.last().value + 1 == next.value) return;
    signal.announce();
    if (engine.shared().window.find(next) || done.load(std::memory_order_acquire)) signal.retract();
    else signal.sleep(100);
  }
}

}  // namespace

TEST_CASE("stress: repeats within the horizon get the first decision while memory is used again (I5, E7)", "[engine][stress]") {
  constexpr std::uint8_t threads = 3;
  engine::Capacity capacity = test::small_capacity();
  capacity.command_ids = 1U << 17;
  engine::Engine engine(capacity, threads + 1);
  NoArchive archive;
  engine.settler().use_archive(archive);
  server::WakeSignal signal;
  Closings closings;
  Housekeeper housekeeper(engine, signal, threads);
  std::vector<std::unique_ptr<Clerk>> clerks;
  for (std::uint8_t id = 0; id < threads; ++id) clerks.push_back(std::make_unique<Clerk>(engine, signal, id, closings));

  std::atomic<bool> done{false}, clerks_done{false};
  std::thread journal([&] { follow(engine, signal, done); });
  const engine::WarehouseEntry warehouse{"W", "", 1};
  const engine::ProductEntry product{"S", ""};
  housekeeper.load(std::make_unique<engine::Message>(engine::LoadCatalogue{std::span(&warehouse, 1), std::span(&product, 1), {}},
                                                     engine::ReplyTo{}, engine::TimeUs{1}));
  std::vector<std::thread> running;
  for (const auto& clerk : clerks) running.emplace_back([&clerk] { clerk->run(); });
  std::thread keeping([&] {
    while (!clerks_done.load(std::memory_order_acquire)) housekeeper.keep(closings);
    housekeeper.keep(closings);
  });
  for (std::thread& thread : running) thread.join();
  clerks_done.store(true, std::memory_order_release);
  keeping.join();
  done.store(true, std::memory_order_release);
  signal.wake();
  journal.join();

  std::uint64_t repeats = 0, again = 0;
  for (const auto& clerk : clerks) {
    repeats += clerk->repeats;
    again += clerk->forgotten().size();
    for (const engine::Lsn first : clerk->forgotten()) REQUIRE(first < housekeeper.oldest());
  }
  const std::uint64_t decided = engine.shared().commit_word.last().value;
  const std::uint64_t reused = engine.shared().blocks.bytes_given_back();
  std::cout << "housekeeping: " << decided << " decisions, " << repeats << " repeats, " << again << " ids used anew, "
            << engine.settler().counters().archived_orders.get() << " orders archived, " << (reused >> 20) << " MiB used again, "
            << (engine.shared().blocks.bytes_taken() >> 20) << " MiB taken\n";
  REQUIRE(repeats > 0);
  REQUIRE(again > 0);
  REQUIRE(reused > 0);
  REQUIRE(engine.shared().blocks.bytes_taken() < decided * 112);  // an order takes a block of 128 bytes: less than all of them
  REQUIRE(engine.broken_invariant() == "");
}
