// The answer to who asks for open purchase orders.
#include "tests/schema/answer_round_trip.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("answer: open purchase orders come back as they were listed, in one part or several", "[schema][answer]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3000}}) {
    auto open = random_rows<OpenPurchase>(random, count);
    for (OpenPurchase& purchase : open) purchase.lines = 2, purchase.state = random.chance(20) ? engine::PurchaseState::suggested : static_cast<engine::PurchaseState>(1 + random.below(5));
    auto lines = random_rows<engine::PurchaseLineState>(random, 2 * count);
    std::vector<std::string> texts[4], pegged;
    for (engine::PurchaseLineState& line : lines) {
      if (random.chance(50)) line.peg_order = {};
      if (line.peg_order.value != 0) pegged.push_back(random.text(64));
    }
    const auto peg_orders = views(pegged);
    for (auto& column : texts) {
      for (std::size_t row = 0; row < count; ++row) column.push_back(random.text(80));
    }
    const auto purchases = views(texts[0]), vendors = views(texts[1]), references = views(texts[2]), notes = views(texts[3]);
    const PurchasesAnswer answer{engine::Lsn{9}, open, purchases, vendors, references, notes, lines, peg_orders};
    const std::size_t frames = round_trip(MessageKind::purchases_answer, answer, [&](const PurchasesAnswer& got) {
      CHECK(got.as_of == engine::Lsn{9});
      CHECK(same_bytes(got.open, answer.open));
      CHECK(same_texts(got.purchases, purchases));
      CHECK(same_texts(got.vendors, vendors));
      CHECK(same_texts(got.references, references));
      CHECK(same_texts(got.notes, notes));
      CHECK(same_bytes(got.lines, answer.lines));
      CHECK(same_texts(got.peg_orders, peg_orders));
    });
    CHECK((frames > 1) == (count == 3000));
  }
}

TEST_CASE("answer: open purchase orders whose counts disagree, or that are not open, are refused", "[schema][answer][hostile]") {
  const std::vector<std::string_view> one{"T"}, two{"T", "U"};
  const std::vector<engine::PurchaseLineState> lines(2);
  const auto with = [&](auto change) {
    std::vector<OpenPurchase> open(1);
    open[0].lines = 2;
    open[0].state = engine::PurchaseState::acknowledged;
    PurchasesAnswer answer{{}, open, one, one, one, one, lines};
    change(answer, open[0]);
    return answer_fault(MessageKind::purchases_answer, answer);
  };
  CHECK(with([&](auto& answer, auto&) { answer.purchases = {}; }) == AnswerFault::malformed);
  CHECK(with([&](auto& answer, auto&) { answer.purchases = two; }) == AnswerFault::malformed);
  CHECK(with([&](auto& answer, auto&) { answer.vendors = {}; }) == AnswerFault::malformed);
  CHECK(with([&](auto& answer, auto&) { answer.references = two; }) == AnswerFault::malformed);
  CHECK(with([&](auto& answer, auto&) { answer.notes = {}; }) == AnswerFault::malformed);
  CHECK(with([&](auto& answer, auto&) { answer.open = {}; }) == AnswerFault::malformed);
  CHECK(with([](auto&, auto& open) { open.lines = 1; }) == AnswerFault::malformed);
  CHECK(with([](auto&, auto& open) { open.lines = 3; }) == AnswerFault::malformed);
  CHECK(with([&](auto& answer, auto&) { answer.peg_orders = one; }) == AnswerFault::malformed);
  std::vector<engine::PurchaseLineState> pegged(2);
  pegged[1].peg_order = engine::Lsn{7};
  CHECK(with([&](auto& answer, auto&) { answer.lines = pegged; }) == AnswerFault::malformed);
  CHECK(with([&](auto& answer, auto&) { answer.lines = pegged, answer.peg_orders = two; }) == AnswerFault::malformed);
  for (const int state : {0, 6, 7, 8, 10, 255}) {
    CAPTURE(state);
    CHECK(with([&](auto&, auto& open) { open.state = static_cast<engine::PurchaseState>(state); }) == AnswerFault::malformed);
  }
}
