// The way of an order through the server's own parts, without sockets, disk and threads, one step after the other: bytes, frames, decode, decide, journal (in
// memory), durable, answer. What it does is the same in each run, so instructions can be counted and stages timed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "schema/ask.hpp"
#include "server/group_commit.hpp"
#include "server/worker.hpp"
#include "storage/memory_journal.hpp"

namespace earmark::micro {

struct Shop {
  std::uint32_t skus = 1'000;
  std::uint16_t warehouses = 4;
  std::int64_t stock = 2'000'000'000;  // of each SKU in each warehouse
};

// Frames of orders of three lines, for SKUs of the shop by a fixed pseudo-random sequence. Ids are unique by `first`.
std::vector<std::byte> order_frames(const Shop& shop, std::uint64_t first, std::size_t count);
// A frame of a receipt with a row for each SKU in the first warehouse.
std::vector<std::byte> receipt_frame(const Shop& shop, std::uint64_t number, std::int64_t units);

class OrderPath final : public server::JournalWriter {
 public:
  explicit OrderPath(const Shop& shop);

  // Decides everything in the frames.
  void receive(std::span<const std::byte> frames);
  // What is decided becomes durable, and its answers are written. Returns their bytes, and forgets them.
  std::size_t answer();
  engine::Lsn last() noexcept { return engine_.shared().commit_word.last(); }

  // server::JournalWriter
  void committed() noexcept override {}
  bool commit_here() override { return false; }
  std::int64_t wait_for_group() override;
  void at_one_lsn(const std::function<void()>& read) override { read(); }
  const server::JournalCounters& counters() const noexcept override { return group_.counters(); }

 private:
  storage::MemoryJournal journal_;
  engine::Engine engine_;
  server::Hub hub_;
  server::Worker worker_;
  server::GroupCommit group_;
  std::uint32_t session_ = 0;
};

}  // namespace earmark::micro
