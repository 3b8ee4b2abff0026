#include "engine/shipment_image.hpp"

#include <cstring>

namespace earmark::engine {
namespace {

struct ShipmentHead {
  std::uint16_t number;
  std::uint8_t state, stepped;
  std::uint32_t revision;
  std::int64_t expected;
  std::uint16_t carrier_bytes, tracking_bytes;
  std::uint32_t rows;
};
static_assert(sizeof(ShipmentHead) == 24 && sizeof(ReturnedUnits) == 8);

constexpr std::size_t in_eights(std::size_t bytes) noexcept { return (bytes + 7) & ~std::size_t{7}; }

}  // namespace

ShipmentState state_after(ShipmentState before, ShipmentStep step, bool found) noexcept {
  switch (step) {
    case ShipmentStep::pick: return found ? ShipmentState::picked : ShipmentState::open;
    case ShipmentStep::pack: return ShipmentState::packed;
    case ShipmentStep::ship: return ShipmentState::shipped;
    case ShipmentStep::deliver: return ShipmentState::delivered;
    case ShipmentStep::put_back: return ShipmentState::open;
    case ShipmentStep::track:
    case ShipmentStep::give_back: break;
  }
  return before;
}

void append_shipment(std::vector<std::byte>& out, const ShipmentImage& shipment) {
  const ShipmentHead head{shipment.number, static_cast<std::uint8_t>(shipment.state), static_cast<std::uint8_t>(shipment.stepped), shipment.revision, shipment.expected.value,
                  static_cast<std::uint16_t>(shipment.carrier.size()), static_cast<std::uint16_t>(shipment.tracking.size()),
                  static_cast<std::uint32_t>(shipment.returned.size())};
  std::size_t at = out.size();
  out.resize(at + in_eights(sizeof head + shipment.returned.size_bytes() + shipment.carrier.size() + shipment.tracking.size()));
  const auto put = [&](const void* bytes, std::size_t size) {
    if (size != 0) std::memcpy(out.data() + at, bytes, size);
    at += size;
  };
  put(&head, sizeof head);
  put(shipment.returned.data(), shipment.returned.size_bytes());
  put(shipment.carrier.data(), shipment.carrier.size());
  put(shipment.tracking.data(), shipment.tracking.size());
}

bool take_shipment(std::span<const std::byte>& bytes, ShipmentImage& shipment, std::vector<ReturnedUnits>& rows) {
  ShipmentHead head;
  if (bytes.size() < sizeof head) return false;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.state > static_cast<std::uint8_t>(ShipmentState::delivered) || head.rows > bytes.size()) return false;
  const std::size_t row_bytes = head.rows * sizeof(ReturnedUnits);
  const std::size_t whole = in_eights(sizeof head + row_bytes + head.carrier_bytes + head.tracking_bytes);
  if (whole > bytes.size()) return false;
  rows.resize(head.rows);
  if (row_bytes != 0) std::memcpy(rows.data(), bytes.data() + sizeof head, row_bytes);
  const auto* texts = reinterpret_cast<const char*>(bytes.data()) + sizeof head + row_bytes;
  shipment = {head.number, static_cast<ShipmentState>(head.state), head.revision, TimeUs{head.expected},
              {texts, head.carrier_bytes}, {texts + head.carrier_bytes, head.tracking_bytes}, rows, head.stepped != 0};
  bytes = bytes.subspan(whole);
  return true;
}

}  // namespace earmark::engine
