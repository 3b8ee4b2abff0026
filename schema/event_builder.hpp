// What EventEncoder keeps between calls. For schema/*.cpp only.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "schema/event.hpp"
#include "schema/event_layout.hpp"
#include "schema/fill_mould.hpp"
#include "schema/order_mould.hpp"
#include "schema/parting.hpp"
#include "schema/piece_writer.hpp"
#include "schema/vendor_rows.hpp"

namespace earmark::schema {

struct EventEncoder::Builder {
  // Large enough that a piece never grows it.
  flatbuffers::FlatBufferBuilder fbb{2 * max_piece_bytes};
  TextOffsets offsets;
  std::vector<std::string_view> first_texts, second_texts;
  std::vector<wire::LoadedWarehouse> warehouses;
  std::vector<std::uint32_t> product_ids;
  std::vector<std::uint8_t> not_backorderable;
  VendorRows<wire::VendorSet> vendors;
  bool filtered = false;
  OrderMoulds order_moulds;
  FillMoulds fill_moulds;

  Builder() { fbb.DedupVtables(false); }

  void finish(const engine::Stamp& stamp, wire::EventBody type, flatbuffers::Offset<void> body, bool more) {
    const wire::Stamp stamped(stamp.lsn.value, stamp.time.value, stamp.cause.value);
    wire::EventBuilder event(fbb);
    event.add_stamp(&stamped);
    event.add_body(body);
    event.add_body_type(type);
    event.add_more_parts(more);
    event.add_filtered(filtered);
    fbb.Finish(event.Finish());
  }

  // A record in as many pieces as its rows need. put(Parting&, first) makes a piece's body: the rows that `parting` still takes; whether it is the first piece.
  template <class Put>
  [[gnu::always_inline]] std::size_t in_pieces(const engine::Stamp& stamp, wire::EventBody type, std::span<std::byte> out, const Put& put) {
    PieceWriter writer(out);
    Parting parting;
    bool first = true;
    do {
      parting.begin();
      fbb.Clear();
      const flatbuffers::Offset<void> body = put(parting, std::exchange(first, false));
      finish(stamp, type, body, parting.more());
      writer.put(fbb, parting.more());
    } while (parting.more());
    return writer.bytes();
  }

  template <class WireLine, class Decision, class Line, class PutMore, class Create>
  std::size_t put_order_command(const engine::Stamp& stamp, const Decision& decision, std::span<const Line> lines_left,
                                std::span<const engine::Take> takes_left, wire::EventBody tag, std::span<std::byte> out,
                                const PutMore& put_more, const Create& create);
};

}  // namespace earmark::schema
