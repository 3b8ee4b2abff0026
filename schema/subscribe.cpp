// Subscriptions: encoded by clients, decoded by the server. Filters are bounded here, so that nobody keeps more.
#include <algorithm>

#include "schema/layout.hpp"
#include "schema/read_generated.h"
#include "schema/request_builder.hpp"
#include "schema/request_scratch.hpp"
#include "schema/verify.hpp"

namespace earmark::schema {
namespace {

// Strings of a vector may share their bytes; kept apart they may not be more than a frame's.
ErrorCode read_customers(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* strings,
                         std::vector<std::string_view>& customers) {
  customers.clear();
  std::size_t bytes = 0;
  for (flatbuffers::uoffset_t index = 0; index < size_of(strings); ++index) {
    const std::string_view customer = view_text(strings->Get(index));
    if (const ErrorCode fault = judge_text(customer); fault != ErrorCode::none) return fault;
    bytes += customer.size();
    customers.push_back(customer);
  }
  return bytes <= max_frame_bytes ? ErrorCode::none : ErrorCode::too_many_rows;
}

}  // namespace

Result<SubscribeRequest, ErrorCode> decode_subscribe(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* subscribe = verified_root<wire::Subscribe>(scratch.aligned.align(body));
  if (subscribe == nullptr) return Unexpected{ErrorCode::malformed};
  SubscribeRequest out;
  out.from = engine::Lsn{subscribe->from_lsn()};
  out.epoch = subscribe->epoch();
  out.kinds = view_numbers<EventKind>(subscribe->kinds());
  out.skus = view_numbers<engine::SkuId>(subscribe->skus());
  out.warehouses = view_numbers<engine::WarehouseId>(subscribe->warehouses());
  const std::size_t most = std::max({out.kinds.size(), out.skus.size(), out.warehouses.size(), size_of(subscribe->customers())});
  if (most > max_filter_values) return Unexpected{ErrorCode::too_many_rows};
  if (!std::ranges::all_of(out.kinds, [](EventKind kind) { return !name(kind).empty(); })) return Unexpected{ErrorCode::malformed};
  if (const ErrorCode fault = read_customers(subscribe->customers(), scratch.customers); fault != ErrorCode::none) {
    return Unexpected{fault};
  }
  out.customers = scratch.customers;
  return out;
}

void RequestEncoder::subscribe(std::vector<std::byte>& out, std::uint64_t correlation, const SubscribeRequest& request) {
  auto& fbb = builder_->fresh();
  const auto vector = [&]<class Number, class Native>(Number, std::span<const Native> rows) {
    static_assert(sizeof(Number) == sizeof(Native));
    return rows.empty() ? 0 : fbb.CreateVector(reinterpret_cast<const Number*>(rows.data()), rows.size());
  };
  const auto kinds = vector(wire::EventKind{}, request.kinds);
  const auto skus = vector(std::uint32_t{}, request.skus);
  const auto warehouses = vector(std::uint16_t{}, request.warehouses);
  const auto customers = put_texts(fbb, builder_->offsets, request.customers);
  builder_->append(out, MessageKind::subscribe, correlation,
                   wire::CreateSubscribe(fbb, request.from.value, request.epoch, kinds, skus, warehouses, customers));
}

}  // namespace earmark::schema
