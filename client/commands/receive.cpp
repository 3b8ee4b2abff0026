// earmark receive WAREHOUSE SKU:QTY... and earmark receive --file FILE, either with --po PURCHASE
#include "client/commands/ask.hpp"
#include "client/commands/send.hpp"
#include "client/csv.hpp"
#include "client/items.hpp"
#include "client/purchases.hpp"
#include "client/random_id.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
All rows are received at once; then the queue is served, row by row, in the order of the queue. The answer lists who got
what. A receipt with the same --id and the same rows is received once, however often it is sent.

With --file the rows come from a CSV file (may be .gz) with the header warehouse,sku,quantity, as one receipt.

With --po it is received against a purchase order: the quantity goes to the open lines of that SKU and warehouse, in the order of the lines,
and what is more to the last of them. A SKU that has no such line is refused. Which lines those are is asked first: once it is received,
the same command again finds others and says duplicate_receipt or purchase_closed. earmark po receive names lines itself, and can be repeated.

EXAMPLES
  earmark receive MAIN BEAM-LVL-45x240-6M:16 REBAR-16-6M:30 --id TRUCK-7
  earmark receive --file truck.csv --id TRUCK-7
  earmark receive MAIN BEAM-LVL-45x240-6M:16 --po PO-204 --id TRUCK-8)";

struct ReceiveOptions {
  std::string id, warehouse, file, purchase;
  std::vector<std::string> items;
};

Outcome<Receipt> read_file(const std::string& path) {
  auto table = CsvReader::open(path);
  if (!table) return usage(table.error());
  const auto warehouse = table->column("warehouse"), sku = table->column("sku"), quantity = table->column("quantity");
  if (!warehouse || !sku || !quantity) return usage(path + ":1: the header is warehouse,sku,quantity");
  Receipt receipt;
  std::vector<std::string> row;
  while (true) {
    auto more = table->next(row);
    if (!more) return usage(more.error());
    if (!*more) return receipt;
    const auto number = whole_number(row[*quantity]);
    if (!number) return usage(table->place() + "'" + row[*quantity] + "' is not a quantity; write a whole number");
    receipt.rows.push_back({row[*sku], row[*warehouse], *number});
  }
}

Outcome<Receipt> read_items(const ReceiveOptions& options) {
  Receipt receipt;
  for (const std::string& text : options.items) {
    auto item = parse_item(text);
    if (!item) return Unexpected{item.error()};
    receipt.rows.push_back({item->sku, item->warehouse.empty() ? options.warehouse : item->warehouse, item->quantity});
  }
  return receipt;
}

// A command against the lines that are open now.
Outcome<ReceivePurchase> against(const Globals& globals, const Receipt& receipt, const std::string& purchase) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  const auto open = ask<PurchasesAnswer>(*client, PurchasesQuestion{purchase, {}});
  if (!open) return Unexpected{open.error()};
  if (open->purchases.size() != 1) return not_understood();
  auto rows = arrivals_of(open->purchases.front(), receipt.rows);
  if (!rows) return Unexpected{rows.error()};
  // Without rows it would be everything that is open.
  if (rows->empty()) return usage("say what was received, e.g. MAIN BEAM:16; earmark po receive " + purchase + " receives everything that is open");
  return ReceivePurchase{receipt.id, purchase, std::move(*rows), false};
}

Outcome<void> receive(const Globals& globals, const ReceiveOptions& options) {
  if (options.file.empty() == options.warehouse.empty()) {
    return usage("name a warehouse and what it receives (MAIN BEAM:16), or a file with --file, not both");
  }
  auto receipt = options.file.empty() ? read_items(options) : read_file(options.file);
  if (!receipt) return Unexpected{receipt.error()};
  receipt->id = options.id.empty() ? random_id("receipt") : options.id;
  if (options.purchase.empty()) return send(globals, *receipt);
  auto command = against(globals, *receipt, options.purchase);
  if (!command) return Unexpected{command.error()};
  return send(globals, *command);
}

}  // namespace

Run add_receive(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ReceiveOptions>();
  options.text("warehouse", chosen->warehouse, "WAREHOUSE", "Warehouse that receives")
      .texts("items", chosen->items, "SKU:QUANTITY", "What it receives")
      .text("--file", chosen->file, "FILE", "Rows of several warehouses from a CSV file")
      .text("--po", chosen->purchase, "PURCHASE", "Purchase order that it belongs to")
      .text("--id", chosen->id, "ID", "Id of the receipt; without it a random one")
      .notes(notes);
  return [&globals, chosen] { return receive(globals, *chosen); };
}

}  // namespace earmark::client
