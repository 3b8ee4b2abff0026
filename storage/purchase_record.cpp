#include "storage/purchase_record.hpp"

#include <cstring>

#include "storage/state_rows.hpp"

namespace earmark::storage {
namespace {

struct TextBytes {
  std::uint16_t id = 0, vendor = 0, reference = 0, notes = 0;
  std::uint64_t sum() const noexcept { return std::uint64_t{id} + vendor + reference + notes; }
};

struct Head {
  using Line = engine::PurchaseLineState;
  std::uint32_t crc32c = 0, lines = 0;
  std::uint64_t content = 0;
  std::int64_t time = 0, closes = 0;
  TextBytes texts;
  std::uint8_t state = 0, automatic = 0, unused[6] = {};
};
static_assert(sizeof(Head) == 48);

struct OldLine {
  std::int64_t promised = 0, first_promised = 0;
  std::uint64_t received = 0;
  std::uint32_t line = 0, sku = 0, quantity = 0;
  std::uint16_t warehouse = 0, unused = 0;
};
static_assert(sizeof(OldLine) == 40);

struct OldHead {
  using Line = OldLine;
  std::uint32_t crc32c = 0, lines = 0;
  std::uint64_t content = 0;
  std::int64_t time = 0;
  TextBytes texts;
  std::uint8_t state = 0, unused[7] = {};
};
static_assert(sizeof(OldHead) == 40);

template <class Head>
std::uint64_t bytes_for(const Head& head) noexcept {
  return (sizeof head + std::uint64_t{head.lines} * sizeof(typename Head::Line) + head.texts.sum() + 7) & ~std::uint64_t{7};
}

std::uint16_t size_of(std::string_view text) noexcept { return static_cast<std::uint16_t>(text.size()); }

// What both kinds have; the lines are the caller's. False: it is not what was written.
template <class Head>
bool read_all_but_lines(engine::Lsn lsn, std::span<const std::byte> record, Head& head, engine::PurchaseImage& image) noexcept {
  if (record.size() < sizeof head) return false;
  std::memcpy(&head, record.data(), sizeof head);
  if (record.size() != bytes_for(head) || head.crc32c != value_checksum(lsn.value, record)) return false;
  const auto* at = reinterpret_cast<const char*>(record.data() + sizeof head + head.lines * sizeof(typename Head::Line));
  const auto text = [&](std::uint16_t size) {
    const std::string_view taken(at, size);
    at += size;
    return taken;
  };
  image.lsn = lsn;
  image.time = engine::TimeUs{head.time};
  image.id = text(head.texts.id);
  image.content = head.content;
  image.vendor = text(head.texts.vendor);
  image.reference = text(head.texts.reference);
  image.notes = text(head.texts.notes);
  image.state = static_cast<engine::PurchaseState>(head.state);
  return true;
}

}  // namespace

std::vector<std::byte> purchase_record(const engine::PurchaseImage& image) {
  Head head{0, static_cast<std::uint32_t>(image.lines.size()), image.content, image.time.value, image.closes.value,
            {size_of(image.id), size_of(image.vendor), size_of(image.reference), size_of(image.notes)},
            static_cast<std::uint8_t>(image.state), static_cast<std::uint8_t>(image.automatic), {}};
  std::vector<std::byte> record(bytes_for(head));
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
  if (!read_all_but_lines(lsn, record, head, image)) return false;
  image.closes = engine::TimeUs{head.closes};
  image.automatic = head.automatic != 0;
  image.lines = {reinterpret_cast<const engine::PurchaseLineState*>(record.data() + sizeof head), head.lines};
  return true;
}

bool read_old_purchase_record(engine::Lsn lsn, std::span<const std::byte> record, std::vector<engine::PurchaseLineState>& lines,
                              engine::PurchaseImage& image) {
  OldHead head;
  if (!read_all_but_lines(lsn, record, head, image)) return false;
  lines.clear();
  for (std::uint32_t index = 0; index < head.lines; ++index) {
    OldLine old;
    std::memcpy(&old, record.data() + sizeof head + index * sizeof old, sizeof old);
    engine::PurchaseLineState& line = lines.emplace_back();
    line.promised = line.expected = engine::TimeUs{old.promised};
    line.first_promised = engine::TimeUs{old.first_promised};
    line.received = old.received;
    line.line = engine::LineNumber{old.line};
    line.sku = engine::SkuId{old.sku};
    line.quantity = old.quantity;
    line.warehouse = engine::WarehouseId{old.warehouse};
  }
  image.closes = {};
  image.automatic = false;
  image.lines = lines;
  return true;
}

}  // namespace earmark::storage
