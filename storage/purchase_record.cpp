#include "storage/purchase_record.hpp"

#include <cstring>

#include "storage/state_rows.hpp"

namespace earmark::storage {
namespace {

struct Head {
  std::uint32_t crc32c = 0, lines = 0;
  std::uint64_t content = 0;
  std::int64_t time = 0;
  std::uint16_t id_bytes = 0, vendor_bytes = 0, reference_bytes = 0, notes_bytes = 0;
  std::uint8_t state = 0, unused[7] = {};

  std::uint64_t bytes() const noexcept {
    const std::uint64_t texts = std::uint64_t{id_bytes} + vendor_bytes + reference_bytes + notes_bytes;
    return (sizeof(Head) + std::uint64_t{lines} * sizeof(engine::PurchaseLineState) + texts + 7) & ~std::uint64_t{7};
  }
};
static_assert(sizeof(Head) == 40);

std::uint16_t size_of(std::string_view text) noexcept { return static_cast<std::uint16_t>(text.size()); }

}  // namespace

std::vector<std::byte> purchase_record(const engine::PurchaseImage& image) {
  Head head{0, static_cast<std::uint32_t>(image.lines.size()), image.content, image.time.value, size_of(image.id), size_of(image.vendor),
            size_of(image.reference), size_of(image.notes), static_cast<std::uint8_t>(image.state), {}};
  std::vector<std::byte> record(head.bytes());
  std::byte* at = record.data();
  const auto put = [&](const void* bytes, std::size_t size) {
    if (size != 0) std::memcpy(at, bytes, size);
    at += size;
  };
  put(&head, sizeof head);
  put(image.lines.data(), image.lines.size_bytes());
  for (const std::string_view text : {image.id, image.vendor, image.reference, image.notes}) put(text.data(), text.size());
  head.crc32c = value_checksum(image.lsn.value, record);
  std::memcpy(record.data(), &head, sizeof head);
  return record;
}

bool read_purchase_record(engine::Lsn lsn, std::span<const std::byte> record, engine::PurchaseImage& image) noexcept {
  Head head;
  if (record.size() < sizeof head) return false;
  std::memcpy(&head, record.data(), sizeof head);
  if (record.size() != head.bytes() || head.crc32c != value_checksum(lsn.value, record)) return false;
  const auto* lines = reinterpret_cast<const engine::PurchaseLineState*>(record.data() + sizeof head);
  const auto* at = reinterpret_cast<const char*>(lines + head.lines);
  const auto text = [&](std::uint16_t size) {
    const std::string_view taken(at, size);
    at += size;
    return taken;
  };
  image.lsn = lsn;
  image.time = engine::TimeUs{head.time};
  image.id = text(head.id_bytes);
  image.content = head.content;
  image.vendor = text(head.vendor_bytes);
  image.reference = text(head.reference_bytes);
  image.notes = text(head.notes_bytes);
  image.state = static_cast<engine::PurchaseState>(head.state);
  image.lines = {lines, head.lines};
  return true;
}

}  // namespace earmark::storage
