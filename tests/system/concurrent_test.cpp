// Several connections at once on servers with two and four I/O threads; afterwards the log alone must explain all.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <future>
#include <iostream>

#include "tests/model/invariants.hpp"
#include "tests/model/random_commands.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/log.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

struct Answered {
  model::Command command;
  Reply reply;
  std::uint64_t answered_before = 0;  // the highest LSN that anyone had been told before this was sent
};

using Source = std::function<std::optional<model::Command>()>;

// Keeps up to `window` commands under way until the source ends.
std::vector<Answered> drive(std::uint16_t port, const Source& next, std::size_t window, std::atomic<std::uint64_t>& highest) {
  Caller caller(port);
  std::vector<Answered> answered;
  std::map<std::uint64_t, Answered> under_way;
  bool ended = false;
  while (!ended || !under_way.empty()) {
    std::vector<std::byte> out;
    while (!ended && under_way.size() < window) {
      auto command = next();
      ended = !command;
      if (ended) break;
      const std::uint64_t before = highest.load();
      const std::uint64_t correlation = caller.put(out, *command);
      under_way.emplace(correlation, Answered{std::move(*command), {}, before});
    }
    caller.send(out);
    if (under_way.empty()) break;
    Reply reply = caller.receive();
    auto found = under_way.extract(reply.correlation);
    if (found.empty()) throw std::runtime_error("an answer that nobody asked for");
    std::uint64_t told = 0;
    for (const engine::Lsn lsn : reply.lsns) told = std::max(told, lsn.value);
    told = std::max(told, reply.as_of.value);
    for (std::uint64_t seen = highest.load(); seen < told && !highest.compare_exchange_weak(seen, told);) continue;
    found.mapped().reply = std::move(reply);
    answered.push_back(std::move(found.mapped()));
  }
  return answered;
}

struct Outcome {
  std::vector<Answered> answered;
  std::string live_digest;
  std::vector<schema::StockLevel> stock;
};

// One source for each connection; ends the server.
Outcome run_all(Server& server, const model::Command& load, const std::vector<Source>& sources, std::size_t window) {
  std::atomic<std::uint64_t> highest{0};
  Outcome outcome;
  Caller caller(server.port());
  outcome.answered.push_back({load, caller.ask(load), 0});
  std::vector<std::future<std::vector<Answered>>> threads;
  for (const Source& source : sources) {
    threads.push_back(std::async(std::launch::async, [&, port = server.port()] { return drive(port, source, window, highest); }));
  }
  for (auto& thread : threads) {
    auto answered = thread.get();
    outcome.answered.insert(outcome.answered.end(), std::make_move_iterator(answered.begin()), std::make_move_iterator(answered.end()));
  }
  outcome.live_digest = caller.digest();
  outcome.stock = caller.stock(false);
  return outcome;
}

// Judged after the server has ended. Counts what was seen, so that a run that tried nothing does not pass.
struct Counts {
  std::uint64_t decided = 0, duplicates = 0, errors = 0, fills = 0, refusals_judged = 0, interleaved = 0;
};

Counts judge(const std::filesystem::path& directory, const Outcome& outcome, model::CatalogueLimits limits) {
  Counts counts;
  const std::vector<std::string> log = read_log(directory);
  StrongReplay twin(limits);
  for (const Answered& each : outcome.answered) {
    const Reply& reply = each.reply;
    INFO("command: " << model::describe(each.command) << "\nanswer: " << reply.text());
    if (!reply.decided()) {
      ++counts.errors;
      if (reply.as_of.value != 0) twin.expect(reply.as_of, {each.command, wire_content(each.command), reply.error});
      if (reply.as_of.value != 0 && reply.as_of.value < each.answered_before) FAIL("real time: judged before what had been answered");
      continue;
    }
    if (reply.duplicate) ++counts.duplicates; else ++counts.decided;
    if (!reply.duplicate && reply.lsn().value <= each.answered_before) FAIL("real time: decided before what had been answered");
    for (std::size_t index = 0; index < reply.records.size(); ++index) {
      if (log.at(reply.lsns[index].value - 1) != reply.records[index]) {
        FAIL("durable: the log has another record at this LSN: " << log[reply.lsns[index].value - 1]);
      }
    }
  }
  const std::string problem = twin.run(directory);
  if (!problem.empty()) FAIL("LSN order is decision order: " << problem);
  CHECK(model::check_never_oversell(twin.state()) == "");
  for (const schema::StockLevel& level : outcome.stock) {
    const model::Cell cell = twin.state().cell(level.sku, level.warehouse);
    if (level.on_hand != cell.on_hand || level.reserved != cell.reserved || level.available != cell.available()) {
      FAIL("stock: sku " << level.sku.value << " warehouse " << level.warehouse.value << " is not what the log makes");
    }
  }
  counts.fills = twin.fills();
  counts.refusals_judged = twin.refusals();
  counts.interleaved = twin.interleaved();
  return counts;
}

std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << counts.decided << " decided, " << counts.duplicates << " repeated, " << counts.errors << " refused ("
             << counts.refusals_judged << " judged again), " << counts.fills << " fills, " << counts.interleaved
             << " records between a cause and its last fill";
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Ids of one connection are its own, but for a few that all share, so that connections repeat each other.
void rename(std::string& id, std::uint64_t connection) {
  if (id.empty() || id.size() > 60 || (id.size() > 1 && id.back() == '7')) return;
  id = std::to_string(connection) + "-" + id;
}

void rename(model::Command& command, std::uint64_t connection) {
  if (auto* order = std::get_if<model::OrderCommand>(&command)) rename(order->id, connection);
  if (auto* receipt = std::get_if<model::ReceiptCommand>(&command)) rename(receipt->id, connection);
  if (auto* cancel = std::get_if<model::CancelCommand>(&command)) {
    rename(cancel->command_id, connection);
    rename(cancel->order_id, connection);
  }
  if (auto* ship = std::get_if<model::ShipCommand>(&command)) {
    rename(ship->command_id, connection);
    rename(ship->order_id, connection);
  }
}

// Rows that name no entry cannot be sent in parts.
bool can_be_sent(const model::Command& command) {
  const auto* load = std::get_if<model::LoadCommand>(&command);
  return load == nullptr || std::ranges::all_of(load->stock, [&](const engine::OpeningStockEntry& row) {
    return row.product < load->products.size() && row.warehouse < load->warehouses.size();
  });
}

void check_offline(Server& server, const Outcome& outcome) {
  REQUIRE(server.terminate().status == 0);
  const ProgramResult offline = run("earmark-journal", {"digest", server.directory().string()});
  CHECK(offline.code == 0);
  CHECK(offline.out == outcome.live_digest + "\n");
}

}  // namespace

TEST_CASE("strong replay: a hot small catalogue, every kind of command and fault, from several connections", "[system][concurrent]") {
  const std::uint64_t first_seed = number_from("EARMARK_SEED", 1), rounds = number_from("EARMARK_ROUNDS", 3);
  const std::string threads = GENERATE("2", "4");
  Counts all;
  for (std::uint64_t seed = first_seed; seed < first_seed + rounds; ++seed) {
    INFO("EARMARK_SEED=" << seed << " EARMARK_ROUNDS=1, --io-threads " << threads);
    const TemporaryDirectory directory;
    Server server(directory.path() / "data", {"--io-threads", threads, "--max-skus", "9", "--max-warehouses", "4"});
    std::vector<std::shared_ptr<model::RandomCommands>> histories;
    std::vector<Source> sources;
    constexpr std::uint64_t connections = 4;
    model::Command load;
    for (std::uint64_t connection = 0; connection < connections; ++connection) {
      auto history = std::make_shared<model::RandomCommands>(seed * connections + connection);
      load = history->next();
      sources.push_back([history, connection, left = 1500]() mutable -> std::optional<model::Command> {
        while (left-- > 0) {
          model::Command command = history->next();
          if (!can_be_sent(command)) continue;
          rename(command, connection);
          return command;
        }
        return std::nullopt;
      });
    }
    const Outcome outcome = run_all(server, load, sources, 1 + seed * 7 % 24);
    check_offline(server, outcome);
    const Counts counts = judge(server.directory(), outcome, model::RandomCommands::limits());
    all.decided += counts.decided;
    all.duplicates += counts.duplicates;
    all.errors += counts.errors;
    all.refusals_judged += counts.refusals_judged;
    all.fills += counts.fills;
    all.interleaved += counts.interleaved;
  }
  std::cout << "strong replay, small, --io-threads " << threads << ", seeds " << first_seed << ".." << first_seed + rounds - 1 << ": " << all << '\n';
  CHECK(all.decided > 1000);
  CHECK(all.duplicates > 0);
  CHECK(all.refusals_judged > 0);
  CHECK(all.fills > 100);
}

TEST_CASE("strong replay: a wide catalogue with hot items, deep pipelines from several connections", "[system][concurrent]") {
  const std::uint64_t seed = number_from("EARMARK_SEED", 1), commands = number_from("EARMARK_COMMANDS", 6000);
  const std::string threads = GENERATE("2", "4");
  INFO("EARMARK_SEED=" << seed << ", --io-threads " << threads);
  constexpr std::uint32_t skus = 300;
  constexpr std::uint16_t warehouses = 3;
  const TemporaryDirectory directory;
  Server server(directory.path() / "data", {"--io-threads", threads});
  std::vector<Source> sources;
  for (std::uint64_t connection = 0; connection < 4; ++connection) {
    auto random = std::make_shared<model::Random>(seed * 100 + connection);
    sources.push_back([random, connection, commands, made = std::uint64_t{0}]() mutable -> std::optional<model::Command> {
      if (made == commands) return std::nullopt;
      const std::string number = std::to_string(connection) + "-" + std::to_string(++made);
      // One connection orders what there is plenty of; for the others half of the wishes are for the first ten SKUs.
      if (connection == 0) {
        return order("o" + number, {{static_cast<std::uint32_t>(random->between(201, skus)), 1}, {static_cast<std::uint32_t>(random->between(201, skus)), 2}});
      }
      const auto some_sku = [&] { return static_cast<std::uint32_t>(random->chance(50) ? random->between(1, 10) : random->between(1, 200)); };
      const auto some_order = [&] {
        const std::uint64_t back = std::min(random->between(1, 40), made);
        const std::uint64_t whose = random->chance(80) ? connection : random->below(4);
        return "o" + std::to_string(whose) + "-" + std::to_string(made - back);
      };
      if (random->below(1500) == 0) {  // a truck: more fills than one commit takes
        const auto many = [&] { return static_cast<std::int64_t>(random->between(1000, 3000)); };
        return receipt("r" + number, {{some_sku(), many()}, {1, many(), 2}, {2, many(), 3}});
      }
      const std::uint64_t kind = random->below(100);
      if (kind < 80) {
        std::vector<Wanted> lines;
        for (std::uint64_t count = random->between(1, 4); count > 0; --count) {
          lines.push_back({some_sku(), static_cast<std::int64_t>(random->between(1, 9)),
                           random->chance(10) ? static_cast<std::uint16_t>(random->between(1, warehouses)) : std::uint16_t{0}});
        }
        const engine::Policy policy = random->chance(85) ? engine::Policy::ship_partial
                                      : random->chance(50) ? engine::Policy::fill_or_kill : engine::Policy::fill_and_cancel;
        model::OrderCommand command = order("o" + number, lines, policy);
        if (random->chance(10)) command.priority = engine::Priority{120};
        return command;
      }
      if (kind < 88) {
        std::vector<Wanted> rows;
        for (std::uint64_t count = random->between(1, 5); count > 0; --count) {
          rows.push_back({some_sku(), static_cast<std::int64_t>(random->between(5, 30)), static_cast<std::uint16_t>(random->between(1, warehouses))});
        }
        return receipt("r" + number, rows);
      }
      if (kind < 95) return random->chance(60) ? cancel("c" + number, some_order()) : cancel("c" + number, some_order(), 1, 3);
      return ship("s" + number, some_order());
    });
  }
  model::LoadCommand load = catalogue(skus, warehouses, 10);
  for (engine::OpeningStockEntry& row : load.stock) row.on_hand = row.product < 200 ? 10 : 100'000;
  const Outcome outcome = run_all(server, load, sources, 200);
  check_offline(server, outcome);
  const Counts counts = judge(server.directory(), outcome, {.skus = 20000, .warehouses = 8});
  std::cout << "strong replay, wide, --io-threads " << threads << ", seed " << seed << ": " << counts << '\n';
  CHECK(counts.decided > commands);
  CHECK(counts.fills > 100);
}

TEST_CASE("strong replay: long queues are filled while others order what does not wait", "[system][concurrent]") {
  const std::string threads = GENERATE("2", "4");
  constexpr std::uint32_t rounds = 4, waiters = 1500;
  const TemporaryDirectory directory;
  Server server(directory.path() / "data", {"--io-threads", threads});
  std::vector<Source> sources;
  for (std::uint32_t connection = 0; connection < 4; ++connection) {
    sources.push_back([connection, made = std::uint32_t{0}]() mutable -> std::optional<model::Command> {
      if (made == rounds * (waiters + 1)) return std::nullopt;
      const std::string number = std::to_string(connection) + "-" + std::to_string(made++);
      if (connection != 0) return order("o" + number, {{2 + connection, 1}, {6, 1}});
      if (made % (waiters + 1) == 0) return receipt("r" + number, {{1, waiters - 10}, {2, 7}, {1, 20, 2}});
      return order("o" + number, {{1, 1}, {2, 1}});
    });
  }
  model::LoadCommand load = catalogue(6, 3, 30'000);
  for (engine::OpeningStockEntry& row : load.stock) row.on_hand = row.product < 2 ? 0 : 30'000;
  const Outcome outcome = run_all(server, load, sources, 500);
  check_offline(server, outcome);
  const Counts counts = judge(server.directory(), outcome, {.skus = 20000, .warehouses = 8});
  std::cout << "strong replay, long queues, --io-threads " << threads << ": " << counts << '\n';
  CHECK(counts.decided == 4 * rounds * (waiters + 1) + 1);
  CHECK(counts.fills > rounds * waiters * 9 / 10);
}
