// The order and the decision that PROTOCOL.md shows byte by byte.
#pragma once

#include <array>

#include "schema/answer.hpp"
#include "schema/ask.hpp"
#include "schema/event.hpp"
#include "tests/schema/support.hpp"

namespace earmark::schema::test {

inline constexpr std::uint64_t example_correlation = 7;

inline std::vector<std::byte> example_request() {
  const std::array lines{engine::OrderLine{15, engine::SkuId{1}, engine::LineNumber{1}, {}, 0, 0},
                         engine::OrderLine{3, engine::SkuId{2}, engine::LineNumber{2}, engine::WarehouseId{2}, 0, 0}};
  OrderRequest request;
  request.epoch = 0x1122334455667788;
  request.order.id = "A-1001";
  request.order.texts.customer = "C-7";
  request.order.lines = lines;
  RequestEncoder encoder;
  std::vector<std::byte> bytes;
  encoder.order(bytes, example_correlation, request);
  return bytes;
}

inline std::vector<std::byte> example_answer() {
  const std::array lines{
      engine::LineDecision{engine::LineNumber{1}, engine::SkuId{1}, 15, 3, 10, 0, engine::WarehouseId{1}, 1, 1, {}},
      engine::LineDecision{engine::LineNumber{2}, engine::SkuId{2}, 3, 0, 3, 5, engine::WarehouseId{2}, 2, 0,
                           engine::WarehouseId{2}}};
  const std::array takes{engine::Take{2, 0, engine::WarehouseId{2}, 2}};
  const std::array waits{engine::LineWait{4, 2, 0}};
  auto frames = frames_of(example_request());
  RequestDecoder decoder;
  OrderRequest request;
  REQUIRE(decoder.decode_order(frames.front().body.span(), request) == engine::ErrorCode::none);
  engine::OrderDecision decision;
  decision.id = request.order.id;
  decision.content = content_hash(request.order);
  decision.status = engine::OrderStatus::split;
  decision.texts = request.order.texts;
  decision.lines = lines;
  decision.takes = takes;
  decision.waits = waits;
  EventEncoder encoder;
  AlignedBytes record(4096);
  const engine::Stamp stamp{engine::Lsn{42}, engine::TimeUs{1'767'225'600'000'000}, {}};
  const std::size_t size = encoder.encode(stamp, decision, record.span());
  std::vector<std::byte> bytes;
  append_event_frames(bytes, example_correlation, record.span().first(size), false, false);
  return bytes;
}

}  // namespace earmark::schema::test
