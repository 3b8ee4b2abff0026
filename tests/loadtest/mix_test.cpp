#include <catch2/catch.hpp>

#include <map>

#include "loadtest/mix.hpp"
#include "loadtest/random.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;

TEST_CASE("mix: shares are proportions, in any scale", "[loadtest]") {
  const auto mix = parse_mix(GENERATE("orders=80,checks=15,cancels=2,receipts=3", "orders=0.8,checks=0.15,cancels=0.02,receipts=0.03",
                                      "checks=150,orders=800,receipts=30,cancels=20,ships=0"));
  REQUIRE(mix.has_value());
  CHECK(mix->share_of(RequestKind::order) == Approx(0.8));
  CHECK(mix->share_of(RequestKind::check) == Approx(0.15));
  CHECK(mix->share_of(RequestKind::cancel) == Approx(0.02));
  CHECK(mix->share_of(RequestKind::receipt) == Approx(0.03));
  CHECK(mix->share_of(RequestKind::ship) == 0);
  CHECK(mix->entries().size() == 4);
}

TEST_CASE("mix: kinds are drawn by their shares", "[loadtest]") {
  const auto mix = parse_mix("orders=68,checks=10,cancels=5,receipts=5,ships=6,show=4,holds=2");
  REQUIRE(mix.has_value());
  Random random(9);
  std::map<RequestKind, int> drawn;
  constexpr int draws = 200'000;
  for (int draw = 0; draw < draws; ++draw) ++drawn[mix->pick(random.unit())];
  CHECK(drawn.size() == kinds_of_mixes);
  for (const auto& [kind, share] : mix->entries()) {
    CAPTURE(plural(kind));
    CHECK(static_cast<double>(drawn[kind]) / draws == Approx(share).margin(0.003));
  }
  CHECK(mix->pick(0.999'999'999'999) == RequestKind::hold);
  CHECK_FALSE(parse_mix("orders=1,confirms=1").has_value());  // they follow holds
}

TEST_CASE("mix: policies and priorities", "[loadtest]") {
  const auto policies = parse_policies("ship_partial=1,fill_or_kill=3");
  REQUIRE(policies.has_value());
  CHECK(policies->share_of(engine::Policy::fill_or_kill) == Approx(0.75));
  CHECK_FALSE(policies->is_one_value());
  const auto priorities = parse_priorities("255=1,0=1");
  REQUIRE(priorities.has_value());
  CHECK(priorities->share_of(engine::Priority{0}) == Approx(0.5));
  CHECK(describe(*parse_mix("orders=2,checks=1")) == "orders 66.7 %, checks 33.3 %");
}

TEST_CASE("mix: what is wrong is said", "[loadtest]") {
  const auto [text, complaint] = GENERATE(table<std::string, std::string>({
      {"", "no share is above 0"},
      {"orders", "\"orders\" is no NAME=SHARE"},
      {"=4", "is no NAME=SHARE"},
      {"orders=", "the share \"\" is no number"},
      {"orders=-1", "the share \"-1\" is no number"},
      {"orders=nan", "the share \"nan\" is no number"},
      {"orders=inf", "the share \"inf\" is no number"},
      {"orders=1x", "the share \"1x\" is no number"},
      {"orders=0,checks=0", "no share is above 0"},
      {"orders=1,orders=2", "\"orders\" is named twice"},
      {"orders=1,,checks=1", "is no NAME=SHARE"},
      {"dances=1", "\"dances\" is none of orders"},
  }));
  CAPTURE(text);
  const auto mix = parse_mix(text);
  REQUIRE_FALSE(mix.has_value());
  CHECK_THAT(mix.error(), Catch::Contains(complaint));
  CHECK_FALSE(parse_policies("ship_complete=1").has_value());  // the server refuses it
  CHECK_FALSE(parse_priorities("256=1").has_value());
  CHECK_FALSE(parse_priorities("high=1").has_value());
}

}  // namespace
