// Blocks that the settler has made unreachable, until nobody can be looking at them any more; then they go back to the
// store, where every thread's cache finds them. Owned by the settler.
#pragma once

#include <deque>
#include <vector>

#include "engine/block_store.hpp"
#include "engine/readers.hpp"

namespace earmark::engine {

class RetiredBlocks {
 public:
  RetiredBlocks(BlockStore& store, Readers& readers) noexcept : store_(store), readers_(readers) {}

  // For a block that no new look-up can reach: after the CAS or commit that made it so.
  void retire(BlockRef ref, std::size_t bytes) { fresh_.push_back({ref, bytes}); }
  // Gives back what is out of sight by now. To be called from time to time; after the retire() calls of one commit.
  void collect() {
    if (!fresh_.empty()) batches_.push_back({readers_.now(), std::move(fresh_)});
    fresh_.clear();
    while (!batches_.empty() && readers_.passed(batches_.front().looking)) {
      for (const Block& block : batches_.front().blocks) store_.give_back(block.ref, block.bytes);
      batches_.pop_front();
    }
  }

 private:
  struct Block {
    BlockRef ref = 0;
    std::size_t bytes = 0;
  };
  struct Batch {
    std::vector<Readers::Count> looking;
    std::vector<Block> blocks;
  };

  BlockStore& store_;
  Readers& readers_;
  std::vector<Block> fresh_;
  std::deque<Batch> batches_;
};

}  // namespace earmark::engine
