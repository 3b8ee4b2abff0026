// earmark replay DIR
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <numeric>
#include <optional>

#include "client/catalogue_files.hpp"
#include "client/commands/command.hpp"
#include "client/csv.hpp"
#include "client/describe.hpp"
#include "client/progress.hpp"
#include "client/replay.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Loads warehouses.csv, stock.csv and, if it is there, products.csv into an empty server, then sends events.csv. A server
that has decided anything already is refused (not_empty).

events.csv: seq,time,type,id,line,sku,warehouse,qty; adjacent rows with one seq are one event
  order    id = order id; a row per line: line, sku, qty (one row without sku: an order without lines)
  cancel   id = order id; line and qty empty: the whole order; or a row per line with the quantity
  receipt  id = receipt id; rows: sku, warehouse, qty
  ship     id = order id: ship everything it has reserved now
Any file may be .gz.

--in-order (the default) sends one event at a time, which gives one right answer. --pipeline N has N under way: any
order of decisions may come out, but the events of one order stay in sequence.

--decisions writes JSON lines with sorted keys: one per event, in the order of the file, then the final stock, the
queues and a summary.

EXAMPLES
  earmark replay retail-day --decisions decisions.jsonl
  earmark replay retail-full --pipeline 256)";

struct ReplayCommand {
  std::string directory, decisions;
  bool in_order = false;
  std::uint64_t pipeline = 1;
};

struct Prepared {
  CatalogueFiles files;
  std::vector<ReplayEvent> events;
};

Outcome<Prepared> read(const std::string& directory) {
  for (const char* name : {"warehouses.csv", "stock.csv", "events.csv"}) {
    if (!find_table(directory, name)) return usage(fmt::format("{}: there is no {} (or {}.gz) in it", directory, name, name));
  }
  auto files = read_catalogue(directory, {});
  if (!files) return Unexpected{files.error()};
  // A SKU that is not in stock.csv is unknown to a replay, described or not.
  Prepared prepared{{files->warehouses, {}, {}}, {}};
  std::vector<std::uint32_t> places(files->products.size());
  for (std::size_t index = 0; index < files->products.size(); ++index) {
    places[index] = static_cast<std::uint32_t>(prepared.files.products.size());
    if (files->products[index].in_stock_file) prepared.files.products.push_back(files->products[index]);
  }
  for (OpeningInput row : files->stock) {
    row.product = places[row.product];
    prepared.files.stock.push_back(row);
  }
  auto events = read_replay(*find_table(directory, "events.csv"));
  if (!events) return Unexpected{events.error()};
  prepared.events = std::move(*events);
  return prepared;
}

std::uint64_t sum_of(const std::map<std::string, std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
}

Json summary_json(const ReplayTotals& totals, double seconds) {
  return {{"type", "summary"}, {"events", totals.events}, {"orders", totals.statuses}, {"errors", totals.errors},
          {"fills", totals.fills}, {"units_reserved", totals.units_reserved},
          {"units_backordered", totals.units_backordered}, {"units_filled", totals.units_filled},
          {"lsn", totals.last.value}, {"seconds", seconds}};
}

std::string list_of(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += (text.empty() ? "" : ", ") + with_separators(count) + " " + name;
  }
  return text.empty() ? "none" : text;
}

std::string summary_text(const ReplayTotals& totals, double seconds) {
  const std::uint64_t events = sum_of(totals.events);
  std::string text = fmt::format("{} in {:.2f} s ({}/s), up to decision {}\n", counted(events, "event"), seconds,
                                 with_separators(seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(events) / seconds) : 0),
                                 totals.last.value);
  text += "Events: " + list_of(totals.events) + "\nOrders: " + list_of(totals.statuses) + "\nErrors: " + list_of(totals.errors) + "\n";
  text += fmt::format("Units: {} reserved at once, {} backordered, {} filled later by {}\n",
                      with_separators(totals.units_reserved), with_separators(totals.units_backordered),
                      with_separators(totals.units_filled), counted(totals.fills, "fill"));
  return text;
}

// At the time of the first event.
Outcome<void> load(Client& client, const CatalogueFiles& files, const std::vector<ReplayEvent>& events) {
  client.use_time(events.empty() ? engine::TimeUs{} : events.front().time_us);
  Progress progress("loading", files.products.size() + files.stock.size());
  auto loaded = send_catalogue(client, files, [&](std::uint64_t count) { progress.done(count); });
  if (!loaded) return Unexpected{loaded.error()};
  std::vector<std::string_view> codes;
  for (const ProductInput& product : files.products) codes.push_back(product.code);
  if (auto done = client.learn_skus(codes); !done) return done;
  return client.learn_warehouses();
}

Outcome<void> write_final(Client& client, const CatalogueFiles& files, const Json& summary, std::ostream& out) {
  std::vector<std::string> skus;
  for (const ProductInput& product : files.products) skus.push_back(product.code);
  auto lines = final_state(client, skus);
  if (!lines) return Unexpected{lines.error()};
  for (const Json& line : *lines) out << json_line(line) << '\n';
  out << json_line(summary) << '\n' << std::flush;
  if (!out) return usage("the decision file cannot be written; is the disk full?");
  return {};
}

Outcome<void> replay(const Globals& globals, const ReplayCommand& options) {
  auto prepared = read(options.directory);
  if (!prepared) return Unexpected{prepared.error()};
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  if (!client->server_was_empty()) {
    return refused("not_empty: the server has decided something already; start earmarkd on a new --data directory");
  }
  // Opened only now: a refused replay leaves the decisions of an earlier one alone.
  std::ofstream file;
  if (!options.decisions.empty()) {
    file.open(options.decisions, std::ios::binary);
    if (!file) return usage(options.decisions + ": cannot be written; is the directory there?");
  }
  if (auto done = load(*client, prepared->files, prepared->events); !done) return done;
  const auto start = std::chrono::steady_clock::now();
  std::optional<Progress> progress(std::in_place, "events", prepared->events.size());
  auto totals = run_replay(*client, prepared->events, {options.pipeline}, file.is_open() ? &file : nullptr,
                           [&](std::uint64_t count) { progress->done(count); });
  progress.reset();
  if (!totals) return Unexpected{totals.error()};
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const Json summary = summary_json(*totals, took.count());
  if (file.is_open()) {
    if (auto done = write_final(*client, prepared->files, summary, file); !done) return done;
  }
  return globals.json ? print_json(summary) : print(summary_text(*totals, took.count()));
}

}  // namespace

Run add_replay(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ReplayCommand>();
  options.needed("directory", chosen->directory, "DIR", "Directory with the files")
      .text("--decisions", chosen->decisions, "FILE", "Write every decision and the final state to this file")
      .flag("--in-order", chosen->in_order, "One event at a time (the default)")
      .number("--pipeline", chosen->pipeline, 1, 100'000, "N", "Events under way at most")
      .exclude("--pipeline", "--in-order")
      .notes(notes);
  return [&globals, chosen] { return replay(globals, *chosen); };
}

}  // namespace earmark::client
