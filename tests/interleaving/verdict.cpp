#include "tests/interleaving/verdict.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>

#include "schema/event.hpp"
#include "tests/interleaving/world_memory.hpp"
#include "tests/model/invariants.hpp"

namespace earmark::interleaving {
namespace {

constexpr engine::TimeUs now{1}, after_all_deadlines{1'000'000'000};

std::string text_of(const schema::Event& event) {
  return std::visit(
      [&](const auto& decision) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, engine::VoidDecision>) return "void";
        else return model::describe(event.stamp, decision);
      },
      event.decision);
}

// A hold that expires, an order that is cancelled or becomes due.
bool is_by_time(const schema::Decision& decision) {
  if (const auto* end = std::get_if<engine::HoldEndDecision>(&decision)) return end->how == engine::HoldEnd::expired;
  if (const auto* cancel = std::get_if<engine::CancelDecision>(&decision)) return cancel->command_id.empty();
  const auto* amend = std::get_if<engine::AmendDecision>(&decision);
  return amend != nullptr && amend->command_id.empty();
}

// Goes through the log with the twin, and judges refusals and repeats at the LSN that they name.
class Reading {
 public:
  explicit Reading(World& world) : world_(world) {
    for (std::size_t thread = 0; thread < world.threads(); ++thread) {
      for (const Answered& answered : world.answers(thread)) {
        if (answered.decided.value != 0) decided_[answered.decided] = &answered;
        else judged_.emplace(answered.as_of, &answered);
      }
    }
  }

  std::string read(const std::vector<std::span<const std::byte>>& log) {
    std::string broken = judge_answers();
    for (std::span<const std::byte> records : log) {
      while (broken.empty() && !records.empty()) broken = read_record(records);
    }
    if (broken.empty()) broken = judge_refusals(twin_.state().lsn);
    if (broken.empty() && !fills_.empty()) broken = "E2: the log ends, and the twin fills " + fills_.front();
    if (broken.empty() && !decided_.empty()) broken = "E2: a decision that was told has no record, LSN " + std::to_string(decided_.begin()->first.value);
    if (broken.empty()) broken = model::check_rules(twin_.state());
    if (broken.empty() && !judged_.empty()) broken = "E2: an answer was judged at an LSN that there is not";
    return broken;
  }
  const model::Twin& twin() const { return twin_; }
  // When the log has been read, and the timers had run.
  std::string judge_deadlines() {
    return twin_.run_timers(after_all_deadlines, 1).empty() ? "" : "I6: the timers ran, and the deadline of a hold or a time of an order was left";
  }

 private:
  // What can be said of answers before the log is read.
  std::string judge_answers() const {
    for (std::size_t thread = 0; thread < world_.threads(); ++thread) {
      for (const Answered& answered : world_.answers(thread)) {
        const std::string what = model::describe(*answered.command);
        if (answered.answers == 0) return "no lost wake-up: a command was never answered: " + what;
        if (answered.answers > 1) return "I5, exactly once: a command was answered twice: " + what;
        const bool late = answered.decided.value != 0 && answered.decided <= answered.asked_at;
        if (late || (answered.decided.value == 0 && answered.as_of < answered.asked_at)) {
          return "E2, real time: judged in a state before the command was given: " + what;
        }
      }
    }
    return "";
  }

  std::string read_record(std::span<const std::byte>& records) {
    if (fills_.empty()) {
      if (std::string broken = judge_refusals(twin_.state().lsn); !broken.empty()) return broken;
    }
    std::size_t consumed = 0;
    const auto event = decoder_.decode(records, consumed);
    if (!event) return "E2: a record cannot be read, after LSN " + std::to_string(last_.value);
    records = records.size() - consumed < 8 ? std::span<const std::byte>{} : records.subspan(consumed);
    last_ = event->stamp.lsn;
    const std::string log = text_of(*event);
    if (event->stamp.time < latest_) return "E7: a record carries a time before its predecessor's: " + log;
    latest_ = event->stamp.time;
    if (event->stamp.cause.value != 0) {
      if (fills_.empty()) return "E2: a fill that the twin does not make: " + log;
      const std::string fill = std::exchange(fills_.front(), {});
      fills_.pop_front();
      return compare(log, fill);
    }
    if (!fills_.empty()) return "E2: the log has another command where the twin fills " + fills_.front();
    if (const auto* forgotten = std::get_if<engine::VoidDecision>(&event->decision)) {
      twin_.forget(*forgotten, now);
      return "";
    }
    if (is_by_time(event->decision)) {
      std::vector<model::Answer> due = twin_.run_timers(after_all_deadlines, 1);
      return due.empty() ? "I6: a time has come, and the twin has none that is due: " + log : follow(log, due.front());
    }
    if (const auto* reorder = std::get_if<engine::ReorderDecision>(&event->decision)) {
      std::optional<model::Answer> said = twin_.look_at_rule(reorder->sku, reorder->warehouse, event->stamp.time);
      return said ? follow(log, *said) : "rules: a rule that has nothing to say: " + log;
    }
    if (std::holds_alternative<engine::DatesDecision>(event->decision)) {
      std::vector<model::Answer> told = twin_.follow_at(event->stamp.time);
      return told.empty() ? "dates: nothing has moved: " + log : follow(log, told.front());
    }
    const auto asked = decided_.find(event->stamp.lsn);
    if (asked == decided_.end()) return "E2: a decision that nobody was told: " + log;
    const model::Command& command = *asked->second->command;
    decided_.erase(asked);
    model::Answer answer = model::apply(twin_, command, model::content_of(command), event->stamp.time);
    if (!answer.decided() || answer.duplicate) {
      return "I5/E2: decided, but the twin says " + std::string(answer.duplicate ? "repeated" : model::describe(answer)) + "\nlog:  " + log;
    }
    return follow(log, answer);
  }

  // What the twin decided, beside the log.
  std::string follow(const std::string& log, model::Answer& answer) {
    std::string invariants = model::check_invariants(twin_.state(), answer);
    if (const auto missing = std::exchange(answer.missing, {})) fills_.push_back(model::describe(answer.missing_stamp, missing->view()));
    for (const model::FillAnswer& fill : std::exchange(answer.fills, {})) fills_.push_back(model::describe(fill.stamp, fill.view()));
    const std::string difference = compare(log, model::describe(answer));
    return difference.empty() ? invariants : difference;
  }

  std::string compare(const std::string& log, const std::string& twin) const {
    return log == twin ? "" : "E2: the twin disagrees with the log at LSN " + std::to_string(last_.value) + "\nlog:  " + log + "\ntwin: " + twin;
  }

  // Refusals and repeats judged at this LSN.
  std::string judge_refusals(engine::Lsn lsn) {
    for (auto judged = judged_.find(lsn); judged != judged_.end(); judged = judged_.find(lsn)) {
      const Answered& answered = *judged->second;
      judged_.erase(judged);
      const model::Answer answer = model::apply(twin_, *answered.command, model::content_of(*answered.command), now);
      const std::string at = " at LSN " + std::to_string(lsn.value) + ": " + model::describe(*answered.command);
      if (answered.refused) {
        if (answer.decided() || model::describe(answer.error) != model::describe(*answered.refused)) {
          return "E2: refused (" + model::describe(*answered.refused) + "), the twin says " + model::describe(answer) + at;
        }
      } else if (!answer.duplicate || answer.stamp.lsn != answered.original) {
        return "I5, exactly once: answered as a repeat of LSN " + std::to_string(answered.original.value) + ", the twin says " +
               model::describe(answer) + at;
      }
    }
    return "";
  }

  World& world_;
  engine::TimeUs latest_{};  // that a record carries
  model::Twin twin_{{World::capacity().skus, World::capacity().warehouses}};
  schema::EventDecoder decoder_;
  std::map<engine::Lsn, const Answered*> decided_;
  std::multimap<engine::Lsn, const Answered*> judged_;
  std::deque<std::string> fills_;  // that the log must have next, and before them what a short pick did not find
  engine::Lsn last_{};
};

}  // namespace

std::string judge(World& world) {
  if (!world.engine().settler().quiet()) return "no lost wake-up: a message waits in the inbox, and nobody settles";
  std::vector<std::span<const std::byte>> log;
  if (std::string broken = world.read_log(log); !broken.empty()) return broken;
  Reading reading(world);
  if (std::string broken = reading.read(log); !broken.empty()) return broken;
  if (std::string broken = world.engine().broken_invariant(); !broken.empty()) return broken;
  if (world.engine().digest() != reading.twin().digest()) return "E6/E2: the engine's state is not the twin's";
  return world.expires() ? reading.judge_deadlines() : "";
}

ExploredProgram::ExploredProgram(const Program& program) : program_(program) {
  WorldMemory::build([&] { world_ = new World(program_); });
}

void ExploredProgram::reset() { WorldMemory::restore(); }

// Everything that judge() looks at.
std::uint64_t ExploredProgram::history() const {
  std::ostringstream out;
  std::vector<std::span<const std::byte>> log;
  out << world_->engine().settler().quiet() << world_->read_log(log);
  for (const auto records : log) out << std::string_view(reinterpret_cast<const char*>(records.data()), records.size());
  for (std::size_t thread = 0; thread < world_->threads(); ++thread) {
    for (const Answered& answered : world_->answers(thread)) {
      out << '|' << answered.asked_at.value << ' ' << answered.answers << ' ' << answered.decided.value << ' ' << answered.as_of.value
          << ' ' << answered.original.value << (answered.refused ? model::describe(*answered.refused) : "");
    }
  }
  out << world_->engine().broken_invariant() << world_->engine().digest();
  return std::hash<std::string>{}(out.str());
}

std::string ExploredProgram::judge() {
  return judged_.insert(history()).second ? interleaving::judge(*world_) : "";
}

}  // namespace earmark::interleaving
