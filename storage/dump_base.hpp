// The base of a trimmed dump: the state at one LSN as JSON lines of type "base", keys sorted, before the records behind it.
//   {"part":"state"}      first: lsn, time_us, oldest_known_lsn, archived_lsn, open_orders, closed_orders, known_commands
//   {"part":"warehouse"}, {"part":"product"}   the catalogue, in the order of its dense ids
//   {"part":"vendor"}, {"part":"source"}, {"part":"rule"}   as a record of type "rules" shows them; a vendor with how late what he promised has
//                         come, a rule with what it waits for
//   {"part":"stock"}      as in the decision file, and the LSN of the last command that touched the cell
//   {"part":"order"}      open orders by LSN: as a record of type "order" shows them, as they are now, with what has shipped
//   {"part":"transfer"}   open transfers by LSN, with what has arrived of each SKU
//   {"part":"purchase"}   open purchase orders by LSN, with what has arrived of each line, what was promised at first, and for
//                         which line of an order it is
//   {"part":"queue"}      as in the decision file, each SKU's waiting lines in the order in which they are served
// Ids of closed orders and of other commands are not in it. One thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "storage/dump.hpp"
#include "storage/state_store.hpp"

namespace earmark::storage {

class BaseDump final : public StateVisitor {
 public:
  using Print = std::function<void(const std::string&)>;

  // `dump` learns the catalogue's codes. Without `print` that is all that happens.
  BaseDump(Dump& dump, Print print) : dump_(dump), print_(std::move(print)) {}

  void begin(const StateSummary& summary) override;
  void catalogue(const engine::LoadDecision& part) override;
  void cell(const engine::CellImage& cell) override;
  void open_order(const engine::OrderImage& order) override;
  void open_hold(const engine::HoldImage& hold) override;
  void open_transfer(const engine::TransferImage& transfer) override;
  void open_purchase(const engine::PurchaseImage& purchase) override;
  void vendor(const engine::VendorImage& vendor) override;
  void source(const engine::SourceImage& source) override;
  void rule(const engine::RuleImage& rule) override;
  void known(const engine::KnownImage&) override {}
  // Prints the queues; the LSN at which all this is true.
  engine::Lsn finish();

 private:
  struct Waiting {
    std::uint64_t later = 0;  // 255 - priority
    engine::Lsn sequence{};  // of the entry
    std::uint32_t line_index = 0;
    engine::LineNumber line{};
    engine::Quantity quantity = 0;
    std::size_t id = 0;  // of ids_
    bool raised = false;
  };

  Dump& dump_;
  Print print_;
  engine::Lsn lsn_{};
  std::map<engine::SkuId, std::vector<Waiting>> queues_;
  std::vector<std::string> ids_;  // of orders that wait
};

}  // namespace earmark::storage
