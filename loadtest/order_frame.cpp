#include "loadtest/order_frame.hpp"

#include <cstring>

#include "engine/check.hpp"
#include "schema/ask.hpp"
#include "schema/frame.hpp"
#include "schema/order_generated.h"

namespace earmark::loadtest {
namespace {

void put(std::byte* at, const auto& value) noexcept { std::memcpy(at, &value, sizeof value); }

}  // namespace

OrderFrame::OrderFrame(std::string_view id_prefix, std::uint64_t epoch, std::size_t lines, bool any_policy) {
  const std::string id = std::string(id_prefix) + std::string(digits, '0');
  std::vector<engine::OrderLine> rows(lines);
  for (std::size_t index = 0; index < lines; ++index) rows[index].line = engine::LineNumber{static_cast<std::uint32_t>(index + 1)};
  schema::OrderRequest request;
  request.order.id = id;
  request.order.preferred = engine::WarehouseId{1};  // not the default, so that the field is there to be patched
  request.order.lines = rows;
  request.epoch = epoch;
  if (any_policy) {
    request.order.policy = engine::Policy::fill_or_kill;
    request.order.priority = engine::Priority{1};
  }
  schema::RequestEncoder encoder;
  encoder.order(frame_, 0, request);

  const std::byte* body = frame_.data() + schema::frame_header_bytes;
  const auto* order = flatbuffers::GetRoot<wire::PlaceOrder>(body);
  const auto place_of = [&](const void* field) { return static_cast<std::size_t>(static_cast<const std::byte*>(field) - frame_.data()); };
  digits_at_ = place_of(order->id()->c_str() + id_prefix.size());
  preferred_at_ = place_of(reinterpret_cast<const flatbuffers::Table*>(order)->GetAddressOf(wire::PlaceOrder::VT_PREFERRED));
  lines_at_ = place_of(order->lines()->Data());
  if (any_policy) {
    policy_at_ = place_of(reinterpret_cast<const flatbuffers::Table*>(order)->GetAddressOf(wire::PlaceOrder::VT_POLICY));
    priority_at_ = place_of(reinterpret_cast<const flatbuffers::Table*>(order)->GetAddressOf(wire::PlaceOrder::VT_PRIORITY));
  }
  EARMARK_CHECK(order->lines()->size() == lines);  // one frame holds them all
}

void OrderFrame::write_digits(char* out, std::uint64_t number) noexcept {
  for (std::size_t place = digits; place-- != 0; number /= 10) out[place] = static_cast<char>('0' + number % 10);
}

void OrderFrame::append(std::vector<std::byte>& out, std::uint64_t correlation, std::uint64_t number,
                        engine::WarehouseId preferred, std::span<const OrderFrameLine> lines, engine::Policy policy,
                        engine::Priority priority) {
  const std::size_t start = out.size();
  out.insert(out.end(), frame_.begin(), frame_.end());
  std::byte* frame = out.data() + start;
  put(frame + offsetof(schema::FrameHeader, correlation), correlation);
  put(frame + preferred_at_, preferred.value);
  if (policy_at_ != 0) {
    put(frame + policy_at_, policy);
    put(frame + priority_at_, priority.value);
  }
  write_digits(reinterpret_cast<char*>(frame + digits_at_), number);
  std::byte* row = frame + lines_at_;
  for (const OrderFrameLine& line : lines) {
    put(row + offsetof(engine::OrderLine, quantity), engine::WireQuantity{line.quantity});
    put(row + offsetof(engine::OrderLine, sku), line.sku);
    row += sizeof(engine::OrderLine);
  }
}

}  // namespace earmark::loadtest
