// earmark show ORDER
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"
#include "client/event_text.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
EXAMPLES
  earmark show ORD-1007
  earmark show ORD-1007 --json)";

Outcome<void> show(const Globals& globals, const std::string& order) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto message = client->ask([&](std::uint64_t correlation) -> Outcome<void> {
    client->connection().encoder().show(client->connection().out(), correlation, {order});
    return {};
  });
  if (!message) return Unexpected{message.error()};
  // A decoder of its own: the view must hold while its codes are looked up.
  schema::AnswerDecoder decoder;
  auto answer = decoder.decode(message->kind, message->parts());
  if (!answer || !std::holds_alternative<schema::OrderView>(*answer)) {
    return unreachable("the server sent an answer that is not understood; its version and this program's do not fit");
  }
  const auto& view = std::get<schema::OrderView>(*answer);
  std::vector<engine::SkuId> skus;
  for (const schema::OrderLineView& line : view.lines) skus.push_back(line.sku);
  if (auto done = client->learn_skus(skus); !done) return done;
  if (auto done = client->learn_warehouses(); !done) return done;
  if (globals.json) return print_json(order_view_json(view, client->catalogue()));
  return print(order_view_text(view, client->catalogue()));
}

}  // namespace

Run add_show(Options& options, const Globals& globals) {
  auto order = std::make_shared<std::string>();
  options.needed("order", *order, "ORDER", "Id of the order").notes(notes);
  return [&globals, order] { return show(globals, *order); };
}

}  // namespace earmark::client
