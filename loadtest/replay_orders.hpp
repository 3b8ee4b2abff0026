// A stream of real orders from a CSV table, to be sent again in its own rhythm, compressed in time. Reads what `earmark replay`
// reads (events.csv) and tables of order lines as shops have them, plain or with gzip. The columns, by the first of these names:
//   order id   order_id, order, id, InvoiceNo     rows with the same one are one order, at the time of its first row
//   time       time, InvoiceDate                  2010-12-01 08:26:00
//   SKU        sku, StockCode                     the n-th new code is the n-th SKU of the benchmark catalogue
//   quantity   quantity, qty, Quantity            rows with 0 or less (returns, corrections) are left out
//   type       (optional) rows that are no `order` are left out
// Rows of one order for the same SKU become one line with the sum. Where all times are whole minutes, the orders of a minute are
// spread evenly over it. Immutable once read: any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "client/failure.hpp"
#include "loadtest/workload.hpp"

namespace earmark::loadtest {

class ReplayOrders {
 public:
  // Refused: a file that cannot be read, lacks a column, has a time or quantity that is none, an order of more lines than one may
  // have, or no order at all. The text is "FILE:LINE: ...".
  static client::Outcome<ReplayOrders> read(const std::filesystem::path& path);

  std::size_t size() const noexcept { return orders_.size(); }
  // Since the first order, as it really was; in rising order.
  std::uint64_t offset_ns(std::size_t order) const noexcept { return orders_[order].offset_ns; }
  std::span<const AskedLine> lines(std::size_t order) const noexcept { return std::span(lines_).subspan(orders_[order].first_line, orders_[order].lines); }

  std::uint32_t skus() const noexcept { return skus_; }
  std::size_t line_count() const noexcept { return lines_.size(); }
  std::uint32_t most_lines() const noexcept { return most_lines_; }
  std::uint64_t rows_left_out() const noexcept { return rows_left_out_; }
  // "2010-12-01 08:26:00": of the first and of the last order.
  const std::string& first_time() const noexcept { return first_time_; }
  const std::string& last_time() const noexcept { return last_time_; }

 private:
  struct Order {
    std::uint64_t offset_ns = 0;
    std::size_t first_line = 0, lines = 0;
  };

  std::vector<Order> orders_;
  std::vector<AskedLine> lines_;
  std::uint32_t skus_ = 0, most_lines_ = 0;
  std::uint64_t rows_left_out_ = 0;
  std::string first_time_, last_time_;
};

// A replay as it was asked for.
struct Replay {
  std::string path;
  double compress = 0;  // times as fast as it was
  std::shared_ptr<const ReplayOrders> orders;

  explicit operator bool() const noexcept { return orders != nullptr; }
  // Since the beginning of the run.
  std::uint64_t intended_ns(std::size_t order) const noexcept {
    return static_cast<std::uint64_t>(static_cast<double>(orders->offset_ns(order)) / compress);
  }
  // When thread `number` of so many sends its orders, `start_ns` being the beginning of the run: every so many-th order is its.
  std::vector<std::uint64_t> times_of(std::uint32_t number, std::uint32_t threads, std::uint64_t start_ns) const;
};

// From `--replay`, `--compress` and `--seconds`, 0 where they are not given: reads the file and says how fast it goes, and how many
// seconds the run lasts with a moment for its last answers.
struct PlannedReplay {
  Replay replay;
  double seconds = 0;
};
client::Outcome<PlannedReplay> plan_replay(const std::string& path, double compress, double seconds);

// "3,600 times as fast"
std::string speed_text(double compress);
// "events.csv: 127 orders, 3,064 lines, ...": what was replayed, and how fast.
std::string replay_text(const Replay& replay);

}  // namespace earmark::loadtest
