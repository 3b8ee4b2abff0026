// What EventDecoder keeps between calls, and the helpers its source files share. For schema/*.cpp only.
#pragma once

#include <vector>

#include "schema/event.hpp"
#include "schema/event_layout.hpp"
#include "schema/verify.hpp"

namespace earmark::schema {

struct EventDecoder::Scratch {
  std::vector<std::span<const std::byte>> bodies;
  std::vector<engine::LineDecision> lines;
  std::vector<engine::Take> takes;
  std::vector<engine::LineWait> waits;
  std::vector<engine::ExpectedUnits> expected, fallbacks;
  std::vector<engine::ReceivedRow> received;
  std::vector<engine::LinePolicy> policies;
  std::vector<std::uint32_t> cut, overdrawn;  // positions
  std::vector<engine::CancelledLine> cancelled;
  std::vector<engine::RaisedLine> raised;
  std::vector<engine::ShippedLine> shipped;
  std::vector<engine::ReleasedLine> released;
  std::vector<engine::MovedLine> moved;
  std::vector<engine::LoadedWarehouse> warehouses;
  std::vector<engine::LoadedProduct> products;
  std::vector<engine::ChangedRow> changed;
  std::vector<engine::LostUnits> lost;
  std::vector<engine::TransferredRow> transferred;
  std::vector<engine::ArrivedRow> arrived;
  std::vector<engine::MissingUnits> missing;
  std::vector<engine::PurchasedLine> purchased;
  std::vector<engine::PurchaseChange> purchase_changes;
  std::vector<engine::PurchaseArrivedRow> purchase_arrived;
  std::vector<engine::PurchasePeg> pegs;
  std::vector<engine::TimeUs> estimates;
  std::vector<engine::VendorSet> vendors;
  std::vector<engine::SourceSet> sources;
  std::vector<engine::RuleSet> rules;
  std::vector<engine::OverdueLine> overdue;
  std::vector<engine::MovedDate> moved_dates;
  std::vector<std::string_view> orders, customers;
};

// Where one piece stands among those of its record.
struct Position {
  bool first = true;
  bool only = true;
};

template <class Row, class Element>
bool gather(Position position, const flatbuffers::Vector<Element>* vector, std::vector<Row>& scratch, std::span<const Row>& rows) {
  std::span<const Row> view;
  if (!view_rows(vector, view)) return false;
  if (position.only) {
    rows = view;
    return true;
  }
  if (position.first) scratch.clear();
  scratch.insert(scratch.end(), view.begin(), view.end());
  rows = scratch;
  return true;
}

template <class Row, class Number>
void gather_numbers(Position position, const flatbuffers::Vector<Number>* vector, std::vector<Row>& scratch, std::span<const Row>& rows) {
  const std::span<const Row> view = view_numbers<Row>(vector);
  if (position.first) scratch.clear();
  if (!position.only) scratch.insert(scratch.end(), view.begin(), view.end());
  rows = position.only ? view : scratch;
}

template <class Enum, class Wire>
bool read_enum(Wire value, Wire largest, Enum& out) noexcept {
  out = static_cast<Enum>(value);
  return value <= largest;
}

inline void gather_texts(Position position, const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* texts,
                  std::vector<std::string_view>& scratch, std::span<const std::string_view>& out) {
  if (position.first) scratch.clear();
  for (flatbuffers::uoffset_t index = 0; index < size_of(texts); ++index) scratch.push_back(view_text(texts->Get(index)));
  out = scratch;
}

// Of a purchase order. False: there is no such state.
inline bool read_state(wire::PurchaseState value, engine::PurchaseState& out) noexcept {
  out = static_cast<engine::PurchaseState>(value);
  return value >= wire::PurchaseState::MIN && value <= wire::PurchaseState::MAX;
}

// Of what is inbound (decode_inbound.cpp; rules, overdue supply and dates decode_reorder.cpp). False: not an event.
bool read(const wire::TransferShipped& ship, Position position, EventDecoder::Scratch& scratch, engine::TransferShipDecision& out);
bool read(const wire::TransferReceived& receipt, Position position, EventDecoder::Scratch& scratch, engine::TransferReceiptDecision& out);
bool read(const wire::PurchasePlaced& placed, Position position, EventDecoder::Scratch& scratch, engine::PurchaseDecision& out);
bool read(const wire::PurchaseMoved& moved, Position position, EventDecoder::Scratch& scratch, engine::PurchaseStepDecision& out);
bool read(const wire::PurchaseReceived& receipt, Position position, EventDecoder::Scratch& scratch, engine::PurchaseReceiptDecision& out);
bool read(const wire::RulesSet& set, Position position, EventDecoder::Scratch& scratch, engine::RulesDecision& out);
bool read(const wire::ReorderTriggered& reorder, Position position, EventDecoder::Scratch& scratch, engine::ReorderDecision& out);
bool read(const wire::SupplyOverdue& overdue, Position position, EventDecoder::Scratch& scratch, engine::OverdueDecision& out);
bool read(const wire::DatesMoved& moved, Position position, EventDecoder::Scratch& scratch, engine::DatesDecision& out);

}  // namespace earmark::schema
