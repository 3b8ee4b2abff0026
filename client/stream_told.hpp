// What a line of the stream tells of one event, and the tellers of stock that is to come, its rules and dates. Inside of stream_text.cpp
// and stream_text_inbound.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/catalogue.hpp"
#include "client/describe.hpp"
#include "engine/decision.hpp"

namespace earmark::client {

enum class Tone : std::uint8_t { plain, good, waits, bad, faint };

// One part of an event: which line, which SKU, what happened.
struct Row {
  std::string line, sku, what;
};

struct Told {
  std::string_view word;
  Tone tone = Tone::plain;
  std::string of;
  std::vector<Row> rows;
  std::size_t all_rows = 0;  // more than there are rows: the others are counted only
  std::string_view noun = "line";
};

inline std::string of_customer(std::string_view customer) { return customer.empty() ? "" : " of " + on_one_line(customer); }

class InboundTeller {
 public:
  Told operator()(const engine::TransferShipDecision& ship) const;
  Told operator()(const engine::TransferReceiptDecision& receipt) const;
  Told operator()(const engine::PurchaseDecision& place) const;
  Told operator()(const engine::PurchaseStepDecision& move) const;
  Told operator()(const engine::PurchaseReceiptDecision& receipt) const;
  Told operator()(const engine::RulesDecision& set) const;
  Told operator()(const engine::ReorderDecision& reorder) const;
  Told operator()(const engine::OverdueDecision& overdue) const;
  Told operator()(const engine::DatesDecision& dates) const;

 protected:
  explicit InboundTeller(const Catalogue& catalogue) : catalogue_(catalogue) {}

  std::string sku(engine::SkuId id) const { return on_one_line(catalogue_.code(id)); }
  static std::string line_text(engine::LineNumber line) { return "line " + std::to_string(line.value); }

  const Catalogue& catalogue_;

 private:
  template <class Arrived>
  std::string arrived(const Arrived& row, engine::WarehouseId into) const;
  template <class Line>
  std::string ordered(const Line& line, std::span<const engine::TimeUs> estimates, std::size_t index) const;
};

}  // namespace earmark::client
