// R8 over the wire: each error, nothing changed by it, its id still free; and which one is named when several apply.
#include <catch2/catch.hpp>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;
using engine::ErrorCode;

constexpr std::int64_t most = 2'147'483'647;
const std::string long_id(65, 'i');

struct Case {
  std::string what;
  model::Command command;
  ErrorCode code{};
  std::uint32_t row = 0;
};

model::OrderCommand numbered(model::OrderCommand command, const std::vector<std::uint32_t>& numbers) {
  for (std::size_t index = 0; index < numbers.size(); ++index) command.lines[index].line = engine::LineNumber{numbers[index]};
  return command;
}

model::OrderCommand preferring(model::OrderCommand command, std::uint16_t warehouse) {
  command.preferred = engine::WarehouseId{warehouse};
  return command;
}

// Before these: order `taken` of SKU 1 with lines 1 and 2; receipt, cancel and ship with id `used`.
std::vector<Case> cases() {
  return {
      {"quantity 0", order("new", {{1, 0}}), ErrorCode::bad_quantity, 1},
      {"quantity negative", order("new", {{1, 1}, {1, -1}}), ErrorCode::bad_quantity, 2},
      {"quantity 2^31", order("new", {{1, most + 1}}), ErrorCode::bad_quantity, 1},
      {"quantity of 64 bits", order("new", {{1, (std::int64_t{1} << 40) + 1}}), ErrorCode::bad_quantity, 1},
      {"4,097 lines", order("new", std::vector<Wanted>(4097, Wanted{1, 1})), ErrorCode::too_many_lines, 0},
      {"no lines", order("new", {}), ErrorCode::empty_order, 0},
      {"SKU unknown", order("new", {{1, 1}, {0, 1}}), ErrorCode::unknown_sku, 2},
      {"SKU beyond the catalogue", order("new", {{5, 1}}), ErrorCode::unknown_sku, 1},
      {"SKU far beyond", order("new", {{4'000'000'000U, 1}}), ErrorCode::unknown_sku, 1},
      {"pin unknown", order("new", {{1, 1, 65535}}), ErrorCode::unknown_warehouse, 1},
      {"pin beyond the catalogue", order("new", {{1, 1, 3}}), ErrorCode::unknown_warehouse, 1},
      {"preferred unknown", preferring(order("new", {{1, 1}}), 65535), ErrorCode::unknown_warehouse, 0},
      {"line number twice", numbered(order("new", {{1, 1}, {2, 1}, {3, 1}}), {7, 8, 7}), ErrorCode::duplicate_line, 3},
      {"no id", order("", {{1, 1}}), ErrorCode::bad_id, 0},
      {"an id of 65 bytes", order(long_id, {{1, 1}}), ErrorCode::bad_id, 0},
      {"an id used for another order", order("taken", {{1, 2}}), ErrorCode::duplicate_order, 0},
      {"receipt: no rows", receipt("new", {}), ErrorCode::empty_receipt, 0},
      {"receipt: quantity 0", receipt("new", {{1, 1}, {1, 0}}), ErrorCode::bad_quantity, 2},
      {"receipt: SKU unknown", receipt("new", {{0, 1}}), ErrorCode::unknown_sku, 1},
      {"receipt: warehouse unknown", receipt("new", {{1, 1, 9}}), ErrorCode::unknown_warehouse, 1},
      {"receipt: a cell would pass the largest quantity", receipt("new", {{1, most}}), ErrorCode::quantity_overflow, 1},
      {"receipt: two rows would together", receipt("new", {{1, most / 2}, {1, most / 2 + 1}}), ErrorCode::quantity_overflow, 2},
      {"receipt: 4,097 rows", receipt("new", std::vector<Wanted>(4097, Wanted{1, 1})), ErrorCode::too_many_lines, 0},
      {"receipt: an id used for another", receipt("used", {{1, 9}}), ErrorCode::duplicate_receipt, 0},
      {"cancel: no such order", cancel("new", "nobody's"), ErrorCode::unknown_order, 0},
      {"cancel: no such line", cancel("new", "taken", 9, 1), ErrorCode::unknown_line, 1},
      {"cancel: quantity 0", cancel("new", "taken", 1, 0), ErrorCode::bad_quantity, 1},
      {"cancel: no command id", cancel("", "taken"), ErrorCode::bad_id, 0},
      {"cancel: an id used for another", cancel("used", "taken"), ErrorCode::duplicate_cancel, 0},
      {"ship: no such order", ship("new", "nobody's"), ErrorCode::unknown_order, 0},
      {"ship: no command id", ship("", "taken"), ErrorCode::bad_id, 0},
      {"ship: an id used for another", ship("used", "other"), ErrorCode::duplicate_ship, 0},
      // Several faults at once: the first by R8.
      {"id before everything", preferring(order(long_id, {}), 65535), ErrorCode::bad_id, 0},
      {"duplicate before no lines", order("taken", {}), ErrorCode::duplicate_order, 0},
      {"duplicate before too many lines", order("taken", std::vector<Wanted>(4097, Wanted{0, 0})), ErrorCode::duplicate_order, 0},
      {"too many lines before their faults", order("new", std::vector<Wanted>(4097, Wanted{0, 0})), ErrorCode::too_many_lines, 0},
      {"line number before SKU", numbered(order("new", {{1, 1}, {0, 0, 9}}), {1, 1}), ErrorCode::duplicate_line, 2},
      {"SKU before pin and quantity", order("new", {{0, 0, 9}}), ErrorCode::unknown_sku, 1},
      {"pin before quantity", order("new", {{1, 0, 9}}), ErrorCode::unknown_warehouse, 1},
      {"row by row: the earlier row first", order("new", {{1, 0}, {0, 1}}), ErrorCode::bad_quantity, 1},
      {"receipt: id before rows", receipt("", {{0, 0}}), ErrorCode::bad_id, 0},
      {"receipt: duplicate before no rows", receipt("used", {}), ErrorCode::duplicate_receipt, 0},
      {"receipt: SKU before warehouse and quantity", receipt("new", {{0, 0, 9}}), ErrorCode::unknown_sku, 1},
      {"receipt: warehouse before quantity", receipt("new", {{1, 0, 9}}), ErrorCode::unknown_warehouse, 1},
      {"receipt: a row's fault before overflow", receipt("new", {{1, most}, {0, 1}}), ErrorCode::unknown_sku, 2},
      {"cancel: duplicate before unknown order", cancel("used", "nobody's"), ErrorCode::duplicate_cancel, 0},
      {"cancel: unknown order before its rows", cancel("new", "nobody's", 9, 0), ErrorCode::unknown_order, 0},
      {"cancel: line before quantity", cancel("new", "taken", 9, 0), ErrorCode::unknown_line, 1},
      {"ship: duplicate before unknown order", ship("used", "nobody's"), ErrorCode::duplicate_ship, 0},
  };
}

}  // namespace

TEST_CASE("R8: each error over the wire, its precedence, and no effect", "[system][refusals]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(4, 2, 50)).decided());
  for (const model::Command& command : {model::Command(order("taken", {{1, 3}, {2, 120}})), model::Command(order("other", {{1, 1}})),
                                        model::Command(receipt("used", {{3, 1}})), model::Command(cancel("used", "taken", 1, 1)),
                                        model::Command(ship("used", "taken"))}) {
    REQUIRE(caller.ask(command).decided());
  }
  const std::string before = caller.digest();
  for (const Case& each : cases()) {
    INFO(each.what);
    const Reply reply = caller.ask(each.command);
    CHECK(name(reply.error.code) == name(each.code));
    CHECK(reply.error.row == each.row);
    CHECK_FALSE(reply.decided());
    CHECK(caller.digest() == before);
  }
  // The id is still free.
  CHECK_FALSE(caller.ask(order("new", {{1, 1}})).duplicate);
  CHECK(server.terminate().status == 0);
}

TEST_CASE("R8: errors judged against what was decided name the LSN, others name none", "[system][refusals]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 5)).lsn() == engine::Lsn{1});
  REQUIRE(caller.ask(order("A", {{1, 1}})).lsn() == engine::Lsn{2});
  CHECK(caller.ask(order("A", {{1, 2}})).as_of == engine::Lsn{2});
  CHECK(caller.ask(cancel("c", "nobody's")).as_of == engine::Lsn{2});
  caller.send(frame(4, 1, std::vector<std::byte>(24)));
  const Reply malformed = caller.receive(1);
  CHECK(malformed.error.code == engine::ErrorCode::malformed);
  CHECK(malformed.as_of == engine::Lsn{0});
}

TEST_CASE("orders: two lines with one SKU stay two lines, in the order given", "[system][refusals]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(2, 1, 10)).decided());
  const Reply reply = caller.ask(numbered(order("A", {{1, 7}, {2, 1}, {1, 5}}), {30, 20, 10}));
  std::vector<std::vector<std::uint32_t>> lines;
  caller.each_event(reply, [&](const schema::Event& event) {
    for (const engine::LineDecision& line : std::get<engine::OrderDecision>(event.decision).lines) {
      lines.push_back({line.line.value, line.sku.value, line.taken, line.backordered});
    }
  });
  CHECK(lines == std::vector<std::vector<std::uint32_t>>{{30, 1, 7, 0}, {20, 2, 1, 0}, {10, 1, 3, 2}});
}

TEST_CASE("R8: text is judged first", "[system][refusals]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 5)).decided());
  const std::string before = caller.digest();
  CHECK(caller.ask(order("line\nfeed", {{0, 0}})).error.code == ErrorCode::bad_text);
  CHECK(caller.ask(order("\xff\xfe", {{1, 1}})).error.code == ErrorCode::bad_text);
  model::OrderCommand talkative = order("A", {{1, 1}});
  talkative.texts.notes = "bell \a";
  CHECK(caller.ask(talkative).error.code == ErrorCode::bad_text);
  CHECK(caller.digest() == before);
  CHECK(caller.ask(order("A", {{1, 1}})).decided());
}
