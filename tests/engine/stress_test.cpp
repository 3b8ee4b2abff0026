// Several threads decide at the same time; then the log, read in LSN order through the sequential twin, must give every
// answer and every fill (E1, E2, I5). Run under the thread sanitizer, too.
#include <atomic>
#include <catch2/catch.hpp>
#include <deque>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include "server/wake_signal.hpp"
#include "tests/engine/harness.hpp"
#include "tests/engine/settler_message.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;

namespace {

// One committing thread with its commands and what became of them.
class Clerk final : public engine::Outcomes {
 public:
  Clerk(engine::Engine& engine, server::WakeSignal& journal, std::uint8_t id, std::uint64_t seed, std::size_t commands)
      : engine_(engine), journal_(journal), id_(id), committer_(engine.shared(), engine::CommitterId{id}, recorder_, *this), desk_(committer_) {
    model::RandomCommands random(seed);
    for (std::size_t index = 0; index < commands; ++index) commands_.push_back(random.next());
  }

  void run() {
    for (std::size_t index = 0; index < commands_.size(); ++index) {
      give(index);
      if (desk_.full() || index % 5 == 4) decide();
      let_go();
    }
    decide();
    while (!rings_.empty()) let_go();
  }

  const std::vector<model::Command>& commands() const { return commands_; }
  const engine::DeskCounters& desk() const { return desk_.counters(); }

  void committed(engine::Lsn, engine::Lsn) override { journal_.wake(); }
  void decided(const engine::ReplyTo& reply, engine::Lsn lsn, std::span<const std::byte>, std::uint64_t ring_position, bool) override {
    answers_.push_back({reply, lsn});
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

  // Decisions made by this thread, also for others' commands: (whose, which command) by LSN, the cause first.
  const std::vector<std::pair<engine::ReplyTo, engine::Lsn>>& answers() const { return answers_; }

 private:
  void give(std::size_t index) {
    const model::Command& command = commands_[index];
    const std::uint64_t content = model::content_of(command);
    const engine::ReplyTo reply{index, 0, 1, id_, 0, 0};
    if (const auto* order = std::get_if<model::OrderCommand>(&command)) return desk_.add({order->view(), content, reply});
    decide();
    settle(test::settler_message(command, content, reply, now()));
  }
  void decide() {
    const auto to_settler = [&](std::span<engine::ReceivedOrder* const> orders) { finish(engine_.settler().submit(orders, now(), committer_)); };
    const auto mind_rules = [&](std::span<const engine::SkuId> skus) { settle(std::make_unique<engine::Message>(engine::MindRules{skus}, now())); };
    while (!desk_.decide(now(), to_settler, mind_rules)) let_go();
  }
  void settle(std::unique_ptr<engine::Message> message) {
    finish(engine_.settler().submit(std::move(message), committer_));
  }
  void finish(engine::Settled settled) {
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
  static engine::TimeUs now() { return engine::TimeUs{1}; }

  engine::Engine& engine_;
  server::WakeSignal& journal_;
  std::uint8_t id_;
  server::EventRecorder recorder_;
  engine::Committer committer_;
  engine::OrderDesk desk_;
  std::vector<model::Command> commands_;
  std::vector<std::pair<engine::ReplyTo, engine::Lsn>> answers_;
  std::deque<std::pair<engine::Lsn, std::uint64_t>> rings_;
};

// The journal's part: follows the window without a gap and keeps the records.
std::vector<std::vector<std::byte>> follow(engine::Engine& engine, server::WakeSignal& signal, const std::atomic<bool>& done) {
  std::vector<std::vector<std::byte>> log;
  schema::EventDecoder decoder;
  engine::Lsn next{1};
  for (;;) {
    const bool last_look = done.load(std::memory_order_acquire) && engine.shared().commit_word.last().value + 1 == next.value;
    const auto place = engine.shared().window.find(next);
    if (!place) {
      if (last_look) return log;
      signal.announce();
      if (engine.shared().window.find(next) || done.load(std::memory_order_acquire)) signal.retract();
      else signal.sleep(100);
      continue;
    }
    const std::span<std::byte> bundle = engine.shared().rings[place->committer.value]->at(place->offset_units);
    engine::BundleHeader header;
    std::memcpy(&header, bundle.data(), sizeof header);
    std::span<const std::byte> records = bundle.subspan(sizeof header);
    for (std::uint32_t index = 0; index < header.records; ++index) {
      std::size_t consumed = 0;
      EARMARK_CHECK(decoder.decode(records, consumed).has_value());
      log.emplace_back(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(consumed));
      records = records.subspan(consumed);
    }
    next = next + header.records;
    engine.shared().window.advance(engine::Lsn{next.value - 1});
  }
}

// Fills of a cause may be split over commits, with orders for other SKUs between them; the twin's fills are one step. So
// the twin's numbers differ from the log's, and orders are named by the twin's.
using TwinLsns = std::map<engine::Lsn, engine::Lsn>;  // of the log -> of the twin

std::string text_of(const schema::Event& event, const engine::Stamp& twin_stamp, const TwinLsns& twin_lsns) {
  return std::visit([&](auto decision) -> std::string {
    if constexpr (std::is_same_v<decltype(decision), engine::VoidDecision>) return "void";
    else {
      const auto translate = [&](engine::Lsn& lsn) { if (lsn.value != 0) lsn = twin_lsns.at(lsn); };
      if constexpr (requires { decision.order_lsn; }) translate(decision.order_lsn);
      if constexpr (requires { decision.purchase_lsn; }) translate(decision.purchase_lsn);
      if constexpr (requires { decision.transfer_lsn; }) translate(decision.transfer_lsn);
      if constexpr (requires { decision.raised_at; }) translate(decision.raised_at);
      if constexpr (requires { decision.skipped; }) translate(decision.skipped.order_lsn);
      std::vector<engine::LostUnits> lost;
      if constexpr (requires { decision.lost; }) {
        lost.assign(decision.lost.begin(), decision.lost.end());
        for (engine::LostUnits& each : lost) each.order_lsn = twin_lsns.at(each.order_lsn);
        decision.lost = lost;
      }
      std::vector<engine::MovedDate> moved;
      if constexpr (std::is_same_v<decltype(decision), engine::DatesDecision>) {
        moved.assign(decision.lines.begin(), decision.lines.end());
        for (engine::MovedDate& each : moved) each.order_lsn = twin_lsns.at(each.order_lsn);
        decision.lines = moved;
      }
      if constexpr (std::is_same_v<decltype(decision), engine::OverdueDecision>) decision.lsn = twin_lsns.at(decision.lsn);
      std::vector<engine::PurchasePeg> pegs;
      if constexpr (std::is_same_v<decltype(decision), engine::PurchaseDecision>) {
        pegs.assign(decision.pegs.begin(), decision.pegs.end());
        for (engine::PurchasePeg& each : pegs) each.order_lsn = twin_lsns.at(each.order_lsn);
        decision.pegs = pegs;
      }
      return model::describe(twin_stamp, decision);
    }
  }, event.decision);
}

// Who waits for all or nothing turns strict soon.
constexpr model::CatalogueLimits limits() {
  model::CatalogueLimits limits = model::RandomCommands::limits();
  limits.max_skips = 2;
  return limits;
}

// Goes through the log: causes are given to the twin, fills must be the next ones of their cause.
class TwinReader {
 public:
  explicit TwinReader(std::uint64_t seed) : seed_(seed) {}

  // Bookkeeping: here only what gates cells while victims of a stock change are looked for.
  void skip(const schema::Event& event) {
    numbers_agree_ = numbers_agree_ && twin_.forget({}, engine::TimeUs{1}).lsn == event.stamp.lsn;
    ++voids;
  }
  void read(const schema::Event& event, const model::Command* command) {
    const bool follows = std::holds_alternative<engine::StrictDecision>(event.decision) || std::holds_alternative<engine::OverdueDecision>(event.decision) ||
                         std::holds_alternative<engine::DatesDecision>(event.decision);
    if (follows) return read_what_follows(event);
    if (event.stamp.cause.value == 0) return read_cause(event, *command);
    Cause& cause = causes_.at(event.stamp.cause);
    if (std::holds_alternative<engine::StockChangeDecision>(event.decision)) {  // what a pick did not find
      REQUIRE(cause.answer.missing.has_value());
      numbers_agree_ = numbers_agree_ && cause.answer.missing_stamp.lsn == event.stamp.lsn;
      return compare(text_of(event, cause.answer.missing_stamp, twin_lsns_), model::describe(cause.answer.missing_stamp, cause.answer.missing->view()),
                     event.stamp.lsn);
    }
    REQUIRE(cause.next < cause.answer.fills.size());
    const model::FillAnswer& expected = cause.answer.fills[cause.next++];
    numbers_agree_ = numbers_agree_ && expected.stamp.lsn == event.stamp.lsn;
    compare(text_of(event, expected.stamp, twin_lsns_), model::describe(expected.stamp, expected.view()), event.stamp.lsn);
  }
  void finish() const {
    for (const auto& [lsn, cause] : causes_) REQUIRE(cause.next == cause.answer.fills.size());
  }
  bool numbers_agree() const { return numbers_agree_; }
  std::uint64_t voids = 0;
  const model::Twin& twin() const { return twin_; }

 private:
  struct Cause {
    model::Answer answer;
    std::size_t next = 0;
  };

  // Nobody asked for it: somebody turns strict, supply is late, a date moves.
  void read_what_follows(const schema::Event& event) {
    const bool late = std::holds_alternative<engine::OverdueDecision>(event.decision);
    std::vector<model::Answer> next = late ? twin_.run_timers(event.stamp.time, 1) : twin_.turn_strict(1);
    if (next.empty()) FAIL("E2: nothing follows at LSN " << event.stamp.lsn.value << ", seed " << seed_);
    keep(event, std::move(next.front()));
  }
  void read_cause(const schema::Event& event, const model::Command& command) {
    keep(event, model::apply(twin_, command, model::content_of(command), event.stamp.time));
  }
  void keep(const schema::Event& event, model::Answer answer) {
    numbers_agree_ = numbers_agree_ && answer.stamp.lsn == event.stamp.lsn;
    twin_lsns_[event.stamp.lsn] = answer.stamp.lsn;
    std::vector<model::FillAnswer> fills = std::exchange(answer.fills, {});
    std::optional<model::StockChangeAnswer> missing = std::exchange(answer.missing, std::nullopt);
    compare(text_of(event, answer.stamp, twin_lsns_), model::describe(answer), event.stamp.lsn);
    answer.fills = std::move(fills);
    answer.missing = std::move(missing);
    causes_[event.stamp.lsn] = {std::move(answer), 0};
  }
  void compare(const std::string& log, const std::string& twin, engine::Lsn lsn) const {
    if (log != twin) FAIL("E2: the twin disagrees with the log at LSN " << lsn.value << ", seed " << seed_ << "\ntwin:\n" << twin << "\nlog:\n" << log);
  }

  std::uint64_t seed_;
  model::Twin twin_{limits()};
  std::map<engine::Lsn, Cause> causes_;
  TwinLsns twin_lsns_;
  bool numbers_agree_ = true;
};

}  // namespace

TEST_CASE("stress: the log of concurrent threads read in order gives every answer and fill (E2)", "[engine][stress]") {
  const std::size_t threads = GENERATE(2UL, 3UL, 4UL);
  const std::size_t rounds = 6;
  const std::uint64_t seed = std::random_device{}();
  std::uint64_t decisions = 0, lost = 0, helps = 0, fast = 0, same_numbers = 0, gatings = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    engine::Engine engine(test::small_capacity(limits()), threads);
    server::WakeSignal signal;
    std::vector<std::unique_ptr<Clerk>> clerks;
    for (std::size_t index = 0; index < threads; ++index) {
      clerks.push_back(std::make_unique<Clerk>(engine, signal, static_cast<std::uint8_t>(index), seed + round * 64 + index, 1500));
    }
    std::atomic<bool> done{false};
    std::vector<std::vector<std::byte>> log;
    std::thread journal([&] { log = follow(engine, signal, done); });
    std::vector<std::thread> running;
    for (const auto& clerk : clerks) running.emplace_back([&clerk] { clerk->run(); });
    for (std::thread& thread : running) thread.join();
    done.store(true, std::memory_order_release);
    signal.wake();
    journal.join();

    std::map<std::uint64_t, engine::ReplyTo> asked;  // LSN of a record -> whose command it answers
    for (const auto& clerk : clerks) {
      for (const auto& [reply, lsn] : clerk->answers()) REQUIRE(asked.emplace(lsn.value, reply).second);
      fast += clerk->desk().fast_orders.get();
    }
    REQUIRE(asked.size() == log.size());
    TwinReader reader(seed);
    engine::Engine restored(test::small_capacity(limits()), 1);
    schema::EventDecoder decoder;
    for (const std::vector<std::byte>& record : log) {
      std::size_t consumed = 0;
      const auto event = decoder.decode(record, consumed);
      REQUIRE(event.has_value());
      const engine::ReplyTo& reply = asked.at(event->stamp.lsn.value);
      if (std::holds_alternative<engine::VoidDecision>(event->decision)) reader.skip(*event);
      else reader.read(*event, &clerks[reply.thread]->commands()[reply.correlation]);
      std::visit([&](const auto& decision) { restored.restore(event->stamp, decision); }, event->decision);
      ++decisions;
    }
    reader.finish();
    gatings += reader.voids;
    restored.restore_finished();
    INFO("seed " << seed);
    REQUIRE(engine.broken_invariant() == "");
    REQUIRE(restored.digest() == engine.digest());
    if (reader.numbers_agree()) {
      REQUIRE(engine.digest() == reader.twin().digest());
      ++same_numbers;
    }
    for (std::size_t index = 0; index <= threads; ++index) {
      const auto id = index == threads ? engine::CommitWord::settler_descriptor : engine::CommitterId{static_cast<std::uint8_t>(index)};
      lost += engine.shared().commit_word.counters(id).lost.get();
      helps += engine.shared().commit_word.counters(id).helps.get();
    }
  }
  std::cout << "stress: " << threads << " threads, seed " << seed << ", " << decisions << " decisions, " << fast
            << " on the fast path, " << lost << " lost commits, " << helps << " helps, " << same_numbers << " of " << rounds << " digests compared with the twin's, cells gated for victims "
            << gatings << " times\n";
  REQUIRE(fast > 0);
}
