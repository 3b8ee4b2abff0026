// The twin against a recorded day of real orders with its one right answer, and through a year of them with invariants.
// The data does not belong to the project; without it these tests say so and check nothing.
#include <zlib.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/csv.hpp"
#include "tests/model/invariants.hpp"
#include "tests/model/story.hpp"
#include "tests/paths.hpp"

namespace {

using namespace earmark;
using model::Answer;
using nlohmann::json;

const std::filesystem::path replays = std::filesystem::path(EARMARK_SHARED_DATA_DIR) / "replays";

bool data_is_there(const std::string& name) {
  const bool there = std::filesystem::is_directory(replays / name);
  if (!there) std::cout << "skipped: no data in " << replays / name << '\n';
  return there;
}

client::CsvReader open_table(const std::string& replay, const std::string& name) {
  const auto path = client::find_table(replays / replay, name);
  REQUIRE(path);
  auto reader = client::CsvReader::open(*path);
  if (!reader) FAIL(reader.error());
  return std::move(*reader);
}

bool next_row(client::CsvReader& table, std::vector<std::string>& row) {
  const auto more = table.next(row);
  if (!more) FAIL(more.error());
  return *more;
}

void load(model::Twin& twin, const std::string& replay) {
  constexpr std::size_t rows_of_a_load = 4000;
  model::LoadCommand all;
  std::vector<std::string> row;
  for (auto table = open_table(replay, "warehouses.csv"); next_row(table, row);) {
    all.warehouses.push_back({row[0], "", static_cast<std::uint32_t>(std::stoul(row[1]))});
  }
  model::LoadCommand part{.warehouses = all.warehouses};
  const auto send = [&] {
    REQUIRE(twin.load(part.rows().view(), {}).decided());
    part = {.warehouses = all.warehouses};
  };
  for (auto table = open_table(replay, "stock.csv"); next_row(table, row);) {
    if (part.products.empty() || part.products.back().code != row[0]) {
      if (part.stock.size() >= rows_of_a_load) send();
      part.products.push_back({row[0], ""});
    }
    const auto warehouse = std::ranges::find(all.warehouses, row[1], &model::Warehouse::code) - all.warehouses.begin();
    part.stock.push_back({std::stoll(row[2]), static_cast<std::uint32_t>(part.products.size() - 1),
                          static_cast<std::uint32_t>(warehouse)});
  }
  send();
}

// One event of events.csv: adjacent rows with one seq.
struct Event {
  std::string seq, time, type, id;
  std::vector<std::vector<std::string>> rows;  // columns of the file

  model::Command command(const model::Codes& codes) const {
    constexpr std::size_t line = 4, sku = 5, warehouse = 6, quantity = 7;
    const auto count = [](const std::vector<std::string>& row) { return std::stoll(row[quantity]); };
    const auto line_number = [](const std::vector<std::string>& row) {
      return engine::LineNumber{static_cast<std::uint32_t>(std::stoul(row[line]))};
    };
    if (type == "order") {
      model::OrderCommand order{.id = id, .texts = {}};
      for (const auto& row : rows) {
        if (!row[sku].empty()) order.lines.push_back({.quantity = count(row), .sku = codes.sku(row[sku]), .line = line_number(row)});
      }
      return order;
    }
    if (type == "receipt") {
      model::ReceiptCommand receipt{.id = id};
      for (const auto& row : rows) {
        receipt.rows.push_back({.quantity = count(row), .sku = codes.sku(row[sku]), .warehouse = codes.warehouse(row[warehouse])});
      }
      return receipt;
    }
    if (type == "cancel") {
      model::CancelCommand cancel{.command_id = seq, .order_id = id};
      for (const auto& row : rows) {
        if (!row[line].empty()) cancel.rows.push_back({.quantity = count(row), .line = line_number(row)});
      }
      return cancel;
    }
    REQUIRE(type == "ship");
    return model::ShipCommand{seq, id};
  }
};

class Events {
 public:
  explicit Events(const std::string& replay) : table_(open_table(replay, "events.csv")) { more_ = next_row(table_, row_); }
  bool next(Event& event) {
    if (!more_) return false;
    event = {row_[0], row_[1], row_[2], row_[3], {}};
    for (; more_ && row_[0] == event.seq; more_ = next_row(table_, row_)) event.rows.push_back(row_);
    return true;
  }

 private:
  client::CsvReader table_;
  std::vector<std::string> row_;
  bool more_ = false;
};

// Decisions as lines of the decision file.
class DecisionFile {
 public:
  explicit DecisionFile(const model::State& state) : codes_(state) {}

  json line(const Event& event, const Answer& answer) const {
    json out{{"seq", std::stoll(event.seq)}, {"time", event.time}, {"type", event.type}, {"id", event.id}};
    if (!answer.decided() || answer.duplicate) {
      out["error"] = answer.duplicate ? "duplicate_order" : name(answer.error.code);
      return out;
    }
    std::visit([&](const auto& decision) { add(out, decision); }, answer.decision);
    if (event.type == "receipt" || event.type == "cancel") {
      out["filled"] = json::array();
      for (const model::FillAnswer& fill : answer.fills) {
        out["filled"].push_back({{"order", fill.order_id}, {"line", fill.line.value}, {"sku", codes_.name(fill.sku)},
                                 {"taken", map_of(fill.takes)}, {"still_waiting", fill.still_waiting}});
      }
    }
    return out;
  }

 private:
  json map_of(std::span<const engine::Take> takes) const {
    json map = json::object();
    for (const engine::Take& take : takes) map[codes_.name(take.warehouse)] = take.quantity;
    return map;
  }
  void add(json&, std::monostate) const {}
  void add(json&, const model::StockChangeAnswer&) const {}  // replays have none
  void add(json&, const model::LoadAnswer&) const {}
  // A replay has no holds.
  void add(json&, const model::HoldAnswer&) const {}
  void add(json&, const model::HoldExtendAnswer&) const {}
  void add(json&, const model::HoldEndAnswer&) const {}
  void add(json&, const model::ShipmentAnswer&) const {}
  void add(json&, const model::TransferShipAnswer&) const {}  // nor transfers
  void add(json&, const model::TransferReceiptAnswer&) const {}
  void add(json&, const model::PurchaseAnswer&) const {}  // nor purchase orders
  void add(json&, const model::PurchaseStepAnswer&) const {}
  void add(json&, const model::PurchaseReceiptAnswer&) const {}
  void add(json&, const model::OverdueAnswer&) const {}
  void add(json&, const model::RulesAnswer&) const {}
  void add(json&, const model::ReorderAnswer&) const {}
  void add(json&, const model::DatesAnswer&) const {}
  void add(json&, const model::StrictAnswer&) const {}     // nor anybody who waits for all or nothing
  void add(json& out, const model::OrderAnswer& answer) const {
    out["status"] = name(answer.status);
    std::size_t more = 0;
    for (const engine::LineDecision& line : answer.lines) {
      json reserved = json::object();
      if (line.taken > 0) reserved[codes_.name(line.warehouse)] = line.taken;
      reserved.update(map_of(std::span(answer.takes).subspan(more, line.more_takes)));
      more += line.more_takes;
      out["lines"].push_back({{"line", line.line.value}, {"sku", codes_.name(line.sku)}, {"qty", line.quantity},
                              {"reserved", reserved}, {"backordered", line.backordered}});
    }
  }
  void add(json& out, const model::ReceiptAnswer& answer) const {
    for (const engine::ReceivedRow& row : answer.rows) {
      out["rows"].push_back({{"sku", codes_.name(row.sku)}, {"warehouse", codes_.name(row.warehouse)}, {"qty", row.quantity}});
    }
  }
  void add(json& out, const model::CancelAnswer& answer) const {
    std::size_t next = 0;
    for (const engine::CancelledLine& line : answer.lines) {
      const json released = map_of(std::span(answer.released).subspan(next, line.releases));
      next += line.releases;
      out["lines"].push_back({{"line", line.line.value}, {"sku", codes_.name(line.sku)}, {"waiting", line.waiting},
                              {"released", released}, {"excess", line.excess}});
    }
  }
  void add(json&, const model::AmendAnswer&) const {}  // not in the replay format
  void add(json& out, const model::ShipAnswer& answer) const {
    std::size_t next = 0;
    for (const engine::ShippedLine& line : answer.lines) {
      const json shipped = map_of(std::span(answer.shipped).subspan(next, line.ships));
      next += line.ships;
      out["lines"].push_back({{"line", line.line.value}, {"sku", codes_.name(line.sku)}, {"shipped", shipped}});
    }
  }

  model::Codes codes_;
};

std::vector<json> final_lines(const model::State& state) {
  std::vector<json> lines, queues;
  for (const auto& [code, sku] : state.sku_ids) {
    for (const auto& [warehouse_code, warehouse] : state.warehouse_ids) {
      const model::Cell cell = state.cell(sku, warehouse);
      lines.push_back({{"type", "stock"}, {"sku", code}, {"warehouse", warehouse_code}, {"on_hand", cell.on_hand},
                       {"reserved", cell.reserved}, {"available", cell.available()}});
    }
    const auto queue = state.queues.find(sku);
    if (queue == state.queues.end() || queue->second.empty()) continue;
    json waiting = json::array();
    for (const model::Place& place : queue->second) {
      const model::Line& line = state.line_at(place);
      waiting.push_back({{"order", state.orders.at(place.order).id}, {"line", line.number.value}, {"qty", state.waiting_at(place)}});
    }
    queues.push_back({{"type", "queue"}, {"sku", code}, {"waiting", waiting}});
  }
  lines.insert(lines.end(), queues.begin(), queues.end());
  return lines;
}

std::vector<json> expected_lines(const std::string& replay) {
  std::vector<json> lines;
  std::string text;
  const gzFile file = gzopen((replays / replay / "expected.jsonl.gz").c_str(), "rb");
  REQUIRE(file != nullptr);
  char buffer[65'536];
  for (int bytes = 0; (bytes = gzread(file, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(bytes));
  REQUIRE(gzclose(file) == Z_OK);
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    json parsed = json::parse(line);
    if (parsed["type"] != "summary") lines.push_back(std::move(parsed));
  }
  return lines;
}

}  // namespace

TEST_CASE("replay: the twin decides a recorded day exactly as expected", "[model][replay]") {
  if (!data_is_there("retail-day")) return;
  const std::vector<json> expected = expected_lines("retail-day");
  model::Twin twin;
  load(twin, "retail-day");
  const model::Codes codes(twin.state());
  const DecisionFile file(twin.state());
  Events events("retail-day");
  std::vector<json> lines;
  for (Event event; events.next(event);) {
    const model::Command command = event.command(codes);
    const Answer answer = apply(twin, command, content_of(command), {});
    lines.push_back(file.line(event, answer));
    REQUIRE(check_invariants(twin.state(), answer) == "");
  }
  CHECK(lines.size() == 668);
  const std::vector<json> last = final_lines(twin.state());
  lines.insert(lines.end(), last.begin(), last.end());
  REQUIRE(lines.size() == expected.size());
  for (std::size_t index = 0; index < lines.size(); ++index) {
    INFO("line " << index + 1 << "\n  is       " << lines[index] << "\n  expected " << expected[index]);
    REQUIRE((lines[index] == expected[index]));
  }
}

TEST_CASE("replay: the invariants hold through a recorded year", "[model][replay][year]") {
  if (!data_is_there("retail-full")) return;
  constexpr std::size_t events_between_full_checks = 10'000;
  const auto started = std::chrono::steady_clock::now();
  model::Twin twin;
  load(twin, "retail-full");
  const model::Codes codes(twin.state());
  Events events("retail-full");
  std::size_t decided = 0, errors = 0, fills = 0, count = 0;
  for (Event event; events.next(event);) {
    const model::Command command = event.command(codes);
    const Answer answer = apply(twin, command, content_of(command), {});
    ++(answer.decided() ? decided : errors);
    fills += answer.fills.size();
    const std::string fault = ++count % events_between_full_checks == 0 ? check_invariants(twin.state(), answer)
                                                                        : check_no_overtaking(twin.state(), answer);
    if (!fault.empty()) FAIL("event " << event.seq << ": " << fault);
    if (const auto* receipt = std::get_if<model::ReceiptCommand>(&command)) {
      for (const engine::StockRow& row : receipt->rows) {
        if (!check_work_conserving(twin.state(), row.sku).empty()) FAIL("event " << event.seq << " leaves work undone");
      }
    }
  }
  CHECK(check_invariants(twin.state(), {}) == "");
  CHECK(count == 85'189);
  CHECK(errors == 0);
  CHECK(twin.state().lsn.value > decided + fills);  // and the loads
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  std::cout << "replay of a year: " << decided << " decisions, " << fills << " fills, " << errors << " errors, "
            << seconds.count() << " s, digest " << twin.digest() << '\n';
}
