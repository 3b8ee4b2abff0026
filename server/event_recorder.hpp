// The engine's records in the schema's encoding: a thin bridge, one for each committing thread.
#pragma once

#include "engine/outcomes.hpp"
#include "schema/event.hpp"

namespace earmark::server {

class EventRecorder final : public engine::Recorder {
 public:
  std::size_t record(const engine::Stamp& stamp, const engine::OrderDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::ReceiptDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::FillDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::CancelDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::ShipDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::AmendDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::LoadDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::VoidDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::StockChangeDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::HoldDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::HoldExtendDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::HoldEndDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::ShipmentDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::TransferShipDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::PurchaseDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::PurchaseStepDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::PurchaseReceiptDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::TransferReceiptDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::StrictDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::RulesDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::ReorderDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::OverdueDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }
  std::size_t record(const engine::Stamp& stamp, const engine::DatesDecision& decision, std::span<std::byte> out) override {
    return encoder_.encode(stamp, decision, out);
  }

 private:
  schema::EventEncoder encoder_;
};

}  // namespace earmark::server
