// earmark check SKU:QTY...
#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"
#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/expected.hpp"
#include "client/items.hpp"
#include "client/request.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Now = what an order of these items would get at once, over all warehouses; a SKU that stands in several items is counted once. Nothing
is reserved: 'earmark hold' does that. The answer never waits for the disk, and shows nothing that could be lost.

With --dates also when what is not there could be expected, if an order of priority 100 came now, behind everybody who waits already; the
figures are then those of one decision, and the answer waits until that is on disk. What is on no order has no date; where a reorder rule would order it,
it says when it could come if it were ordered now.

EXAMPLES
  earmark check BEAM-LVL-45x240-6M:20 HANGER:40
  earmark check DOOR-FIRE:6 --json
  earmark check BEAM-LVL-45x240-6M:200 --dates)";

struct CheckOptions {
  std::vector<std::string> items;
  bool dates = false;
};

Outcome<CheckQuestion> question_of(const CheckOptions& options) {
  if (options.items.empty()) return usage("name what is wanted, for example 'earmark check BEAM:20'; 'earmark stock' shows what there is");
  CheckQuestion question;
  question.dates = options.dates;
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
  std::vector<std::vector<ExpectedUnits>> expected;  // of what each row lacks
  std::vector<std::int64_t> fallback_us;
};

Outcome<Figures> ask(Client& client, const CheckQuestion& question) {
  std::vector<engine::SkuId> skus;
  for (const std::string& code : question.skus) {
    auto known = known_sku(client, code);
    if (!known) return Unexpected{known.error()};
    skus.push_back(*known);
  }
  auto answer = client.ask_for<schema::CheckAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client.connection().encoder().check(client.connection().out(), correlation, {client.catalogue().epoch(), skus, question.wanted, question.dates});
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  if (answer->now.size() != skus.size() || answer->available.size() != skus.size() * answer->warehouses) {
    return unreachable("the server answers a check with another number of rows; its version and this program's do not fit");
  }
  Figures figures{answer->lsn.value, answer->warehouses, {answer->available.begin(), answer->available.end()}, {answer->now.begin(), answer->now.end()}, {}, {}};
  for (std::size_t row = 0; row < skus.size(); ++row) {
    figures.expected.push_back(expected_of(answer->expected, row));
    figures.fallback_us.push_back(fallback_of(answer->fallbacks, row));
  }
  return figures;
}

Outcome<void> check(const Globals& globals, const CheckOptions& options) {
  const auto question = question_of(options);
  if (!question) return Unexpected{question.error()};
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (auto done = client->learn_warehouses(); !done) return done;
  const auto figures = ask(*client, *question);
  if (!figures) return Unexpected{figures.error()};
  std::vector<Column> columns{{"SKU"}, {"WANTED", Align::right}, {"NOW", Align::right}, {"AVAILABLE IN"}};
  if (question->dates) columns.push_back({"THE REST EXPECTED"});
  Table table(std::move(columns));
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
    const engine::Quantity wanted = question->wanted[row], now = figures->now[row];
    if (!globals.json) {
      std::vector<std::string> cells{question->skus[row], with_separators(wanted), with_separators(now), where.empty() ? "-" : where};
      if (question->dates) cells.push_back(dates_text(figures->expected[row], wanted - std::min(now, wanted), figures->fallback_us[row]));
      table.add(std::move(cells));
      continue;
    }
    Json json{{"sku", question->skus[row]}, {"wanted", wanted}, {"now", now}, {"available", std::move(available)}, {"lsn", figures->lsn}};
    if (question->dates) json["expected"] = dates_json(figures->expected[row]);
    if (figures->fallback_us[row] != 0) json["fallback_us"] = figures->fallback_us[row];
    if (auto done = print_json(json); !done) return done;
  }
  return globals.json ? Outcome<void>{} : print(table.text());
}

}  // namespace

Run add_check(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<CheckOptions>();
  options.texts("items", chosen->items, "SKU:QUANTITY", "What is wanted")
      .flag("--dates", chosen->dates, "Also when the rest could be expected")
      .notes(notes);
  return [&globals, chosen] { return check(globals, *chosen); };
}

}  // namespace earmark::client
