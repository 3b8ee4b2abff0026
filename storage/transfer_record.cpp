#include "storage/transfer_record.hpp"

#include <cstring>

#include "storage/state_rows.hpp"

namespace earmark::storage {
namespace {

struct Head {
  std::uint32_t crc32c = 0, lines = 0;
  std::uint64_t content = 0;
  std::int64_t time = 0, expected = 0;
  std::uint16_t source = 0, destination = 0;
  std::uint32_t id_bytes = 0;
};
static_assert(sizeof(Head) == 40);

constexpr std::uint64_t bytes_for(std::uint64_t lines, std::uint64_t id_bytes) noexcept {
  return (sizeof(Head) + lines * sizeof(engine::TransferLine) + id_bytes + 7) & ~std::uint64_t{7};
}

}  // namespace

std::vector<std::byte> transfer_record(const engine::TransferImage& image) {
  std::vector<std::byte> record(bytes_for(image.lines.size(), image.id.size()));
  Head head{0, static_cast<std::uint32_t>(image.lines.size()), image.content, image.time.value, image.expected.value,
            image.source.value, image.destination.value, static_cast<std::uint32_t>(image.id.size())};
  std::memcpy(record.data() + sizeof head, image.lines.data(), image.lines.size_bytes());
  std::memcpy(record.data() + sizeof head + image.lines.size_bytes(), image.id.data(), image.id.size());
  std::memcpy(record.data(), &head, sizeof head);
  head.crc32c = value_checksum(image.lsn.value, record);
  std::memcpy(record.data(), &head, sizeof head);
  return record;
}

bool read_transfer_record(engine::Lsn lsn, std::span<const std::byte> record, engine::TransferImage& image) noexcept {
  Head head;
  if (record.size() < sizeof head) return false;
  std::memcpy(&head, record.data(), sizeof head);
  if (record.size() != bytes_for(head.lines, head.id_bytes) || head.crc32c != value_checksum(lsn.value, record)) return false;
  const auto* lines = reinterpret_cast<const engine::TransferLine*>(record.data() + sizeof head);
  const auto* id = reinterpret_cast<const char*>(record.data() + sizeof head + head.lines * sizeof(engine::TransferLine));
  image = {lsn, engine::TimeUs{head.time}, engine::TimeUs{head.expected}, {id, head.id_bytes}, head.content,
           engine::WarehouseId{head.source}, engine::WarehouseId{head.destination}, {lines, head.lines}};
  return true;
}

}  // namespace earmark::storage
