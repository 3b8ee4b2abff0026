// Stock from the durable view: rows consistent each for itself, or a snapshot of up to 1,024 rows at one LSN.
#include "server/limits.hpp"
#include "server/worker.hpp"

namespace earmark::server {
namespace {

struct StockRows {
  std::vector<schema::StockLevel> levels;
  std::vector<schema::SkuLevel> skus;
};

void read_sku(const engine::DurableView& view, engine::SkuId sku, engine::WarehouseId only, StockRows& rows) {
  std::uint64_t incoming = 0;
  for (std::uint16_t id = 1; id <= view.warehouse_count(); ++id) {
    const engine::WarehouseId warehouse{id};
    const engine::CellCounters counters = view.counters(sku, warehouse);
    incoming += counters.incoming;
    if (only.value != 0 && only != warehouse) continue;
    rows.levels.push_back({counters.lsn, sku, warehouse, 0, counters.on_hand, counters.reserved, counters.held,
                           counters.unavailable, counters.available, counters.incoming});
  }
  rows.skus.push_back({view.backordered(sku), incoming, sku, 0});
}

}  // namespace

void Worker::answer_stock(const schema::StockRequest& request, const engine::ReplyTo& reply) {
  const engine::DurableView& view = hub_.engine.view();
  const std::uint32_t known = view.sku_count();
  const std::size_t columns = request.warehouse.value != 0 ? 1 : std::max<std::size_t>(view.warehouse_count(), 1);
  for (const engine::SkuId sku : request.skus) {
    if (sku.value == 0 || sku.value > known) return refuse_now(reply, engine::ErrorCode::unknown_sku);
  }
  if (request.warehouse.value > view.warehouse_count()) return refuse_now(reply, engine::ErrorCode::unknown_warehouse);
  const std::size_t wanted = request.skus.empty() ? known - std::min(known, request.after.value) : request.skus.size();
  if (request.snapshot && wanted * columns > most_snapshot_rows) return refuse_now(reply, engine::ErrorCode::too_many_rows);
  const std::size_t count = request.snapshot ? wanted : std::min(wanted, std::max<std::size_t>(1, stock_rows_per_answer / columns));
  if (count < request.skus.size()) return refuse_now(reply, engine::ErrorCode::too_many_rows, "Too many SKUs in one question; ask in several.");

  StockRows rows;
  engine::Lsn durable{};
  const auto read_all = [&] {
    rows = {};
    durable = view.lsn();  // all rows of a snapshot are of it; other rows may be newer
    for (std::size_t index = 0; index < count; ++index) {
      const engine::SkuId sku = request.skus.empty() ? engine::SkuId{request.after.value + static_cast<std::uint32_t>(index) + 1}
                                                     : request.skus[index];
      read_sku(view, sku, request.warehouse, rows);
    }
  };
  // A snapshot asks the journal's thread to hold between two groups once optimistic reading has failed often.
  if (!request.snapshot) {
    read_all();
  } else {
    hub_.journal_thread->at_one_lsn(read_all);
  }
  const bool all_listed = request.skus.empty() ? request.after.value + count >= known : true;
  const engine::SkuId next = all_listed ? engine::SkuId{} : engine::SkuId{request.after.value + static_cast<std::uint32_t>(count)};
  if (std::vector<std::byte>* out = out_of(reply)) {
    schema::append_answer(*out, reply.correlation, schema::StockAnswer{durable, rows.levels, rows.skus, next});
  }
  answered(reply);
}

}  // namespace earmark::server
