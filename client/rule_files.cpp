#include "client/rule_files.hpp"

#include <algorithm>

#include "client/cut_off.hpp"
#include "client/items.hpp"
#include "client/named_columns.hpp"
#include "client/rule_words.hpp"

namespace earmark::client {
namespace {

// One table, row by row; what is wrong is told with its place.
class RuleTable {
 public:
  static Outcome<RuleTable> open(const std::filesystem::path& path, std::vector<std::string> needed, std::vector<std::string> optional) {
    std::vector<std::string> names = needed;
    names.insert(names.end(), optional.begin(), optional.end());
    auto columns = NamedColumns::open(path, std::move(needed), std::move(optional));
    if (!columns) return Unexpected{columns.error()};
    return RuleTable(std::move(*columns), std::move(names));
  }

  Outcome<bool> next() { return columns_.next(); }
  const std::string& operator[](std::string_view name) const { return columns_[place_of(name)]; }
  // 0 of an empty cell.
  Outcome<std::int64_t> number(std::string_view name) const {
    const std::string& text = (*this)[name];
    const auto number = text.empty() ? std::optional<std::int64_t>(0) : whole_number(text);
    if (!number) return columns_.bad("'" + text + "' is no number for " + std::string(name) + "; write a whole number");
    return *number;
  }
  Outcome<std::optional<std::int32_t>> days(std::string_view name) const {
    const std::string& text = (*this)[name];
    if (text.empty()) return std::optional<std::int32_t>();
    const auto days = whole_number(text);
    if (!days || *days < 0 || *days > INT32_MAX) return columns_.bad("'" + text + "' is no lead time; write days, for example 9");
    return std::optional(static_cast<std::int32_t>(*days));
  }
  Unexpected<Failure> bad(const std::string& what) const { return columns_.bad(what); }
  std::string place() const { return columns_.table().place(); }

 private:
  RuleTable(NamedColumns columns, std::vector<std::string> names) : columns_(std::move(columns)), names_(std::move(names)) {}
  std::size_t place_of(std::string_view name) const { return static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin()); }

  NamedColumns columns_;
  std::vector<std::string> names_;
};

// Calls `read(table)` for each row of the file, if it is there.
template <class Read>
Outcome<void> each_row(const std::filesystem::path& directory, const char* file, std::vector<std::string> needed, std::vector<std::string> optional,
                       Read read) {
  const auto path = find_table(directory, file);
  if (!path) return {};
  auto table = RuleTable::open(*path, std::move(needed), std::move(optional));
  if (!table) return Unexpected{table.error()};
  while (true) {
    auto more = table->next();
    if (!more) return Unexpected{more.error()};
    if (!*more) return {};
    if (Outcome<void> done = read(*table); !done) return done;
  }
}

Outcome<void> read_vendor(const RuleTable& table, RuleFiles& files) {
  VendorInput input{{table["vendor"], table["name"], {}, {}}, !table["lead_days"].empty(), !table["cut_off"].empty()};
  const auto days = table.days("lead_days");
  if (!days) return Unexpected{days.error()};
  input.vendor.lead_days = *days;
  if (input.says_cut_off) {
    const auto cut_off = parse_cut_off(table["cut_off"]);
    if (!cut_off) return table.bad(cut_off.error().text);
    input.vendor.cut_off = *cut_off;
  }
  const auto same = [&](const Placed<VendorInput>& each) { return each.row.vendor.code == input.vendor.code; };
  if (std::ranges::any_of(files.vendors, same)) return table.bad("vendor '" + input.vendor.code + "' stands twice");
  files.vendors.push_back({std::move(input), table.place()});
  return {};
}

Outcome<void> read_source(const RuleTable& table, RuleFiles& files) {
  const auto days = table.days("lead_days");
  if (!days) return Unexpected{days.error()};
  files.sources.push_back({{table["sku"], table["vendor"], *days}, table.place()});
  return {};
}

// Its vendor is a source, and its reorder point a rule.
Outcome<void> read_product(const RuleTable& table, RuleFiles& files) {
  const std::string& vendor = table["vendor"];
  const auto days = table.days("lead_days");
  if (!days) return Unexpected{days.error()};
  if (!vendor.empty()) {
    files.vendors_of_products.insert(vendor);
    files.sources.push_back({{table["sku"], vendor, *days}, table.place()});
  }
  if (table["reorder_point"].empty() || table["reorder_qty"].empty()) return {};
  const auto point = table.number("reorder_point"), quantity = table.number("reorder_qty");
  if (!point) return Unexpected{point.error()};
  if (!quantity) return Unexpected{quantity.error()};
  ReorderRule rule;
  rule.sku = table["sku"], rule.vendor = vendor, rule.point = *point, rule.quantity = *quantity, rule.pooled = true;
  files.of_products.push_back({std::move(rule), table.place()});
  return {};
}

Outcome<void> read_rule(const RuleTable& table, RuleFiles& files) {
  ReorderRule rule;
  rule.sku = table["sku"], rule.warehouse = table["warehouse"], rule.vendor = table["vendor"];
  const std::pair<const char*, std::int64_t*> numbers[] = {{"point", &rule.point}, {"quantity", &rule.quantity}, {"minimum", &rule.minimum},
                                                           {"multiple", &rule.multiple}, {"maximum", &rule.maximum}};
  for (const auto& [name, to] : numbers) {
    const auto number = table.number(name);
    if (!number) return Unexpected{number.error()};
    *to = *number;
  }
  const auto days = table.days("lead_days");
  if (!days) return Unexpected{days.error()};
  rule.lead_days = *days;
  const auto kind = kind_named(table["kind"]);
  if (!kind) return table.bad("'" + table["kind"] + "' is no kind of rule; write reorder_point, min_max or lot_for_lot");
  rule.kind = *kind;
  const auto mode = table["mode"].empty() ? std::optional(rule.mode) : mode_named(table["mode"]);
  if (!mode) return table.bad("'" + table["mode"] + "' is no mode; write off, alert, suggest or auto-po");
  rule.mode = *mode;
  const std::string& pooled = table["pooled"];
  if (!pooled.empty() && pooled != "true" && pooled != "false") return table.bad("'" + pooled + "' is not true or false; write whether the rule looks at all warehouses");
  rule.pooled = pooled == "true";
  files.rules.push_back({std::move(rule), table.place()});
  return {};
}

}  // namespace

Outcome<RuleFiles> read_rule_files(const std::filesystem::path& directory) {
  RuleFiles files;
  const auto into = [&](Outcome<void> (*read)(const RuleTable&, RuleFiles&)) { return [&files, read](const RuleTable& table) { return read(table, files); }; };
  if (auto done = each_row(directory, "vendors.csv", {"vendor"}, {"name", "lead_days", "cut_off"}, into(read_vendor)); !done) return Unexpected{done.error()};
  if (auto done = each_row(directory, "products.csv", {"sku"}, {"vendor", "lead_days", "reorder_point", "reorder_qty"}, into(read_product)); !done) {
    return Unexpected{done.error()};
  }
  if (auto done = each_row(directory, "sources.csv", {"sku", "vendor"}, {"lead_days"}, into(read_source)); !done) return Unexpected{done.error()};
  const std::vector<std::string> needed{"sku", "warehouse", "kind"};
  const std::vector<std::string> optional{"point", "quantity", "minimum", "multiple", "maximum", "vendor", "lead_days", "mode", "pooled"};
  if (auto done = each_row(directory, "rules.csv", needed, optional, into(read_rule)); !done) return Unexpected{done.error()};
  return files;
}

}  // namespace earmark::client
