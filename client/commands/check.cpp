// earmark check SKU:QTY...
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/request.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Now = what an order of these items would get at once, over all warehouses; a SKU that stands in several items is counted once. Nothing
is reserved: 'earmark hold' does that. The answer never waits for the disk, and shows nothing that could be lost.

EXAMPLES
  earmark check BEAM-LVL-45x240-6M:20 HANGER:40
  earmark check DOOR-FIRE:6 --json)";

struct CheckOptions {
  std::vector<std::string> items;
};

Outcome<CheckQuestion> question_of(const CheckOptions& options) {
  if (options.items.empty()) return usage("name what is wanted, for example 'earmark check BEAM:20'; 'earmark stock' shows what there is");
  CheckQuestion question;
  for (const std::string& text : options.items) {
    const auto item = parse_item(text);
    if (!item) return Unexpected{item.error()};
    if (!item->warehouse.empty()) return usage("'" + text + "': a check is over all warehouses; leave '@" + item->warehouse + "' out");
    if (item->quantity < 1 || item->quantity > engine::max_quantity) {
      return usage("'" + text + "': the quantity is 1 to " + std::to_string(engine::max_quantity));
    }
    question.skus.push_back(item->sku);
    question.wanted.push_back(static_cast<std::uint32_t>(item->quantity));
  }
  return question;
}

// The answer's figures are copied: looking for codes asks the server again.
struct Figures {
  std::uint64_t lsn = 0;
  std::uint16_t warehouses = 0;
  std::vector<engine::Quantity> available, now;
};

Outcome<Figures> ask(Client& client, const CheckQuestion& question) {
  std::vector<engine::SkuId> skus;
  for (const std::string& code : question.skus) {
    auto known = known_sku(client, code);
    if (!known) return Unexpected{known.error()};
    skus.push_back(*known);
  }
  auto answer = client.ask_for<schema::CheckAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client.connection().encoder().check(client.connection().out(), correlation, {client.catalogue().epoch(), skus, question.wanted});
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  if (answer->now.size() != skus.size() || answer->available.size() != skus.size() * answer->warehouses) {
    return unreachable("the server answers a check with another number of rows; its version and this program's do not fit");
  }
  return Figures{answer->lsn.value, answer->warehouses, {answer->available.begin(), answer->available.end()}, {answer->now.begin(), answer->now.end()}};
}

Outcome<void> check(const Globals& globals, const CheckOptions& options) {
  const auto question = question_of(options);
  if (!question) return Unexpected{question.error()};
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (auto done = client->learn_warehouses(); !done) return done;
  const auto figures = ask(*client, *question);
  if (!figures) return Unexpected{figures.error()};
  Table table({{"SKU"}, {"WANTED", Align::right}, {"NOW", Align::right}, {"AVAILABLE IN"}});
  for (std::size_t row = 0; row < question->skus.size(); ++row) {
    Json available = Json::object();
    std::string where;
    for (std::uint16_t column = 0; column < figures->warehouses; ++column) {
      const engine::Quantity units = figures->available[row * figures->warehouses + column];
      if (units == 0) continue;
      const std::string code = client->catalogue().code(engine::WarehouseId{static_cast<std::uint16_t>(column + 1)});
      available[code] = units;
      where += (where.empty() ? "" : ", ") + code + " " + with_separators(units);
    }
    if (!globals.json) {
      table.add({question->skus[row], with_separators(question->wanted[row]), with_separators(figures->now[row]), where.empty() ? "-" : where});
    } else if (auto done = print_json({{"sku", question->skus[row]}, {"wanted", question->wanted[row]}, {"now", figures->now[row]},
                                       {"available", std::move(available)}, {"lsn", figures->lsn}}); !done) {
      return done;
    }
  }
  return globals.json ? Outcome<void>{} : print(table.text());
}

}  // namespace

Run add_check(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<CheckOptions>();
  options.texts("items", chosen->items, "SKU:QUANTITY", "What is wanted").notes(notes);
  return [&globals, chosen] { return check(globals, *chosen); };
}

}  // namespace earmark::client
