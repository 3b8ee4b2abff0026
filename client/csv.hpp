// Reads CSV tables (RFC 4180): fields in quotes, "" for a quote inside, line ends in quotes kept, CRLF or LF, a UTF-8 byte
// order mark skipped, empty lines skipped, gzip read as it is. The first line names the columns; every row has as many.
// Streams: memory is one buffer and one row (at most 1 MiB), whatever the size of the file. Not thread-safe.
// Errors are one line, "FILE:LINE: what is wrong; what to do", and are final: next() gives the same again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace earmark::client {

class CsvReader {
 public:
  // Opens the file and reads the header. A file without a header, or with one column named twice, is an error.
  static Result<CsvReader, std::string> open(const std::filesystem::path& path);
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;
  ~CsvReader();

  const std::vector<std::string>& header() const;
  // Reads one row into `row` (its strings' memory is used again): true, or false after the last row.
  Result<bool, std::string> next(std::vector<std::string>& row);
  // Line of the file on which the last row began; 1 is the header's, if no empty line stands before it.
  std::size_t line() const;
  // Position of a column, by its exact name.
  std::optional<std::size_t> column(std::string_view name) const;
  // "FILE:LINE: " of the last row, for messages about its content.
  std::string place() const;

 private:
  struct State;
  explicit CsvReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The file `name` in the directory, or else `name`.gz, or nothing.
std::optional<std::filesystem::path> find_table(const std::filesystem::path& directory, std::string_view name);

}  // namespace earmark::client
