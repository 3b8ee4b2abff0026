// A measurement, not a test: hidden, run with the tag [measure]. How long a start takes with many open orders, and what
// an open order and a cell cost in memory. EARMARK_OPEN_ORDERS sets their number (1,000,000), EARMARK_DIRECTORY where the
// data are (made there once, kept; else a temporary directory).
#include <catch2/catch.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "schema/event.hpp"
#include "server/data_directory.hpp"

namespace {

using namespace earmark;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t skus = 100'000;
constexpr std::uint16_t warehouses = 4;
constexpr std::size_t group_records = 10'000;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Of the process alone: pages of mapped files are the system's, who takes them back when others need them.
std::uint64_t anonymous_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string name; status >> name;) {
    std::uint64_t kilobytes = 0;
    if (name == "RssAnon:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

// Groups of records, as a server would have journaled them.
class Writer {
 public:
  explicit Writer(storage::Journal& journal) : journal_(journal), buffer_(16U << 20) {}

  template <class Decision>
  void add(const Decision& decision) {
    const engine::Lsn lsn = journal_.last() + records_ + 1;
    const auto space = std::as_writable_bytes(std::span(buffer_)).subspan(used_);
    const std::size_t bytes = encoder_.encode({lsn, engine::TimeUs{static_cast<std::int64_t>(lsn.value)}, {}}, decision, space);
    REQUIRE(bytes != 0);
    used_ += bytes;
    if (++records_ == group_records) flush();
  }
  void flush() {
    if (records_ == 0) return;
    const std::span<const std::byte> chunk = std::as_bytes(std::span(buffer_)).first(used_);
    const engine::Lsn first = journal_.last() + 1;
    REQUIRE(journal_.append({first, engine::Lsn{journal_.last().value + records_}, std::span(&chunk, 1), used_}).has_value());
    used_ = records_ = 0;
  }

 private:
  storage::Journal& journal_;
  schema::EventEncoder encoder_;
  std::vector<std::uint64_t> buffer_;
  std::size_t used_ = 0, records_ = 0;
};

// A catalogue without stock; orders of three lines, each of which waits.
void write_history(storage::Journal& journal, std::uint64_t orders) {
  Writer writer(journal);
  std::vector<std::string> codes;
  for (std::uint32_t id = 1; id <= skus; ++id) codes.push_back("SKU-" + std::to_string(id));
  const engine::LoadedWarehouse places[warehouses] = {
      {engine::WarehouseId{1}, 1, "A", ""}, {engine::WarehouseId{2}, 2, "B", ""}, {engine::WarehouseId{3}, 3, "C", ""}, {engine::WarehouseId{4}, 4, "D", ""}};
  for (std::uint32_t first = 0; first < skus; first += 4000) {
    std::vector<engine::LoadedProduct> products;
    for (std::uint32_t id = first + 1; id <= first + 4000; ++id) products.push_back({engine::SkuId{id}, codes[id - 1], ""});
    writer.add(engine::LoadDecision{false, first == 0 ? std::span<const engine::LoadedWarehouse>(places) : std::span<const engine::LoadedWarehouse>{}, products, {}});
  }
  std::uint64_t random = 1;
  for (std::uint64_t number = 0; number < orders; ++number) {
    engine::LineDecision lines[3];
    for (std::uint32_t index = 0; index < 3; ++index) {
      random = random * 6364136223846793005ULL + 1442695040888963407ULL;
      const auto quantity = static_cast<engine::Quantity>(1 + (random >> 60) % 5);
      lines[index] = {engine::LineNumber{index + 1}, engine::SkuId{static_cast<std::uint32_t>((random >> 33) % skus + 1)}, quantity, quantity, 0, 0, {}, 0, 0, {}};
    }
    const std::string id = "order-" + std::to_string(number);
    engine::OrderDecision order;
    order.id = id;
    order.content = number + 1;
    order.status = engine::OrderStatus::backordered;
    order.texts.customer = "customer-17";
    order.lines = lines;
    writer.add(order);
    if ((number + 1) % 1'000'000 == 0) std::printf("  written %llu orders\n", static_cast<unsigned long long>(number + 1));
  }
  writer.flush();
}

}  // namespace

TEST_CASE("measure: start with many open orders", "[.][measure]") {
  const char* count = std::getenv("EARMARK_OPEN_ORDERS");
  const std::uint64_t orders = count == nullptr ? 1'000'000 : std::strtoull(count, nullptr, 10);
  const char* where = std::getenv("EARMARK_DIRECTORY");
  const std::filesystem::path directory = where != nullptr ? std::filesystem::path(where) : std::filesystem::temp_directory_path() / ("earmark-start-" + std::to_string(::getpid()));
  storage::OpenOptions options;
  const auto tell = [](engine::Lsn applied, engine::Lsn last) {
    std::printf("  the state store has LSN %llu of %llu\n", static_cast<unsigned long long>(applied.value), static_cast<unsigned long long>(last.value));
  };
  if (!std::filesystem::exists(directory / "journal")) {
    auto journal = storage::open_lmdb_journal(directory, options).value();
    write_history(*journal, orders);
  }
  {
    const auto begin = Clock::now();
    const auto opened = server::open_data_directory(directory, options, tell);
    REQUIRE(opened.has_value());
    std::printf("opened, the state made where it was missing: %.2f s\n", seconds_since(begin));
    if (opened->state->summary().applied != opened->journal->last()) REQUIRE(server::catch_up(*opened->journal, *opened->state, 0, tell).has_value());
  }
  for (int round = 0; round < 3; ++round) {
    const auto begin = Clock::now();
    const auto opened = server::open_data_directory(directory, options, tell);
    REQUIRE(opened.has_value());
    const double open_seconds = seconds_since(begin);
    engine::Capacity capacity;
    capacity.skus = skus;
    capacity.warehouses = warehouses;
    const std::uint64_t before = anonymous_bytes();
    engine::Engine engine(capacity, 1);
    const auto base = server::restore_base(*opened->state, engine);
    REQUIRE(base.has_value());
    const auto recovered = server::replay_behind(*base, *opened->journal, *opened->state, engine);
    REQUIRE(recovered.has_value());
    const double seconds = seconds_since(begin);
    const std::uint64_t open = recovered->state.open_orders;
    std::printf("start with %llu open orders: %.2f s (check and open %.2f s, state to memory %.2f s); order blocks %.0f bytes for each, anonymous memory %.0f, of which the table of ids up to %.0f\n",
                static_cast<unsigned long long>(open), seconds, open_seconds, seconds - open_seconds,
                static_cast<double>(engine.shared().blocks.bytes_taken()) / static_cast<double>(open),
                static_cast<double>(anonymous_bytes() - before) / static_cast<double>(open),
                static_cast<double>(capacity.command_ids * 8) / static_cast<double>(open));
  }
  if (where == nullptr) std::filesystem::remove_all(directory);
}

// Of a cell with stock, with what is kept for each SKU, its code among it.
TEST_CASE("measure: memory of cells", "[.][measure]") {
  engine::Capacity capacity;
  capacity.skus = skus;
  capacity.warehouses = warehouses;
  engine::Engine engine(capacity, 1);
  const std::uint64_t before = anonymous_bytes();
  for (std::uint16_t id = 1; id <= warehouses; ++id) {
    const engine::LoadedWarehouse warehouse{engine::WarehouseId{id}, id, "warehouse", ""};
    engine.restore_base(engine::LoadDecision{false, std::span(&warehouse, 1), {}, {}});
  }
  for (std::uint32_t id = 1; id <= skus; ++id) {
    const std::string code = "SKU-" + std::to_string(id);
    const engine::LoadedProduct product{engine::SkuId{id}, code, ""};
    engine.restore_base(engine::LoadDecision{false, {}, std::span(&product, 1), {}});
    for (std::uint16_t warehouse = 1; warehouse <= warehouses; ++warehouse) {
      engine.restore_base(engine::CellImage{.sku = engine::SkuId{id}, .warehouse = engine::WarehouseId{warehouse}, .on_hand = 9, .level = 9});
    }
  }
  engine.restore_base_finished(engine::Lsn{1}, engine::Lsn{1});
  engine.restore_finished();
  std::printf("%u SKUs in %u warehouses: anonymous memory %.0f bytes for each cell\n", skus, unsigned{warehouses},
              static_cast<double>(anonymous_bytes() - before) / skus / warehouses);
}
