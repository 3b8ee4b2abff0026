#include "tests/micro/order_path.hpp"

#include <algorithm>
#include <string>

#include "engine/check.hpp"

namespace earmark::micro {
namespace {

constexpr std::uint64_t epoch = 42;
constexpr engine::TimeUs now{1'700'000'000'000'000};

engine::Capacity capacity(const Shop& shop) {
  engine::Capacity capacity;
  capacity.skus = shop.skus;
  capacity.warehouses = shop.warehouses;
  capacity.command_ids = 1U << 20;
  capacity.waiting_lines = 1U << 20;
  capacity.order_bytes = 4ULL << 30;
  return capacity;
}

constexpr std::uint32_t skus_of_a_load = 1'000;

std::vector<std::byte> load_frame(const Shop& shop, std::uint32_t first) {
  const std::uint32_t count = std::min(skus_of_a_load, shop.skus - first);
  std::vector<std::string> codes;
  for (std::uint32_t number = 0; number < count; ++number) codes.push_back("S" + std::to_string(first + number));
  std::vector<engine::ProductEntry> products;
  for (const std::string& code : codes) products.push_back({code, ""});
  const std::string yards[] = {"A", "B", "C", "D"};
  EARMARK_CHECK(shop.warehouses <= std::size(yards));
  std::vector<engine::WarehouseEntry> warehouses;
  std::vector<engine::OpeningStockEntry> stock;
  for (std::uint16_t yard = 0; yard < shop.warehouses; ++yard) {
    warehouses.push_back({yards[yard], "", yard});
    for (std::uint32_t sku = 0; sku < count; ++sku) stock.push_back({shop.stock, sku, yard});
  }
  std::vector<std::byte> bytes;
  schema::RequestEncoder encoder;
  encoder.load(bytes, 2, {{warehouses, products, stock}});
  return bytes;
}

}  // namespace

std::vector<std::byte> order_frames(const Shop& shop, std::uint64_t first, std::size_t count) {
  schema::RequestEncoder encoder;
  std::vector<std::byte> bytes;
  std::uint64_t random = first * 0x9E37'79B9'7F4A'7C15ULL + 1;
  const auto draw = [&](std::uint64_t below) {  // xorshift64
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    return random % below;
  };
  for (std::uint64_t number = first; number < first + count; ++number) {
    engine::OrderLine lines[3];
    const auto sku = static_cast<std::uint32_t>(draw(shop.skus));
    for (std::uint32_t line = 0; line < 3; ++line) {
      const std::uint32_t other = (sku + line * (shop.skus / 3 + 1)) % shop.skus + 1;
      lines[line] = {static_cast<engine::WireQuantity>(1 + draw(5)), engine::SkuId{other}, engine::LineNumber{line + 1}, {}, 0, 0};
    }
    const std::string id = "order-" + std::to_string(number);
    schema::OrderRequest request;
    request.epoch = epoch;
    request.order.id = id;
    request.order.lines = lines;
    encoder.order(bytes, number, request);
  }
  return bytes;
}

std::vector<std::byte> receipt_frame(const Shop& shop, std::uint64_t number, std::int64_t units) {
  std::vector<engine::StockRow> rows;
  for (std::uint32_t sku = 1; sku <= shop.skus; ++sku) rows.push_back({units, engine::SkuId{sku}, engine::WarehouseId{1}});
  const std::string id = "receipt-" + std::to_string(number);
  schema::RequestEncoder encoder;
  std::vector<std::byte> bytes;
  encoder.receive(bytes, number, {{id, rows}, epoch, {}});
  return bytes;
}

OrderPath::OrderPath(const Shop& shop)
    : journal_({1, epoch, 0, shop.skus, shop.warehouses}), engine_(capacity(shop), 1), hub_(engine_, journal_), worker_(hub_, 0, [] {}),
      group_(engine_, journal_, engine::TimeUs{}) {
  hub_.workers.push_back(&worker_);
  hub_.journal_thread = this;
  session_ = worker_.open_session();
  std::vector<std::byte> hello;
  schema::RequestEncoder().hello(hello, 1, {schema::protocol_version, "", "micro", 0});
  receive(hello);
  answer();
  for (std::uint32_t first = 0; first < shop.skus; first += skus_of_a_load) {
    const engine::Lsn before = last();
    receive(load_frame(shop, first));
    EARMARK_CHECK(answer() != 0 && last() == before + 1);
  }
}

void OrderPath::receive(std::span<const std::byte> frames) { worker_.receive(session_, frames, now); }

std::size_t OrderPath::answer() {
  do {  // a receipt that serves many is settled in parts
    wait_for_group();
    worker_.proceed(now);
  } while (!worker_.idle());
  std::vector<std::byte>& out = worker_.session(session_).out;
  const std::size_t bytes = out.size();
  out.clear();
  worker_.take_dirty();
  return bytes;
}

std::int64_t OrderPath::wait_for_group() {
  while (group_.gather()) {
    EARMARK_CHECK(group_.append().has_value());
    group_.show();
    group_.release();
  }
  return 0;
}

}  // namespace earmark::micro
