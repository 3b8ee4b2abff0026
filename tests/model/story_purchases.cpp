// The part of the story's language that is about purchase orders.
#include "tests/model/story_words.hpp"

namespace earmark::model {
namespace {

constexpr int purchase_states = 10, purchase_steps = 7;  // names that there are, from 0 on

std::string by(engine::TimeUs promised) { return promised.value == 0 ? "" : " by " + moment(promised); }

std::string estimate(std::span<const engine::TimeUs> estimates, std::size_t row) {
  return estimates.empty() || estimates[row].value == 0 ? "" : " expected " + moment(estimates[row]);
}

std::string date(engine::TimeUs time) { return time.value == 0 ? "none" : moment(time); }

// "A/2": line 2 of order A.
void parse_peg(std::string_view text, engine::LineNumber line, PlacePurchaseCommand& place) {
  const std::string_view order = before(text, '/');
  place.pegs.push_back({line, engine::LineNumber{number<std::uint32_t>(text)}, static_cast<std::uint32_t>(place.peg_orders.size())});
  place.peg_orders.emplace_back(order);
}

template <class Row>
std::string line_text(const Row& row, const Row* first, const Codes& codes) {
  return (&row == first ? ": " : "; ") + std::to_string(row.line.value) + " " + codes.name(row.sku) + " " + std::to_string(row.quantity) + "@" +
         codes.name(row.warehouse);
}

}  // namespace

Command parse_purchase(const std::vector<std::string>& words, const Codes& codes) {
  PlacePurchaseCommand place{.id = words.at(1), .vendor = words.at(2), .state = enumerator<engine::PurchaseState>(words.at(3), purchase_states)};
  for (std::size_t index = 4; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (word.starts_with("ref=")) {
      place.reference = word.substr(4);
      continue;
    }
    engine::PurchaseLine line;
    std::string_view what = before(word, '>');
    std::string_view item = before(what, '=');
    if (!what.empty()) line.promised = engine::TimeUs{microseconds(what)};
    line.line = engine::LineNumber{static_cast<std::uint32_t>(place.lines.size() + 1)};
    if (item.find('/') != std::string_view::npos) line.line = engine::LineNumber{number<std::uint32_t>(before(item, '/'))};
    line.sku = codes.sku(before(item, ':'));
    line.quantity = number<engine::WireQuantity>(before(item, '@'));
    line.warehouse = codes.warehouse(item);
    place.lines.push_back(line);
    while (!word.empty()) parse_peg(before(word, '>'), line.line, place);
  }
  return place;
}

Command parse_purchase_step(const std::vector<std::string>& words) {
  MovePurchaseCommand move{.command_id = words.at(1), .purchase_id = words.at(2), .step = enumerator<engine::PurchaseStep>(words.at(3), purchase_steps)};
  for (std::size_t index = 4; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (word.starts_with("ref=")) {
      move.reference = word.substr(4);
      continue;
    }
    engine::PurchaseRow row;
    row.line = engine::LineNumber{number<std::uint32_t>(before(word, ':'))};
    row.quantity = number<engine::WireQuantity>(before(word, '='));
    if (!word.empty()) row.promised = engine::TimeUs{microseconds(word)};
    move.rows.push_back(row);
  }
  return move;
}

Command parse_delivery(const std::vector<std::string>& words) {
  ReceivePurchaseCommand receive{.id = words.at(1), .purchase_id = words.at(2)};
  for (std::size_t index = 3; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (word == "over") {
      receive.accept_over = true;
      continue;
    }
    const engine::LineNumber line{number<std::uint32_t>(before(word, ':'))};
    const auto good = number<engine::WireQuantity>(before(word, '/'));
    receive.rows.push_back({good, word.empty() ? 0 : number<engine::WireQuantity>(word), line, 0});
  }
  return receive;
}

std::string tell(const engine::PurchaseDecision& decision, const Codes& codes) {
  std::string text = std::string(name(decision.state)) + " to " + std::string(decision.vendor);
  if (!decision.reference.empty()) text += " " + std::string(decision.reference);
  for (std::size_t index = 0; index < decision.lines.size(); ++index) {
    const engine::PurchasedLine& line = decision.lines[index];
    text += line_text(line, decision.lines.data(), codes) + by(line.promised) + estimate(decision.estimates, index);
    for (const engine::PurchasePeg& peg : decision.pegs) {
      if (peg.index == index) text += " for " + std::string(decision.peg_orders[peg.order]) + "/" + std::to_string(peg.order_line.value);
    }
  }
  return text;
}

std::string tell(const engine::PurchaseStepDecision& decision, const Codes& codes) {
  std::string text = decision.command_id.empty() ? "cut-off of " + std::string(decision.purchase_id) + ": " : "";
  text += name(decision.state);
  if (!decision.reference.empty()) text += " " + std::string(decision.reference);
  for (const engine::PurchaseChange& line : decision.changes) {
    text += line_text(line, decision.changes.data(), codes) + by(line.promised) + estimate(decision.estimates, static_cast<std::size_t>(&line - decision.changes.data()));
    if (line.incoming_change != 0) text += (line.incoming_change > 0 ? ", +" : ", ") + std::to_string(line.incoming_change) + " incoming";
  }
  return text;
}

std::string tell(const engine::PurchaseReceiptDecision& decision, const Codes& codes) {
  std::string text(name(decision.state));
  for (const engine::PurchaseArrivedRow& row : decision.rows) {
    text += line_text(row, decision.rows.data(), codes);
    if (row.damaged != 0) text += ", " + std::to_string(row.damaged) + " damaged";
    if (row.over != 0) text += ", " + std::to_string(row.over) + " over";
    text += ", makes " + std::to_string(row.available_after);
  }
  return text;
}

std::string tell(const engine::OverdueDecision& decision, const Codes& codes) {
  std::string text = (decision.transfer ? "overdue transfer " : "overdue ") + std::string(decision.id);
  if (!decision.vendor.empty()) text += " of " + std::string(decision.vendor);
  text += " until " + moment(decision.expected);
  for (const engine::OverdueLine& line : decision.lines) {
    text += (&line == decision.lines.data() ? ": " : "; ") + (line.line.value == 0 ? "" : std::to_string(line.line.value) + " ") + codes.name(line.sku) + " " +
            std::to_string(line.open) + "@" + codes.name(line.warehouse) + by(line.promised);
  }
  return text;
}

std::string tell(const engine::DatesDecision& decision, const Codes& codes) {
  std::string text = "dates of " + codes.name(decision.lines.front().sku);
  for (const engine::MovedDate& line : decision.lines) {
    text += (&line == decision.lines.data() ? ": " : "; ") + std::string(decision.orders[line.order]) + "/" + std::to_string(line.line.value) + " waits " +
            std::to_string(line.waiting) + " " + date(line.before) + " now " + date(line.date);
  }
  return text;
}

}  // namespace earmark::model
