// What RequestDecoder keeps between calls, and the helpers its source files share. For schema/*.cpp only.
#pragma once

#include <cstring>
#include <map>
#include <vector>

#include "engine/limits.hpp"
#include "schema/record.hpp"
#include "schema/request.hpp"
#include "schema/text.hpp"

namespace earmark::schema {

using engine::ErrorCode;

// Ids this long are passed on, so that the engine says `bad_id` in its turn; longer ones are refused at once.
inline constexpr std::size_t max_passed_id_bytes = 256;
// Entries of string vectors may share bytes; together they may be this many times their frame (no copying without end).
inline constexpr std::size_t max_shared_text = 8;

// Copies of bodies that are not 8-byte aligned. Views stay valid until `clear`.
class AlignedCopies {
 public:
  void clear() noexcept { used_ = 0; }
  std::span<const std::byte> align(std::span<const std::byte> body) {
    if (reinterpret_cast<std::uintptr_t>(body.data()) % alignof(std::uint64_t) == 0) return body;
    if (used_ == copies_.size()) copies_.emplace_back();
    std::vector<std::uint64_t>& copy = copies_[used_++];
    copy.resize(padded(body.size()) / sizeof(std::uint64_t));
    std::memcpy(copy.data(), body.data(), body.size());
    return std::as_bytes(std::span(copy)).first(body.size());
  }

 private:
  std::vector<std::vector<std::uint64_t>> copies_;  // moved, never copied, when it grows: their bytes stay in place
  std::size_t used_ = 0;
};

struct RequestDecoder::Scratch {
  AlignedCopies aligned;
  std::vector<engine::OrderLine> lines;
  std::vector<engine::CancelRow> cancel_rows;
  std::vector<engine::StockRow> stock_rows;
  std::vector<engine::WarehouseEntry> warehouses;
  std::vector<engine::ProductEntry> products;
  std::vector<engine::OpeningStockEntry> opening;
  std::map<std::string_view, std::uint32_t> warehouse_places, product_places;  // of codes in earlier parts of a load
  std::vector<std::uint32_t> warehouse_remap, product_remap;
  std::vector<std::string_view> sku_codes, warehouse_codes;
  std::vector<std::string_view> customers;
  std::vector<engine::ChangeRow> change_rows;
  std::vector<engine::TransferRow> transfer_rows;
  std::vector<engine::ArrivalRow> arrival_rows;
  std::vector<engine::PurchaseLine> purchase_lines;
  std::vector<engine::PurchaseRow> purchase_rows;
  std::vector<engine::PurchaseArrival> purchase_arrivals;
  std::vector<engine::PegRow> peg_rows;
  std::vector<std::string_view> peg_orders;
  std::vector<engine::VendorEntry> vendors;
  std::vector<engine::SourceRow> source_rows;
  std::vector<engine::RuleRow> rule_rows;
  std::vector<engine::SnoozeRow> snooze_rows;
};

// `none` if the id may go to the engine, which judges emptiness and the length of 64 itself.
inline ErrorCode judge_id(std::string_view id) noexcept {
  if (id.size() > max_passed_id_bytes) return ErrorCode::bad_id;
  return is_plain_text(id, LineBreaks::refused) ? ErrorCode::none : ErrorCode::bad_text;
}

inline ErrorCode judge_text(std::string_view text) noexcept {
  if (text.empty()) return ErrorCode::none;
  return text.size() <= engine::max_text_bytes && is_plain_text(text, LineBreaks::allowed) ? ErrorCode::none
                                                                                           : ErrorCode::bad_text;
}

// One that is a little too long is the engine's to refuse, as with ids.
inline ErrorCode judge_vendor(std::string_view vendor) noexcept {
  const ErrorCode fault = judge_id(vendor);
  return fault == ErrorCode::bad_id ? ErrorCode::bad_vendor : fault;
}

Result<LoadRequest, ErrorCode> decode_load(Parts parts, RequestDecoder::Scratch& scratch);
Result<SubscribeRequest, ErrorCode> decode_subscribe(std::span<const std::byte> body, RequestDecoder::Scratch& scratch);
Result<ResolveRequest, ErrorCode> decode_resolve(std::span<const std::byte> body, RequestDecoder::Scratch& scratch);
// decode_purchase.cpp
Result<Request, ErrorCode> decode_place_purchase(Parts parts, RequestDecoder::Scratch& scratch);
Result<Request, ErrorCode> decode_move_purchase(Parts parts, RequestDecoder::Scratch& scratch);
Result<Request, ErrorCode> decode_receive_purchase(Parts parts, RequestDecoder::Scratch& scratch);
Result<Request, ErrorCode> decode_purchases(std::span<const std::byte> body, RequestDecoder::Scratch& scratch);
// decode_rule.cpp
Result<Request, ErrorCode> decode_set_rules(Parts parts, RequestDecoder::Scratch& scratch);
Result<Request, ErrorCode> decode_rules(std::span<const std::byte> body, RequestDecoder::Scratch& scratch);
Result<Request, ErrorCode> decode_find(std::span<const std::byte> body, RequestDecoder::Scratch& scratch);

}  // namespace earmark::schema
