#include "loadtest/replay_orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "client/csv.hpp"
#include "client/describe.hpp"
#include "client/refusal.hpp"
#include "engine/limits.hpp"

namespace earmark::loadtest {
namespace {

using client::Outcome;

constexpr std::int64_t minute_us = 60'000'000;
constexpr double default_seconds = 5, moment_for_answers = 0.05, least_compress = 1e-3;
constexpr std::size_t seconds_text_bytes = 19;  // 2010-12-01 08:26:00

struct ReadOrder {
  std::string id;
  std::int64_t time_us = 0;
  std::vector<AskedLine> lines;
};

// The rows of the table, grouped into orders in the order of their first rows.
class Reader {
 public:
  explicit Reader(client::CsvReader table) : table_(std::move(table)) {}

  Outcome<void> find_columns(const std::string& path) {
    const std::array<std::pair<std::vector<std::string_view>, std::size_t*>, 4> wanted = {{{{"order_id", "order", "id", "InvoiceNo"}, &order_},
                                                                                           {{"time", "InvoiceDate"}, &time_},
                                                                                           {{"sku", "StockCode"}, &sku_},
                                                                                           {{"quantity", "qty", "Quantity"}, &quantity_}}};
    for (const auto& [names, place] : wanted) {
      std::optional<std::size_t> found;
      std::string tried;
      for (std::size_t index = 0; index < names.size() && !found; ++index) {
        found = table_.column(names[index]);
        tried += (index == 0 ? "" : " or ") + std::string(names[index]);
      }
      if (!found) return client::usage(path + ":1: no column is called " + tried);
      *place = *found;
    }
    type_ = table_.column("type");
    return {};
  }

  Outcome<void> read_all() {
    std::vector<std::string> row;
    for (;;) {
      const auto more = table_.next(row);
      if (!more) return client::usage(more.error());
      if (!*more) return {};
      if (auto done = read_row(row); !done) return done;
    }
  }

  std::vector<ReadOrder> orders;
  std::unordered_map<std::string, std::uint32_t> skus;
  std::uint64_t left_out = 0;

 private:
  Outcome<void> read_row(const std::vector<std::string>& row) {
    const bool is_order = !type_ || row[*type_] == "order";
    if (!is_order || row[sku_].empty()) {
      ++left_out;
      return {};
    }
    const std::string& text = row[quantity_];
    std::int64_t quantity = 0;
    const auto [stopped, fault] = std::from_chars(text.data(), text.data() + text.size(), quantity);
    if (fault != std::errc{} || stopped != text.data() + text.size() || quantity > engine::max_quantity) {
      return bad(fmt::format("the quantity \"{}\" is no whole number up to {}", text, engine::max_quantity));
    }
    if (quantity <= 0) {
      ++left_out;
      return {};
    }
    const std::int64_t time_us = client::time_from(row[time_]).value;
    if (time_us == 0) return bad(fmt::format("the time \"{}\" is none; write 2010-12-01 08:26:00", row[time_]));
    return add(row[order_], time_us, row[sku_], static_cast<std::uint64_t>(quantity));
  }

  Outcome<void> add(const std::string& id, std::int64_t time_us, const std::string& code, std::uint64_t quantity) {
    const auto [place, is_new] = places_.try_emplace(id, orders.size());
    if (is_new) orders.push_back({id, time_us, {}});
    const std::uint32_t sku = skus.try_emplace(code, static_cast<std::uint32_t>(skus.size())).first->second;
    std::vector<AskedLine>& lines = orders[place->second].lines;
    const auto same = std::find_if(lines.begin(), lines.end(), [&](const AskedLine& line) { return line.sku == sku; });
    if (same == lines.end()) {
      if (lines.size() == engine::max_lines) return bad(fmt::format("order {} has more than {} lines", client::on_one_line(id), engine::max_lines));
      lines.push_back({sku, static_cast<std::uint32_t>(quantity)});
      return {};
    }
    if (same->quantity + quantity > engine::max_quantity) return bad(fmt::format("order {} asks for too many units of {}", client::on_one_line(id), client::on_one_line(code)));
    same->quantity += static_cast<std::uint32_t>(quantity);
    return {};
  }

  Unexpected<client::Failure> bad(const std::string& what) const { return client::usage(table_.place() + what); }

  client::CsvReader table_;
  std::size_t order_ = 0, time_ = 0, sku_ = 0, quantity_ = 0;
  std::optional<std::size_t> type_;
  std::unordered_map<std::string, std::size_t> places_;  // of orders, by id
};

// Offsets from the first order in nanoseconds, of orders in rising order of time.
std::vector<std::uint64_t> offsets_of(const std::vector<ReadOrder>& orders) {
  const bool whole_minutes = std::all_of(orders.begin(), orders.end(), [](const ReadOrder& order) { return order.time_us % minute_us == 0; });
  std::vector<std::uint64_t> offsets;
  for (std::size_t first = 0; first < orders.size();) {
    std::size_t end = first + 1;
    while (end < orders.size() && orders[end].time_us == orders[first].time_us) ++end;
    const std::uint64_t begin_ns = static_cast<std::uint64_t>(orders[first].time_us - orders.front().time_us) * 1'000;
    for (std::size_t index = first; index < end; ++index) {
      const std::uint64_t spread_ns = whole_minutes ? std::uint64_t{minute_us} * 1'000 * (index - first) / (end - first) : 0;
      offsets.push_back(begin_ns + spread_ns);
    }
    first = end;
  }
  return offsets;
}

}  // namespace

Outcome<ReplayOrders> ReplayOrders::read(const std::filesystem::path& path) {
  auto table = client::CsvReader::open(path);
  if (!table) return client::usage(table.error());
  Reader reader(std::move(*table));
  if (auto done = reader.find_columns(path.string()); !done) return Unexpected{done.error()};
  if (auto done = reader.read_all(); !done) return Unexpected{done.error()};
  std::vector<ReadOrder>& read = reader.orders;
  if (read.empty()) return client::usage(path.string() + ": there is no order in it");
  std::stable_sort(read.begin(), read.end(), [](const ReadOrder& one, const ReadOrder& other) { return one.time_us < other.time_us; });

  ReplayOrders replay;
  replay.skus_ = static_cast<std::uint32_t>(reader.skus.size());
  replay.rows_left_out_ = reader.left_out;
  replay.first_time_ = client::time_text(engine::TimeUs{read.front().time_us}).substr(0, seconds_text_bytes);
  replay.last_time_ = client::time_text(engine::TimeUs{read.back().time_us}).substr(0, seconds_text_bytes);
  const std::vector<std::uint64_t> offsets = offsets_of(read);
  for (std::size_t index = 0; index < read.size(); ++index) {
    const std::vector<AskedLine>& lines = read[index].lines;
    replay.orders_.push_back({offsets[index], replay.lines_.size(), lines.size()});
    replay.lines_.insert(replay.lines_.end(), lines.begin(), lines.end());
    replay.most_lines_ = std::max(replay.most_lines_, static_cast<std::uint32_t>(lines.size()));
  }
  return replay;
}

Outcome<PlannedReplay> plan_replay(const std::string& path, double compress, double seconds) {
  auto orders = ReplayOrders::read(path);
  if (!orders) return Unexpected{orders.error()};
  const double span = static_cast<double>(orders->offset_ns(orders->size() - 1)) / 1e9;  // as it really was
  PlannedReplay planned{{path, compress, std::make_shared<const ReplayOrders>(std::move(*orders))}, 0};
  if (compress == 0) planned.replay.compress = std::max(least_compress, span / (seconds == 0 ? default_seconds : seconds));
  const double whole = span / planned.replay.compress + moment_for_answers;
  planned.seconds = compress == 0 || seconds == 0 ? whole : std::min(whole, seconds);
  return planned;
}

std::vector<std::uint64_t> Replay::times_of(std::uint32_t number, std::uint32_t threads, std::uint64_t start_ns) const {
  std::vector<std::uint64_t> times;
  for (std::size_t order = number; order < orders->size(); order += threads) times.push_back(start_ns + intended_ns(order));
  return times;
}

std::string speed_text(double compress) {
  const std::string number = compress < 100 ? fmt::format("{:.3g}", compress) : client::with_separators(static_cast<std::uint64_t>(compress + 0.5));
  return number + " times as fast";
}

std::string replay_text(const Replay& replay) {
  const ReplayOrders& orders = *replay.orders;
  std::string text = fmt::format("{}: {}, {}, {} of {} to {}, {}", replay.path, client::counted(orders.size(), "order"),
                                 client::counted(orders.line_count(), "line"), client::counted(orders.skus(), "SKU"), orders.first_time(), orders.last_time(),
                                 speed_text(replay.compress));
  if (orders.rows_left_out() != 0) text += fmt::format("; {} left out: no order, or nothing asked for", client::counted(orders.rows_left_out(), "row"));
  return text;
}

}  // namespace earmark::loadtest
