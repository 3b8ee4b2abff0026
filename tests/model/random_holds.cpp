// Random commands about holds.
#include <algorithm>

#include "tests/model/random_commands.hpp"

namespace earmark::model {
namespace {

std::int64_t bad_ttl(Random& random) {
  constexpr std::int64_t all[] = {0, -1, 999, 86'400'000'001, INT64_MAX, INT64_MIN};
  return all[random.below(std::size(all))];
}

// What is spoiled may be spoiled already.
std::int64_t longer(std::int64_t ttl_us) { return ttl_us > INT64_MAX - RandomCommands::step_us ? 0 : ttl_us + RandomCommands::step_us; }

}  // namespace

// A few steps mostly, so that many run out; a whole number of steps, so that several are due in one microsecond.
std::int64_t RandomCommands::some_ttl() {
  if (random_.chance(4)) return 86'400'000'000;
  return static_cast<std::int64_t>(random_.between(2, random_.chance(70) ? 20 : 200)) * step_us;
}

// Of a later command mostly, so that several are due in one microsecond, and with holds; or one that has come.
engine::TimeUs RandomCommands::some_time() {
  const auto now = static_cast<std::int64_t>(given_.size());
  if (random_.chance(5)) return random_.chance(50) ? engine::TimeUs{1} : time_of(now);
  if (random_.chance(20)) return engine::TimeUs{start_us + day_us};
  return time_of(now + static_cast<std::int64_t>(random_.between(1, random_.chance(60) ? 15 : 150)));
}

std::string RandomCommands::some_hold() {
  if (holds_.empty()) return "h0";
  const std::size_t recent = std::min<std::size_t>(holds_.size(), random_.chance(80) ? 4 : 40);
  return holds_[holds_.size() - 1 - random_.below(recent)].id;
}

Command RandomCommands::about_holds() {
  const std::uint64_t kind = random_.below(10);
  return kind < 4 ? Command(hold()) : kind < 6 ? Command(extend()) : kind < 9 ? Command(confirm()) : Command(release());
}

HoldCommand RandomCommands::hold() {
  OrderCommand like = order();
  HoldCommand hold{.id = new_id('h')};
  hold.customer = like.texts.customer;
  hold.partial = random_.chance(50);
  hold.ttl_us = some_ttl();
  hold.preferred = like.preferred;
  hold.sourcing = like.sourcing;
  hold.lines = std::move(like.lines);
  for (engine::OrderLine& line : hold.lines) {
    if (line.quantity <= 12) line.quantity = (line.quantity + 1) / 2;
    line.policy = {};
  }
  return hold;
}

ExtendCommand RandomCommands::extend() { return {new_id('x'), some_hold(), some_ttl()}; }

ReleaseCommand RandomCommands::release() { return {new_id('x'), some_hold()}; }

// As held, with less, with more, with other lines.
ConfirmCommand RandomCommands::confirm() {
  ConfirmCommand confirm{.hold_id = some_hold(), .reacquire = random_.chance(30)};
  confirm.order = order();
  const auto hold = std::ranges::find(holds_, confirm.hold_id, &HoldCommand::id);
  if (random_.chance(30) || hold == holds_.end()) {
    confirm.order.lines.clear();
    return confirm;
  }
  if (random_.chance(80)) confirm.order.lines = hold->lines;
  for (engine::OrderLine& line : confirm.order.lines) {
    if (random_.chance(40) && line.quantity <= 12) line.quantity = static_cast<engine::WireQuantity>(random_.between(1, 15));
    if (confirm.order.policy < engine::Policy::ship_complete && random_.chance(20)) line.policy = some_line_policy();
    if (random_.chance(5)) line.sku = some_sku();
    if (random_.chance(5)) line.pinned = some_warehouse();
  }
  if (random_.chance(20) && !confirm.order.lines.empty()) confirm.order.lines.erase(confirm.order.lines.begin());
  if (random_.chance(20)) {
    confirm.order.lines.push_back({.quantity = static_cast<engine::WireQuantity>(random_.between(1, 9)), .sku = some_sku(),
                                   .line = engine::LineNumber{5000}});
  }
  return confirm;
}

// ---- the same with a fault, or with another content ----

void RandomCommands::spoil(HoldCommand& hold) {
  if (random_.chance(25)) {
    hold.ttl_us = random_.chance(60) ? bad_ttl(random_) : longer(hold.ttl_us);
    return;
  }
  OrderCommand like{.id = hold.id, .preferred = hold.preferred, .texts = {}, .lines = hold.lines};
  spoil(like);
  hold.id = like.id;
  hold.preferred = like.preferred;
  hold.lines = std::move(like.lines);
}

void RandomCommands::spoil(ExtendCommand& extend) {
  switch (random_.below(4)) {
    case 0: extend.command_id = bad_id(); break;
    case 1: extend.hold_id = random_.chance(50) ? "nobody's" : bad_id(); break;
    default: extend.ttl_us = random_.chance(60) ? bad_ttl(random_) : longer(extend.ttl_us); break;
  }
  if (random_.chance(20)) spoil(extend);
}

void RandomCommands::spoil(ReleaseCommand& release) {
  switch (random_.below(3)) {
    case 0: release.command_id = bad_id(); break;
    case 1: release.hold_id = bad_id(); break;
    default: release.hold_id = "nobody's"; break;
  }
}

void RandomCommands::spoil(ConfirmCommand& confirm) {
  switch (random_.below(4)) {
    case 0: confirm.hold_id = random_.chance(50) ? "nobody's" : bad_id(); break;
    case 1: confirm.reacquire = !confirm.reacquire; break;
    default: spoil(confirm.order); break;
  }
}

}  // namespace earmark::model
