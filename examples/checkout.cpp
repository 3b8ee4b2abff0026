// A checkout: looks whether a cart's goods are there, places the order, and prints what ships now and what waits.
// Uses the blocking face of the client library (client/blocking_channel.hpp).
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "client/blocking_channel.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"

namespace earmark::examples {
namespace {

using client::BlockingChannel;
using client::Failure;
using client::FailureKind;
using client::on_one_line;
using client::Order;
using client::OrderAnswer;
using client::Outcome;

constexpr const char* about = "checkout - checks the stock of a cart, places the order, prints the split.";
constexpr const char* notes = R"(
The id makes the order exactly once: when the answer is lost, run it again with the same id and the same cart, and the
first decision comes back.

EXIT CODES
  0 decided   1 the server refused   2 bad usage   3 no server, or no answer: run it again with the same id

EXAMPLES
  checkout --id WEB-1001 --customer "Okafor Builders" BEAM-LVL-45x240-6M:20 REBAR-16-6M:4
  checkout --id WEB-1002 DOOR-FIRE-30:1@WEST --server 127.0.0.1:7411)";

struct Options {
  std::string id, customer, server = "127.0.0.1:7411";
  std::vector<std::string> cart;
};

Outcome<Order> order_of(const Options& options) {
  Order order;
  order.id = options.id;
  order.customer = options.customer;
  order.channel = "checkout";
  for (const std::string& text : options.cart) {
    auto item = client::parse_item(text);
    if (!item) return Unexpected{item.error()};
    order.lines.push_back({static_cast<std::uint32_t>(order.lines.size() + 1), item->sku, item->quantity, item->warehouse});
  }
  return order;
}

Outcome<void> show_stock(BlockingChannel& channel, const Order& order) {
  client::CheckQuestion question;
  for (const client::OrderLine& line : order.lines) question.skus.push_back(line.sku);
  const auto stock = channel.check(question, std::chrono::seconds(2));
  if (!stock) return Unexpected{stock.error()};
  for (std::size_t index = 0; index < stock->rows.size(); ++index) {
    const client::CheckRow& row = stock->rows[index];
    fmt::print("{}: {} wanted, {}\n", on_one_line(row.sku), order.lines[index].quantity,
               row.known ? client::with_separators(row.total) + " available" : "not in the catalogue");
  }
  return {};
}

// A lost answer leaves the outcome unknown; the same order, sent again, gets the decision that was made.
Outcome<OrderAnswer> place(BlockingChannel& channel, const Order& order) {
  auto answer = channel.place_order(order, std::chrono::seconds(5));
  for (int again = 0; again < 3 && !answer && answer.error().outcome_unknown; ++again) {
    answer = channel.place_order(order, std::chrono::seconds(5));
  }
  return answer;
}

void print(const OrderAnswer& answer) {
  fmt::print("Order {}: {} (decision {}{})\n", on_one_line(answer.id), name(answer.status), answer.lsn,
             answer.duplicate ? ", made for an earlier sending" : "");
  for (const client::ShipmentAnswer& shipment : answer.shipments) {
    fmt::print("  ships now   {} from {}: {}\n", on_one_line(shipment.id), on_one_line(shipment.warehouse),
               client::counted(shipment.units, "unit"));
  }
  for (const client::OrderAnswerLine& line : answer.lines) {
    if (line.backordered != 0) {
      fmt::print("  waits       {}: {} of {}, {} in the queue, {} ahead\n", on_one_line(answer.backorder), line.backordered,
                 on_one_line(line.sku), client::ordinal(line.position), client::counted(line.quantity_ahead, "unit"));
    }
    if (line.cancelled != 0) fmt::print("  cancelled   {} of {}\n", line.cancelled, on_one_line(line.sku));
  }
}

Outcome<void> check_out(const Options& options) {
  auto server = client::Address::parse(options.server);
  if (!server) return Unexpected{server.error()};
  const auto order = order_of(options);
  if (!order) return Unexpected{order.error()};
  client::ChannelOptions channel_options;
  channel_options.server = *server;
  channel_options.client_name = "checkout";
  BlockingChannel channel(channel_options);
  if (auto shown = show_stock(channel, *order); !shown) return shown;
  const auto answer = place(channel, *order);
  if (!answer) return Unexpected{answer.error()};
  print(*answer);
  return {};
}

int main_of(int argc, char** argv) {
  Options options;
  CLI::App app(about, "checkout");
  app.footer(notes);
  app.add_option("cart", options.cart, "What is bought")->type_name("SKU:QUANTITY[@WAREHOUSE]")->required();
  app.add_option("--id", options.id, "Id of the order, new for each cart")->required();
  app.add_option("--customer", options.customer, "Who buys")->type_name("NAME");
  app.add_option("--server", options.server, "Server to talk to")->envname("EARMARK_SERVER")->type_name("HOST:PORT")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& fault) {
    fmt::print(stderr, "checkout: {}; see checkout --help\n", fault.what());
    return static_cast<int>(FailureKind::usage);
  }
  const auto done = check_out(options);
  if (done) return 0;
  const Failure& failure = done.error();
  fmt::print(stderr, "checkout: {}{}\n", failure.kind == FailureKind::refused ? "refused: " : "", failure.text);
  return static_cast<int>(failure.kind);
}

}  // namespace
}  // namespace earmark::examples

int main(int argc, char** argv) { return earmark::examples::main_of(argc, argv); }
