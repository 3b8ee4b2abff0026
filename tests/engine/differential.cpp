#include "tests/engine/differential.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "tests/engine/harness.hpp"
#include "tests/engine/kept_orders.hpp"
#include "tests/model/random_commands.hpp"

namespace earmark::test {
namespace {

std::string describe(const Step& step) {
  if (const auto* archive = std::get_if<ArchiveStep>(&step.what)) return "archive " + std::to_string(archive->most) + " orders";
  if (const auto* forget = std::get_if<ForgetStep>(&step.what)) return "forget " + std::to_string(forget->percent) + " % of the ids";
  return model::describe(std::get<model::Command>(step.what));
}

// A few thousand ids: to look through all of them is cheap.
engine::Capacity capacity_for(const model::CatalogueLimits& limits) {
  engine::Capacity capacity = small_capacity(limits);
  capacity.command_ids = 1U << 13;
  capacity.order_bytes = 512ULL << 20;
  return capacity;
}

class Both {
 public:
  Both(const model::CatalogueLimits& limits, Meddler meddler)
      : limits_(limits), meddler_(std::move(meddler)), twin_(limits), harness_(capacity_for(limits)) {
    harness_.engine().settler().use_archive(kept_);
  }

  // What is wrong after it; an empty string: nothing.
  std::string run(const Step& step, Tally& tally) {
    const engine::TimeUs now = step.time;
    now_ = now;
    if (!std::holds_alternative<model::Command>(step.what)) {
      for (const model::Answer& expiry : twin_.run_timers(now)) log(expiry);
      harness_.submit(std::make_unique<engine::Message>(engine::RunTimers{}, now));  // before copies are taken of what is closed
    }
    if (const auto* archive = std::get_if<ArchiveStep>(&step.what)) {
      tally.archived += archive_orders(archive->most, now);
    } else if (const auto* forgotten = std::get_if<ForgetStep>(&step.what)) {
      tally.forgotten += forget_ids(forgotten->percent, now);
    } else if (std::string wrong = command(std::get<model::Command>(step.what), now, tally); !wrong.empty()) {
      return wrong;
    }
    return records();
  }

  std::string states(Tally& tally) {
    if (std::string broken = harness_.engine().broken_invariant(); !broken.empty()) return broken;
    if (harness_.engine().digest() != twin_.digest()) return "E6, E7, I5: the engine's digest is not the twin's";
    for (const model::Answer& due : twin_.run_timers(now_)) log(due);  // a question lets happen what is due
    for (const model::Answer& strict : twin_.turn_strict()) log(strict);
    return questions(harness_, tally);
  }
  // Not after housekeeping: what it did is in the state store, which this harness has not.
  std::string restored(Tally& tally) {
    Harness restored(capacity_for(limits_));
    harness_.replay_into(restored.engine(), harness_.records());
    if (std::string broken = restored.engine().broken_invariant(); !broken.empty()) return "restored: " + broken;
    if (restored.engine().digest() != harness_.engine().digest()) return "E6: the engine that is restored from the records has another digest";
    const std::string wrong = questions(restored, tally);
    return wrong.empty() ? "" : "E6: restored: " + wrong;
  }
  void count(Tally& tally) {
    tally.fast += harness_.desk().fast_orders.get();
    tally.read_back += harness_.engine().settler().counters().read_back_orders.get();
    tally.records += harness_.records();
    const engine::SettlerCounters& counters = harness_.engine().settler().counters();
    tally.skips += counters.skips.get(), tally.turned_strict += counters.turned_strict.get(), tally.taken_over += counters.taken_over_units.get();
  }

 private:
  std::string command(const model::Command& drawn, engine::TimeUs now, Tally& tally) {
    for (const model::Answer& expiry : twin_.run_timers(now)) {
      log(expiry);
      if (std::holds_alternative<model::PurchaseStepAnswer>(expiry.decision)) ++tally.cut_off;
      const auto* cancel = std::get_if<model::CancelAnswer>(&expiry.decision);
      if (cancel == nullptr) tally.expired += std::holds_alternative<model::HoldEndAnswer>(expiry.decision) ? 1U : 0U;
      else if (twin_.state().orders.at(twin_.state().order_ids.at(cancel->order_id)).open()) ++tally.beside_picked;
      else ++tally.cancelled;
    }
    const model::Command command = model::with_suggestions(drawn, twin_.state());
    const std::uint64_t content = model::content_of(command);
    const model::Answer expected = model::apply(twin_, command, content, now);
    std::string answer = harness_.apply(command, content, now);
    if (meddler_) meddler_(command, answer);
    ++tally.commands;
    tally.decided += expected.decided() ? 1U : 0U;
    const std::string right = model::describe(expected);
    if (answer != right || harness_.last_was_repeat() != expected.duplicate) return "twin:\n  " + right + "\nengine:\n  " + answer;
    if (expected.decided() && !expected.duplicate) log(expected);
    for (const model::Answer& next : twin_.turn_strict()) {
      log(next);
      const auto* reorder = std::get_if<model::ReorderAnswer>(&next.decision);
      if (reorder != nullptr) ++(reorder->cleared ? tally.cleared : tally.triggered);
    }
    return {};
  }

  // What waits, and when it can be expected, as whoever asks is told.
  std::string questions(Harness& asked, Tally& tally) {
    const model::Questions all = model::all_questions(twin_.state());
    std::istringstream right(model::answers(twin_.state(), all, now_)), given(asked.ask(all, now_));
    for (std::string expected, answer; std::getline(right, expected);) {
      if (!std::getline(given, answer) || answer != expected) return "dates: asked what waits, and when it is expected, the twin says:\n  " + expected + "\nthe engine:\n  " + answer;
      ++tally.answers;
      tally.dates += expected.find(" by ") != std::string::npos ? 1U : 0U;
    }
    return {};
  }

  void log(const model::Answer& answer) {
    std::istringstream lines(model::describe(answer));
    for (std::string line; std::getline(lines, line);) log_.push_back(line.substr(line.find_first_not_of(' ')));
  }

  // The records since the last step against the twin's log: none missing, none more, each the same.
  std::string records() {
    if (harness_.records() != log_.size() || twin_.state().lsn.value != log_.size()) {
      return "the engine has " + std::to_string(harness_.records()) + " records, the twin " + std::to_string(log_.size()) +
             " and its last LSN is " + std::to_string(twin_.state().lsn.value);
    }
    for (; checked_ < log_.size(); ++checked_) {
      const std::string record = harness_.record(checked_);
      if (record != log_[checked_]) return "twin's record:\n  " + log_[checked_] + "\nengine's:\n  " + record;
    }
    return {};
  }

  void expect(const engine::VoidDecision& decision, engine::TimeUs now) {
    log_.push_back(describe_void(twin_.forget(decision, now), decision));
  }

  // What the compactor does, with the twin as its state store.
  std::size_t archive_orders(std::size_t most, engine::TimeUs now) {
    std::vector<const model::Order*> closed;
    for (const auto& [lsn, order] : twin_.state().orders) {
      if (order.changed.value != 0) kept_.keep_changed(harness_.engine(), lsn);
      if (order.closed > archived_) closed.push_back(&order);
    }
    std::ranges::sort(closed, {}, [](const model::Order* order) { return order->closed; });
    closed.resize(std::min(closed.size(), most));
    if (closed.empty()) return 0;
    std::vector<engine::Identity> identities;
    bool beyond = false;
    for (const model::Order* order : closed) {
      identities.push_back(engine::identify(engine::IdSpace::order, order->id));
      kept_.keep(harness_.engine(), identities.back());
      beyond = beyond || order->lsn < oldest_;
    }
    archived_ = closed.back()->closed;
    harness_.submit(std::make_unique<engine::Message>(engine::ArchiveOrders{identities, archived_}, now));
    if (beyond) expect({oldest_, archived_}, now);
    return closed.size();
  }

  std::size_t forget_ids(std::uint64_t percent, engine::TimeUs now) {
    if (twin_.state().lsn.value == 0) return 0;
    const engine::Lsn oldest{oldest_.value + (twin_.state().lsn.value - oldest_.value) * percent / 100};
    std::map<engine::Lsn, engine::Identity> ids;
    for (const auto& [key, known] : twin_.state().known) {
      const engine::Lsn lsn = known.first.stamp.lsn;
      if (lsn >= oldest_ && lsn < oldest) ids[lsn] = engine::identify(key.first, key.second);
    }
    std::vector<engine::Identity> identities;
    for (const auto& [lsn, identity] : ids) identities.push_back(identity);
    oldest_ = oldest;
    const std::size_t before = twin_.state().known.size();
    harness_.submit(std::make_unique<engine::Message>(engine::ForgetIds{oldest_, archived_, identities}, now));
    expect({oldest_, archived_}, now);
    return before - twin_.state().known.size();
  }

  model::CatalogueLimits limits_;
  Meddler meddler_;
  model::Twin twin_;
  KeptOrders kept_;
  Harness harness_;
  std::vector<std::string> log_;  // what the twin says of LSN 1, 2, ...
  std::size_t checked_ = 0;
  engine::Lsn archived_{}, oldest_{1};
  engine::TimeUs now_{};
};

}  // namespace

Steps draw_history(std::uint64_t seed, std::uint64_t commands, bool with_housekeeping) {
  model::RandomCommands random(seed, true, seed % 2 == 1, seed % 5 != 0);
  model::Random house(seed * 77);
  Steps steps;
  for (std::uint64_t number = 0; number < commands; ++number) {
    const engine::TimeUs now = random.now();
    // In its place: GCC 12 is wrong about steps that are moved (maybe-uninitialized).
    const auto add = [&](auto what) {
      Step& step = steps.emplace_back();
      step.what.template emplace<decltype(what)>(std::move(what));
      step.number = number;
      step.time = now;
    };
    add(random.next());
    if (!with_housekeeping) continue;
    if (house.chance(4)) add(ArchiveStep{house.between(1, 200)});
    if (house.chance(1)) add(ForgetStep{house.between(0, 100)});
  }
  return steps;
}

std::string describe(const Steps& steps) {
  std::string text;
  for (const Step& step : steps) text += std::to_string(step.number) + ": " + describe(step) + "\n";
  return text;
}

void Tally::add(const Tally& other) {
  commands += other.commands, decided += other.decided, records += other.records, fast += other.fast;
  archived += other.archived, forgotten += other.forgotten, read_back += other.read_back;
  skips += other.skips, turned_strict += other.turned_strict, taken_over += other.taken_over;
  answers += other.answers, dates += other.dates;
  triggered += other.triggered, cleared += other.cleared, cut_off += other.cut_off;
  expired += other.expired, cancelled += other.cancelled, beside_picked += other.beside_picked;
}

std::optional<Disagreement> compare(std::span<const Step> history, const model::CatalogueLimits& limits, std::uint64_t digest_every, Tally& tally,
                                    Meddler meddler) {
  Both both(limits, std::move(meddler));
  bool housekeeping = false;
  for (std::size_t index = 0; index < history.size(); ++index) {
    const Step& step = history[index];
    housekeeping = housekeeping || !std::holds_alternative<model::Command>(step.what);
    std::string wrong = both.run(step, tally);
    if (wrong.empty() && (index % digest_every == 0 || index + 1 == history.size())) wrong = both.states(tally);
    if (wrong.empty() && index + 1 == history.size() && !housekeeping) wrong = both.restored(tally);
    if (wrong.empty()) continue;
    return Disagreement{index, "E2, I1-I5: the engine and the twin disagree at " + std::to_string(step.number) + ": " + describe(step) + "\n" + wrong};
  }
  both.count(tally);
  return std::nullopt;
}

}  // namespace earmark::test
