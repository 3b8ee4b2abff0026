// When what waits can be expected, by walking the whole queue of a SKU over everything that is there and everything that is to come;
// and what questions about that are answered. From the state alone, worked out anew for whoever asks.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "tests/model/state.hpp"

namespace earmark::model {

using Slices = std::map<engine::TimeUs, std::uint64_t>;  // units by date

// At one instant of the state, which must not change meanwhile.
class Dates {
 public:
  Dates(const State& state, engine::TimeUs now) : state_(state), now_(now) {}

  // Of the entry at this place; what is not in it is at no known date.
  Slices of(engine::SkuId sku, const Place& place);
  // Of everything that waits of the order, by line, the oldest entry of each first.
  std::vector<engine::ExpectedUnits> of(const Order& order);
  // When the last unit of each line that waits for the SKU is expected, 0: at no known date; in queue order of their first entries. Of
  // the first `most_entries` in the queue; a line with a later one is left out.
  struct LineDate {
    Place first;
    engine::TimeUs date{};
  };
  std::vector<LineDate> lines(engine::SkuId sku);
  // Something with a date is to come.
  bool has_supply(engine::SkuId sku) const { return !to_come(sku).empty(); }
  // What of the order's lines has no date, by line, and when it could come if it were ordered now.
  std::vector<engine::ExpectedUnits> fallbacks(const Order& order, const std::vector<engine::ExpectedUnits>& expected) const;
  engine::TimeUs now() const { return now_; }
  // Of so many units each, one after the other, behind everybody of this priority, when what is there is gone.
  std::vector<Slices> behind(engine::Priority priority, engine::SkuId sku, std::span<const std::uint64_t> units) const;

 private:
  struct Source {
    engine::TimeUs date{};
    engine::Lsn lsn{};        // 0: it is there
    std::uint32_t index = 0;  // of the line
    engine::WarehouseId warehouse{};
    std::uint64_t units = 0;
    engine::Lsn peg_order{};  // of it what this line waits for is for nobody else
    engine::LineNumber peg_line{};
  };
  using Sources = std::vector<Source>;  // as they are taken
  Sources there(engine::SkuId sku) const;
  Sources to_come(engine::SkuId sku) const;
  // Takes out what is pegged to lines that wait, and gives it by entry.
  std::map<Place, Slices> take_pegged(engine::SkuId sku, Sources& supply) const;
  static Slices take(Sources& sources, std::uint64_t units, engine::WarehouseId pinned);

  const State& state_;
  engine::TimeUs now_;
  std::map<engine::SkuId, std::map<Place, Slices>> found_;
};

// ---- answers to questions ----

struct ShownLine {  // that waits
  engine::LineNumber line{};
  engine::Quantity waiting = 0;
  std::uint64_t position = 0, quantity_ahead = 0;
};
struct ShownPromise {
  std::uint32_t line_index = 0;
  engine::TimeUs first{}, told{};
};
struct ShownOrder {
  std::string id;
  std::vector<ShownLine> lines{};
  std::vector<engine::ExpectedUnits> expected{}, fallbacks{};
  std::vector<ShownPromise> promises{};
};
struct ListedLine {
  std::string order;
  engine::LineNumber line{};
  std::uint64_t position = 0, quantity_ahead = 0;
  engine::Quantity quantity = 0;
  engine::TimeUs expected{};
};
struct CheckedStock {
  std::vector<engine::Quantity> available{}, now{};
  std::vector<engine::ExpectedUnits> expected{}, fallbacks{};
};
struct ListedPurchaseLine {
  engine::LineNumber line{};
  engine::TimeUs promised{}, first_promised{}, expected{};
  engine::Quantity quantity = 0;
  std::uint64_t received = 0;
  engine::Lsn peg_order{};
  engine::LineNumber peg_line{};
};
struct ListedPurchase {
  std::string id;
  engine::PurchaseState state{};
  std::vector<ListedPurchaseLine> lines{};
};

struct Questions {
  std::vector<std::string> orders{};         // to show
  std::vector<engine::SkuId> skus{};         // to check with dates, parallel to what is wanted of them; and the backorders of all
  std::vector<engine::Quantity> wanted{};
  std::vector<std::pair<engine::SkuId, std::string>> rules{};  // of which SKU (0: all) or vendor ("": any)
};
// Every open order; every SKU more than once, and one that there is not; all rules, and those of one SKU or vendor.
Questions all_questions(const State& state);
// The answers, a line of text each.
std::string answers(const State& state, const Questions& questions, engine::TimeUs now);

ShownOrder show(const State& state, const Order& order, Dates& dates);
std::vector<ListedLine> list_backorders(const State& state, Dates& dates);
std::vector<ListedPurchase> list_purchases(const State& state);  // open ones
CheckedStock check(const State& state, std::span<const engine::SkuId> skus, std::span<const engine::Quantity> wanted, const Dates& dates);

std::string describe(const ShownOrder& order);
std::string describe(const ListedLine& line);
std::string describe(const ListedPurchase& purchase);
std::string describe(const CheckedStock& checked);

}  // namespace earmark::model
