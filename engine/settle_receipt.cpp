// Receipts: one record adds all rows at one LSN; its fills are worked out as if the rows came one by one (R4).
#include <unordered_map>

#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

Error validate(const ReceiveStock& receipt, const CatalogueView& catalogue, const SharedState& shared, const Book& book) {
  if (receipt.rows.empty()) return {ErrorCode::empty_receipt, 0, {}};
  if (receipt.rows.size() > max_lines) return {ErrorCode::too_many_lines, 0, {}};
  for (std::size_t index = 0; index < receipt.rows.size(); ++index) {
    const StockRow& row = receipt.rows[index];
    const auto at_fault = [&](ErrorCode code) { return Error{code, static_cast<std::uint32_t>(index + 1), {}}; };
    if (!catalogue.knows(row.sku)) return at_fault(ErrorCode::unknown_sku);
    if (!catalogue.knows(row.warehouse)) return at_fault(ErrorCode::unknown_warehouse);
    if (row.quantity < 1 || row.quantity > max_quantity) return at_fault(ErrorCode::bad_quantity);
  }
  std::unordered_map<std::uint64_t, std::uint64_t> on_hand;  // by cell, rows so far included
  for (std::size_t index = 0; index < receipt.rows.size(); ++index) {
    const StockRow& row = receipt.rows[index];
    const CellIndex cell = shared.cell_index(row.sku, row.warehouse);
    std::uint64_t& sum = on_hand.try_emplace(cell.value, book.stock[cell.value].on_hand).first->second;
    sum += static_cast<std::uint64_t>(row.quantity);
    if (sum > max_quantity) return {ErrorCode::quantity_overflow, static_cast<std::uint32_t>(index + 1), {}};
  }
  return {};
}

}  // namespace

bool Settler::settle(const ReceiveStock& receipt, const Message& message, Committer& committer) {
  Judged judged;
  const BlockRef block = committer.blocks().allocate(sizeof(KnownCommand));
  std::vector<ReceivedRow> rows;
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  bool more = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(),
      1024 + receipt.rows.size() * sizeof(ReceivedRow) * 9 / 8 + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        judged = judge_id(IdSpace::receipt, receipt.id, message.content, ErrorCode::duplicate_receipt);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        judged.error = validate(receipt, catalogue(), shared_, book_);
        if (judged.error.code == ErrorCode::none && (block == 0 || judged.place.slot == nullptr)) {
          judged.error.code = ErrorCode::overloaded;
        }
        if (judged.error.code != ErrorCode::none) return;
        rows.clear();
        for (const StockRow& row : receipt.rows) {
          Atomic<std::uint64_t>& cell = shared_.cell(row.sku, row.warehouse);
          const CellWord word{writes_.read(cell)};
          const auto units = static_cast<Quantity>(row.quantity);
          // Gated before units come: the cell of a new warehouse was not there when the waiters began to wait.
          const CellWord after = word.plus(units, book_.waited_for(shared_, row.sku, row.warehouse));
          writes_.write(cell, word.bits, after.bits);
          rows.push_back({row.sku, row.warehouse, 0, units, after.free()});
        }
        write_id(judged, block, IdSpace::receipt, message.content, bundle.next());
        cause.lsn = bundle.next();
        cause.steps = steps_of(rows);
        plan_.begin(cause, catalogue(), writes_, nullptr);
        more = plan_.plan(fills_after(lost));
        plan_.write_gates_of_filled_skus();
        const bool fills = !plan_.fills().empty();
        bundle.add(message.time, {}, ReceiptDecision{receipt.id, message.content, fills, rows}, message.reply, fills);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    if (block != 0) committer.blocks().give_back(block, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, committed.last, message.reply, committer);
    return true;
  }
  book_.apply_receipt(shared_, rows);
  fills_committed(more, committer);
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
