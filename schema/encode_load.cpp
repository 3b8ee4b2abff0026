// Loads to frames. Rows of a part name positions in that part's own code vectors, so a part brings the codes that its
// stock rows need: entries are added when a row first names them, and what no row names is added at the end.
#include "schema/ask.hpp"
#include "schema/catalogue_generated.h"
#include "schema/request_builder.hpp"
#include "schema/request_layout.hpp"

namespace earmark::schema {
namespace {

constexpr std::uint32_t nowhere = ~std::uint32_t{0};

// Entries of one kind: which stand in the part being built, and which have stood in any part.
class Chosen {
 public:
  explicit Chosen(std::size_t count) : place_(count, nowhere), sent_(count, false) {}

  void begin_part() {
    for (const std::size_t entry : entries_) place_[entry] = nowhere;
    entries_.clear();
  }
  bool here(std::size_t entry) const { return place_[entry] != nowhere; }
  bool sent(std::size_t entry) const { return sent_[entry]; }
  std::uint32_t place(std::size_t entry) const { return place_[entry]; }
  void add(std::size_t entry) {
    place_[entry] = static_cast<std::uint32_t>(entries_.size());
    sent_[entry] = true;
    entries_.push_back(entry);
  }
  const std::vector<std::size_t>& entries() const { return entries_; }

 private:
  std::vector<std::uint32_t> place_;
  std::vector<bool> sent_;
  std::vector<std::size_t> entries_;
};

std::size_t bytes_of(const engine::WarehouseEntry& entry) {
  return Parting::bytes_of(entry.code) + Parting::bytes_of(entry.name) + sizeof entry.priority;
}
std::size_t bytes_of(const engine::ProductEntry& entry) {
  return Parting::bytes_of(entry.code) + Parting::bytes_of(entry.description) + sizeof(wire::Backorderable);
}

class LoadParts {
 public:
  explicit LoadParts(const engine::LoadCatalogue& load)
      : load_(load), warehouses_(load.warehouses.size()), products_(load.products.size()) {}

  // Chooses the content of the next part; false if it is the last one.
  bool choose() {
    parting_.begin();
    warehouses_.begin_part();
    products_.begin_part();
    stock_.clear();
    while (next_row_ < load_.stock.size() && add_row(load_.stock[next_row_])) ++next_row_;
    add_unsent(warehouses_, load_.warehouses);
    add_unsent(products_, load_.products);
    return parting_.more();
  }

  flatbuffers::Offset<wire::Load> put(flatbuffers::FlatBufferBuilder& fbb, TextOffsets& offsets, engine::TimeUs time) const {
    const auto texts = [&](const Chosen& chosen, auto text_of) {
      std::vector<std::string_view> views;
      for (const std::size_t entry : chosen.entries()) views.push_back(text_of(entry));
      return put_texts(fbb, offsets, views);
    };
    std::vector<std::uint32_t> priorities;
    for (const std::size_t entry : warehouses_.entries()) priorities.push_back(load_.warehouses[entry].priority);
    const auto codes = texts(warehouses_, [&](std::size_t entry) { return load_.warehouses[entry].code; });
    const auto names = texts(warehouses_, [&](std::size_t entry) { return load_.warehouses[entry].name; });
    const auto product_codes = texts(products_, [&](std::size_t entry) { return load_.products[entry].code; });
    const auto descriptions = texts(products_, [&](std::size_t entry) { return load_.products[entry].description; });
    const auto flags = put_flags(fbb);
    const auto ranks = priorities.empty() ? 0 : fbb.CreateVector(priorities);
    const auto stock = put_rows<wire::OpeningStock>(fbb, std::span<const engine::OpeningStockEntry>(stock_));
    return wire::CreateLoad(fbb, codes, ranks, names, product_codes, descriptions, stock, time.value, flags);
  }

 private:
  // Nothing where no product says it.
  flatbuffers::Offset<flatbuffers::Vector<wire::Backorderable>> put_flags(flatbuffers::FlatBufferBuilder& fbb) const {
    std::vector<wire::Backorderable> flags;
    bool any = false;
    for (const std::size_t entry : products_.entries()) {
      const std::optional<bool> said = load_.products[entry].backorderable;
      any = any || said.has_value();
      flags.push_back(!said ? wire::Backorderable::not_said : *said ? wire::Backorderable::yes : wire::Backorderable::no);
    }
    return any ? fbb.CreateVector(flags) : 0;
  }

  bool add_row(const engine::OpeningStockEntry& row) {
    EARMARK_CHECK(row.warehouse < load_.warehouses.size() && row.product < load_.products.size());
    std::size_t bytes = sizeof row;
    if (!warehouses_.here(row.warehouse)) bytes += bytes_of(load_.warehouses[row.warehouse]);
    if (!products_.here(row.product)) bytes += bytes_of(load_.products[row.product]);
    if (!parting_.take_entry(bytes)) return false;
    if (!warehouses_.here(row.warehouse)) warehouses_.add(row.warehouse);
    if (!products_.here(row.product)) products_.add(row.product);
    stock_.push_back({row.on_hand, products_.place(row.product), warehouses_.place(row.warehouse)});
    return true;
  }

  template <class Entry>
  void add_unsent(Chosen& chosen, std::span<const Entry> entries) {
    for (std::size_t entry = 0; entry < entries.size(); ++entry) {
      if (chosen.sent(entry)) continue;
      if (!parting_.take_entry(bytes_of(entries[entry]))) return;
      chosen.add(entry);
    }
  }

  const engine::LoadCatalogue& load_;
  Parting parting_;
  Chosen warehouses_, products_;
  std::vector<engine::OpeningStockEntry> stock_;
  std::size_t next_row_ = 0;
};

}  // namespace

void RequestEncoder::load(std::vector<std::byte>& out, std::uint64_t correlation, const LoadRequest& request) {
  LoadParts parts(request.load);
  for (bool more = true; more;) {
    more = parts.choose();
    auto& fbb = builder_->fresh();
    builder_->append(out, MessageKind::load, correlation, parts.put(fbb, builder_->offsets, request.time), more);
  }
}

}  // namespace earmark::schema
