// Everything that committing threads share, in one place. Words that decisions depend on change inside commits only.
// Cells of one SKU lie side by side: index = SKU * max_warehouses + warehouse - 1.
#pragma once

#include <memory>
#include <vector>

#include "engine/atomic.hpp"
#include "engine/block_store.hpp"
#include "engine/catalogue.hpp"
#include "engine/cell_word.hpp"
#include "engine/command_ids.hpp"
#include "engine/commit_word.hpp"
#include "engine/decision_times.hpp"
#include "engine/lazy_array.hpp"
#include "engine/limits.hpp"
#include "engine/readers.hpp"
#include "engine/record_ring.hpp"
#include "engine/timers.hpp"
#include "engine/window.hpp"

namespace earmark::engine {

inline constexpr std::size_t batch_entries = 1024;       // words of one batch's commit

struct SharedState {
  SharedState(const Capacity& limits, std::size_t committers)
      : capacity(limits),
        commit_word(committers, batch_entries, settler_words_for(limits.warehouses)),
        cells((std::size_t{limits.skus} + 1) * limits.warehouses),
        reorder_levels(cells.size()),
        blocks(limits.order_bytes),
        ids(limits.command_ids, blocks),
        readers(committers),
        times(committers) {
    for (std::size_t index = 0; index < committers; ++index) {
      rings.push_back(std::make_unique<RecordRing>(limits.ring_bytes));
    }
  }

  CellIndex cell_index(SkuId sku, WarehouseId warehouse) const noexcept {
    return CellIndex{std::uint64_t{sku.value} * capacity.warehouses + warehouse.value - 1U};
  }
  Atomic<std::uint64_t>& cell(SkuId sku, WarehouseId warehouse) noexcept {
    return cells[cell_index(sku, warehouse).value];
  }
  static const CatalogueView& catalogue_of(std::uint64_t word) noexcept {
    static const CatalogueView empty;
    return word == 0 ? empty : *reinterpret_cast<const CatalogueView*>(word);
  }

  Capacity capacity;
  CommitWord commit_word;
  Window window;
  LazyArray<Atomic<std::uint64_t>> cells;
  // For reorder rules (engine/rules.hpp): by cell; a thread that has left fewer units there leaves word. 0: any number will do.
  LazyArray<Atomic<std::uint32_t>> reorder_levels;
  Atomic<std::uint64_t> catalogue{0};  // const CatalogueView*
  BlockStore blocks;
  CommandIds ids;
  Readers readers;
  DecisionTimes times;
  // Ids of commands decided before it are forgotten, but for those of orders that were open then. For information: it is
  // raised by the settler after the commit that forgets; no decision reads it.
  Atomic<std::uint64_t> oldest_known{1};
  // No timer is due before it. Written by the settler, read by receiving threads: an order that comes at or past it goes to the
  // settler, so that due timers run before it. Relaxed: who was answered about a hold, or sends after somebody who was, got
  // that answer through the journal's release and acquire, and the store stands before it; who was not may be decided as
  // if before the hold was.
  Atomic<std::int64_t> next_due_us{Timers::never.value};
  Atomic<std::uint32_t> has_rules{0};   // 1 before the first reorder rules are committed, and ever after
  Atomic<std::uint32_t> rules_turn{0};  // its value says nothing
  std::vector<std::unique_ptr<RecordRing>> rings;  // by CommitterId
};

}  // namespace earmark::engine
