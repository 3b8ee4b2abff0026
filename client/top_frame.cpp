#include "client/top_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "client/describe.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr std::size_t fixed_rows = 10;  // all that are not rows of the two lists
constexpr std::size_t usual_rows = 10;  // of a list, where nothing bounds it

constexpr std::uint64_t longest_us = 1ULL << 27;  // the server's last limit

std::string rate_text(std::optional<double> rate) {
  if (!rate) return "-";
  return *rate < 10 ? fmt::format("{:.1f}", *rate) : with_separators(static_cast<std::uint64_t>(*rate + 0.5));
}

// Buckets are powers of two: "512 us", "16 ms", "4 s".
std::string latency_text(std::optional<std::uint64_t> us) {
  if (!us) return "-";
  if (*us < 1024) return fmt::format("{} us", *us);
  if (*us < 1024 * 1024) return fmt::format("{} ms", (*us + 999) / 1000);
  return *us > longest_us ? "minutes" : fmt::format("{} s", (*us + 999'999) / 1'000'000);
}

std::string head_text(const TopFigures& figures, std::string_view trouble) {
  std::string text = "earmark top  " + figures.server + "  " + (trouble.empty() ? time_text(engine::TimeUs{figures.now_us}).substr(0, 19) + " UTC" : on_one_line(trouble)) + "\n";
  text += fmt::format("decision {}   durable lag {} of {}   connections {}{}   subscribers {}\n\n", with_separators(figures.decided),
                      with_separators(figures.durable_lag), with_separators(figures.window), with_separators(figures.connections),
                      figures.blocked == 0 ? "" : fmt::format(" ({} blocked)", with_separators(figures.blocked)), with_separators(figures.subscribers));
  Table rates({{"ORDERS/S", Align::right}, {"FILLS/S", Align::right}, {"CHECKS/S", Align::right}, {"ERRORS/S", Align::right}, {"HALF WITHIN", Align::right},
               {"99 % WITHIN", Align::right}});
  rates.add({rate_text(figures.orders), rate_text(figures.fills), rate_text(figures.checks), rate_text(figures.errors), latency_text(figures.p50_us),
             latency_text(figures.p99_us)});
  return text + rates.text() + "\n";
}

// What a buyer has to look at, if there is something.
std::string purchasing_text(const Purchasing& purchasing) {
  std::string text;
  if (purchasing.suggestions != 0) {
    text = fmt::format("{} with {} for the buyer", counted(purchasing.suggestions, "suggestion"), counted(purchasing.suggested_units, "unit"));
  }
  if (purchasing.overdue != 0) text += (text.empty() ? "" : ", ") + counted(purchasing.overdue, "overdue purchase order");
  return text.empty() ? text : text + "\n";
}

std::string list_text(const std::vector<Waiting>& all, std::size_t rows, bool of_orders) {
  Table table(of_orders ? std::vector<Column>{{"BIGGEST BACKORDERS"}, {"WAITS FOR", Align::right}, {"LINES", Align::right}, {"SINCE"}, {"CUSTOMER"}}
                        : std::vector<Column>{{"SHORTAGES"}, {"BACKORDERED", Align::right}, {"LINES", Align::right}, {"OLDEST SINCE"}});
  for (std::size_t index = 0; index < std::min(rows, all.size()); ++index) {
    const Waiting& each = all[index];
    std::vector<std::string> cells{each.name, with_separators(each.units), with_separators(each.lines), time_text(engine::TimeUs{each.since_us}).substr(0, 16)};
    if (of_orders) cells.push_back(each.customer);
    table.add(std::move(cells));
  }
  return table.text();
}

}  // namespace

std::string fitting(std::string_view text, std::size_t columns) {
  std::size_t end = text.size();
  while (display_width(text.substr(0, end)) > columns) {
    --end;
    while (end != 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;  // never within a character
  }
  return std::string(text.substr(0, end));
}

std::string frame_text(const TopFigures& figures, FrameSize size, std::string_view trouble) {
  const WaitingUnits& waiting = figures.waiting;
  std::size_t sku_rows = usual_rows, order_rows = usual_rows;
  if (size.rows != 0) {
    const std::size_t fixed = fixed_rows + (purchasing_text(figures.purchasing).empty() ? 0 : 1);
    const std::size_t there = size.rows > fixed ? size.rows - fixed : 0;
    sku_rows = std::max(there / 2, there - std::min(there, waiting.orders.size()));  // what one list does not need the other has
    order_rows = there - std::min(sku_rows, std::min(there, waiting.skus.size()));
  }
  std::string text = head_text(figures, trouble) + purchasing_text(figures.purchasing);
  if (waiting.lines == 0) {
    text += "Nobody waits.\n";
  } else {
    text += fmt::format("{} wait for {}, of {} and {}\n", counted(waiting.lines, "line"), counted(waiting.units, "unit"), counted(waiting.skus.size(), "SKU"),
                        counted(waiting.orders.size(), "order"));
    text += list_text(waiting.skus, sku_rows, false) + "\n" + list_text(waiting.orders, order_rows, true);
  }
  std::string frame;
  std::istringstream lines(text);
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line) && (size.rows == 0 || rows < size.rows); ++rows) {
    frame += (size.columns == 0 ? line : fitting(line, size.columns)) + "\n";
  }
  return frame;
}

}  // namespace earmark::client
