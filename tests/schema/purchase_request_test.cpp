// What is asked of purchase orders, there and back; what is refused before an engine sees it; what makes two commands differ.
#include "engine/limits.hpp"
#include "schema/purchase_generated.h"
#include "tests/schema/request_round_trip.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;
using engine::ErrorCode;

namespace {

const engine::PurchaseLine a_line{6, engine::TimeUs{17}, engine::LineNumber{4}, engine::SkuId{5}, engine::WarehouseId{2}};

ErrorCode place_with(std::string_view id, std::string_view vendor, std::string_view reference, std::string_view notes,
                     wire::PurchaseState state = wire::PurchaseState::draft) {
  return code_of(decode_built(MessageKind::place_purchase, [&](auto& builder) {
    const auto text = [&](std::string_view words) { return builder.CreateString(words.data(), words.size()); };
    const auto id_at = text(id), vendor_at = text(vendor), reference_at = text(reference), notes_at = text(notes);
    wire::PlacePurchaseBuilder place(builder);
    place.add_id(id_at), place.add_vendor(vendor_at), place.add_reference(reference_at), place.add_notes(notes_at);
    place.add_state(state);
    return place.Finish();
  }));
}

ErrorCode move_with(std::string_view command, std::string_view purchase, std::string_view reference, std::size_t rows, wire::PurchaseStep step) {
  return code_of(decode_built(MessageKind::move_purchase, [&](auto& builder) {
    const std::vector<wire::PurchaseRow> all(rows);
    const auto command_at = builder.CreateString(command.data(), command.size()), purchase_at = builder.CreateString(purchase.data(), purchase.size());
    const auto reference_at = builder.CreateString(reference.data(), reference.size());
    return wire::CreateMovePurchase(builder, command_at, purchase_at, step, builder.CreateVectorOfStructs(all), reference_at);
  }));
}

}  // namespace

TEST_CASE("request: purchase orders, their steps and receipts come back as they were asked for, in parts when they are long", "[schema][request]") {
  const std::size_t count = GENERATE(std::size_t{0}, 3u, 4096u);
  const std::vector<engine::PurchaseLine> lines(count, a_line);
  std::vector<engine::PegRow> pegs;
  std::vector<std::string> ids;
  for (std::uint32_t index = 0; index < count; ++index) {
    pegs.push_back({engine::LineNumber{index}, engine::LineNumber{7}, index / 2});
    if (index % 2 == 0) ids.push_back("order-" + std::to_string(index));
  }
  const std::vector<std::string_view> orders(ids.begin(), ids.end());
  const PlacePurchaseRequest place{{"purchase", "vendor", "reference", "two\nlines", engine::PurchaseState::sent, lines, pegs, orders}, 78, engine::TimeUs{10}};
  const std::size_t frames = round_trip<PlacePurchaseRequest>(
      MessageKind::place_purchase, [&](auto& ask, auto& out) { ask.place_purchase(out, correlation, place); },
      [&](const PlacePurchaseRequest& got) {
        CHECK(got.place.id == "purchase");
        CHECK(got.place.vendor == "vendor");
        CHECK(got.place.reference == "reference");
        CHECK(got.place.notes == "two\nlines");
        CHECK(got.place.state == engine::PurchaseState::sent);
        CHECK(got.epoch == 78);
        CHECK(got.time == place.time);
        CHECK(same_bytes(got.place.lines, place.place.lines));
        CHECK(same_bytes(got.place.pegs, place.place.pegs));
        CHECK(std::ranges::equal(got.place.peg_orders, orders));
        CHECK(content_hash(got.place) == content_hash(place.place));
      });
  CHECK((frames > 1) == (count == 4096));
  const std::vector<engine::PurchaseRow> rows(count, engine::PurchaseRow{-1, engine::TimeUs{8}, engine::LineNumber{4}});
  const MovePurchaseRequest move{{"command", "purchase", engine::PurchaseStep::acknowledge, "reference", rows}, engine::TimeUs{11}};
  round_trip<MovePurchaseRequest>(MessageKind::move_purchase, [&](auto& ask, auto& out) { ask.move_purchase(out, correlation, move); },
                                  [&](const MovePurchaseRequest& got) {
                                    CHECK(got.move.command_id == "command");
                                    CHECK(got.move.purchase_id == "purchase");
                                    CHECK(got.move.step == engine::PurchaseStep::acknowledge);
                                    CHECK(got.move.reference == "reference");
                                    CHECK(got.time == move.time);
                                    CHECK(same_bytes(got.move.rows, move.move.rows));
                                    CHECK(content_hash(got.move) == content_hash(move.move));
                                  });
  const std::vector<engine::PurchaseArrival> arrivals(count, engine::PurchaseArrival{6, 1, engine::LineNumber{4}});
  const ReceivePurchaseRequest receive{{"receipt", "purchase", true, arrivals}, engine::TimeUs{12}};
  round_trip<ReceivePurchaseRequest>(MessageKind::receive_purchase, [&](auto& ask, auto& out) { ask.receive_purchase(out, correlation, receive); },
                                     [&](const ReceivePurchaseRequest& got) {
                                       CHECK(got.receive.id == "receipt");
                                       CHECK(got.receive.purchase_id == "purchase");
                                       CHECK(got.receive.accept_over);
                                       CHECK(got.time == receive.time);
                                       CHECK(same_bytes(got.receive.rows, receive.receive.rows));
                                       CHECK(content_hash(got.receive) == content_hash(receive.receive));
                                     });
  round_trip<PurchasesRequest>(MessageKind::purchases, [&](auto& ask, auto& out) { ask.purchases(out, correlation, {"purchase", "vendor"}); },
                               [&](const PurchasesRequest& got) {
                                 CHECK(got.purchase == "purchase");
                                 CHECK(got.vendor == "vendor");
                               });
}

TEST_CASE("request: every state that a purchase order may be placed in and every step comes back", "[schema][request]") {
  for (const auto state : {engine::PurchaseState::draft, engine::PurchaseState::approved, engine::PurchaseState::sent}) {
    round_trip<PlacePurchaseRequest>(MessageKind::place_purchase, [&](auto& ask, auto& out) { ask.place_purchase(out, correlation, {{"p", "v", "", "", state, {}}, 0, {}}); },
                                     [&](const PlacePurchaseRequest& got) { CHECK(got.place.state == state); });
  }
  using enum engine::PurchaseStep;
  for (const auto step : {approve, send, acknowledge, close, cancel, adopt}) {
    round_trip<MovePurchaseRequest>(MessageKind::move_purchase, [&](auto& ask, auto& out) { ask.move_purchase(out, correlation, {{"c", "p", step, "", {}}, {}}); },
                                    [&](const MovePurchaseRequest& got) { CHECK(got.move.step == step); });
  }
}

TEST_CASE("request: lines of a purchase order beyond the limit are cut one after it, so that the engine can say too_many_lines", "[schema][request]") {
  const std::vector<engine::PurchaseLine> lines(9'000, a_line);
  round_trip<PlacePurchaseRequest>(MessageKind::place_purchase, [&](auto& ask, auto& out) { ask.place_purchase(out, correlation, {{"p", "v", "", "", engine::PurchaseState::draft, lines}, 0, {}}); },
                                   [](const PlacePurchaseRequest& got) { CHECK(got.place.lines.size() == engine::max_lines + 1); });
}

TEST_CASE("request: a purchase order in a state or a step that is none, and a step that brings what is not its own, are malformed", "[schema][request][hostile]") {
  CHECK(place_with("p", "v", "", "", wire::PurchaseState::sent) == ErrorCode::none);
  for (const int state : {0, 4, 5, 6, 7, 8, 9, 255}) {
    CAPTURE(state);
    CHECK(place_with("p", "v", "", "", static_cast<wire::PurchaseState>(state)) == ErrorCode::malformed);
  }
  for (const int step : {0, 7, 255}) {
    CAPTURE(step);
    CHECK(move_with("c", "p", "", 0, static_cast<wire::PurchaseStep>(step)) == ErrorCode::malformed);
  }
  CHECK(move_with("c", "p", "R-1", 2, wire::PurchaseStep::acknowledge) == ErrorCode::none);
  for (const auto step : {wire::PurchaseStep::approve, wire::PurchaseStep::send, wire::PurchaseStep::close, wire::PurchaseStep::cancel, wire::PurchaseStep::adopt}) {
    CAPTURE(static_cast<int>(step));
    CHECK(move_with("c", "p", "", 0, step) == ErrorCode::none);
    CHECK(move_with("c", "p", "", 1, step) == ErrorCode::malformed);
    CHECK(move_with("c", "p", "R-1", 0, step) == ErrorCode::malformed);
  }
}

TEST_CASE("request: texts about purchase orders are UTF-8 without control characters and not too long", "[schema][request]") {
  CHECK(place_with("Größe-1", "Müller & Söhne", "R-1", "two\nlines\tand a tab") == ErrorCode::none);
  CHECK(place_with("p\n", "v", "", "") == ErrorCode::bad_text);
  CHECK(place_with("p", "v\n", "", "") == ErrorCode::bad_text);
  CHECK(place_with("p", "\xff", "", "") == ErrorCode::bad_text);
  CHECK(place_with("p", "v", "\x1b[31m", "") == ErrorCode::bad_text);
  CHECK(place_with("p", "v", "", "\xff") == ErrorCode::bad_text);
  CHECK(place_with("p", "v", std::string(512, 'r'), std::string(512, 'n')) == ErrorCode::none);
  CHECK(place_with("p", "v", std::string(513, 'r'), "") == ErrorCode::bad_text);
  CHECK(place_with("p", "v", "", std::string(513, 'n')) == ErrorCode::bad_text);
  const std::string long_one(256, 'i'), too_long(257, 'i');  // the engine says bad_id and bad_vendor of the first, in its turn
  CHECK(place_with(long_one, long_one, "", "") == ErrorCode::none);
  CHECK(place_with("p", "", "", "") == ErrorCode::none);
  CHECK(place_with(too_long, "v", "", "") == ErrorCode::bad_id);
  CHECK(place_with("p", too_long, "", "") == ErrorCode::bad_vendor);
  constexpr auto acknowledge = wire::PurchaseStep::acknowledge;
  CHECK(move_with("c\n", "p", "", 0, acknowledge) == ErrorCode::bad_text);
  CHECK(move_with(too_long, "p", "", 0, acknowledge) == ErrorCode::bad_id);
  CHECK(move_with("c", too_long, "", 0, acknowledge) == ErrorCode::bad_id);
  CHECK(move_with("c", "p", std::string(513, 'r'), 0, acknowledge) == ErrorCode::bad_text);
  const auto ask = [](MessageKind kind, std::string_view first, std::string_view second) {
    return code_of(decode_built(kind, [&](auto& builder) {
      const auto first_at = builder.CreateString(first.data(), first.size()), second_at = builder.CreateString(second.data(), second.size());
      if (kind == MessageKind::purchases) return wire::CreatePurchases(builder, first_at, second_at).Union();
      return wire::CreateReceivePurchase(builder, first_at, second_at).Union();
    }));
  };
  CHECK(ask(MessageKind::receive_purchase, "r", "p") == ErrorCode::none);
  CHECK(ask(MessageKind::receive_purchase, too_long, "p") == ErrorCode::bad_id);
  CHECK(ask(MessageKind::receive_purchase, "r", "p\n") == ErrorCode::bad_text);
  CHECK(ask(MessageKind::purchases, "", "") == ErrorCode::none);
  CHECK(ask(MessageKind::purchases, too_long, "") == ErrorCode::bad_id);
  CHECK(ask(MessageKind::purchases, "", too_long) == ErrorCode::bad_vendor);
  CHECK(ask(MessageKind::purchases, "", "v\n") == ErrorCode::bad_text);
}

TEST_CASE("request: pegs of a purchase order to orders that it does not name, or whose ids are none, are refused", "[schema][request][hostile]") {
  const auto with = [](std::uint32_t order, std::initializer_list<std::string_view> ids) {
    return code_of(decode_built(MessageKind::place_purchase, [&](auto& builder) {
      std::vector<flatbuffers::Offset<flatbuffers::String>> offsets;
      for (const std::string_view id : ids) offsets.push_back(builder.CreateString(id.data(), id.size()));
      const auto orders = builder.CreateVector(offsets);
      const wire::PegRow peg(1, 1, order);
      const auto pegs = builder.CreateVectorOfStructs(&peg, 1);
      wire::PlacePurchaseBuilder place(builder);
      place.add_pegs(pegs), place.add_peg_orders(orders);
      return place.Finish();
    }));
  };
  CHECK(with(0, {"A"}) == ErrorCode::none);
  CHECK(with(1, {"A", ""}) == ErrorCode::none);  // the engine says what is wrong with it
  CHECK(with(1, {"A"}) == ErrorCode::malformed);
  CHECK(with(0, {}) == ErrorCode::malformed);
  CHECK(with(0, {"A\n"}) == ErrorCode::bad_text);
  CHECK(with(0, {"A", std::string(257, 'i')}) == ErrorCode::bad_id);
}

TEST_CASE("content hash: every field of a purchase order, its steps and its receipts counts, unused bytes do not", "[schema][content]") {
  const auto differs = [](const auto& command, auto change) {
    auto other = command;
    change(other);
    return content_hash(other) != content_hash(command);
  };
  const auto row_differs = [](auto command, auto rows_of, auto row, auto change) {
    const auto one = row;
    change(row);
    rows_of(command) = {&one, 1};
    const std::uint64_t before = content_hash(command);
    rows_of(command) = {&row, 1};
    return content_hash(command) != before;
  };
  const engine::PlacePurchase place{"p", "v", "r", "n", engine::PurchaseState::draft, {&a_line, 1}};
  CHECK(differs(place, [](auto& other) { other.id = "q"; }));
  CHECK(differs(place, [](auto& other) { other.vendor = "w"; }));
  CHECK(differs(place, [](auto& other) { other.reference = "s"; }));
  CHECK(differs(place, [](auto& other) { other.notes = "o"; }));
  CHECK(differs(place, [](auto& other) { other.vendor = "vr", other.reference = ""; }));
  CHECK(differs(place, [](auto& other) { other.state = engine::PurchaseState::sent; }));
  CHECK(differs(place, [](auto& other) { other.lines = {}; }));
  const auto line_differs = [&](auto change) { return row_differs(place, [](auto& command) -> auto& { return command.lines; }, a_line, change); };
  CHECK(line_differs([](auto& line) { line.quantity = 7; }));
  CHECK(line_differs([](auto& line) { line.promised = {}; }));
  CHECK(line_differs([](auto& line) { line.line = engine::LineNumber{5}; }));
  CHECK(line_differs([](auto& line) { line.sku = engine::SkuId{6}; }));
  CHECK(line_differs([](auto& line) { line.warehouse = engine::WarehouseId{3}; }));
  CHECK_FALSE(line_differs([](auto& line) { line.unused = 1, line.unused_too = 2; }));

  const std::string_view orders[] = {"A", "BC"}, swapped[] = {"BC", "A"}, cut_otherwise[] = {"AB", "C"}, another[] = {"D", "BC"};
  const engine::PegRow pegs[] = {{engine::LineNumber{4}, engine::LineNumber{1}, 0}, {engine::LineNumber{5}, engine::LineNumber{1}, 1}};
  engine::PlacePurchase pegged = place;
  pegged.pegs = pegs, pegged.peg_orders = orders;
  CHECK(differs(pegged, [](auto& other) { other.pegs = {}; }));
  CHECK(differs(pegged, [&](auto& other) { other.pegs = other.pegs.first(1); }));
  CHECK(differs(pegged, [&](auto& other) { other.peg_orders = swapped; }));
  CHECK(differs(pegged, [&](auto& other) { other.peg_orders = cut_otherwise; }));
  CHECK(differs(pegged, [&](auto& other) { other.peg_orders = another; }));
  const auto peg_differs = [&](auto change) { return row_differs(pegged, [](auto& command) -> auto& { return command.pegs; }, pegs[0], change); };
  CHECK(peg_differs([](auto& peg) { peg.line = engine::LineNumber{5}; }));
  CHECK(peg_differs([](auto& peg) { peg.order_line = engine::LineNumber{2}; }));
  CHECK(peg_differs([](auto& peg) { peg.order = 1; }));
  // The same orders, listed otherwise.
  const engine::PegRow by_swapped[] = {{engine::LineNumber{4}, engine::LineNumber{1}, 1}, {engine::LineNumber{5}, engine::LineNumber{1}, 0}};
  CHECK_FALSE(differs(pegged, [&](auto& other) { other.pegs = by_swapped, other.peg_orders = swapped; }));
  CHECK_FALSE(differs(place, [&](auto& other) { other.peg_orders = orders; }));  // nothing is pegged to them

  const engine::PurchaseRow a_row{-1, engine::TimeUs{8}, engine::LineNumber{4}};
  const engine::MovePurchase move{"c", "p", engine::PurchaseStep::acknowledge, "r", {&a_row, 1}};
  CHECK(differs(move, [](auto& other) { other.command_id = "d"; }));
  CHECK(differs(move, [](auto& other) { other.purchase_id = "q"; }));
  CHECK(differs(move, [](auto& other) { other.step = engine::PurchaseStep::close; }));
  CHECK(differs(move, [](auto& other) { other.reference = "s"; }));
  CHECK(differs(move, [](auto& other) { other.rows = {}; }));
  const auto step_row_differs = [&](auto change) { return row_differs(move, [](auto& command) -> auto& { return command.rows; }, a_row, change); };
  CHECK(step_row_differs([](auto& row) { row.quantity = 0; }));
  CHECK(step_row_differs([](auto& row) { row.promised = {}; }));
  CHECK(step_row_differs([](auto& row) { row.line = engine::LineNumber{5}; }));
  CHECK_FALSE(step_row_differs([](auto& row) { row.unused = 1; }));

  const engine::PurchaseArrival an_arrival{6, 1, engine::LineNumber{4}};
  const engine::ReceivePurchase receive{"r", "p", false, {&an_arrival, 1}};
  CHECK(differs(receive, [](auto& other) { other.id = "s"; }));
  CHECK(differs(receive, [](auto& other) { other.purchase_id = "q"; }));
  CHECK(differs(receive, [](auto& other) { other.accept_over = true; }));
  CHECK(differs(receive, [](auto& other) { other.rows = {}; }));
  const auto arrival_differs = [&](auto change) { return row_differs(receive, [](auto& command) -> auto& { return command.rows; }, an_arrival, change); };
  CHECK(arrival_differs([](auto& row) { row.quantity = 7; }));
  CHECK(arrival_differs([](auto& row) { row.damaged = 0; }));
  CHECK(arrival_differs([](auto& row) { row.line = engine::LineNumber{5}; }));
  CHECK_FALSE(arrival_differs([](auto& row) { row.unused = 1; }));

  // Part of the journal's format: they never change.
  CHECK(content_hash(place) == 0x263777a8358ca8c9);
  CHECK(content_hash(pegged) == 0x5c56bc677bf8d692);
  CHECK(content_hash(move) == 0x65e1dfefc4e5edcf);
  CHECK(content_hash(receive) == 0xa161f13d05a6ef67);
}
