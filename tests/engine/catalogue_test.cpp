// The dictionary of products against a map: codes are found, descriptions change in whatever lengths, nothing else moves.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "engine/catalogue.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;
using engine::Catalogue;
using engine::SkuId;

TEST_CASE("catalogue: codes are found and descriptions are the last ones", "[engine][catalogue]") {
  struct Known {
    std::string code, description;
    bool backorderable = true;
  };
  const std::uint64_t seed = GENERATE(1U, 2U, 3U);
  INFO("seed " << seed);
  model::Random random(seed);
  Catalogue catalogue;
  std::vector<Known> known;
  const auto text = [&](std::size_t most) { return std::string(random.below(most), static_cast<char>('a' + random.below(26))); };
  CHECK(catalogue.find_sku("any").value == 0);
  for (int step = 0; step < 6'000; ++step) {
    const std::size_t index = random.below(4) == 0 && !known.empty() ? random.below(known.size()) : known.size();
    if (index == known.size()) known.push_back({"code-" + std::to_string(known.size() * 7) + text(30), "", true});
    known[index].description = text(random.below(50) == 0 ? 20'000 : 60);
    known[index].backorderable = random.below(5) != 0;
    catalogue.put_product(SkuId{static_cast<std::uint32_t>(index + 1)}, known[index].code, known[index].description, known[index].backorderable);
  }
  REQUIRE(catalogue.sku_count() == known.size());
  std::size_t without = 0;
  for (std::uint32_t id = 1; id <= known.size(); ++id) {
    const Known& each = known[id - 1];
    CHECK(catalogue.find_sku(each.code) == SkuId{id});
    CHECK(catalogue.find_sku(each.code + "x").value == 0);
    const engine::ProductInfo info = catalogue.product(SkuId{id});
    CHECK(info.code == each.code);
    CHECK(info.description == each.description);
    CHECK(info.backorderable == each.backorderable);
    without += each.backorderable ? 0U : 1U;
  }
  CHECK(catalogue.all_backorderable() == (without == 0));
}

// As when a load that names a product anew leaves its description out.
TEST_CASE("catalogue: a description may be given as it stands there", "[engine][catalogue]") {
  Catalogue catalogue;
  catalogue.put_product(SkuId{1}, "A", "a board", true);
  catalogue.put_product(SkuId{1}, "A", catalogue.product(SkuId{1}).description, false);
  CHECK(catalogue.product(SkuId{1}).description == "a board");
  CHECK_FALSE(catalogue.backorderable(SkuId{1}));
  catalogue.put_product(SkuId{1}, "A", "", true);
  CHECK(catalogue.product(SkuId{1}).description == "");
}
