#include "client/replay_file.hpp"

#include <array>
#include <limits>
#include <optional>

#include "client/csv.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"

namespace earmark::client {
namespace {

constexpr std::array columns{"seq", "time", "type", "id", "line", "sku", "warehouse", "qty"};
enum Field : std::size_t { seq, time_, type, id, line, sku, warehouse, quantity };

// Out of every range, so that the server finds it bad.
std::int64_t quantity_from(std::string_view text) {
  if (const auto number = whole_number(text)) return *number;
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  return digits ? std::numeric_limits<std::int64_t>::max() : 0;
}

class EventsFile {
 public:
  explicit EventsFile(CsvReader table) : table_(std::move(table)) {}

  Outcome<void> begin() {
    for (std::size_t field = 0; field < columns.size(); ++field) {
      const auto column = table_.column(columns[field]);
      if (!column) {
        return usage(table_.place() + "there is no column '" + columns[field] +
                     "'; the header is seq,time,type,id,line,sku,warehouse,qty");
      }
      places_[field] = *column;
    }
    return advance();
  }
  bool more() const { return more_; }

  Outcome<ReplayEvent> next() {
    const auto number = whole_number(cell(seq));
    if (!number) return usage(table_.place() + "'" + cell(seq) + "' is not a sequence number");
    ReplayEvent event{*number, cell(time_), cell(type), cell(id), time_from(cell(time_)), {}};
    const std::string same = cell(seq), derived_id = event.type + "-" + cell(seq);
    if (event.type == "order") {
      event.command = Order{};
      std::get<Order>(event.command).id = event.id;
    } else if (event.type == "receipt") {
      event.command = Receipt{event.id, {}};
    } else if (event.type == "cancel") {
      event.command = Cancel{derived_id, event.id, {}};
    } else if (event.type == "ship") {
      event.command = Ship{derived_id, event.id};
    } else {
      return usage(table_.place() + "there is no event of type '" + event.type + "'; it is order, receipt, cancel or ship");
    }
    while (more_ && cell(seq) == same) {
      if (auto done = std::visit([&](auto& command) { return add_row(command); }, event.command); !done) {
        return Unexpected{done.error()};
      }
      if (auto done = advance(); !done) return Unexpected{done.error()};
    }
    // One row without a SKU is an order without lines.
    if (auto* order = std::get_if<Order>(&event.command); order && order->lines.size() == 1 && order->lines[0].sku.empty()) {
      order->lines.clear();
    }
    return event;
  }

 private:
  const std::string& cell(Field field) const { return row_[places_[field]]; }

  Outcome<void> advance() {
    auto more = table_.next(row_);
    if (!more) return usage(more.error());
    more_ = *more;
    return {};
  }

  Outcome<std::uint32_t> line_number(std::optional<std::uint32_t> if_empty = std::nullopt) const {
    if (cell(line).empty() && if_empty) return *if_empty;
    const auto number = whole_number(cell(line));
    if (!number || *number < 0 || *number > UINT32_MAX) return usage(table_.place() + "'" + cell(line) + "' is not a line number");
    return static_cast<std::uint32_t>(*number);
  }

  Outcome<void> add_row(Order& order) {
    auto number = line_number(static_cast<std::uint32_t>(order.lines.size() + 1));
    if (!number) return Unexpected{number.error()};
    order.lines.push_back({*number, cell(sku), quantity_from(cell(quantity)), cell(warehouse)});
    return {};
  }
  Outcome<void> add_row(Receipt& receipt) {
    receipt.rows.push_back({cell(sku), cell(warehouse), quantity_from(cell(quantity))});
    return {};
  }
  Outcome<void> add_row(Cancel& cancel) {
    if (cell(line).empty() && cell(quantity).empty()) return {};
    auto number = line_number();
    if (!number) return Unexpected{number.error()};
    cancel.rows.push_back({*number, quantity_from(cell(quantity))});
    return {};
  }
  Outcome<void> add_row(Ship&) { return {}; }

  CsvReader table_;
  std::array<std::size_t, columns.size()> places_{};
  std::vector<std::string> row_;
  bool more_ = false;
};

}  // namespace

Outcome<std::vector<ReplayEvent>> read_replay(const std::filesystem::path& path) {
  auto table = CsvReader::open(path);
  if (!table) return usage(table.error());
  EventsFile file(std::move(*table));
  if (auto begun = file.begin(); !begun) return Unexpected{begun.error()};
  std::vector<ReplayEvent> events;
  while (file.more()) {
    auto event = file.next();
    if (!event) return Unexpected{event.error()};
    events.push_back(std::move(*event));
  }
  return events;
}

}  // namespace earmark::client
