// earmark document KIND ID [--html FILE]
#include "client/commands/ask.hpp"
#include "client/commands/command.hpp"
#include "client/commands/journal.hpp"
#include "client/commands/shipment.hpp"
#include "client/commands/supply.hpp"
#include "client/describe.hpp"
#include "client/documents/html.hpp"
#include "client/documents/kinds.hpp"
#include "client/documents/text.hpp"
#include "client/items.hpp"
#include "client/whole_file.hpp"

namespace earmark::client {
namespace {

using documents::Document;
using documents::Issue;
using documents::Kind;

std::string notes() {
  std::string text = "\nKIND and ID are one of\n";
  for (const Kind& kind : documents::kinds()) {
    std::string usage = std::string(kind.name) + " " + std::string(kind.of);
    usage.resize(std::max<std::size_t>(usage.size() + 1, 32), ' ');
    text += "  " + usage + std::string(kind.help) + "\n";
  }
  return text + R"(
SHIPMENT is ORDER-n, as orders and shows name it. A document shows its order as it stands now, also of one that was closed long
ago, and says at which decision that is true. With --html it is a page for A4 paper, in one file without anything from elsewhere; the
file is there whole or not at all. --json gives the same as data.

EXAMPLES
  earmark document order-confirmation ORD-1007
  earmark document pick-list ORD-1007-1 --html pick-list.html
  earmark document delivery-note ORD-1007-1 --json
  earmark document eta-notice ORD-1007
  earmark document receiving-slip PO-204 --html receiving-slip.html
  earmark document receiving-slip --receipt TRUCK-8
  earmark document packing-slip ORD-1007-1 --html - | lp)";
}

struct DocumentOptions {
  std::string kind, id, receipt, html;
};

// What these lines' SKUs and all warehouses are called.
template <class Lines>
Outcome<Issue> issue_of(Client& client, const Lines& lines) {
  Issue issue{client.time().value != 0 ? client.time().value : now_us(), {}};
  std::vector<engine::SkuId> ids;
  for (const auto& line : lines) ids.push_back(client.catalogue().sku(line.sku));
  if (auto done = client.learn_descriptions(ids); !done) return Unexpected{done.error()};
  for (std::size_t index = 0; index < ids.size(); ++index) issue.names.goods[lines[index].sku] = client.catalogue().description(ids[index]);
  for (const WarehouseInfo& warehouse : client.catalogue().warehouses()) issue.names.warehouses[warehouse.code] = warehouse.name;
  return issue;
}

// Asks for what a kind is made of, and makes it.
struct Maker {
  const Globals& globals;
  Client& client;
  const std::string& id;

  Outcome<Document> operator()(documents::OfOrder make) const {
    return of_order(id, [&](const OrderState& order, const Issue& issue) { return make(order, issue); });
  }
  Outcome<Document> operator()(documents::OfShipment make) const {
    const auto named = shipment_named(id, std::nullopt);
    if (!named) return Unexpected{named.error()};
    auto made = of_order(named->order, [&](const OrderState& order, const Issue& issue) { return make(order, named->number, issue); });
    if (made || made.error().code != engine::ErrorCode::unknown_order) return made;
    return refused("unknown_order: there is no order " + on_one_line(named->order) + "; a shipment is its order's id and a number, e.g. ORD-1007-1",
                   engine::ErrorCode::unknown_order);
  }
  Outcome<Document> operator()(documents::OfTransfer make) const {
    if (id.empty()) return usage("name a transfer; earmark transfer list shows the open ones");
    const auto answer = ask<TransfersAnswer>(client, TransfersQuestion{id});
    if (!answer) return Unexpected{answer.error()};
    if (answer->transfers.size() != 1) return not_understood();
    const auto issue = issue_of(client, answer->transfers.front().lines);
    if (!issue) return Unexpected{issue.error()};
    return make(answer->transfers.front(), answer->as_of, *issue);
  }
  Outcome<Document> operator()(documents::OfPurchase make) const {
    if (id.empty()) return usage("name a purchase order; earmark po list shows the open ones");
    const auto view = ask_purchase(client, id);
    if (!view) return Unexpected{view.error()};
    const auto issue = issue_of(client, view->purchase.lines);
    if (!issue) return Unexpected{issue.error()};
    return make(*view, *issue);
  }
  Outcome<Document> operator()(documents::OfExplained make) const {
    const auto told = explain(globals, client, id);
    if (!told) return Unexpected{told.error()};
    const auto issue = issue_of(client, told->now.lines);
    if (!issue) return Unexpected{issue.error()};
    return make(*told, *issue);
  }
  Outcome<Document> operator()(documents::OfReceipt make) const {
    const auto view = ask_receipt(globals, client, id);
    if (!view) return Unexpected{view.error()};
    const auto issue = std::visit([&](const auto& receipt) -> Outcome<Issue> {
      if constexpr (requires { receipt.rows.front().sku; }) return issue_of(client, receipt.rows);
      else return not_understood();
    }, view->receipt.decision);
    if (!issue) return Unexpected{issue.error()};
    return make(*view, *issue);
  }

  template <class Make>
  Outcome<Document> of_order(const std::string& order, Make make) const {
    const auto state = ask<OrderState>(client, ShowQuestion{order});
    if (!state) return Unexpected{state.error()};
    const auto issue = issue_of(client, state->lines);
    if (!issue) return Unexpected{issue.error()};
    return make(*state, *issue);
  }
};

Outcome<void> put_out(const Document& document, const Globals& globals, const std::string& html) {
  if (html == "-") return print(documents::page_html(document.page));
  if (!html.empty()) {
    if (auto done = write_whole_file(html, documents::page_html(document.page)); !done) return done;
  }
  if (globals.json) return print_json(document.json);
  if (html.empty()) return print(documents::page_text(document.page));
  return print(document.page.title + " " + on_one_line(document.page.id) + " is in " + html + ".\n");
}

Outcome<void> document(const Globals& globals, const DocumentOptions& options) {
  const Kind* kind = documents::kind_named(options.kind);
  if (kind == nullptr) return usage("there is no document '" + options.kind + "'; the kinds are " + documents::all_kinds());
  if (options.html == "-" && globals.json) return usage("--html - and --json both want the standard output; name a file for the page");
  const bool of_receipt = !options.receipt.empty();
  if (of_receipt && kind->make_of_receipt == nullptr) return usage("there is no " + options.kind + " of a receipt; --receipt is for a receiving-slip");
  if (options.id.empty() != of_receipt) {
    return usage(of_receipt ? "name a purchase order or, with --receipt, a receipt, not both" : "say what it is of, for example 'earmark document " + options.kind + " " + std::string(kind->of) + "'");
  }
  if (std::holds_alternative<documents::OfShipment>(kind->make)) {
    if (const auto named = shipment_named(options.id, std::nullopt); !named) return Unexpected{named.error()};
  }
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (auto done = client->learn_warehouses(); !done) return done;
  const Maker maker{globals, *client, of_receipt ? options.receipt : options.id};
  const auto made = of_receipt ? maker(kind->make_of_receipt) : std::visit(maker, kind->make);
  if (!made) return Unexpected{made.error()};
  return put_out(*made, globals, options.html);
}

}  // namespace

Run add_document(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<DocumentOptions>();
  options.needed("kind", chosen->kind, "KIND", "Kind of document")
      .text("id", chosen->id, "ID", "What it is of: an order, a shipment, a transfer or a purchase order")
      .text("--receipt", chosen->receipt, "ID", "A receiving-slip of this receipt")
      .text("--html", chosen->html, "FILE", "Write it as a page to print; -: to standard output")
      .notes(notes());
  return [&globals, chosen] { return document(globals, *chosen); };
}

}  // namespace earmark::client
