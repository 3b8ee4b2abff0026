#include "tests/simulation/records.hpp"

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/trace.hpp"

namespace earmark::simulation {

bool fills_follow(const schema::Decision& decision) {
  if (const auto* receipt = std::get_if<engine::ReceiptDecision>(&decision)) return receipt->fills_follow;
  if (const auto* cancel = std::get_if<engine::CancelDecision>(&decision)) return cancel->fills_follow;
  if (const auto* amend = std::get_if<engine::AmendDecision>(&decision)) return amend->fills_follow;
  if (const auto* load = std::get_if<engine::LoadDecision>(&decision)) return load->fills_follow;
  if (const auto* change = std::get_if<engine::StockChangeDecision>(&decision)) return change->fills_follow;
  if (const auto* order = std::get_if<engine::OrderDecision>(&decision)) return order->fills_follow;
  if (const auto* end = std::get_if<engine::HoldEndDecision>(&decision)) return end->fills_follow;
  if (const auto* move = std::get_if<engine::ShipmentDecision>(&decision)) return move->fills_follow;
  return false;
}

void read_records(const storage::Journal& journal, engine::Lsn from, engine::Lsn to,
                  const std::function<bool(const schema::Event&, std::span<const std::byte>)>& use) {
  static std::vector<std::uint64_t> words(storage::max_record_bytes / sizeof(std::uint64_t));  // taken once for all seeds
  schema::EventDecoder decoder;
  const auto reader = journal.reader();
  if (auto moved = reader->seek(from); !moved) throw Broken("a reader of the journal: " + moved.error().text);
  for (engine::Lsn next = from; next <= to;) {
    engine::Lsn first, last;
    const auto read = reader->read(std::as_writable_bytes(std::span(words)), to, first, last);
    if (!read || *read == 0 || first != next) throw Broken("record LSN " + std::to_string(next.value) + " is missing in the journal");
    auto bytes = std::as_bytes(std::span(words)).first(*read);
    while (!bytes.empty()) {
      std::size_t consumed = 0;
      const auto event = decoder.decode(bytes, consumed);
      if (!event || event->stamp.lsn != next) throw Broken("record LSN " + std::to_string(next.value) + " does not decode");
      if (!use(*event, bytes.first(consumed))) return;
      bytes = bytes.subspan(consumed);
      next = next + 1;
    }
  }
}

}  // namespace earmark::simulation
