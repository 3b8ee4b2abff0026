#include "loadtest/answer_reader.hpp"

#include "schema/event_generated.h"
#include "schema/read_generated.h"

namespace earmark::loadtest {
namespace {

static_assert(sizeof(wire::LineDecision) == sizeof(engine::LineDecision) && sizeof(wire::Take) == sizeof(engine::Take));

// A FlatBuffers table somewhere in a body. Every offset is checked before it is followed; what lies outside reads as
// absent.
class Table {
 public:
  static std::optional<Table> root(std::span<const std::byte> body) noexcept { return at(body, follow(body, 0)); }

  template <class Number>
  Number number(std::size_t field, Number otherwise = 0) const noexcept {
    const std::size_t place = place_of(field);
    Number value = otherwise;
    if (place != 0 && fits(place, sizeof value)) std::memcpy(&value, body_.data() + place, sizeof value);
    return value;
  }
  // A struct inside the table; false if it is not there.
  template <class Struct>
  bool structure(std::size_t field, Struct& out) const noexcept {
    const std::size_t place = place_of(field);
    if (place == 0 || !fits(place, sizeof out)) return false;
    std::memcpy(&out, body_.data() + place, sizeof out);
    return true;
  }
  std::optional<Table> table(std::size_t field) const noexcept {
    const std::size_t place = place_of(field);
    return place == 0 ? std::nullopt : at(body_, follow(body_, place));
  }
  // The bytes of a vector's elements; empty if it is absent. False if it does not lie in the body.
  bool vector(std::size_t field, std::size_t element_bytes, std::span<const std::byte>& out) const noexcept {
    out = {};
    const std::size_t place = place_of(field);
    if (place == 0) return true;
    const std::size_t start = follow(body_, place);
    if (start == 0 || !fits(start, sizeof(std::uint32_t))) return false;
    std::uint32_t count = 0;
    std::memcpy(&count, body_.data() + start, sizeof count);
    const std::size_t first = start + sizeof count;
    if (count > (body_.size() - first) / element_bytes) return false;
    out = body_.subspan(first, count * element_bytes);
    return true;
  }

 private:
  Table(std::span<const std::byte> body, std::size_t start, std::size_t fields, std::uint16_t fields_bytes) noexcept
      : body_(body), start_(start), fields_(fields), fields_bytes_(fields_bytes) {}

  // Where the 32-bit offset at `place` leads; 0 if nowhere.
  static std::size_t follow(std::span<const std::byte> body, std::size_t place) noexcept {
    std::uint32_t offset = 0;
    if (place > body.size() || body.size() - place < sizeof offset) return 0;
    std::memcpy(&offset, body.data() + place, sizeof offset);
    return offset == 0 || offset >= body.size() - place ? 0 : place + offset;
  }
  static std::optional<Table> at(std::span<const std::byte> body, std::size_t start) noexcept {
    std::int32_t back = 0;
    if (start == 0 || body.size() - start < sizeof back) return std::nullopt;
    std::memcpy(&back, body.data() + start, sizeof back);
    const std::int64_t fields = static_cast<std::int64_t>(start) - back;
    std::uint16_t bytes = 0;
    if (fields < 0 || static_cast<std::uint64_t>(fields) + sizeof bytes > body.size()) return std::nullopt;
    std::memcpy(&bytes, body.data() + fields, sizeof bytes);
    if (static_cast<std::uint64_t>(fields) + bytes > body.size()) return std::nullopt;
    return Table(body, start, static_cast<std::size_t>(fields), bytes);
  }
  std::size_t place_of(std::size_t field) const noexcept {
    std::uint16_t offset = 0;
    if (field + sizeof offset > fields_bytes_) return 0;
    std::memcpy(&offset, body_.data() + fields_ + field, sizeof offset);
    return offset == 0 ? 0 : start_ + offset;
  }
  bool fits(std::size_t place, std::size_t bytes) const noexcept { return place <= body_.size() && body_.size() - place >= bytes; }

  std::span<const std::byte> body_;
  std::size_t start_, fields_;
  std::uint16_t fields_bytes_;
};

bool takes_agree(const DecidedOrder& order) noexcept {
  std::size_t more_takes = 0;
  for (std::size_t index = 0; index < order.lines.size(); ++index) more_takes += order.lines[index].more_takes;
  return more_takes == order.takes.size();
}

}  // namespace

std::optional<DecidedOrder> read_decided_order(std::span<const std::byte> body) noexcept {
  using wire::Event, wire::OrderDecided;
  const auto event = Table::root(body);
  wire::Stamp stamp;
  if (!event || !event->structure(Event::VT_STAMP, stamp) || event->number<std::uint8_t>(Event::VT_MORE_PARTS) != 0) return std::nullopt;
  if (event->number<std::uint8_t>(Event::VT_BODY_TYPE) != static_cast<std::uint8_t>(wire::EventBody::OrderDecided)) return std::nullopt;
  const auto table = event->table(Event::VT_BODY);
  std::span<const std::byte> id, lines, takes;
  if (!table || !table->vector(OrderDecided::VT_ID, 1, id) ||
      !table->vector(OrderDecided::VT_LINES, sizeof(engine::LineDecision), lines) ||
      !table->vector(OrderDecided::VT_TAKES, sizeof(engine::Take), takes)) {
    return std::nullopt;
  }
  const auto status = table->number<std::uint8_t>(OrderDecided::VT_STATUS);
  DecidedOrder order;
  order.lsn = engine::Lsn{stamp.lsn()};
  order.status = static_cast<engine::OrderStatus>(status);
  order.id = {reinterpret_cast<const char*>(id.data()), id.size()};
  order.lines = Rows<engine::LineDecision>(lines);
  order.takes = Rows<engine::Take>(takes);
  if (status > static_cast<std::uint8_t>(wire::OrderStatus::MAX) || !takes_agree(order)) return std::nullopt;
  return order;
}

std::optional<CheckedStock> read_checked_stock(std::span<const std::byte> body) noexcept {
  const auto table = Table::root(body);
  std::span<const std::byte> available;
  if (!table || !table->vector(wire::CheckAnswer::VT_AVAILABLE, sizeof(engine::Quantity), available)) return std::nullopt;
  return CheckedStock{engine::Lsn{table->number<std::uint64_t>(wire::CheckAnswer::VT_LSN)},
                      table->number<std::uint16_t>(wire::CheckAnswer::VT_WAREHOUSES), Rows<engine::Quantity>(available)};
}

}  // namespace earmark::loadtest
