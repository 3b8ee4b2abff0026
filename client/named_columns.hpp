// Tables of a data directory, read by the names of their columns. Not thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "client/csv.hpp"
#include "client/failure.hpp"

namespace earmark::client {

// A table with the columns that are wanted, found by name; absent optional ones read as "".
class NamedColumns {
 public:
  static Outcome<NamedColumns> open(const std::filesystem::path& path, std::vector<std::string> needed,
                                    std::vector<std::string> optional) {
    auto table = CsvReader::open(path);
    if (!table) return usage(table.error());
    NamedColumns columns(std::move(*table));
    for (const std::string& name : needed) {
      columns.places_.push_back(columns.table_.column(name));
      if (!columns.places_.back()) return usage(path.string() + ":1: there is no column '" + name + "' in the header");
    }
    for (const std::string& name : optional) columns.places_.push_back(columns.table_.column(name));
    return columns;
  }

  Outcome<bool> next() {
    auto more = table_.next(row_);
    if (!more) return usage(more.error());
    return *more;
  }
  const std::string& operator[](std::size_t column) const {
    static const std::string nothing;
    return places_[column] ? row_[*places_[column]] : nothing;
  }
  const CsvReader& table() const { return table_; }
  Unexpected<Failure> bad(const std::string& what) const { return usage(table_.place() + what); }

 private:
  explicit NamedColumns(CsvReader table) : table_(std::move(table)) {}

  CsvReader table_;
  std::vector<std::optional<std::size_t>> places_;
  std::vector<std::string> row_;
};

}  // namespace earmark::client
