#include "schema/request.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "engine/limits.hpp"
#include "schema/catalogue_generated.h"
#include "schema/order_generated.h"
#include "schema/read_generated.h"
#include "tests/schema/request_round_trip.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;
using engine::ErrorCode;

TEST_CASE("request: orders come back as they were asked for, in parts when they are long", "[schema][request]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const std::size_t count = GENERATE(std::size_t{0}, 1u, 3u, 2500u, 2501u, 4096u);
  const auto lines = random_lines(random, count);
  const std::string id = random.text(64), customer = random.text(512), notes = "Gate 4\nRing twice\tplease";
  OrderRequest order;
  order.epoch = random.number<std::uint64_t>();
  order.time = engine::TimeUs{random.number<std::int64_t>()};
  order.order = {id, engine::Priority{7}, engine::Policy::fill_or_kill, engine::Sourcing::highest_stock,
                 engine::WarehouseId{9}, engine::TimeUs{1}, engine::TimeUs{2}, engine::TimeUs{3}, engine::TimeUs{4},
                 {customer, "web", "1 High Street", "Jo", "site 7", notes}, lines};
  const std::size_t frames = round_trip<OrderRequest>(
      MessageKind::order, [&](RequestEncoder& ask, auto& out) { ask.order(out, correlation, order); },
      [&](const OrderRequest& got) {
        CHECK(got.epoch == order.epoch);
        CHECK(got.time == order.time);
        CHECK(got.order.id == id);
        CHECK(got.order.priority == order.order.priority);
        CHECK(got.order.policy == order.order.policy);
        CHECK(got.order.sourcing == order.order.sourcing);
        CHECK(got.order.preferred == order.order.preferred);
        CHECK(got.order.cancel_after == order.order.cancel_after);
        CHECK(got.order.need_by == order.order.need_by);
        CHECK(got.order.texts.customer == customer);
        CHECK(got.order.texts.notes == notes);
        CHECK(got.order.texts.reference == "site 7");
        CHECK(same_bytes(got.order.lines, std::span<const engine::OrderLine>(lines)));
        CHECK(content_hash(got.order) == content_hash(order.order));
      });
  CHECK(frames == (count <= 2500 ? 1 : 2));
}

TEST_CASE("request: every other command and question comes back as it was asked", "[schema][request]") {
  const std::vector<engine::CancelRow> cancel_rows(GENERATE(std::size_t{0}, 3u, 4096u), engine::CancelRow{-5, engine::LineNumber{4}, 0});
  const CancelRequest cancel{{"command", "order", cancel_rows}, engine::TimeUs{8}};
  round_trip<CancelRequest>(MessageKind::cancel, [&](auto& ask, auto& out) { ask.cancel(out, correlation, cancel); },
                            [&](const CancelRequest& got) {
                              CHECK(got.cancel.command_id == "command");
                              CHECK(got.cancel.order_id == "order");
                              CHECK(got.time == cancel.time);
                              CHECK(same_bytes(got.cancel.rows, cancel.cancel.rows));
                            });
  const std::vector<engine::StockRow> stock_rows(4096, engine::StockRow{6, engine::SkuId{5}, engine::WarehouseId{2}, 0});
  const ReceiveRequest receive{{"receipt", stock_rows}, 77, engine::TimeUs{9}};
  round_trip<ReceiveRequest>(MessageKind::receive, [&](auto& ask, auto& out) { ask.receive(out, correlation, receive); },
                             [&](const ReceiveRequest& got) {
                               CHECK(got.receipt.id == "receipt");
                               CHECK(got.epoch == 77);
                               CHECK(got.time == receive.time);
                               CHECK(same_bytes(got.receipt.rows, receive.receipt.rows));
                             });
  const std::vector<engine::ChangeRow> change_rows(GENERATE(std::size_t{0}, 3u, 4096u), engine::ChangeRow{-6, 8, engine::SkuId{5}, engine::WarehouseId{2}, 0});
  const ChangeStockRequest change{{"change", engine::ChangeKind::scrap, "why", change_rows}, 78, engine::TimeUs{10}};
  round_trip<ChangeStockRequest>(MessageKind::change_stock, [&](auto& ask, auto& out) { ask.change_stock(out, correlation, change); },
                                 [&](const ChangeStockRequest& got) {
                                   CHECK(got.change.id == "change");
                                   CHECK(got.change.kind == engine::ChangeKind::scrap);
                                   CHECK(got.change.reason == "why");
                                   CHECK(got.epoch == 78);
                                   CHECK(got.time == change.time);
                                   CHECK(same_bytes(got.change.rows, change.change.rows));
                                 });
  const engine::CancelRow found[] = {{0, engine::LineNumber{4}, 0}, {7, engine::LineNumber{5}, 0}};
  const MoveShipmentRequest move{{"command", "order", 3, engine::ShipmentStep::give_back, 9, found, "carrier", "tracking", engine::TimeUs{8}, true,
                                  "reason"}, engine::TimeUs{3}};
  round_trip<MoveShipmentRequest>(MessageKind::move_shipment, [&](auto& ask, auto& out) { ask.move_shipment(out, correlation, move); },
                                  [&](const MoveShipmentRequest& got) {
                                    CHECK(got.move.command_id == "command");
                                    CHECK(got.move.order_id == "order");
                                    CHECK(got.move.shipment == 3);
                                    CHECK(got.move.step == engine::ShipmentStep::give_back);
                                    CHECK(got.move.revision == 9);
                                    REQUIRE(got.move.rows.size() == 2);
                                    CHECK(got.move.rows[1].quantity == 7);
                                    CHECK(got.move.rows[1].line == engine::LineNumber{5});
                                    CHECK(got.move.carrier == "carrier");
                                    CHECK(got.move.tracking == "tracking");
                                    CHECK(got.move.expected == engine::TimeUs{8});
                                    CHECK(got.move.to_unavailable);
                                    CHECK(got.move.reason == "reason");
                                    CHECK(got.time == move.time);
                                    CHECK(content_hash(got.move) == content_hash(move.move));
                                  });
  const std::vector<engine::TransferRow> transfer_rows(change_rows.size(), engine::TransferRow{6, engine::SkuId{5}, 0});
  const ShipTransferRequest leaves{{"transfer", engine::WarehouseId{1}, engine::WarehouseId{2}, engine::TimeUs{9}, "why", transfer_rows}, 79, engine::TimeUs{11}};
  round_trip<ShipTransferRequest>(MessageKind::ship_transfer, [&](auto& ask, auto& out) { ask.ship_transfer(out, correlation, leaves); },
                                  [&](const ShipTransferRequest& got) {
                                    CHECK(got.ship.id == "transfer");
                                    CHECK(got.ship.source == engine::WarehouseId{1});
                                    CHECK(got.ship.destination == engine::WarehouseId{2});
                                    CHECK(got.ship.expected == engine::TimeUs{9});
                                    CHECK(got.ship.reason == "why");
                                    CHECK(got.epoch == 79);
                                    CHECK(got.time == leaves.time);
                                    CHECK(same_bytes(got.ship.rows, leaves.ship.rows));
                                    CHECK(content_hash(got.ship) == content_hash(leaves.ship));
                                  });
  const std::vector<engine::ArrivalRow> arrival_rows(change_rows.size(), engine::ArrivalRow{6, 1, engine::SkuId{5}, 0});
  const ReceiveTransferRequest arrives{{"command", "transfer", true, arrival_rows}, 80, engine::TimeUs{12}};
  round_trip<ReceiveTransferRequest>(MessageKind::receive_transfer, [&](auto& ask, auto& out) { ask.receive_transfer(out, correlation, arrives); },
                                     [&](const ReceiveTransferRequest& got) {
                                       CHECK(got.receive.command_id == "command");
                                       CHECK(got.receive.transfer_id == "transfer");
                                       CHECK(got.receive.close);
                                       CHECK(got.epoch == 80);
                                       CHECK(got.time == arrives.time);
                                       CHECK(same_bytes(got.receive.rows, arrives.receive.rows));
                                       CHECK(content_hash(got.receive) == content_hash(arrives.receive));
                                     });
  round_trip<TransfersRequest>(MessageKind::transfers, [&](auto& ask, auto& out) { ask.transfers(out, correlation, {"transfer"}); },
                               [&](const TransfersRequest& got) { CHECK(got.transfer == "transfer"); });
  const ShipRequest ship{{"command", "order"}, engine::TimeUs{3}};
  round_trip<ShipRequest>(MessageKind::ship, [&](auto& ask, auto& out) { ask.ship(out, correlation, ship); },
                          [&](const ShipRequest& got) {
                            CHECK(got.ship.command_id == "command");
                            CHECK(got.ship.order_id == "order");
                            CHECK(got.time == ship.time);
                          });
  const HelloRequest hello{protocol_version, "secret", "test 1", 5};
  round_trip<HelloRequest>(MessageKind::hello, [&](auto& ask, auto& out) { ask.hello(out, correlation, hello); },
                           [&](const HelloRequest& got) {
                             CHECK(got.version == 1);
                             CHECK(got.token == "secret");
                             CHECK(got.client == "test 1");
                             CHECK(got.features == 5);
                           });
  const std::vector<engine::SkuId> skus(15'000, engine::SkuId{3});
  round_trip<CheckRequest>(MessageKind::check, [&](auto& ask, auto& out) { ask.check(out, correlation, {4, skus}); },
                           [&](const CheckRequest& got) {
                             CHECK(got.epoch == 4);
                             CHECK(same_bytes(got.skus, std::span<const engine::SkuId>(skus)));
                             CHECK(got.wanted.empty());
                             CHECK_FALSE(got.dates);
                           });
  const std::vector<engine::Quantity> wanted(7'000, 12);
  for (const bool dates : {false, true}) {
    round_trip<CheckRequest>(MessageKind::check, [&](auto& ask, auto& out) { ask.check(out, correlation, {4, std::span(skus).first(7'000), wanted, dates}); },
                             [&](const CheckRequest& got) {
                               CHECK(same_bytes(got.wanted, std::span<const engine::Quantity>(wanted)));
                               CHECK(got.dates == dates);
                             });
  }
  const StockRequest stock{5, skus, engine::SkuId{8}, engine::WarehouseId{2}, true};
  round_trip<StockRequest>(MessageKind::stock, [&](auto& ask, auto& out) { ask.stock(out, correlation, stock); },
                           [&](const StockRequest& got) {
                             CHECK(got.epoch == 5);
                             CHECK(got.skus.size() == skus.size());
                             CHECK(got.after == stock.after);
                             CHECK(got.warehouse == stock.warehouse);
                             CHECK(got.snapshot);
                           });
  round_trip<ShowRequest>(MessageKind::show, [&](auto& ask, auto& out) { ask.show(out, correlation, {"order"}); },
                          [&](const ShowRequest& got) { CHECK(got.order == "order"); });
  const BackordersRequest backorders{6, engine::SkuId{4}, "customer"};
  round_trip<BackordersRequest>(MessageKind::backorders,
                                [&](auto& ask, auto& out) { ask.backorders(out, correlation, backorders); },
                                [&](const BackordersRequest& got) {
                                  CHECK(got.epoch == 6);
                                  CHECK(got.sku == engine::SkuId{4});
                                  CHECK(got.customer == "customer");
                                });
  round_trip<SubscribeRequest>(MessageKind::subscribe,
                               [&](auto& ask, auto& out) { ask.subscribe(out, correlation, {engine::Lsn{12}}); },
                               [&](const SubscribeRequest& got) {
                                 CHECK(got.from == engine::Lsn{12});
                                 CHECK(got.kinds.size() + got.skus.size() + got.warehouses.size() + got.customers.size() == 0);
                               });
  const EventKind kinds[] = {EventKind::shipped, EventKind::catalogue_loaded};
  const engine::SkuId filtered_skus[] = {engine::SkuId{9}, engine::SkuId{4'000'000'000}};
  const engine::WarehouseId filtered_warehouses[] = {engine::WarehouseId{65'535}};
  const std::string_view customers[] = {"", "Okafor Builders"};
  round_trip<SubscribeRequest>(
      MessageKind::subscribe,
      [&](auto& ask, auto& out) {
        ask.subscribe(out, correlation, {engine::Lsn{13}, 99, kinds, filtered_skus, filtered_warehouses, customers});
      },
      [&](const SubscribeRequest& got) {
        CHECK(got.from == engine::Lsn{13});
        CHECK(got.epoch == 99);
        CHECK(std::ranges::equal(got.kinds, kinds));
        CHECK(std::ranges::equal(got.skus, filtered_skus));
        CHECK(std::ranges::equal(got.warehouses, filtered_warehouses));
        CHECK(std::ranges::equal(got.customers, customers));
      });
  round_trip<DigestRequest>(MessageKind::digest, [&](auto& ask, auto& out) { ask.digest(out, correlation); },
                            [](const DigestRequest&) {});
  round_trip<StatsRequest>(MessageKind::stats, [&](auto& ask, auto& out) { ask.stats(out, correlation); },
                           [](const StatsRequest&) {});
  RequestDecoder decoder;
  CHECK(decoder.decode(MessageKind::stats, std::span<const std::byte>{}).has_value());  // a bare question needs no body
}

TEST_CASE("request: resolve keeps known lengths of codes and asks for nothing instead of longer ones", "[schema][request]") {
  const std::string fits(64, 'a'), too_long(65, 'b');
  const std::vector<std::string_view> codes{"A", fits, too_long, ""};
  const std::vector<std::string_view> warehouses{"MAIN"};
  const std::vector<engine::SkuId> ids{engine::SkuId{1}, engine::SkuId{900}};
  const std::vector<engine::WarehouseId> warehouse_ids{engine::WarehouseId{3}};
  const ResolveRequest resolve{codes, warehouses, ids, warehouse_ids, true, true};
  round_trip<ResolveRequest>(MessageKind::resolve, [&](auto& ask, auto& out) { ask.resolve(out, correlation, resolve); },
                             [&](const ResolveRequest& got) {
                               REQUIRE(got.sku_codes.size() == 4);
                               CHECK(got.sku_codes[1] == fits);
                               CHECK(got.sku_codes[2].empty());
                               CHECK(got.warehouse_codes[0] == "MAIN");
                               CHECK(same_bytes(got.sku_ids, resolve.sku_ids));
                               CHECK(same_bytes(got.warehouse_ids, resolve.warehouse_ids));
                               CHECK(got.all_warehouses);
                               CHECK(got.descriptions);
                             });
}

TEST_CASE("request: a load in parts is put together as one, each code once", "[schema][request]") {
  const std::size_t products = GENERATE(std::size_t{3}, 2'000u);
  std::vector<std::string> codes;
  for (std::size_t index = 0; index < products; ++index) codes.push_back("SKU-" + std::to_string(index));
  std::vector<engine::ProductEntry> product_entries;
  for (const std::string& code : codes) product_entries.push_back({code, "Something to sell, in a box"});
  product_entries[1].backorderable = false;
  product_entries[2].backorderable = true;
  const std::vector<engine::WarehouseEntry> warehouses{{"MAIN", "Main", 1}, {"WEST", "", 2}, {"EMPTY", "No stock", 3}};
  std::vector<engine::OpeningStockEntry> stock;
  for (std::uint32_t index = 0; index < products; index += 2) {
    stock.push_back({index, index, 0});
    stock.push_back({index + 1, index, 1});
  }
  const LoadRequest load{{warehouses, product_entries, stock}};
  const std::size_t frames = round_trip<LoadRequest>(
      MessageKind::load, [&](auto& ask, auto& out) { ask.load(out, correlation, load); }, [&](const LoadRequest& got) {
        REQUIRE(got.load.warehouses.size() == 3);
        REQUIRE(got.load.products.size() == products);
        REQUIRE(got.load.stock.size() == stock.size());
        std::set<std::string_view> seen;
        for (const auto& product : got.load.products) seen.insert(product.code);
        CHECK(seen.size() == products);
        for (std::size_t row = 0; row < stock.size(); ++row) {
          const auto& entry = got.load.stock[row];
          if (got.load.products[entry.product].code != codes[stock[row].product] || entry.on_hand != stock[row].on_hand ||
              got.load.warehouses[entry.warehouse].code != warehouses[stock[row].warehouse].code) {
            FAIL("row " << row << " names something else");
          }
        }
        for (const auto& product : got.load.products) {
          const auto asked = product.code == codes[1] ? std::optional(false) : product.code == codes[2] ? std::optional(true) : std::nullopt;
          if (product.backorderable != asked) FAIL("the flag of " << product.code);
        }
        CHECK(got.load.warehouses[2].name == "No stock");
        CHECK(got.load.warehouses[1].priority == 2);
      });
  CHECK((frames > 1) == (products > 3));
}

TEST_CASE("request: a code twice in one part of a load stays twice, for the engine to refuse", "[schema][request]") {
  const auto result = decode_built(MessageKind::load, [](auto& builder) {
    const auto code = builder.CreateString("A");
    const std::vector<flatbuffers::Offset<flatbuffers::String>> both{code, code};
    return wire::CreateLoad(builder, 0, 0, 0, builder.CreateVector(both));
  });
  REQUIRE(result.has_value());
  CHECK(std::get<LoadRequest>(*result).load.products.size() == 2);
}

TEST_CASE("request: rows beyond the limit are cut one after it, so that the engine can say too_many_lines", "[schema][request]") {
  Random random(4);
  const auto lines = random_lines(random, 9'000);
  OrderRequest order;
  order.order.id = "long";
  order.order.lines = lines;
  round_trip<OrderRequest>(MessageKind::order, [&](auto& ask, auto& out) { ask.order(out, correlation, order); },
                           [&](const OrderRequest& got) { CHECK(got.order.lines.size() == engine::max_lines + 1); });
}

TEST_CASE("request: a body anywhere in memory is decoded alike", "[schema][request]") {
  Random random(5);
  const auto lines = random_lines(random, 5);
  OrderRequest order;
  order.order.id = "somewhere";
  order.order.lines = lines;
  RequestEncoder encoder;
  std::vector<std::byte> bytes;
  encoder.order(bytes, 1, order);
  const std::size_t shift = GENERATE(range(std::size_t{0}, std::size_t{8}));
  AlignedBytes room(bytes.size() + 8);
  std::memcpy(room.span().data() + shift, bytes.data(), bytes.size());
  const auto body = room.span().subspan(shift + frame_header_bytes, bytes.size() - frame_header_bytes);
  RequestDecoder decoder;
  OrderRequest got;
  REQUIRE(decoder.decode_order(body, got) == ErrorCode::none);
  CHECK(got.order.id == "somewhere");
  CHECK(same_bytes(got.order.lines, std::span<const engine::OrderLine>(lines)));
}

TEST_CASE("request: texts and ids are UTF-8 without control characters and not too long", "[schema][request]") {
  const auto order_with = [](std::string_view id, std::string_view notes) {
    return code_of(decode_built(MessageKind::order, [&](auto& builder) {
      const auto id_at = builder.CreateString(id.data(), id.size());
      const auto notes_at = builder.CreateString(notes.data(), notes.size());
      wire::PlaceOrderBuilder order(builder);
      order.add_id(id_at);
      order.add_notes(notes_at);
      return order.Finish();
    }));
  };
  using namespace std::string_view_literals;
  CHECK(order_with("A-1", "plain") == ErrorCode::none);
  CHECK(order_with("Größe-1", "two\nlines\tand a tab, \u20ac 5") == ErrorCode::none);
  CHECK(order_with("A\n1", "") == ErrorCode::bad_text);
  CHECK(order_with("A\0001"sv, "") == ErrorCode::bad_text);
  CHECK(order_with("A", "\xff") == ErrorCode::bad_text);
  CHECK(order_with("A", "\x1b[31m") == ErrorCode::bad_text);
  CHECK(order_with("A", std::string(512, 'n')) == ErrorCode::none);
  CHECK(order_with("A", std::string(513, 'n')) == ErrorCode::bad_text);
  CHECK(order_with(std::string(256, 'i'), "") == ErrorCode::none);  // the engine says bad_id, in its turn
  CHECK(order_with(std::string(257, 'i'), "") == ErrorCode::bad_id);
}

TEST_CASE("request: refuses what the schema does not allow", "[schema][request][hostile]") {
  CHECK(code_of(decode_built(MessageKind::order, [](auto& builder) {
    return wire::CreatePlaceOrder(builder, 0, 0, 0, static_cast<wire::Policy>(5));
  })) == ErrorCode::malformed);
  CHECK(code_of(decode_built(MessageKind::order, [](auto& builder) {
    return wire::CreatePlaceOrder(builder, 0, 0, 0, {}, 1, static_cast<wire::Sourcing>(9));
  })) == ErrorCode::malformed);
  const auto check = [](std::vector<std::uint32_t> wanted, bool dates) {
    return code_of(decode_built(MessageKind::check, [&](auto& builder) {
      const auto skus = builder.CreateVector(std::vector<std::uint32_t>{1, 2});
      return wire::CreateCheck(builder, 0, skus, builder.CreateVector(wanted), dates);
    }));
  };
  CHECK(check({}, false) == ErrorCode::none);
  CHECK(check({5, 6}, true) == ErrorCode::none);
  CHECK(check({5}, false) == ErrorCode::malformed);
  CHECK(check({5}, true) == ErrorCode::malformed);
  CHECK(check({}, true) == ErrorCode::malformed);  // dates of how much?
  CHECK(code_of(decode_built(MessageKind::load, [](auto& builder) {
    const auto code = builder.CreateString("A");
    return wire::CreateLoad(builder, builder.CreateVector(&code, 1));  // a warehouse without priority
  })) == ErrorCode::malformed);
  CHECK(code_of(decode_built(MessageKind::load, [](auto& builder) {
    const wire::OpeningStock row(5, 0, 0);  // names a product that is not there
    return wire::CreateLoad(builder, 0, 0, 0, 0, 0, builder.CreateVectorOfStructs(&row, 1));
  })) == ErrorCode::malformed);
  CHECK(code_of(decode_built(MessageKind::load, [](auto& builder) {
    const auto code = builder.CreateString("A\n");
    return wire::CreateLoad(builder, 0, 0, 0, builder.CreateVector(&code, 1));
  })) == ErrorCode::bad_code);

  RequestDecoder decoder;
  AlignedBytes zeros(64);
  const std::vector<std::span<const std::byte>> none, two{zeros.span(), zeros.span()};
  CHECK(decoder.decode(MessageKind::order, none).error() == ErrorCode::malformed);
  CHECK(decoder.decode(MessageKind::hello, Parts(two)).error() == ErrorCode::malformed);
  CHECK(decoder.decode(static_cast<MessageKind>(99), std::span<const std::byte>{}).error() == ErrorCode::unknown_message);
  CHECK(decoder.decode(MessageKind::event, std::span<const std::byte>{}).error() == ErrorCode::unknown_message);
}

TEST_CASE("request: cut off or changed bodies never crash the decoder", "[schema][request][hostile]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  const auto lines = random_lines(random, 6);
  RequestEncoder encoder;
  std::vector<std::byte> bytes;
  OrderRequest order;
  order.order = {"id", {}, {}, {}, {}, {}, {}, {}, {}, {"customer", "", "", "", "", "notes"}, lines};
  encoder.order(bytes, 1, order);
  const std::vector<engine::ProductEntry> products{{"A", "a"}, {"B", "b"}};
  const std::vector<engine::WarehouseEntry> warehouses{{"W", "w", 1}};
  const std::vector<engine::OpeningStockEntry> stock{{4, 1, 0}};
  encoder.load(bytes, 1, {{warehouses, products, stock}});
  const std::vector<std::string_view> codes{"A", "B"};
  encoder.resolve(bytes, 1, {codes, codes, {}, {}, true});
  RequestDecoder decoder;
  std::size_t accepted = 0;
  for (OwnedFrame& frame : frames_of(bytes)) {
    const auto whole = frame.body.span();
    for (std::size_t size = 0; size < whole.size(); ++size) {
      AlignedBytes cut{std::span<const std::byte>(whole).first(size)};
      (void)decoder.decode(frame.header.kind, cut.span());
    }
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      AlignedBytes changed{std::span<const std::byte>(whole)};
      changed.span()[bit / 8] ^= std::byte{1} << (bit % 8);
      if (random.chance(30)) changed.span()[random.below(whole.size())] = std::byte{random.number<std::uint8_t>()};
      auto decoded = decoder.decode(frame.header.kind, changed.span());
      if (!decoded) continue;
      ++accepted;
      if (const auto* got = std::get_if<OrderRequest>(&*decoded)) (void)content_hash(got->order);
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("request: entries that share one big string are refused before they are looked at", "[schema][request][hostile]") {
  const auto start = std::chrono::steady_clock::now();
  const auto load = decode_built(MessageKind::load, [](auto& builder) {
    const auto big = builder.CreateString(std::string(250, 'x'));
    const auto codes = builder.CreateVector(std::vector<flatbuffers::Offset<flatbuffers::String>>(7'000, big));
    return wire::CreateLoad(builder, 0, 0, 0, codes, codes);
  });
  const auto resolve = decode_built(MessageKind::resolve, [](auto& builder) {
    const auto big = builder.CreateString(std::string(24'000, 'x'));
    const auto codes = builder.CreateVector(std::vector<flatbuffers::Offset<flatbuffers::String>>(9'000, big));
    return wire::CreateResolve(builder, codes, codes);
  });
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  WARN("building and decoding both: " << took.count() << " us");
  CHECK(code_of(load) == ErrorCode::malformed);
  REQUIRE(resolve.has_value());
  CHECK(std::get<ResolveRequest>(*resolve).sku_codes.front().empty());
}

TEST_CASE("request: customers of a subscription that share one text are bounded together", "[schema][request]") {
  const auto subscribe = [](std::size_t count) {
    return decode_built(MessageKind::subscribe, [&](auto& builder) {
      const std::vector<flatbuffers::Offset<flatbuffers::String>> all(count, builder.CreateString(std::string(512, 'c')));
      return wire::CreateSubscribe(builder, 1, 0, 0, 0, 0, builder.CreateVector(all));
    });
  };
  CHECK(subscribe(128).has_value());
  const auto more = subscribe(129);
  REQUIRE(!more.has_value());
  CHECK(more.error() == ErrorCode::too_many_rows);
}
