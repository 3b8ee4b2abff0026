// earmark count, adjust, quarantine, restore and scrap: WAREHOUSE and what changes there.
#include "client/commands/send.hpp"
#include "client/items.hpp"
#include "client/random_id.hpp"

namespace earmark::client {
namespace {

using engine::ChangeKind;

constexpr const char* count_notes = R"(
COUNTED is what is there, EXPECTED the on hand that the counter started from (earmark stock shows it). If the on hand is
another one by now, the count is refused as stale and nothing changes: look again. All rows count, or none.

Is less there than was, available units go first, then held ones, of the newest hold, then reserved ones, of whoever would be
served last: those lines wait again at their old place, and what other warehouses have is given to them at once. Is more
there, the queue is served. Picked units stay picked: is even less there, the warehouse is overdrawn of the SKU and nothing is promised
from it until receipts or counts have made up for it (earmark stock shows by how much).

EXAMPLES
  earmark count MAIN BEAM-LVL:9@12 --reason "cycle count, bay 4"
  earmark count MAIN BEAM-LVL:9@12 HANGER:40@40 --id COUNT-2026-04 --reason "cycle count")";

constexpr const char* adjust_notes = R"(
Units found (+) or gone (-), without a count. Fewer than 0 is refused (not_enough). Holds lose first; who loses reserved units
waits again at the old place; units found serve the queue. Below what is picked the warehouse is overdrawn, as by earmark count.

EXAMPLES
  earmark adjust MAIN BEAM-LVL:-2 --reason "broken by the forklift"
  earmark adjust MAIN BEAM-LVL:+1 HANGER:-10 --reason "found behind bay 7")";

constexpr const char* quarantine_notes = R"(
Units stay on hand but may not be promised to anybody. Available ones go first, then held ones, then reserved ones, of
whoever would be served last. restore makes them available again, scrap takes them off the on hand.

EXAMPLES
  earmark quarantine MAIN CEMENT-25:12 --reason "wet bags")";

constexpr const char* restore_notes = R"(
Quarantined units are available again; the queue is served.

EXAMPLES
  earmark restore MAIN CEMENT-25:4 --reason "dried, tested")";

constexpr const char* scrap_notes = R"(
Quarantined units leave: on hand and unavailable fall.

EXAMPLES
  earmark scrap MAIN CEMENT-25:8 --reason "hardened")";

struct ChangeOptions {
  std::string id, warehouse, reason;
  std::vector<std::string> items;
};

Outcome<StockChangeRow> parse_row(ChangeKind kind, const std::string& warehouse, const std::string& text) {
  std::string plain = text;
  if (const auto sign = plain.rfind(":+"); kind == ChangeKind::adjust && sign != std::string::npos) plain.erase(sign + 1, 1);
  auto item = parse_item(plain);
  if (kind != ChangeKind::count) {
    if (!item || !item->warehouse.empty()) return usage("'" + text + "' is not SKU:QUANTITY, e.g. BEAM-LVL:12");
    return StockChangeRow{item->sku, warehouse, item->quantity, 0};
  }
  const auto expected = item ? whole_number(item->warehouse) : std::nullopt;
  if (!expected) return usage("'" + text + "' is not SKU:COUNTED@EXPECTED, e.g. BEAM-LVL:9@12 when 9 are there and 12 were on hand");
  return StockChangeRow{item->sku, warehouse, item->quantity, *expected};
}

Outcome<void> change_stock(const Globals& globals, ChangeKind kind, const ChangeOptions& options) {
  if (options.warehouse.empty() || options.items.empty()) {
    return usage("name a warehouse and what changes there, e.g. MAIN " + std::string(kind == ChangeKind::count ? "BEAM-LVL:9@12" : "BEAM-LVL:12"));
  }
  const bool needs_reason = kind == ChangeKind::count || kind == ChangeKind::adjust;
  if (needs_reason && options.reason.empty()) return usage("say why with --reason, e.g. --reason \"cycle count\"");
  StockChange change{options.id.empty() ? random_id(name(kind)) : options.id, kind, options.reason, {}};
  for (const std::string& text : options.items) {
    auto row = parse_row(kind, options.warehouse, text);
    if (!row) return Unexpected{row.error()};
    change.rows.push_back(std::move(*row));
  }
  return send(globals, change);
}

Run add(Options& options, const Globals& globals, ChangeKind kind, const char* rows, const char* rows_help, const char* notes) {
  auto chosen = std::make_shared<ChangeOptions>();
  options.text("warehouse", chosen->warehouse, "WAREHOUSE", "Where")
      .texts("items", chosen->items, rows, rows_help)
      .text("--reason", chosen->reason, "TEXT", "Why; stands in the record")
      .text("--id", chosen->id, "ID", "Id of the change; without it a random one")
      .notes(notes);
  return [&globals, kind, chosen] { return change_stock(globals, kind, *chosen); };
}

}  // namespace

Run add_count(Options& options, const Globals& globals) {
  return add(options, globals, ChangeKind::count, "SKU:COUNTED@EXPECTED", "What was counted, and the on hand that was expected", count_notes);
}
Run add_adjust(Options& options, const Globals& globals) {
  return add(options, globals, ChangeKind::adjust, "SKU:+N|-N", "Units found, or gone", adjust_notes);
}
Run add_quarantine(Options& options, const Globals& globals) {
  return add(options, globals, ChangeKind::quarantine, "SKU:N", "Units that may not be promised any more", quarantine_notes);
}
Run add_restore(Options& options, const Globals& globals) {
  return add(options, globals, ChangeKind::restore, "SKU:N", "Units that may be promised again", restore_notes);
}
Run add_scrap(Options& options, const Globals& globals) {
  return add(options, globals, ChangeKind::scrap, "SKU:N", "Quarantined units that leave", scrap_notes);
}

}  // namespace earmark::client
