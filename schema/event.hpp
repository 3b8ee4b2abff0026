// Events as values: records to engine decisions and back. Encoding appends pieces (schema/record.hpp) to a buffer;
// decoding gives views into the record, and into the decoder's scratch for rows of a record with several pieces.
// Not thread-safe: one encoder and one decoder per thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "engine/decision.hpp"
#include "engine/result.hpp"

namespace earmark::schema {

using Decision = std::variant<engine::VoidDecision, engine::OrderDecision, engine::ReceiptDecision, engine::FillDecision,
                              engine::CancelDecision, engine::ShipDecision, engine::LoadDecision, engine::AmendDecision,
                              engine::StockChangeDecision,
                              engine::HoldDecision, engine::HoldExtendDecision, engine::HoldEndDecision,
                              engine::ShipmentDecision,
                              engine::TransferShipDecision, engine::TransferReceiptDecision, engine::StrictDecision,
                              engine::PurchaseDecision, engine::PurchaseStepDecision, engine::PurchaseReceiptDecision,
                              engine::RulesDecision, engine::ReorderDecision, engine::OverdueDecision, engine::DatesDecision>;

struct Event {
  engine::Stamp stamp;
  Decision decision;
  bool filtered = false;  // rows that did not pass a subscription's filters are left out
};

// It is a cause whose fills stand in records behind it, the last of them marked.
inline bool fills_follow(const Decision& decision) {
  return std::visit([](const auto& each) {
    if constexpr (requires { each.fills_follow; }) return each.fills_follow;
    else return false;
  }, decision);
}

// The command whose record it is, or that caused it: its fills, what its pick did not find.
inline engine::Lsn cause_of(const Event& event) noexcept { return event.stamp.cause.value != 0 ? event.stamp.cause : event.stamp.lsn; }

// Further records of that command follow.
inline bool more_follow(const Event& event) {
  const auto* fill = std::get_if<engine::FillDecision>(&event.decision);
  return fill != nullptr ? !fill->last : fills_follow(event.decision);
}

// Keeps `open` to the commands of which records are still to come.
inline void follow(std::vector<engine::Lsn>& open, const Event& event) {
  std::erase(open, cause_of(event));
  if (more_follow(event)) open.push_back(cause_of(event));
}

enum class EventFault : std::uint8_t { truncated, not_an_event, unknown_body, inconsistent };

class EventEncoder {
 public:
  EventEncoder();
  ~EventEncoder();
  // Writes the record's pieces to `out`, which is 8-byte aligned. Returns the bytes written, a multiple of 8, or 0 if
  // `out` is too small. No allocation for records of one piece after warm-up.
  std::size_t encode(const engine::Stamp& stamp, const engine::OrderDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::ReceiptDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::FillDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::CancelDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::ShipDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::AmendDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::LoadDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::VoidDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::StockChangeDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::HoldDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::HoldExtendDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::HoldEndDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::ShipmentDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::TransferShipDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::TransferReceiptDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::StrictDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::PurchaseDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::PurchaseStepDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::PurchaseReceiptDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::RulesDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::ReorderDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::OverdueDecision& decision, std::span<std::byte> out);
  std::size_t encode(const engine::Stamp& stamp, const engine::DatesDecision& decision, std::span<std::byte> out);
  // Whether what is encoded from now on says of itself that parts are left out. At first not.
  void mark_filtered(bool filtered);

 private:
  std::size_t build(const engine::Stamp& stamp, const engine::OrderDecision& decision, std::span<std::byte> out);

  struct Builder;
  std::unique_ptr<Builder> builder_;
};

class EventDecoder {
 public:
  EventDecoder();
  ~EventDecoder();
  // `record` starts at the first piece (8-byte aligned); views in the result hold until the next call. Verifies the
  // FlatBuffers (depth, tables), the union tag, enums and that the counts in rows agree. Sets `consumed` to the record's bytes.
  Result<Event, EventFault> decode(std::span<const std::byte> record, std::size_t& consumed);
  // The same from bodies without piece headers, as frames carry them (each 8-byte aligned). Takes one event with all
  // its parts; `consumed` is the number of bodies that it had.
  Result<Event, EventFault> decode_bodies(std::span<const std::span<const std::byte>> bodies, std::size_t& consumed);
  // As decode, for bytes that this process wrote itself: without verification. Used on the journal's thread.
  Event decode_trusted(std::span<const std::byte> record, std::size_t& consumed);

  struct Scratch;

 private:
  std::unique_ptr<Scratch> scratch_;
};

// The stamp of a record, without decoding the rest. LSN 0 if the bytes are no record.
engine::Stamp stamp_of(std::span<const std::byte> record);

}  // namespace earmark::schema
