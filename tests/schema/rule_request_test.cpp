// What is asked about vendors, rules and earlier decisions, there and back; what is refused before an engine sees it.
#include <algorithm>

#include "engine/limits.hpp"
#include "schema/rule_generated.h"
#include "tests/schema/request_round_trip.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;
using engine::ErrorCode;

namespace {

struct Set {
  std::vector<std::string> texts;
  std::vector<engine::VendorEntry> vendors;
  std::vector<engine::SourceRow> sources;
  std::vector<engine::RuleRow> rules;
  std::vector<engine::SnoozeRow> snoozes;
  SetRulesRequest request;

  // As many of each; each row names a vendor of its own.
  explicit Set(std::uint32_t count) {
    texts.reserve(2 * count);  // views into them must stay
    for (std::uint32_t index = 0; index < count; ++index) {
      const std::string_view code = texts.emplace_back("vendor-" + std::to_string(index)), name = texts.emplace_back(std::string(index % 500, 'n'));
      vendors.push_back({code, name, static_cast<std::int32_t>(index), static_cast<std::int16_t>(index % 1440), index % 2 == 1});
      sources.push_back({engine::SkuId{index + 1}, count - index, -1});
      rules.push_back({10, 20, 3, 4, 50, engine::SkuId{index + 1}, index, 6, engine::WarehouseId{7}, engine::RuleKind::min_max, engine::RuleMode::auto_po, 1});
      snoozes.push_back({engine::TimeUs{index}, engine::SkuId{index + 1}, engine::WarehouseId{7}});
    }
    request = {{vendors, sources, rules, snoozes}, 78, engine::TimeUs{10}};
  }
};

bool same(const engine::VendorEntry& left, const engine::VendorEntry& right) {
  return left.code == right.code && left.name == right.name && left.lead_days == right.lead_days && left.cut_off == right.cut_off &&
         left.only_named == right.only_named;
}

// The rules of one vendor, each as `change` makes it.
template <class Change>
ErrorCode with(Change change) {
  std::string code = "V", name = "Vendor";
  engine::SourceRow source{engine::SkuId{1}, 1, -1};
  engine::RuleRow rule;
  rule.sku = engine::SkuId{1};
  change(code, name, source, rule);
  const engine::VendorEntry vendor{code, name};
  const SetRulesRequest request{{{&vendor, 1}, {&source, 1}, {&rule, 1}, {}}, 0, {}};
  RequestEncoder encoder;
  std::vector<std::byte> bytes;
  encoder.set_rules(bytes, correlation, request);
  auto frames = frames_of(bytes);
  RequestDecoder decoder;
  return code_of(decoder.decode(MessageKind::set_rules, bodies_of(frames)));
}

}  // namespace

TEST_CASE("request: vendors, sources, rules and snoozes come back as they were set, in parts when they are many", "[schema][request]") {
  const std::uint32_t count = GENERATE(0u, 3u, 4096u);
  const Set set(count);
  const std::size_t frames = round_trip<SetRulesRequest>(
      MessageKind::set_rules, [&](auto& ask, auto& out) { ask.set_rules(out, correlation, set.request); },
      [&](const SetRulesRequest& got) {
        CHECK(got.epoch == 78);
        CHECK(got.time == set.request.time);
        CHECK(std::ranges::equal(got.set.vendors, set.vendors, same));
        CHECK(same_bytes(got.set.sources, set.request.set.sources));
        CHECK(same_bytes(got.set.rules, set.request.set.rules));
        CHECK(same_bytes(got.set.snoozes, set.request.set.snoozes));
      });
  CHECK((frames > 1) == (count == 4096));
}

TEST_CASE("request: more than 4,096 vendors, sources, rules or snoozes are too many", "[schema][request]") {
  const Set set(4097);
  const auto only = [&](auto keep) {
    SetRulesRequest request;
    keep(request.set);
    RequestEncoder encoder;
    std::vector<std::byte> bytes;
    encoder.set_rules(bytes, correlation, request);
    auto frames = frames_of(bytes);
    RequestDecoder decoder;
    return code_of(decoder.decode(MessageKind::set_rules, bodies_of(frames)));
  };
  const std::span vendors(set.vendors);
  CHECK(only([&](auto& kept) { kept.vendors = vendors.first(4096); }) == ErrorCode::none);
  CHECK(only([&](auto& kept) { kept.vendors = vendors; }) == ErrorCode::too_many_lines);
  CHECK(only([&](auto& kept) { kept.vendors = vendors.first(4096), kept.sources = set.sources; }) == ErrorCode::too_many_lines);
  CHECK(only([&](auto& kept) { kept.vendors = vendors.first(4096), kept.rules = set.rules; }) == ErrorCode::too_many_lines);
  CHECK(only([&](auto& kept) { kept.snoozes = set.snoozes; }) == ErrorCode::too_many_lines);
}

TEST_CASE("request: rules of a kind or mode that is none, and rows that name a vendor that is not there, are malformed", "[schema][request][hostile]") {
  CHECK(with([](auto&, auto&, auto&, auto&) {}) == ErrorCode::none);
  CHECK(with([](auto&, auto&, auto&, auto& rule) { rule.vendor = 1, rule.mode = engine::RuleMode::off, rule.kind = engine::RuleKind::lot_for_lot; }) == ErrorCode::none);
  for (const int kind : {0, 4, 255}) CHECK(with([&](auto&, auto&, auto&, auto& rule) { rule.kind = static_cast<engine::RuleKind>(kind); }) == ErrorCode::malformed);
  for (const int mode : {4, 255}) CHECK(with([&](auto&, auto&, auto&, auto& rule) { rule.mode = static_cast<engine::RuleMode>(mode); }) == ErrorCode::malformed);
  CHECK(with([](auto&, auto&, auto&, auto& rule) { rule.pooled = 2; }) == ErrorCode::malformed);
  CHECK(with([](auto&, auto&, auto&, auto& rule) { rule.vendor = 2; }) == ErrorCode::malformed);
  CHECK(with([](auto&, auto&, auto& source, auto&) { source.vendor = 0; }) == ErrorCode::malformed);
  CHECK(with([](auto&, auto&, auto& source, auto&) { source.vendor = 2; }) == ErrorCode::malformed);
}

TEST_CASE("request: codes and names of vendors are UTF-8 without control characters and not too long", "[schema][request]") {
  CHECK(with([](auto& code, auto& name, auto&, auto&) { code = "Müller", name = std::string(512, 'n'); }) == ErrorCode::none);
  CHECK(with([](auto& code, auto&, auto&, auto&) { code = ""; }) == ErrorCode::none);  // the engine says bad_vendor
  CHECK(with([](auto& code, auto&, auto&, auto&) { code = std::string(256, 'c'); }) == ErrorCode::none);
  CHECK(with([](auto& code, auto&, auto&, auto&) { code = std::string(257, 'c'); }) == ErrorCode::bad_vendor);
  CHECK(with([](auto& code, auto&, auto&, auto&) { code = "V\n"; }) == ErrorCode::bad_text);
  CHECK(with([](auto&, auto& name, auto&, auto&) { name = "\xff"; }) == ErrorCode::bad_text);
  CHECK(with([](auto&, auto& name, auto&, auto&) { name = std::string(513, 'n'); }) == ErrorCode::bad_text);
}

TEST_CASE("request: vendors whose codes, names and rows are not as many, or share one long text, are malformed", "[schema][request][hostile]") {
  const auto built = [](std::size_t codes, std::size_t names, std::size_t rows, std::size_t bytes = 1) {
    return code_of(decode_built(MessageKind::set_rules, [&](auto& builder) {
      const auto text = builder.CreateString(std::string(bytes, 'v'));
      const auto first = builder.CreateVector(std::vector(codes, text)), second = builder.CreateVector(std::vector(names, text));
      const auto vendors = builder.CreateVectorOfStructs(std::vector(rows, wire::VendorRow(1, -1, false, 0)));
      return wire::CreateSetRules(builder, 0, first, second, vendors);
    }));
  };
  CHECK(built(2, 2, 2) == ErrorCode::none);
  CHECK(built(2, 0, 2) == ErrorCode::none);
  CHECK(built(1, 2, 2) == ErrorCode::malformed);
  CHECK(built(2, 1, 2) == ErrorCode::malformed);
  CHECK(built(2, 2, 1) == ErrorCode::malformed);
  CHECK(built(2, 2, 3) == ErrorCode::malformed);
  CHECK(built(4000, 4000, 4000, 250) == ErrorCode::malformed);
}

TEST_CASE("request: the questions for rules and for an earlier decision come back as they were asked", "[schema][request]") {
  const RulesRequest rules{7, engine::SkuId{5}, "vendor"};
  round_trip<RulesRequest>(MessageKind::rules, [&](auto& ask, auto& out) { ask.rules(out, correlation, rules); },
                           [&](const RulesRequest& got) {
                             CHECK(got.epoch == 7);
                             CHECK(got.sku == engine::SkuId{5});
                             CHECK(got.vendor == "vendor");
                           });
  using enum engine::IdSpace;
  for (const auto space : {engine::IdSpace::order, receipt, cancel, ship, engine::IdSpace::hold, purchase, stock_change, hold_command, amend, shipment,
                           transfer, transfer_command, purchase_command}) {
    round_trip<FindRequest>(MessageKind::find, [&](auto& ask, auto& out) { ask.find(out, correlation, {space, "id"}); },
                            [&](const FindRequest& got) {
                              CHECK(got.space == space);
                              CHECK(got.id == "id");
                            });
  }
  const auto find = [](int kind, std::string_view id) {
    return code_of(decode_built(MessageKind::find, [&](auto& builder) {
      return wire::CreateFind(builder, static_cast<wire::CommandKind>(kind), builder.CreateString(id.data(), id.size()));
    }));
  };
  CHECK(find(15, std::string(256, 'i')) == ErrorCode::none);
  for (const int kind : {0, 8, 9, 16, 255}) CHECK(find(kind, "id") == ErrorCode::malformed);
  CHECK(find(1, std::string(257, 'i')) == ErrorCode::bad_id);
  CHECK(find(1, "i\n") == ErrorCode::bad_text);
  const auto ask = [](std::string_view vendor) {
    return code_of(decode_built(MessageKind::rules, [&](auto& builder) { return wire::CreateRules(builder, 0, builder.CreateString(vendor.data(), vendor.size())); }));
  };
  CHECK(ask("") == ErrorCode::none);
  CHECK(ask(std::string(257, 'v')) == ErrorCode::bad_vendor);
  CHECK(ask("v\n") == ErrorCode::bad_text);
}
