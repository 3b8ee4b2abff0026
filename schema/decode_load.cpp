// Load and Resolve: the two requests with vectors of strings. Entries of such vectors may all point to the same bytes,
// so the texts of one body are counted before any is looked at.
#include "schema/catalogue_generated.h"
#include "schema/request_rows.hpp"

namespace earmark::schema {
namespace {

ErrorCode judge_code(std::string_view code) noexcept {
  return code.size() <= max_passed_id_bytes && is_plain_text(code, LineBreaks::refused) ? ErrorCode::none
                                                                                        : ErrorCode::bad_code;
}

// Position of a code in the whole command. A code that stood in an earlier part is that part's entry; one that stands
// twice in the same part stays two entries, for the engine to refuse.
template <class Entry>
std::uint32_t place(std::string_view code, bool in_parts, std::map<std::string_view, std::uint32_t>& places,
                    std::vector<Entry>& entries, std::uint32_t first_of_part, const Entry& made) {
  const auto next = static_cast<std::uint32_t>(entries.size());
  if (in_parts) {
    const auto [known, added] = places.try_emplace(code, next);
    if (!added && known->second < first_of_part) return known->second;
  }
  entries.push_back(made);
  return next;
}

ErrorCode read_warehouses(const wire::Load& load, bool in_parts, RequestDecoder::Scratch& scratch) {
  const auto* codes = load.warehouse_codes();
  const auto first = static_cast<std::uint32_t>(scratch.warehouses.size());
  scratch.warehouse_remap.clear();
  for (flatbuffers::uoffset_t index = 0; index < size_of(codes); ++index) {
    const engine::WarehouseEntry made{view_text(codes->Get(index)), entry(load.warehouse_names(), index),
                                      load.warehouse_priorities()->Get(index)};
    if (const ErrorCode fault = judge_code(made.code); fault != ErrorCode::none) return fault;
    if (const ErrorCode fault = judge_text(made.name); fault != ErrorCode::none) return fault;
    scratch.warehouse_remap.push_back(
        place(made.code, in_parts, scratch.warehouse_places, scratch.warehouses, first, made));
  }
  return ErrorCode::none;
}

ErrorCode read_products(const wire::Load& load, bool in_parts, RequestDecoder::Scratch& scratch) {
  const auto* codes = load.product_codes();
  const auto* flags = load.product_backorderable();
  const auto first = static_cast<std::uint32_t>(scratch.products.size());
  scratch.product_remap.clear();
  for (flatbuffers::uoffset_t index = 0; index < size_of(codes); ++index) {
    engine::ProductEntry made{view_text(codes->Get(index)), entry(load.product_descriptions(), index)};
    const auto said = size_of(flags) == 0 ? wire::Backorderable::not_said : static_cast<wire::Backorderable>(flags->Get(index));
    if (said > wire::Backorderable::MAX) return ErrorCode::malformed;
    if (said != wire::Backorderable::not_said) made.backorderable = said == wire::Backorderable::yes;
    if (const ErrorCode fault = judge_code(made.code); fault != ErrorCode::none) return fault;
    if (const ErrorCode fault = judge_text(made.description); fault != ErrorCode::none) return fault;
    scratch.product_remap.push_back(place(made.code, in_parts, scratch.product_places, scratch.products, first, made));
  }
  return ErrorCode::none;
}

ErrorCode read_opening(const wire::Load& load, RequestDecoder::Scratch& scratch) {
  std::span<const engine::OpeningStockEntry> rows;
  if (!view_rows(load.stock(), rows)) return ErrorCode::malformed;
  for (const engine::OpeningStockEntry& row : rows) {
    if (row.product >= scratch.product_remap.size() || row.warehouse >= scratch.warehouse_remap.size()) {
      return ErrorCode::malformed;
    }
    scratch.opening.push_back(
        {row.on_hand, scratch.product_remap[row.product], scratch.warehouse_remap[row.warehouse]});
  }
  return ErrorCode::none;
}

ErrorCode read_part(std::span<const std::byte> body, bool in_parts, RequestDecoder::Scratch& scratch, engine::TimeUs& time) {
  const auto* load = verified_root<wire::Load>(scratch.aligned.align(body));
  if (load == nullptr) return ErrorCode::malformed;
  const std::size_t warehouses = size_of(load->warehouse_codes()), products = size_of(load->product_codes());
  if (size_of(load->warehouse_priorities()) != warehouses ||
      !parallel_or_empty(load->warehouse_names(), warehouses) ||
      !parallel_or_empty(load->product_descriptions(), products) ||
      (size_of(load->product_backorderable()) != 0 && size_of(load->product_backorderable()) != products)) {
    return ErrorCode::malformed;
  }
  if (text_bytes(load->warehouse_codes()) + text_bytes(load->warehouse_names()) + text_bytes(load->product_codes()) +
          text_bytes(load->product_descriptions()) > max_shared_text * body.size()) {
    return ErrorCode::malformed;
  }
  if (scratch.warehouses.size() + scratch.products.size() + scratch.opening.size() + warehouses + products +
          size_of(load->stock()) > engine::max_load_rows) {
    return ErrorCode::too_many_lines;
  }
  time = engine::TimeUs{load->time_us()};
  if (const ErrorCode fault = read_warehouses(*load, in_parts, scratch); fault != ErrorCode::none) return fault;
  if (const ErrorCode fault = read_products(*load, in_parts, scratch); fault != ErrorCode::none) return fault;
  return read_opening(*load, scratch);
}

// No code is longer than an engine's, so a longer one is asked for as "", which no one has.
void read_codes(const Strings* strings, std::vector<std::string_view>& codes) {
  codes.clear();
  for (flatbuffers::uoffset_t index = 0; index < size_of(strings); ++index) {
    const std::string_view code = view_text(strings->Get(index));
    codes.push_back(code.size() <= engine::max_id_bytes ? code : std::string_view{});
  }
}

}  // namespace

Result<LoadRequest, ErrorCode> decode_load(Parts parts, RequestDecoder::Scratch& scratch) {
  scratch.warehouses.clear();
  scratch.products.clear();
  scratch.opening.clear();
  scratch.warehouse_places.clear();
  scratch.product_places.clear();
  engine::TimeUs time{};
  for (const auto body : parts) {
    const ErrorCode fault = read_part(body, parts.size() > 1, scratch, time);
    if (fault != ErrorCode::none) return Unexpected{fault};
  }
  return LoadRequest{{scratch.warehouses, scratch.products, scratch.opening}, time};
}

Result<ResolveRequest, ErrorCode> decode_resolve(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* resolve = verified_root<wire::Resolve>(scratch.aligned.align(body));
  if (resolve == nullptr) return Unexpected{ErrorCode::malformed};
  read_codes(resolve->sku_codes(), scratch.sku_codes);
  read_codes(resolve->warehouse_codes(), scratch.warehouse_codes);
  return ResolveRequest{scratch.sku_codes, scratch.warehouse_codes, view_numbers<engine::SkuId>(resolve->sku_ids()),
                        view_numbers<engine::WarehouseId>(resolve->warehouse_ids()), resolve->all_warehouses(), resolve->descriptions()};
}

}  // namespace earmark::schema
