#include "tests/model/story.hpp"

#include <algorithm>

#include "tests/model/story_words.hpp"

namespace earmark::model {
namespace {

engine::WarehouseId optional_warehouse(std::string_view code, const Codes& codes) {
  const engine::WarehouseId id = codes.warehouse(code);
  return id.value == 0 ? engine::no_such_warehouse : id;
}

bool option(OrderCommand& order, std::string_view word, const Codes& codes) {
  if (word.find('=') == std::string_view::npos) return false;
  const std::string_view key = before(word, '=');
  if (key == "policy") order.policy = enumerator<engine::Policy>(word, 5);
  else if (key == "sourcing") order.sourcing = enumerator<engine::Sourcing>(word, 5);
  else if (key == "priority") order.priority = engine::Priority{number<std::uint8_t>(word)};
  else if (key == "prefer") order.preferred = optional_warehouse(word, codes);
  else if (key == "customer") order.texts.customer = word;
  else if (key == "not_before") order.reserve_not_before = engine::TimeUs{microseconds(word)};
  else if (key == "cancel") order.cancel_after = engine::TimeUs{microseconds(word)};
  else mistake(key);
  return true;
}

OrderCommand parse_order(const std::vector<std::string>& words, const Codes& codes, std::size_t first = 2) {
  OrderCommand order{.id = words.at(1), .texts = {}};
  for (std::size_t index = first; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (option(order, word, codes)) continue;
    engine::OrderLine line;
    line.line = engine::LineNumber{static_cast<std::uint32_t>(order.lines.size() + 1)};
    std::string_view item = before(word, '!');
    if (!word.empty()) line.policy = engine::LinePolicy::of(enumerator<engine::Policy>(word, 5));
    if (item.find('/') != std::string_view::npos) line.line = engine::LineNumber{number<std::uint32_t>(before(item, '/'))};
    line.sku = codes.sku(before(item, ':'));
    line.quantity = number<engine::WireQuantity>(before(item, '@'));
    if (!item.empty()) line.pinned = optional_warehouse(item, codes);
    order.lines.push_back(line);
  }
  return order;
}

Command parse_hold(std::vector<std::string> words, const Codes& codes) {
  HoldCommand hold{.id = words.at(1), .ttl_us = microseconds(words.at(2))};
  hold.partial = words.size() > 3 && words[3] == "partial";
  OrderCommand like = parse_order(words, codes, hold.partial ? 4 : 3);
  hold.customer = like.texts.customer;
  hold.preferred = like.preferred;
  hold.sourcing = like.sourcing;
  hold.lines = std::move(like.lines);
  return hold;
}

Command parse_confirm(const std::vector<std::string>& words, const Codes& codes) {
  ConfirmCommand confirm{.hold_id = words.at(2), .reacquire = words.size() > 3 && words[3] == "reacquire"};
  confirm.order = parse_order(words, codes, confirm.reacquire ? 4 : 3);
  return confirm;
}

Command parse_receipt(const std::vector<std::string>& words, const Codes& codes) {
  ReceiptCommand receipt{.id = words.at(1)};
  for (std::size_t index = 2; index < words.size(); ++index) {
    std::string_view word = words[index];
    engine::StockRow row;
    row.sku = codes.sku(before(word, ':'));
    row.quantity = number<engine::WireQuantity>(before(word, '@'));
    row.warehouse = codes.warehouse(word);
    receipt.rows.push_back(row);
  }
  return receipt;
}

engine::CancelRow cancel_row(std::string_view word) {
  engine::CancelRow row;
  row.line = engine::LineNumber{number<std::uint32_t>(before(word, ':'))};
  row.quantity = number<engine::WireQuantity>(word);
  return row;
}

Command parse_cancel(const std::vector<std::string>& words) {
  CancelCommand cancel{.command_id = words.at(1), .order_id = words.at(2)};
  for (std::size_t index = 3; index < words.size(); ++index) cancel.rows.push_back(cancel_row(words[index]));
  return cancel;
}

Command parse_amend(const std::vector<std::string>& words) {
  AmendCommand amend{.command_id = words.at(1), .order_id = words.at(2)};
  for (std::size_t index = 3; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (!word.starts_with("priority=")) amend.rows.push_back(cancel_row(word));
    else amend.priority = engine::Priority{number<std::uint8_t>(word.substr(9))};
  }
  return amend;
}

Command parse_move(const std::vector<std::string>& words) {
  MoveCommand move{.command_id = words.at(1), .order_id = words.at(2), .shipment = number<std::uint16_t>(words.at(3)),
                   .step = enumerator<engine::ShipmentStep>(words.at(0), 8)};
  for (std::size_t index = 4; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (word == "unavailable") move.to_unavailable = true;
    else if (word.starts_with("rev=")) move.revision = number<std::uint32_t>(word.substr(4));
    else if (word.starts_with("carrier=")) move.carrier = word.substr(8);
    else if (word.starts_with("tracking=")) move.tracking = word.substr(9);
    else if (word.starts_with("expected=")) move.expected = engine::TimeUs{microseconds(word.substr(9))};
    else if (word.starts_with("reason=")) move.reason = word.substr(7);
    else move.rows.push_back(cancel_row(word));
  }
  return move;
}

Command parse_change(const std::vector<std::string>& words, const Codes& codes) {
  ChangeCommand change{.id = words.at(1), .kind = enumerator<engine::ChangeKind>(words.at(0), 5), .reason = ""};
  for (std::size_t index = 2; index < words.size(); ++index) {
    std::string_view word = words[index];
    engine::ChangeRow row;
    row.sku = codes.sku(before(word, ':'));
    std::string_view quantity = before(word, '@');
    row.warehouse = codes.warehouse(word);
    if (quantity.starts_with('+')) quantity.remove_prefix(1);
    row.quantity = number<engine::WireQuantity>(before(quantity, '/'));
    if (!quantity.empty()) row.expected = number<engine::WireQuantity>(quantity);
    change.rows.push_back(row);
  }
  return change;
}

Command parse_transfer(const std::vector<std::string>& words, const Codes& codes) {
  ShipTransferCommand ship{.id = words.at(1), .source = codes.warehouse(words.at(2)), .destination = codes.warehouse(words.at(3))};
  for (std::size_t index = 4; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (word.starts_with("expected=")) {
      ship.expected = engine::TimeUs{microseconds(word.substr(9))};
      continue;
    }
    const engine::SkuId sku = codes.sku(before(word, ':'));
    ship.rows.push_back({number<engine::WireQuantity>(word), sku, 0});
  }
  return ship;
}

Command parse_arrival(const std::vector<std::string>& words, const Codes& codes) {
  ReceiveTransferCommand receive{.command_id = words.at(1), .transfer_id = words.at(2)};
  for (std::size_t index = 3; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (word == "close") {
      receive.close = true;
      continue;
    }
    const engine::SkuId sku = codes.sku(before(word, ':'));
    const auto good = number<engine::WireQuantity>(before(word, '/'));
    receive.rows.push_back({good, word.empty() ? 0 : number<engine::WireQuantity>(word), sku, 0});
  }
  return receive;
}

template <class Entry>
std::uint32_t position(const std::vector<Entry>& entries, std::string_view code) {
  return static_cast<std::uint32_t>(std::ranges::find(entries, code, &Entry::code) - entries.begin());
}

Command parse_load(std::string_view text) {
  LoadCommand load;
  before(text, ' ');
  for (const std::string& word : words_of(before(text, '|'))) {
    std::string_view rest = word;
    const std::string_view code = before(rest, '=');
    load.warehouses.push_back({std::string(code), "", number<std::uint32_t>(rest)});
  }
  for (const std::string& word : words_of(before(text, '|'))) {
    std::string_view rest = word;
    const std::string_view code = before(rest, '=');
    load.products.push_back({std::string(code), "", {}});
    if (!rest.empty()) load.products.back().backorderable = rest == "backorderable";
  }
  for (const std::string& word : words_of(text)) {
    std::string_view rest = word;
    engine::OpeningStockEntry entry;
    entry.product = position(load.products, before(rest, ':'));
    entry.on_hand = number<engine::WireQuantity>(before(rest, '@'));
    entry.warehouse = position(load.warehouses, rest);
    load.stock.push_back(entry);
  }
  return load;
}

std::string takes_text(std::span<const engine::Take> takes, const Codes& codes) {
  std::string text;
  for (const engine::Take& take : takes) {
    text += " " + std::to_string(take.quantity) + "@" + codes.name(take.warehouse) + "#" + std::to_string(take.shipment);
  }
  return text;
}

// Who waits for all or nothing: a line, or with line 0 its order.
std::string waiter(std::string_view order, engine::LineNumber line) {
  return std::string(order) + (line.value == 0 ? "" : "/" + std::to_string(line.value));
}

// Hands out the takes that belong to one row after the other.
class TakeRows {
 public:
  explicit TakeRows(std::span<const engine::Take> takes) : left_(takes) {}
  std::span<const engine::Take> next(std::size_t count) {
    const auto row = left_.first(count);
    left_ = left_.subspan(count);
    return row;
  }

 private:
  std::span<const engine::Take> left_;
};

}  // namespace

engine::SkuId Codes::sku(std::string_view code) const {
  const auto found = state_.sku_ids.find(code);
  return found == state_.sku_ids.end() ? engine::SkuId{} : found->second;
}

engine::WarehouseId Codes::warehouse(std::string_view code) const {
  const auto found = state_.warehouse_ids.find(code);
  return found == state_.warehouse_ids.end() ? engine::WarehouseId{} : found->second;
}

engine::TimeUs take_time(std::string_view& event, engine::TimeUs otherwise) {
  if (!event.starts_with("at ")) return otherwise;
  event.remove_prefix(3);
  return engine::TimeUs{microseconds(before(event, ' '))};
}

Command parse(std::string_view event, const Codes& codes) {
  const std::vector<std::string> words = words_of(event);
  const std::string& kind = words.at(0);
  if (kind == "load") return parse_load(event);
  if (kind == "order") return parse_order(words, codes);
  if (kind == "receive") return parse_receipt(words, codes);
  if (kind == "cancel") return parse_cancel(words);
  if (kind == "amend") return parse_amend(words);
  if (kind == "ship" && words.size() == 3) return ShipCommand{words.at(1), words.at(2)};
  for (const std::string_view step : {"pick", "pack", "ship", "deliver", "put_back", "track", "return"}) {
    if (kind == step) return parse_move(words);
  }
  if (kind == "transfer") return parse_transfer(words, codes);
  if (kind == "arrive") return parse_arrival(words, codes);
  if (kind == "purchase") return parse_purchase(words, codes);
  if (kind == "step") return parse_purchase_step(words);
  if (kind == "delivery") return parse_delivery(words);
  if (kind == "rules") return parse_rules(event, codes);
  if (kind == "hold") return parse_hold(words, codes);
  if (kind == "extend") return ExtendCommand{words.at(1), words.at(2), microseconds(words.at(3))};
  if (kind == "confirm") return parse_confirm(words, codes);
  if (kind == "release") return ReleaseCommand{words.at(1), words.at(2)};
  return parse_change(words, codes);
}

std::string tell(const engine::OrderDecision& decision, const Codes& codes) {
  std::string text;
  if (!decision.hold.empty()) text = std::string(decision.reacquired ? "reacquired " : "confirmed ") + std::string(decision.hold) + " ";
  text += name(decision.status);
  if (decision.not_due) text += ", not due";
  TakeRows more(decision.takes);
  std::size_t next_wait = 0, next_date = 0;
  for (std::size_t index = 0; index < decision.lines.size(); ++index) {
    const engine::LineDecision& line = decision.lines[index];
    text += (index == 0 ? ": " : "; ") + std::to_string(line.line.value) + " " + codes.name(line.sku);
    const engine::Take first{line.taken, line.available_after, line.warehouse, line.shipment};
    std::uint64_t missing = line.quantity - line.backordered - line.taken;
    if (line.taken > 0) text += takes_text({&first, 1}, codes);
    const auto others = more.next(line.more_takes);
    for (const engine::Take& take : others) missing -= take.quantity;
    text += takes_text(others, codes);
    if (line.backordered > 0) {
      const engine::LineWait& wait = decision.waits[next_wait++];
      text += " waits " + std::to_string(line.backordered) + " place " + std::to_string(wait.position) + " behind " +
              std::to_string(wait.quantity_ahead);
      for (; next_date < decision.expected.size() && decision.expected[next_date].line_index == index; ++next_date) {
        const engine::ExpectedUnits& each = decision.expected[next_date];
        text += ", " + std::to_string(each.quantity) + " by " + moment(each.date);
      }
    }
    if (missing > 0) text += " cancels " + std::to_string(missing);
    if (std::ranges::find(decision.not_backorderable, index) != decision.not_backorderable.end()) text += " not backorderable";
  }
  if (decision.skipped.order_lsn.value != 0) text += "; skips " + waiter(decision.skipped.order, decision.skipped.line);
  return text;
}

std::string tell(const engine::FillDecision& decision, const Codes& codes) {
  return std::string(decision.order_id) + "/" + std::to_string(decision.line.value) + " " + codes.name(decision.sku) +
         takes_text(decision.takes, codes) + " waits " + std::to_string(decision.still_waiting) + " row " +
         std::to_string(decision.row) + (decision.raised_at.value == 0 ? "" : " raised at " + std::to_string(decision.raised_at.value)) +
         (decision.pegged ? " pegged" : "") + (decision.skipped.order_lsn.value != 0 ? " skips " + waiter(decision.skipped.order, decision.skipped.line) : "");
}

std::string tell(const engine::ReceiptDecision&, const Codes&) { return "received"; }

namespace {

std::string tell_taken_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> takes, const Codes& codes) {
  std::string text;
  TakeRows released(takes);
  for (const engine::CancelledLine& line : lines) {
    text += (&line == lines.data() ? ": " : "; ") + std::to_string(line.line.value) + " " + codes.name(line.sku);
    if (line.waiting > 0) text += " waiting " + std::to_string(line.waiting);
    if (line.releases > 0) text += " released" + takes_text(released.next(line.releases), codes);
    if (line.excess > 0) text += " excess " + std::to_string(line.excess);
    if (line.waiting == 0 && line.releases == 0 && line.excess == 0) text += " nothing";
  }
  return text;
}

}  // namespace

std::string tell(const engine::CancelDecision& decision, const Codes& codes) {
  return "cancelled" + tell_taken_back(decision.lines, decision.released, codes);
}

std::string tell(const engine::AmendDecision& decision, const Codes& codes) {
  if (decision.command_id.empty()) return "due";
  if (decision.priority) return "amended: priority " + std::to_string(decision.priority->value);
  if (decision.lines.empty() && decision.raised.empty()) return "amended: nothing";
  std::string text = "amended" + tell_taken_back(decision.lines, decision.released, codes);
  for (const engine::RaisedLine& line : decision.raised) {
    text += (text == "amended" ? ": " : "; ") + std::to_string(line.line.value) + " " + codes.name(line.sku) + " raised " + std::to_string(line.quantity);
    if (line.cancelled > 0) text += " cancelled " + std::to_string(line.cancelled);
  }
  return text;
}

std::string tell(const engine::ShipDecision& decision, const Codes& codes) {
  std::string text = "shipped";
  TakeRows shipped(decision.shipped);
  for (const engine::ShippedLine& line : decision.lines) {
    text += (&line == decision.lines.data() ? ": " : "; ") + std::to_string(line.line.value) + " " + codes.name(line.sku);
    text += line.ships > 0 ? takes_text(shipped.next(line.ships), codes) : " nothing";
  }
  return text;
}

std::string tell(const engine::LoadDecision& decision, const Codes&) {
  return "loaded " + std::to_string(decision.warehouses.size()) + " warehouses " +
         std::to_string(decision.products.size()) + " products " + std::to_string(decision.stock.size()) + " stock";
}

std::string tell(const engine::StockChangeDecision& decision, const Codes& codes) {
  const auto with_sign = [](std::int64_t change) { return (change > 0 ? "+" : "") + std::to_string(change); };
  std::string text = "changed";
  for (const engine::ChangedRow& row : decision.rows) {
    text += (&row == decision.rows.data() ? ": " : "; ") + codes.name(row.sku) + "@" + codes.name(row.warehouse) + " " + with_sign(row.on_hand_change);
    if (row.unavailable_change != 0) text += ", " + with_sign(row.unavailable_change) + " unavailable";
    text += ", makes " + std::to_string(row.available_after);
    if (decision.overdraws(static_cast<std::size_t>(&row - decision.rows.data()))) text += ", overdrawn";
  }
  for (std::size_t index = 0; index < decision.lost.size(); ++index) {
    const engine::LostUnits& lost = decision.lost[index];
    text += (decision.of_hold(index) ? "; lost hold " : "; lost ") + std::string(decision.orders[lost.order]) + "/" + std::to_string(lost.line.value) + " " + std::to_string(lost.quantity) +
            "@" + codes.name(lost.warehouse) + "#" + std::to_string(lost.shipment) + " row " + std::to_string(lost.row);
  }
  return text;
}

// As an order of which nothing waits.
std::string tell(const engine::HoldDecision& decision, const Codes& codes) {
  const std::string until = "held until " + std::to_string(decision.deadline.value / 1000) + " ";
  engine::OrderDecision like;
  like.status = decision.status;
  like.lines = decision.lines;
  like.takes = decision.takes;
  return until + tell(like, codes);
}

std::string tell(const engine::HoldExtendDecision& decision, const Codes&) {
  return "extended until " + std::to_string(decision.deadline.value / 1000) + (decision.cut ? " cut" : "");
}

std::string tell(const engine::HoldEndDecision& decision, const Codes& codes) {
  std::string text = std::string(name(decision.how)) + " " + std::string(decision.hold_id);
  TakeRows released(decision.released);
  for (const engine::ReleasedLine& line : decision.lines) {
    text += (&line == decision.lines.data() ? ": " : "; ") + std::to_string(line.line.value) + " " + codes.name(line.sku);
    text += line.count > 0 ? takes_text(released.next(line.count), codes) : " nothing";
  }
  return text;
}

std::string tell(const engine::ShipmentDecision& decision, const Codes& codes) {
  constexpr std::string_view words[] = {"", "picked", "packed", "shipped", "delivered", "put back", "tracked", "returned"};
  std::string text = std::string(words[static_cast<std::size_t>(decision.step)]) + " " + std::string(decision.order_id) + "-" +
                     std::to_string(decision.shipment) + " rev " + std::to_string(decision.revision);
  if (!decision.carrier.empty()) text += " by " + std::string(decision.carrier);
  if (!decision.tracking.empty()) text += " " + std::string(decision.tracking);
  if (decision.expected.value != 0) text += " for " + std::to_string(decision.expected.value / 1000);
  if (decision.to_unavailable) text += " unavailable";
  for (const engine::MovedLine& line : decision.lines) {
    text += (&line == decision.lines.data() ? ": " : "; ") + std::to_string(line.line.value) + " " + codes.name(line.sku) + " " + std::to_string(line.quantity);
    if (line.rest > 0) text += " rest " + std::to_string(line.rest) + " in #" + std::to_string(decision.rest_shipment);
  }
  return text;
}

std::string tell(const engine::TransferShipDecision& decision, const Codes& codes) {
  std::string text = "left " + codes.name(decision.source) + " for " + codes.name(decision.destination);
  if (decision.expected.value != 0) text += " by " + moment(decision.expected);
  for (const engine::TransferredRow& row : decision.rows) {
    text += (&row == decision.rows.data() ? ": " : "; ") + codes.name(row.sku) + " " + std::to_string(row.quantity) + ", leaves " +
            std::to_string(row.available_after);
  }
  return text;
}

std::string tell(const engine::TransferReceiptDecision& decision, const Codes& codes) {
  std::string text = "arrived in " + codes.name(decision.destination) + (decision.closed ? " closed" : "");
  for (const engine::ArrivedRow& row : decision.rows) {
    text += (&row == decision.rows.data() ? ": " : "; ") + codes.name(row.sku) + " " + std::to_string(row.quantity);
    if (row.damaged != 0) text += ", " + std::to_string(row.damaged) + " damaged";
    if (row.over != 0) text += ", " + std::to_string(row.over) + " over";
    text += ", makes " + std::to_string(row.available_after);
  }
  for (const engine::MissingUnits& each : decision.missing) text += "; short " + codes.name(each.sku) + " " + std::to_string(each.quantity);
  return text;
}

std::string tell(const engine::StrictDecision& decision, const Codes& codes) {
  std::string text = "strict " + waiter(decision.order_id, decision.line) + (decision.waited ? " waited" : "");
  for (const engine::LostUnits& lost : decision.lost) {
    text += "; lost " + std::string(decision.orders[lost.order]) + "/" + std::to_string(lost.line.value) + " " + std::to_string(lost.quantity) + "@" +
            codes.name(lost.warehouse) + "#" + std::to_string(lost.shipment);
  }
  return text;
}

std::string tell(const engine::Error& error) {
  return std::string(name(error.code)) + (error.row > 0 ? " row " + std::to_string(error.row) : "") +
         (error.revision > 0 ? " now " + std::to_string(error.revision) : "");
}

std::string tell(const Answer& answer, const Codes& codes) {
  if (!answer.decided()) return tell(answer.error);
  std::string text = answer.duplicate ? "again " : "";
  std::visit([&](const auto& decision) {
    if constexpr (!std::is_same_v<std::decay_t<decltype(decision)>, std::monostate>) text += tell(decision.view(), codes);
  }, answer.decision);
  if (answer.missing) text += " ; " + tell(answer.missing->view(), codes);
  for (const FillAnswer& fill : answer.fills) text += " | " + tell(fill.view(), codes);
  return text;
}

}  // namespace earmark::model
