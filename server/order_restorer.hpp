// Open orders on their way from the state store into the engine, on two threads: whoever reads and verifies them builds each in memory; a thread
// of the restorer's own takes their ids and lets them wait, in the same order. It runs only where there are many.
// Thread rule: all functions for the reading thread. Whatever the engine's other restore functions touch is its own again after finish().
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <thread>

#include "engine/engine.hpp"
#include "server/memory_ahead.hpp"

namespace earmark::server {

class OrderRestorer {
 public:
  explicit OrderRestorer(engine::Engine& engine) noexcept : engine_(engine), memory_ahead_(engine.shared().blocks) {}
  // After a failure: the engine is of no use then.
  ~OrderRestorer();
  OrderRestorer(const OrderRestorer&) = delete;
  OrderRestorer& operator=(const OrderRestorer&) = delete;

  static constexpr std::size_t orders_at_once = 256;

  void add(const engine::OrderImage& order);
  // All that was added is restored. Throws what the other thread threw.
  void finish();

 private:
  // How far the reading thread may be ahead: enough that neither waits for the other's slow moments, few enough to be in the cache still.
  static constexpr std::size_t batches = 16;
  struct Batch {
    std::array<engine::BlockRef, orders_at_once> orders;
    std::size_t count = 0;  // 0: the last
    std::span<const engine::BlockRef> all() const noexcept { return std::span(orders).first(count); }
  };

  Batch& filling() noexcept { return ring_[handed_over_.load(std::memory_order_relaxed) % batches]; }
  void hand_over();
  void stop() noexcept;
  void run() noexcept;

  engine::Engine& engine_;
  std::array<Batch, batches> ring_;
  // Batches that were handed over, and those of them that are done; each is written by one thread. Release and acquire in both: who sees the first sees the
  // orders' memory, who sees the second may fill the batch anew.
  alignas(64) std::atomic<std::uint64_t> handed_over_{0};
  alignas(64) std::atomic<std::uint64_t> done_{0};
  MemoryAhead memory_ahead_;  // clearing fresh pages takes a quarter of the reading thread's time otherwise
  std::thread thread_;
  std::exception_ptr failed_;  // written by the other thread, read when it has ended
};

}  // namespace earmark::server
