// Life and death of the server, time, and what clients want.
#include <algorithm>

#include "tests/simulation/world.hpp"

namespace earmark::simulation {
namespace {

bool is_huge(const model::Command& command) {
  constexpr std::size_t many = 1'000;
  if (const auto* order = std::get_if<model::OrderCommand>(&command)) return order->lines.size() > many;
  if (const auto* hold = std::get_if<model::HoldCommand>(&command)) return hold->lines.size() > many;
  if (const auto* confirm = std::get_if<model::ConfirmCommand>(&command)) return confirm->order.lines.size() > many;
  if (const auto* receipt = std::get_if<model::ReceiptCommand>(&command)) return receipt->rows.size() > many;
  if (const auto* amend = std::get_if<model::AmendCommand>(&command)) return amend->rows.size() > many;
  if (const auto* change = std::get_if<model::ChangeCommand>(&command)) return change->rows.size() > many;
  if (const auto* move = std::get_if<model::MoveCommand>(&command)) return move->rows.size() > many;
  if (const auto* ship = std::get_if<model::ShipTransferCommand>(&command)) return ship->rows.size() > many;
  if (const auto* receive = std::get_if<model::ReceiveTransferCommand>(&command)) return receive->rows.size() > many;
  if (const auto* place = std::get_if<model::PlacePurchaseCommand>(&command)) return place->lines.size() > many;
  if (const auto* step = std::get_if<model::MovePurchaseCommand>(&command)) return step->rows.size() > many;
  if (const auto* arrival = std::get_if<model::ReceivePurchaseCommand>(&command)) return arrival->rows.size() > many;
  const auto* cancel = std::get_if<model::CancelCommand>(&command);
  return cancel != nullptr && cancel->rows.size() > many;
}

// Rows and a reference are an acknowledgement's.
void say_no_more_than_the_wire(model::Command& command) {
  auto* step = std::get_if<model::MovePurchaseCommand>(&command);
  if (step == nullptr || step->step == engine::PurchaseStep::acknowledge) return;
  step->rows.clear();
  step->reference.clear();
}

}  // namespace

void World::start_server() {
  ++server_starts_;
  if (faults_ && random_.chance(10) && SimulatedJournal(disk_).oldest().value == 1 && state_->summary().applied.value != 0) {
    state_ = std::make_unique<StateTables>();
    sometimes_.met(Met::state_store_made_again);
  }
  judge_.restarted();
  judge_.see({wall(), false, true});
  server_ = std::make_unique<SimulatedServer>(mood_.server, disk_, *state_, judge_, sometimes_, [this] { return wall(); },
                                              [this](JournalStage stage) { before_journal_step(stage); },
                                              [this] { return random_.chance(mood_.journal_beside) ? random_.between(1, 5) : 0; });
  in_recovery_ = true;
  try {
    server_->recover();
    trace_.note("started", disk_.durable().value);
  } catch (const ServerDied&) {
    sometimes_.met(Met::crash_while_recovering);
    server_died(true);
  }
  in_recovery_ = false;
}

// Before a group is written, and before any step while a worker or recovery waits for the disk.
void World::before_journal_step(JournalStage stage) {
  if (!faults_ || crashes_ >= mood_.crashes) return;
  if (stage == JournalStage::gathered) {
    if (random_.below(1000) >= (in_recovery_ ? 400 : mood_.append_fails)) return;
    constexpr AppendFate fates[] = {AppendFate::lost, AppendFate::there, AppendFate::torn};
    constexpr Met met[] = {Met::group_lost, Met::group_there_although_its_append_failed, Met::torn_group};
    const std::uint64_t which = random_.below(3);
    sometimes_.met(met[which]);
    trace_.note("the append fails", which);
    return disk_.plan(fates[which], random_.next());
  }
  if (random_.below(100) >= 8 * mood_.crash_weight) return;
  if (!in_recovery_) sometimes_.met(Met::crash_while_a_worker_waits_for_the_disk);
  note_crash(stage);
  throw ServerDied{};
}

void World::note_crash(JournalStage stage) {
  if (stage == JournalStage::gathered) sometimes_.met(Met::crash_between_gather_and_append);
  if (stage == JournalStage::appended) sometimes_.met(Met::crash_between_append_and_show);
  if (stage == JournalStage::shown) sometimes_.met(Met::crash_between_show_and_release);
}

// What is in the sockets may still arrive, or not; or the clients' machines are never told.
void World::server_died(bool by_itself) {
  ++crashes_;
  trace_.note(by_itself ? "died" : "killed", disk_.durable().value);
  const engine::Lsn decided = in_recovery_ ? engine::Lsn{} : server_->engine().shared().commit_word.last();
  for (const auto& connection : connections_) {
    connection->server_open = false;
    connection->writing = false;
    connection->server_done = true;
    connection->up.clear();
    if (!connection->client_open || connection->half_open) continue;
    if (random_.chance(30)) connection->down.clear();
    if (random_.chance(15)) {
      sometimes_.met(Met::peer_half_open);
      connection->half_open = true;
    }
  }
  server_.reset();
  disk_.crash();
  judge_.restarted();
  if (decided > disk_.durable()) sometimes_.met(Met::decided_and_lost_again);
  if (decided.value != 0 && decided == disk_.durable()) sometimes_.met(Met::restart_with_everything_durable);
  if (judge_.has_open_cause()) sometimes_.met(Met::crash_with_fills_outstanding);
}

// ---- what clients want ----

Question World::some_question() {
  std::vector<engine::SkuId> skus;
  for (std::uint64_t count = random_.between(1, 5); count > 0; --count) {
    skus.emplace_back(static_cast<std::uint32_t>(random_.between(1, model::RandomCommands::limits().skus)));
  }
  const auto one_of = [&](const char* kind) { return kind + std::to_string(1 + random_.below(1 + mood_.commands - commands_left_)); };
  switch (random_.below(12)) {
    case 0:
    case 1: return AskedCheck{std::move(skus)};
    case 2: return AskedStock{{}, {}, random_.chance(60)};
    case 3: return AskedStock{{engine::SkuId{1}, engine::SkuId{3}}, {}, random_.chance(60)};
    case 4: return AskedBackorders{random_.chance(50) ? engine::SkuId{} : skus.front(), random_.chance(70) ? "" : "customer 1"};
    case 5: return AskedHolds{random_.chance(50) ? engine::SkuId{} : skus.front()};
    case 6: return AskedPurchases{random_.chance(50) ? "" : one_of("p"), random_.chance(50) ? "" : "vendor 1"};
    case 7:
    case 8: {
      std::vector<engine::Quantity> wanted;
      for (std::size_t row = 0; row < skus.size(); ++row) wanted.push_back(static_cast<engine::Quantity>(random_.between(0, 60)));
      return AskedCheck{std::move(skus), std::move(wanted)};
    }
    default: return AskedShow{one_of("o")};
  }
}

// The catalogue comes first, from the first client; the others wait until it is there.
bool World::may_think(std::size_t client) const {
  if (commands_left_ == 0 || client >= raw_clients_ + channel_clients_) return false;
  return loads_ == 0 ? client == 0 : static_cast<const RawClient&>(*clients_[0]).loaded();
}

// Times of the generator are those of another clock. Promises are few, so that many come for one, and some are past; what is no time stays so.
void World::move_times(model::Command& command) {
  const auto promise = [&](engine::TimeUs& time) {
    constexpr std::int64_t apart_us = 50'000;
    if (time.value <= 0 || time.value > 253'402'300'799'999'999) return;
    const std::int64_t day_us = random_.chance(10) ? 86'400'000'000 : 0;  // about when what is overdue is expected
    time.value = wall().value / apart_us * apart_us + day_us + (static_cast<std::int64_t>(random_.below(40)) - 10) * apart_us;
  };
  if (auto* place = std::get_if<model::PlacePurchaseCommand>(&command)) std::ranges::for_each(place->lines, promise, &engine::PurchaseLine::promised);
  if (auto* step = std::get_if<model::MovePurchaseCommand>(&command)) std::ranges::for_each(step->rows, promise, &engine::PurchaseRow::promised);
  if (auto* transfer = std::get_if<model::ShipTransferCommand>(&command)) promise(transfer->expected);
  model::OrderCommand* order = model::order_of(command);
  if (order == nullptr) return;
  for (engine::TimeUs* time : {&order->reserve_not_before, &order->cancel_after}) {
    if (time->value != 0) *time = engine::TimeUs{wall().value + static_cast<std::int64_t>(random_.between(1, random_.chance(50) ? 20'000 : 2'000'000))};
  }
}

// One vendor has a name that says which rules these are; it is named last, so that rows go on naming the others.
void World::number(model::SetRulesCommand& rules) {
  std::erase_if(rules.vendors, [](const model::VendorEntry& entry) { return entry.code == "numbered"; });
  rules.vendors.push_back({.code = "numbered", .name = std::string(number_mark) + "r" + std::to_string(rules_++)});
  for (engine::SnoozeRow& row : rules.snoozes) {
    if (row.until.value > 0) row.until.value = wall().value + static_cast<std::int64_t>(random_.between(1, 2'000'000));
  }
}

void World::think(std::size_t client) {
  RawClient* raw = client < raw_clients_ ? static_cast<RawClient*>(clients_[client].get()) : nullptr;
  const Time deadline = now() + (random_.chance(5) ? std::chrono::seconds(2) : std::chrono::seconds(360'000));
  if (loads_ != 0 && random_.chance(25)) {
    Question question = some_question();
    if (raw == nullptr) return static_cast<ChannelClient&>(*clients_[client]).ask(question, deadline);
    if (random_.chance(4)) question = AskedOther{schema::MessageKind::digest};
    if (random_.chance(2)) {  // a peer that asks for much and reads nothing
      std::vector<engine::SkuId> many(4'000, engine::SkuId{1});
      for (int count = 0; count < 40; ++count) raw->ask(AskedCheck{many});
      for (const auto& connection : connections_) connection->slow = connection->slow || connection->client == client;
    }
    return raw->ask(question);
  }
  if (loads_ != 0 && raw != nullptr && random_.below(1000) < mood_.floods) return flood(*raw);
  if (loads_ != 0 && raw != nullptr && random_.chance(6)) return raw->duplicate();
  model::Command command = model::with_suggestions(commands_.next(), judge_.state());
  --commands_left_;
  move_times(command);
  say_no_more_than_the_wire(command);
  if (auto* load = std::get_if<model::LoadCommand>(&command)) {
    if (load->warehouses.empty()) return;
    const std::string mark = std::string(number_mark) + std::to_string(loads_++), code = load->warehouses.front().code;
    for (model::Warehouse& warehouse : load->warehouses) {
      if (warehouse.code == code) warehouse.name = mark;
    }
    raw = raw != nullptr ? raw : static_cast<RawClient*>(clients_[0].get());
  }
  if (auto* rules = std::get_if<model::SetRulesCommand>(&command)) {
    number(*rules);
    raw = raw != nullptr ? raw : static_cast<RawClient*>(clients_[0].get());
  }
  // Its record might not fit the ring; that of a long confirm, with a fill for each line, no ring here: a server's has 32 MiB and more.
  if (is_huge(command) && (mood_.server.ring_bytes < (1U << 21) || std::holds_alternative<model::ConfirmCommand>(command))) return;
  trace_.mix(model::content_of(command));
  if (raw != nullptr) raw->submit(command);
  else static_cast<ChannelClient&>(*clients_[client]).submit(command, deadline);
}

// Orders that wait in hundreds of lines, many small ones behind them, and a receipt that serves more than one commit holds.
void World::flood(RawClient& client) {
  const engine::SkuId sku{static_cast<std::uint32_t>(random_.between(1, 4))};
  const bool wordy = random_.chance(50);  // records that fill the ring
  const auto submit = [&](std::uint32_t lines, engine::SkuId of) {
    model::OrderCommand order{.id = "flood " + std::to_string(++flooded_), .texts = {}};
    if (wordy) order.texts = {std::string(500, 'c'), "web", std::string(500, 's'), std::string(500, 'p'), std::string(500, 'r'), std::string(500, 'n')};
    for (std::uint32_t line = 1; line <= lines; ++line) {
      order.lines.push_back({.quantity = static_cast<engine::WireQuantity>(random_.between(1, 3)), .sku = of, .line = engine::LineNumber{line}});
    }
    client.submit(order);
  };
  for (int count = 0; count < 3; ++count) submit(90, sku);
  for (std::uint64_t count = random_.between(20, 120); count > 0; --count) {
    submit(3, engine::SkuId{static_cast<std::uint32_t>(random_.between(1, 4))});
  }
  client.submit(model::ReceiptCommand{"flood " + std::to_string(++flooded_),
                                      {{.quantity = static_cast<engine::WireQuantity>(random_.between(300, 700)), .sku = sku,
                                        .warehouse = engine::WarehouseId{static_cast<std::uint16_t>(random_.between(1, 2))}}}});
}

// ---- time ----

void World::tick(std::uint64_t most_us) {
  now_us_ += random_.between(1, most_us);
  if (!server_ || now_us_ < next_watch_us_) return;
  next_watch_us_ = now_us_ + 1'000'000;
  server_->watch();
  for (std::size_t index = 0; index < server_->workers(); ++index) send_dirty(index);
}

void World::jump() {
  const auto far = static_cast<std::int64_t>(random_.between(1'000'000, 7'200'000'000));
  switch (random_.below(3)) {
    case 0:
      wall_offset_us_ += far;
      return sometimes_.met(Met::clock_stepped_forward);
    case 1:
      wall_offset_us_ -= far;
      return sometimes_.met(Met::clock_stepped_back);
    default:  // a long pause of everything, after which who has taken nothing is cut
      for (const std::uint64_t pause_us : {0UL, 1'100'000UL, 31'000'000UL}) {
        now_us_ += pause_us;
        tick(1'000);
      }
  }
}

}  // namespace earmark::simulation
