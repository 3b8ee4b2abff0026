// The end: everything that was judged by the server at an LSN is judged again by a second twin at that LSN.
#include <algorithm>

#include "tests/model/invariants.hpp"
#include "tests/model/whole.hpp"
#include "tests/simulation/judge.hpp"
#include "tests/simulation/views.hpp"

namespace earmark::simulation {

using engine::Lsn;

// A refusal by the time of a thread, which no record carries: that it can be right, by any clock that the machine showed, must do.
bool Judge::is_about_times(engine::ErrorCode code, const model::Command& command) const {
  if (const auto* set = std::get_if<model::SetRulesCommand>(&command)) {
    const auto is_over = [&](const engine::SnoozeRow& row) { return row.until.value > 0 && row.until <= latest_now_; };
    return code == engine::ErrorCode::bad_lead_time && std::ranges::any_of(set->snoozes, is_over);
  }
  const model::OrderCommand* order = model::order_of(command);
  if (order == nullptr) return false;
  const engine::TimeUs start = order->reserve_not_before, end = order->cancel_after;
  if (code == engine::ErrorCode::bad_policy) {
    return start.value != 0 && std::ranges::any_of(order->lines, [&](const engine::OrderLine& line) {
      return !model::may_wait(line.policy.or_else(order->policy));
    });
  }
  if (code != engine::ErrorCode::bad_time) return false;
  if (end.value != 0 && (end <= latest_now_ || end <= start)) return true;
  return start.value != 0 && std::holds_alternative<model::ConfirmCommand>(command);
}

namespace {

// From the part on in which it is not the other.
std::string differing(const std::string& text, const std::string& other) {
  const auto differs = std::ranges::mismatch(text, other).in1 - text.begin();
  const std::size_t part = text.rfind(';', static_cast<std::size_t>(differs));
  return text.substr(part == std::string::npos ? 0 : part, 400);
}

}  // namespace

// What the settler's clock may have shown: anything that the machine's did between question and answer; after it fell, also what it showed before.
std::vector<engine::TimeUs> Judge::clocks_of(const Later& later) const {
  const auto first = clocks_.begin() + static_cast<std::ptrdiff_t>(later.asked.clock), last = clocks_.begin() + static_cast<std::ptrdiff_t>(later.clock) + 1;
  std::vector<engine::TimeUs> clocks(first, last);
  const engine::TimeUs lowest = *std::min_element(first, last);
  std::copy_if(clocks_.begin(), first, std::back_inserter(clocks), [&](engine::TimeUs each) { return each > lowest; });
  return clocks;
}

void Judge::note_dates(const Asked& asked, const std::string& told) const {
  if (std::holds_alternative<AskedPurchases>(asked.what)) return sometimes_.met(Met::purchases_listed);
  if (told.find(" by ") == std::string::npos) return;
  sometimes_.met(std::holds_alternative<AskedCheck>(asked.what) ? Met::dates_told_by_a_check : Met::dates_told_of_what_waits);
}

void Judge::judge_at(model::Twin& twin, const Later& later, Lsn as_of) const {
  const std::string at = " at LSN " + std::to_string(as_of.value);
  std::string expected;
  const std::string got = later.error.code == engine::ErrorCode::none ? later.text : model::describe(later.error);
  if (const auto* command = std::get_if<AskedCommand>(&later.asked.what)) {
    if (is_about_times(later.error.code, *command->command)) return;
    const model::Answer answer = model::apply(twin, *command->command, command->name.content, {});
    if (answer.decided() || model::describe(answer.error) != got) {
      throw Broken("E2: refused (" + got + "), the twin says " + model::describe(answer) + at + ": " + model::describe(*command->command));
    }
    return;
  }
  const std::vector<engine::TimeUs> clocks = clocks_of(later);
  for (const engine::TimeUs clock : clocks) {
    const std::string now = view_of(twin.state(), later.asked, clock);
    if (now == got) return note_dates(later.asked, got);
    if (expected.empty()) expected = now;
  }
  throw Broken("I8: a view differs from the twin's" + at + " by all of " + std::to_string(clocks.size()) + " clocks, from\nserver: " + differing(got, expected) +
               "\ntwin:   " + differing(expected, got));
}

void Judge::end(const std::string& digest, const std::string& broken_invariant) {
  disk_grew();
  if (open_) throw Broken("I3: the log ends, and fills of LSN " + std::to_string(open_->lsns.front().value) + " are outstanding");
  if (twin_.must_turn()) throw Broken("patience: the log ends, and somebody who was passed over often enough has not turned strict");
  if (!broken_invariant.empty()) throw Broken(broken_invariant);
  if (digest != twin_.digest()) throw Broken("E6: the engine's state is not the twin's at LSN " + std::to_string(judged_.value));
  model::Twin twin(limits_);
  auto next = later_.begin();
  const auto judge_before = [&](Lsn lsn) {
    for (; next != later_.end() && next->first < lsn; ++next) judge_at(twin, next->second, next->first);
  };
  for (const Entry& entry : log_) {
    judge_before(entry.lsns.front());
    model::Answer answer;
    apply(twin, entry, answer);
  }
  judge_before(judged_ + 1);
  if (next != later_.end()) throw Broken("E2: an answer was judged at an LSN that there is not");
  if (twin.digest() != twin_.digest()) throw Broken("the harness: two twins disagree");
}

}  // namespace earmark::simulation
