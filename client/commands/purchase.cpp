// earmark po new, approve, send, acknowledge, receive, close and cancel: what a vendor is to bring, and what of it came.
#include <algorithm>

#include "client/commands/lines.hpp"
#include "client/commands/send.hpp"
#include "client/csv.hpp"
#include "client/items.hpp"
#include "client/random_id.hpp"

namespace earmark::client {
namespace {

constexpr const char* new_notes = R"(
SKU:QUANTITY@WAREHOUSE is a line: what the vendor is to bring, and where to; =DATE says when, in UTC (2026-04-01, "2026-04-01 08:00:00") or
from now on (+14d). Lines are numbered 1, 2, 3 as they stand. A purchase order is a draft until it is approved: only then what it has open is
incoming (earmark stock). The same purchase order, sent again, is placed once, so it is safe to repeat.

With --file the lines come from a CSV file (may be .gz, - is standard input) with the header sku,warehouse,quantity[,line][,promised][,peg_order,peg_line],
as one purchase order; `line`, `promised` and the last two may be empty.

--peg LINE=ORDER:LINE says that what arrives of a line is for one line of an order first (made to measure, bought for one customer): it gets its units before
anybody else, whoever is ahead of it. That line must wait when the purchase order is placed. In a file peg_order and peg_line say the same.

EXAMPLES
  earmark po new PO-204 --vendor HOLZ BEAM-LVL:200@MAIN=2026-04-01 HANGER:400@MAIN=2026-04-01 HANGER:100@WEST
  earmark po new PO-206 --vendor HOLZ BEAM-LVL-9M:2@MAIN=+14d --peg 1=SITE-7:3 --approve
  earmark po new PO-205 --vendor HOLZ --file order.csv --send --reference "offer 7781")";

constexpr const char* adopt_notes = R"(
A reorder rule's suggestion becomes a draft, to which no rule adds lines any more.

EXAMPLES
  earmark po list --state suggested
  earmark po adopt reorder-118)";

constexpr const char* approve_notes = R"(
EXAMPLES
  earmark po approve PO-204
  earmark po approve reorder-118                       a suggestion, too)";

constexpr const char* send_notes = R"(
The purchase order must be approved. Sending it is yours: earmark document purchase-order prints it.

EXAMPLES
  earmark document purchase-order PO-204 --html po-204.html
  earmark po send PO-204)";

constexpr const char* acknowledge_notes = R"(
What the vendor has acknowledged: LINE:QUANTITY if he brings another quantity, LINE=DATE if he brings it on another day, LINE:QUANTITY=DATE
for both. Other lines stay. The date that was said first is kept and shown beside the new one. A quantity is not less than what has arrived.

EXAMPLES
  earmark po acknowledge PO-204 --reference AB-9917
  earmark po acknowledge PO-204 1=2026-04-08 2:350 3:100=+21d)";

constexpr const char* receive_notes = R"(
Without items everything that is open has arrived whole. LINE:GOOD says what of a line arrived, LINE:GOOD:DAMAGED also how much of it is
damaged: on hand there, but set aside (earmark restore or scrap it later). What arrives is available at once, and who waits is served. A
purchase order is received when nothing of it is open any more. Up to a tenth more than was ordered is taken and noted as over; more is
refused (over_tolerance) unless --accept-over says that it stays. A receipt with the same --id and the same items is received once.

EXAMPLES
  earmark po receive PO-204 --id TRUCK-8
  earmark po receive PO-204 1:180:4 2:400 --id TRUCK-8
  earmark receive MAIN BEAM-LVL:184 HANGER:400 --po PO-204      by SKU in place of line)";

constexpr const char* close_notes = R"(
What is still open will not come: it is incoming no more. What turns up later is a receipt without a purchase order (earmark receive).

EXAMPLES
  earmark po close PO-204)";

constexpr const char* cancel_notes = R"(
Also a draft or a suggestion: the reorder rules of its lines then wait until their position has been above the point. If something has arrived, close it instead.

EXAMPLES
  earmark po cancel PO-204)";

struct NewOptions {
  PlacePurchase place;
  std::vector<std::string> items;
  std::vector<std::string> pegs;
  std::string file;
  bool approve = false, send = false;
};

struct StepOptions {
  MovePurchase move;
  std::vector<std::string> items;
};

struct ReceiveOptions {
  ReceivePurchase receive;
  std::vector<std::string> items;
};

Outcome<std::vector<PurchaseLine>> read_file(const std::string& path, std::int64_t now) {
  auto table = CsvReader::open(path == "-" ? "/dev/stdin" : path);
  if (!table) return usage(table.error());
  const auto sku = table->column("sku"), warehouse = table->column("warehouse"), quantity = table->column("quantity"),
             line = table->column("line"), promised = table->column("promised"),
             peg_order = table->column("peg_order"), peg_line = table->column("peg_line");
  if (!sku || !warehouse || !quantity || peg_order.has_value() != peg_line.has_value()) {
    return usage(path + ":1: the header is sku,warehouse,quantity[,line][,promised][,peg_order,peg_line]");
  }
  std::vector<PurchaseLine> lines;
  std::vector<std::string> row;
  while (true) {
    auto more = table->next(row);
    if (!more) return usage(more.error());
    if (!*more) return lines;
    const auto units = whole_number(row[*quantity]);
    if (!units) return usage(table->place() + "'" + row[*quantity] + "' is not a quantity; write a whole number");
    PurchaseLine next{static_cast<std::uint32_t>(lines.size() + 1), row[*sku], row[*warehouse], *units, 0, {}, 0};
    if (line && !row[*line].empty()) {
      const auto number = line_number(row[*line]);
      if (!number) return usage(table->place() + "'" + row[*line] + "' is not a line number; write a whole number");
      next.line = *number;
    }
    if (peg_order && !row[*peg_order].empty()) {
      const auto number = line_number(row[*peg_line]);
      if (!number) return usage(table->place() + "'" + row[*peg_line] + "' is not a line number; write which line of order " + row[*peg_order] + " it is for");
      next.peg_order = row[*peg_order], next.peg_line = *number;
    }
    if (promised && !row[*promised].empty()) {
      const auto moment = parse_moment(row[*promised], now);
      if (!moment) return usage(table->place() + moment.error().text);
      next.promised_us = *moment;
    }
    lines.push_back(std::move(next));
  }
}

Outcome<std::vector<PurchaseLine>> read_items(const std::vector<std::string>& items, std::int64_t now) {
  std::vector<PurchaseLine> lines;
  for (const std::string& text : items) {
    auto item = parse_purchase_item(text, now);
    if (!item) return Unexpected{item.error()};
    lines.push_back({static_cast<std::uint32_t>(lines.size() + 1), item->sku, item->warehouse, item->quantity, item->promised_us, {}, 0});
  }
  return lines;
}

Outcome<void> add_pegs(std::vector<PurchaseLine>& lines, const std::vector<std::string>& pegs) {
  for (const std::string& text : pegs) {
    const auto peg = parse_peg_item(text);
    if (!peg) return Unexpected{peg.error()};
    const auto line = std::ranges::find(lines, peg->line, &PurchaseLine::line);
    if (line == lines.end()) return usage("'" + text + "': there is no line " + std::to_string(peg->line) + " in this purchase order");
    if (!line->peg_order.empty()) return usage("'" + text + "': line " + std::to_string(peg->line) + " is pegged already; a line has one peg at most");
    line->peg_order = peg->order, line->peg_line = peg->order_line;
  }
  return {};
}

Outcome<void> place(const Globals& globals, NewOptions options) {
  if (options.items.empty() == options.file.empty()) {
    return usage("say what is ordered (BEAM-LVL:200@MAIN), or name a file of lines with --file, not both");
  }
  if (options.file == "-" && globals.lines != nullptr && globals.lines->from_input()) return usage("standard input has the lines of earmark run; name a file of lines");
  auto lines = options.file.empty() ? read_items(options.items, now_us()) : read_file(options.file, now_us());
  if (!lines) return Unexpected{lines.error()};
  options.place.lines = std::move(*lines);
  if (auto done = add_pegs(options.place.lines, options.pegs); !done) return done;
  if (options.approve) options.place.state = engine::PurchaseState::approved;
  if (options.send) options.place.state = engine::PurchaseState::sent;
  return send(globals, options.place);
}

Outcome<void> move(const Globals& globals, StepOptions options) {
  for (const std::string& text : options.items) {
    auto item = parse_acknowledged_item(text, now_us());
    if (!item) return Unexpected{item.error()};
    options.move.rows.push_back({item->line, item->quantity, item->promised_us});
  }
  if (options.move.command_id.empty()) options.move.command_id = random_id("purchase");
  return send(globals, options.move);
}

Outcome<void> receive(const Globals& globals, ReceiveOptions options) {
  for (const std::string& text : options.items) {
    auto item = parse_arrived_line_item(text);
    if (!item) return Unexpected{item.error()};
    options.receive.rows.push_back({item->line, item->quantity, item->damaged});
  }
  if (options.receive.id.empty()) options.receive.id = random_id("receipt");
  return send(globals, options.receive);
}

// What all steps have in common.
std::shared_ptr<StepOptions> add_step(Options& options, engine::PurchaseStep step) {
  auto chosen = std::make_shared<StepOptions>();
  chosen->move.step = step;
  options.needed("purchase", chosen->move.purchase, "PURCHASE", "Id of the purchase order")
      .text("--id", chosen->move.command_id, "ID", "Id of this command; without it a random one");
  return chosen;
}

Run run_of(const Globals& globals, std::shared_ptr<StepOptions> chosen) {
  return [&globals, chosen = std::move(chosen)] { return move(globals, *chosen); };
}

}  // namespace

Run add_po_new(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<NewOptions>();
  PlacePurchase& place_it = chosen->place;
  options.needed("id", place_it.id, "ID", "Id of the purchase order, up to 64 bytes")
      .texts("lines", chosen->items, "SKU:QUANTITY@WAREHOUSE[=DATE]", "What the vendor is to bring, where to and when")
      .needed("--vendor", place_it.vendor, "VENDOR", "Code of the vendor, up to 64 bytes")
      .text("--file", chosen->file, "FILE", "Lines from a CSV file; -: from standard input")
      .texts("--peg", chosen->pegs, "LINE=ORDER:LINE", "What arrives of the line is for this line of this order first")
      .text("--reference", place_it.reference, "TEXT", "The vendor's own reference")
      .text("--notes", place_it.notes, "TEXT", "Shown on the purchase order")
      .flag("--approve", chosen->approve, "It is approved")
      .flag("--send", chosen->send, "It is approved and went to the vendor")
      .exclude("--send", "--approve")
      .notes(new_notes);
  return [&globals, chosen] { return place(globals, *chosen); };
}

Run add_po_adopt(Options& options, const Globals& globals) {
  auto chosen = add_step(options, engine::PurchaseStep::adopt);
  options.notes(adopt_notes);
  return run_of(globals, std::move(chosen));
}

Run add_po_approve(Options& options, const Globals& globals) {
  auto chosen = add_step(options, engine::PurchaseStep::approve);
  options.notes(approve_notes);
  return run_of(globals, std::move(chosen));
}

Run add_po_send(Options& options, const Globals& globals) {
  auto chosen = add_step(options, engine::PurchaseStep::send);
  options.notes(send_notes);
  return run_of(globals, std::move(chosen));
}

Run add_po_acknowledge(Options& options, const Globals& globals) {
  auto chosen = add_step(options, engine::PurchaseStep::acknowledge);
  options.texts("lines", chosen->items, "LINE[:QUANTITY][=DATE]", "What the vendor changed")
      .text("--reference", chosen->move.reference, "TEXT", "The vendor's own reference from now on")
      .notes(acknowledge_notes);
  return run_of(globals, std::move(chosen));
}

Run add_po_receive(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ReceiveOptions>();
  options.needed("purchase", chosen->receive.purchase, "PURCHASE", "Id of the purchase order")
      .texts("lines", chosen->items, "LINE:GOOD[:DAMAGED]", "What arrived; none: everything that is open, whole")
      .text("--id", chosen->receive.id, "ID", "Id of the receipt; without it a random one")
      .flag("--accept-over", chosen->receive.accept_over, "Take also more than a tenth above what was ordered")
      .notes(receive_notes);
  return [&globals, chosen] { return receive(globals, *chosen); };
}

Run add_po_close(Options& options, const Globals& globals) {
  auto chosen = add_step(options, engine::PurchaseStep::close);
  options.notes(close_notes);
  return run_of(globals, std::move(chosen));
}

Run add_po_cancel(Options& options, const Globals& globals) {
  auto chosen = add_step(options, engine::PurchaseStep::cancel);
  options.notes(cancel_notes);
  return run_of(globals, std::move(chosen));
}

}  // namespace earmark::client
