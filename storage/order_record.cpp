#include "storage/order_record.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/limits.hpp"
#include "storage/state_rows.hpp"

namespace earmark::storage {
namespace {

constexpr std::size_t text_count = 6;
constexpr std::uint8_t times_present = 1U << text_count, policies_present = 1U << (text_count + 1);
constexpr std::size_t times_bytes = 4 * sizeof(engine::TimeUs);

// Before the promises: 8 bytes, so that what follows lies as well as they do.
struct PromiseHead {
  std::uint32_t count = 0, unused = 0;
};
static_assert(sizeof(PromiseHead) == 8 && order_head_bytes % alignof(engine::PromiseImage) == 0);

struct Head {
  std::uint32_t crc32c, bytes;
  std::uint64_t content;
  std::int64_t time;
  std::uint8_t status, policy, priority, sourcing;
  std::uint16_t preferred, next_shipment;
  std::uint32_t lines, allocations;
  std::uint8_t id_bytes, texts;
  std::uint16_t flags;
  std::uint32_t shipment_bytes;
};
static_assert(sizeof(Head) == order_head_bytes);

std::array<std::string_view, text_count> listed(const engine::OrderTexts& texts) noexcept {
  return {texts.customer, texts.channel, texts.ship_to, texts.contact, texts.reference, texts.notes};
}

bool has_times(const engine::OrderImage& image) noexcept {
  return (image.placed_at.value | image.need_by.value | image.reserve_not_before.value | image.cancel_after.value) != 0;
}

// Each is of a line of the order.
bool raises_are_of_lines(const engine::OrderImage& image) noexcept {
  bool agree = true;
  engine::for_each_raise(image.raises, [&](const engine::RaiseImage& raise) {
    agree = agree && raise.line_index < image.lines.size() && raise.waiting != 0 && raise.sequence > image.lsn;
  });
  return agree;
}

// Together they are no more than what waits of it. Not so while whoever folds has changed the lines and keeps the raises elsewhere.
bool raises_agree(const engine::OrderImage& image) noexcept {
  bool agree = true;
  std::vector<std::uint64_t> waiting(image.raises.empty() ? 0 : image.lines.size());
  engine::for_each_raise(image.raises, [&](const engine::RaiseImage& raise) {
    agree = agree && (waiting[raise.line_index] += raise.waiting) <= image.lines[raise.line_index].waiting;
  });
  return agree;
}

// Each is of a line of the order, and no line has two.
bool promises_agree(const engine::OrderImage& image) noexcept {
  std::uint64_t next = 0;
  return std::all_of(image.promises.begin(), image.promises.end(), [&](const engine::PromiseImage& each) {
    const bool agrees = each.line_index >= next && each.line_index < image.lines.size() && each.first.value != 0 && each.settled <= 1;
    next = std::uint64_t{each.line_index} + 1;
    return agrees;
  });
}

// Reads on from `at`; nothing is read behind `end`.
struct Reader {
  const std::byte* at;
  const std::byte* end;

  bool take(std::size_t bytes, std::string_view& text) noexcept {
    if (static_cast<std::size_t>(end - at) < bytes) return false;
    text = {reinterpret_cast<const char*>(at), bytes};
    at += bytes;
    return true;
  }
};

bool read_texts(const Head& head, Reader reader, engine::OrderImage& image) noexcept {
  if (!reader.take(head.id_bytes, image.id) || image.id.size() > engine::max_id_bytes) return false;
  std::array<std::string_view, text_count> texts;
  for (std::size_t index = 0; index < text_count; ++index) {
    if ((head.texts & (1U << index)) == 0) continue;
    std::string_view length_bytes;
    std::uint16_t length = 0;
    if (!reader.take(sizeof length, length_bytes)) return false;
    std::memcpy(&length, length_bytes.data(), sizeof length);
    if (!reader.take(length, texts[index])) return false;
  }
  image.texts = {texts[0], texts[1], texts[2], texts[3], texts[4], texts[5]};
  engine::TimeUs times[4] = {};
  std::string_view time_bytes;
  if ((head.texts & times_present) != 0) {
    if (!reader.take(times_bytes, time_bytes)) return false;
    std::memcpy(times, time_bytes.data(), times_bytes);
  }
  image.placed_at = times[0];
  image.need_by = times[1];
  image.reserve_not_before = times[2];
  image.cancel_after = times[3];
  image.line_policies = {};
  if ((head.texts & policies_present) != 0) {
    std::string_view policies;
    if (!reader.take(head.lines, policies)) return false;
    image.line_policies = {reinterpret_cast<const engine::LinePolicy*>(policies.data()), policies.size()};
    if (!std::all_of(image.line_policies.begin(), image.line_policies.end(), [](engine::LinePolicy policy) { return policy.known(); })) return false;
  }
  std::string_view shipments;
  if (!reader.take(head.shipment_bytes, shipments)) return false;
  image.shipments = std::as_bytes(std::span(shipments));
  image.raises = {};
  if ((head.flags & order_raises) != 0) {
    std::string_view count_bytes, raises;
    std::uint32_t count = 0;
    if (!reader.take(sizeof count, count_bytes)) return false;
    std::memcpy(&count, count_bytes.data(), sizeof count);
    if (!reader.take(count * sizeof(engine::RaiseImage), raises)) return false;
    image.raises = std::as_bytes(std::span(raises));
    if (!raises_are_of_lines(image)) return false;
  }
  return reader.end - reader.at < 8 && engine::for_each_shipment(image.shipments, [](const engine::ShipmentImage&) {});
}

// How many promises the record says that it has; 0 where it has no room for their number.
std::size_t promises_of(const Head& head, std::span<const std::byte> record) noexcept {
  PromiseHead before;
  if ((head.flags & order_promises) == 0 || record.size() < sizeof head + sizeof before) return 0;
  std::memcpy(&before, record.data() + sizeof head, sizeof before);
  return before.count;
}

std::size_t promise_bytes(const Head& head, std::span<const std::byte> record) noexcept {
  return (head.flags & order_promises) == 0 ? 0 : sizeof(PromiseHead) + promises_of(head, record) * sizeof(engine::PromiseImage);
}

bool counts_agree(const engine::OrderImage& image) noexcept {
  std::size_t allocations = 0;
  for (const engine::LineImage& line : image.lines) allocations += line.allocations;
  return allocations == image.allocations.size();
}

}  // namespace

std::size_t order_record_bytes(const engine::OrderImage& image) noexcept {
  std::size_t bytes = order_head_bytes + image.lines.size_bytes() + image.allocations.size_bytes() + image.id.size();
  for (const std::string_view text : listed(image.texts)) bytes += text.empty() ? 0 : 2 + text.size();
  if (has_times(image)) bytes += times_bytes;
  bytes += image.line_policies.size_bytes();
  if (has_line_complete_line(image)) bytes += image.lines.size();
  bytes += image.shipments.size();
  if (!image.raises.empty()) bytes += sizeof(std::uint32_t) + image.raises.size();
  if (!image.promises.empty()) bytes += sizeof(PromiseHead) + image.promises.size_bytes();
  return (bytes + 7) & ~std::size_t{7};
}

void write_order_record(const engine::OrderImage& image, std::span<std::byte> out) noexcept {
  Head head = {};
  head.bytes = static_cast<std::uint32_t>(out.size());
  head.content = image.content;
  head.time = image.time.value;
  head.status = static_cast<std::uint8_t>(image.status);
  head.policy = static_cast<std::uint8_t>(image.policy);
  head.priority = image.priority.value;
  head.sourcing = static_cast<std::uint8_t>(image.sourcing);
  head.preferred = image.preferred.value;
  head.next_shipment = image.next_shipment;
  head.lines = static_cast<std::uint32_t>(image.lines.size());
  head.allocations = static_cast<std::uint32_t>(image.allocations.size());
  head.id_bytes = static_cast<std::uint8_t>(image.id.size());
  const bool keeps_patience = has_line_complete_line(image);
  head.flags = static_cast<std::uint16_t>((image.not_due ? order_not_due : 0) | (image.raises.empty() ? 0 : order_raises) |
                                          (image.has_skipped ? order_has_skipped : 0) | (keeps_patience ? order_line_patience : 0) |
                                          (image.promises.empty() ? 0 : order_promises) | image.patience << order_patience_shift);
  head.shipment_bytes = static_cast<std::uint32_t>(image.shipments.size());
  std::byte* at = out.data() + sizeof head;
  const auto put = [&at](const void* bytes, std::size_t size) {
    if (size != 0) std::memcpy(at, bytes, size);
    at += size;
  };
  const PromiseHead promises{static_cast<std::uint32_t>(image.promises.size())};
  if (promises.count != 0) put(&promises, sizeof promises);
  put(image.promises.data(), image.promises.size_bytes());
  put(image.lines.data(), image.lines.size_bytes());
  put(image.allocations.data(), image.allocations.size_bytes());
  for (std::size_t index = 0; keeps_patience && index < image.lines.size(); ++index) {
    const std::uint8_t patience = image.patience_of_line(index);
    put(&patience, 1);
  }
  put(image.id.data(), image.id.size());
  const auto texts = listed(image.texts);
  for (std::size_t index = 0; index < text_count; ++index) {
    if (texts[index].empty()) continue;
    head.texts = static_cast<std::uint8_t>(head.texts | 1U << index);
    const auto length = static_cast<std::uint16_t>(texts[index].size());
    put(&length, sizeof length);
    put(texts[index].data(), length);
  }
  if (has_times(image)) {
    head.texts |= times_present;
    const engine::TimeUs times[] = {image.placed_at, image.need_by, image.reserve_not_before, image.cancel_after};
    put(times, sizeof times);
  }
  if (!image.line_policies.empty()) {
    head.texts |= policies_present;
    put(image.line_policies.data(), image.line_policies.size_bytes());
  }
  put(image.shipments.data(), image.shipments.size());
  const auto raises = static_cast<std::uint32_t>(image.raises.size() / sizeof(engine::RaiseImage));
  if (raises != 0) put(&raises, sizeof raises);
  put(image.raises.data(), image.raises.size());
  std::memset(at, 0, static_cast<std::size_t>(out.data() + out.size() - at));
  std::memcpy(out.data(), &head, sizeof head);
}

void seal_order_record(engine::Lsn lsn, std::span<std::byte> record) noexcept {
  const std::uint32_t checksum = value_checksum(lsn.value, record);
  std::memcpy(record.data(), &checksum, sizeof checksum);
}

bool read_order_record(engine::Lsn lsn, std::span<const std::byte> record, engine::OrderImage& image) noexcept {
  std::uint32_t checksum = 0;
  if (record.size() < order_head_bytes) return false;
  std::memcpy(&checksum, record.data(), sizeof checksum);
  return checksum == value_checksum(lsn.value, record) && view_order_record(lsn, record, image) && raises_agree(image);
}

bool view_order_record(engine::Lsn lsn, std::span<const std::byte> record, engine::OrderImage& image) noexcept {
  if (record.size() < order_head_bytes) return false;
  Head head;
  std::memcpy(&head, record.data(), sizeof head);
  if (head.bytes != record.size()) return false;
  const std::size_t rows = promise_bytes(head, record) + head.lines * sizeof(engine::LineImage) + head.allocations * sizeof(engine::AllocationImage);
  if (head.lines > engine::max_lines || head.allocations > record.size() || rows > record.size() - order_head_bytes) return false;
  image.lsn = lsn;
  image.content = head.content;
  image.time = engine::TimeUs{head.time};
  image.status = static_cast<engine::OrderStatus>(head.status);
  image.policy = static_cast<engine::Policy>(head.policy);
  image.priority = engine::Priority{head.priority};
  image.sourcing = static_cast<engine::Sourcing>(head.sourcing);
  image.preferred = engine::WarehouseId{head.preferred};
  image.next_shipment = head.next_shipment;
  image.not_due = (head.flags & order_not_due) != 0;
  image.has_skipped = (head.flags & order_has_skipped) != 0;
  image.patience = static_cast<std::uint8_t>(head.flags >> order_patience_shift);
  const std::byte* at = record.data() + sizeof head + promise_bytes(head, record);
  image.promises = {reinterpret_cast<const engine::PromiseImage*>(record.data() + sizeof head + sizeof(PromiseHead)), promises_of(head, record)};
  image.lines = {reinterpret_cast<const engine::LineImage*>(at), head.lines};
  at += image.lines.size_bytes();
  image.allocations = {reinterpret_cast<const engine::AllocationImage*>(at), head.allocations};
  at += image.allocations.size_bytes();
  image.line_patience = {};
  if ((head.flags & order_line_patience) != 0) {
    if (record.size() - order_head_bytes - rows < head.lines) return false;
    image.line_patience = {reinterpret_cast<const std::uint8_t*>(at), head.lines};
    at += head.lines;
  }
  return counts_agree(image) && promises_agree(image) && read_texts(head, {at, record.data() + record.size()}, image);
}

OrderParts::OrderParts(std::byte* record) noexcept {
  Head head;
  std::memcpy(&head, record, sizeof head);
  std::byte* at = record + sizeof head;
  if ((head.flags & order_promises) != 0) {
    PromiseHead before;
    std::memcpy(&before, at, sizeof before);
    promises = {reinterpret_cast<engine::PromiseImage*>(at + sizeof before), before.count};
    at += sizeof before + promises.size_bytes();
  }
  lines = {reinterpret_cast<engine::LineImage*>(at), head.lines};
  allocations = {reinterpret_cast<engine::AllocationImage*>(at + lines.size_bytes()), head.allocations};
  next_shipment = reinterpret_cast<std::uint16_t*>(record + offsetof(Head, next_shipment));
  priority = reinterpret_cast<std::uint8_t*>(record + offsetof(Head, priority));
  flags = reinterpret_cast<std::uint16_t*>(record + offsetof(Head, flags));
  shipment_bytes = head.shipment_bytes;
  policy = static_cast<engine::Policy>(head.policy);
  at += lines.size_bytes() + allocations.size_bytes();
  if ((head.flags & order_line_patience) != 0) line_patience = {reinterpret_cast<std::uint8_t*>(at), head.lines};
}

std::uint8_t OrderParts::patience(std::size_t line_index) const noexcept {
  if (policy == engine::Policy::ship_complete) return static_cast<std::uint8_t>(*flags >> order_patience_shift);
  return line_patience.empty() ? std::uint8_t{0} : line_patience[line_index];
}

void OrderParts::set_patience(std::size_t line_index, std::uint8_t patience) noexcept {
  if (policy == engine::Policy::ship_complete) *flags = static_cast<std::uint16_t>((*flags & 0xFF) | patience << order_patience_shift);
  else if (!line_patience.empty()) line_patience[line_index] = patience;
}

bool has_line_complete_line(const engine::OrderImage& image) noexcept {
  if (image.policy == engine::Policy::line_complete) return true;
  return std::find(image.line_policies.begin(), image.line_policies.end(), engine::LinePolicy::of(engine::Policy::line_complete)) != image.line_policies.end();
}

bool is_open(std::span<const engine::LineImage> lines, std::span<const engine::AllocationImage> allocations) noexcept {
  return std::any_of(lines.begin(), lines.end(), [](const engine::LineImage& line) { return line.waiting != 0; }) ||
         std::any_of(allocations.begin(), allocations.end(),
                     [](const engine::AllocationImage& allocation) { return allocation.reserved != 0; });
}

std::vector<std::byte> hold_record(const engine::HoldImage& hold) {
  engine::OrderImage image;
  image.lsn = hold.lsn;
  image.time = hold.time;
  image.id = hold.id;
  image.content = hold.content;
  image.cancel_after = hold.deadline;
  image.texts.customer = hold.customer;
  image.lines = hold.lines;
  image.allocations = hold.allocations;
  std::vector<std::byte> record(order_record_bytes(image));
  write_order_record(image, record);
  seal_order_record(hold.lsn, record);
  return record;
}

}  // namespace earmark::storage
