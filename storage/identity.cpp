#include "storage/identity.hpp"

#include <cstring>

#include "storage/crc32c.hpp"

namespace earmark::storage {
namespace {

struct Stored {
  std::uint32_t version, crc32c;
  std::uint64_t epoch;
  std::int64_t created_us;
  std::uint32_t max_skus;
  std::uint16_t max_warehouses, flags;
};
static_assert(sizeof(Stored) == identity_bytes);

std::uint32_t checksum_of(Stored stored) noexcept {
  stored.crc32c = 0;
  return crc32c(std::as_bytes(std::span(&stored, 1)));
}

constexpr std::uint16_t on_commands_time = 1;

struct StoredSeed {
  std::uint64_t seed;
  std::uint32_t crc32c, unused;
};
static_assert(sizeof(StoredSeed) == chain_seed_bytes);

}  // namespace

std::array<std::byte, identity_bytes> write_identity(const DirectoryIdentity& identity) noexcept {
  Stored stored{identity.format_version, 0, identity.catalogue_epoch, identity.created_us,
                identity.max_skus, static_cast<std::uint16_t>(identity.max_warehouses),
                identity.on_commands_time ? on_commands_time : std::uint16_t{0}};
  stored.crc32c = checksum_of(stored);
  std::array<std::byte, identity_bytes> bytes;
  std::memcpy(bytes.data(), &stored, sizeof stored);
  return bytes;
}

IdentityFault read_identity(std::span<const std::byte> bytes, DirectoryIdentity& identity) noexcept {
  if (bytes.size() < identity_bytes) return IdentityFault::damaged;
  Stored stored;
  std::memcpy(&stored, bytes.data(), sizeof stored);
  // A later version may be longer, but keeps the checksum of its first 32 bytes: damage is never taken for a version.
  if (checksum_of(stored) != stored.crc32c) return IdentityFault::damaged;
  identity = {stored.version, stored.epoch, stored.created_us, stored.max_skus, stored.max_warehouses,
              (stored.flags & on_commands_time) != 0};
  return stored.version == journal_format_version ? IdentityFault::none : IdentityFault::unknown_version;
}

std::array<std::byte, chain_seed_bytes> write_chain_seed(std::uint64_t seed) noexcept {
  const StoredSeed stored{seed, crc32c(std::as_bytes(std::span(&seed, 1))), 0};
  std::array<std::byte, chain_seed_bytes> bytes;
  std::memcpy(bytes.data(), &stored, sizeof stored);
  return bytes;
}

bool read_chain_seed(std::span<const std::byte> bytes, std::uint64_t& seed) noexcept {
  StoredSeed stored;
  if (bytes.size() != sizeof stored) return false;
  std::memcpy(&stored, bytes.data(), sizeof stored);
  seed = stored.seed;
  return stored.unused == 0 && stored.crc32c == crc32c(std::as_bytes(std::span(&stored.seed, 1)));
}

}  // namespace earmark::storage
