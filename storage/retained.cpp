#include "storage/retained.hpp"

#include <cstring>
#include <string>

#include "storage/crc32c.hpp"

namespace earmark::storage {
namespace {

constexpr std::uint32_t retained_version = 1;

struct Stored {
  std::uint32_t crc32c, version;
  std::uint64_t oldest, previous_chain, number;
};
static_assert(sizeof(Stored) == retained_bytes);

std::uint32_t checksum_of(const Stored& stored) noexcept { return crc32c(std::as_bytes(std::span(&stored, 1)).subspan(4)); }

}  // namespace

std::array<std::byte, retained_bytes> write_retained(const ChainLink& before) noexcept {
  Stored stored{0, retained_version, before.last.value + 1, before.chain, before.number};
  stored.crc32c = checksum_of(stored);
  std::array<std::byte, retained_bytes> bytes;
  std::memcpy(bytes.data(), &stored, sizeof stored);
  return bytes;
}

bool read_retained(std::span<const std::byte> bytes, ChainLink& before) noexcept {
  Stored stored;
  if (bytes.size() != sizeof stored) return false;
  std::memcpy(&stored, bytes.data(), sizeof stored);
  before = {stored.previous_chain, stored.number, engine::Lsn{stored.oldest - 1}};
  return stored.crc32c == checksum_of(stored) && stored.version == retained_version && stored.oldest > 1;
}

Failure trimmed(engine::Lsn wanted, engine::Lsn oldest) {
  return {FailureKind::trimmed, "LSN " + std::to_string(wanted.value) + " is trimmed, the oldest kept LSN is " +
                                    std::to_string(oldest.value) + "; start there", oldest};
}

}  // namespace earmark::storage
