// The answer to who asks for vendors and reorder rules.
#include "tests/schema/answer_round_trip.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("answer: vendors, sources and rules come back as they were listed, in one part or several", "[schema][answer]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3000}}) {
    const auto vendors = random_rows<VendorView>(random, count);
    auto sources = random_rows<engine::SourceSet>(random, count);
    for (engine::SourceSet& source : sources) source.vendor = static_cast<std::uint32_t>(1 + random.below(count));
    auto rules = random_rows<RuleView>(random, count);
    for (RuleView& rule : rules) {
      rule.vendor = static_cast<std::uint32_t>(random.below(count + 1));
      rule.kind = static_cast<engine::RuleKind>(1 + random.below(3)), rule.mode = static_cast<engine::RuleMode>(random.below(4));
    }
    std::vector<std::string> texts[3];
    for (auto& column : texts) {
      for (std::size_t row = 0; row < count; ++row) column.push_back(random.text(80));
    }
    const auto codes = views(texts[0]), names = views(texts[1]), purchases = views(texts[2]);
    const RulesAnswer answer{engine::Lsn{9}, codes, names, vendors, sources, rules, purchases};
    const std::size_t frames = round_trip(MessageKind::rules_answer, answer, [&](const RulesAnswer& got) {
      CHECK(got.as_of == engine::Lsn{9});
      CHECK(same_texts(got.vendor_codes, codes));
      CHECK(same_texts(got.vendor_names, names));
      CHECK(same_texts(got.purchases, purchases));
      CHECK(same_bytes(got.vendors, answer.vendors));
      CHECK(same_bytes(got.sources, answer.sources));
      CHECK(same_bytes(got.rules, answer.rules));
    });
    CHECK((frames > 1) == (count == 3000));
  }
}

TEST_CASE("answer: rules whose vectors disagree, or that name what is not there, are refused", "[schema][answer][hostile]") {
  const std::vector<std::string_view> one{"T"}, two{"T", "U"};
  const std::vector<VendorView> vendors(1);
  const auto with = [&](auto change) {
    std::vector<engine::SourceSet> sources{{engine::SkuId{1}, 1, -1}};
    std::vector<RuleView> rules(1);
    RulesAnswer answer{{}, one, one, vendors, sources, rules, one};
    change(answer, sources[0], rules[0]);
    return answer_fault(MessageKind::rules_answer, answer);
  };
  for (const auto& texts : {std::vector<std::string_view>{}, two}) {
    CHECK(with([&](auto& answer, auto&, auto&) { answer.vendor_codes = texts; }) == AnswerFault::malformed);
    CHECK(with([&](auto& answer, auto&, auto&) { answer.vendor_names = texts; }) == AnswerFault::malformed);
    CHECK(with([&](auto& answer, auto&, auto&) { answer.purchases = texts; }) == AnswerFault::malformed);
  }
  for (const std::uint32_t vendor : {0U, 2U}) CHECK(with([&](auto&, auto& source, auto&) { source.vendor = vendor; }) == AnswerFault::malformed);
  CHECK(with([](auto&, auto&, auto& rule) { rule.vendor = 2; }) == AnswerFault::malformed);
  for (const int kind : {0, 4, 255}) CHECK(with([&](auto&, auto&, auto& rule) { rule.kind = static_cast<engine::RuleKind>(kind); }) == AnswerFault::malformed);
  for (const int mode : {4, 255}) CHECK(with([&](auto&, auto&, auto& rule) { rule.mode = static_cast<engine::RuleMode>(mode); }) == AnswerFault::malformed);
}
