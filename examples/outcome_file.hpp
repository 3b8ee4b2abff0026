// What became of the orders of a file, in the file's order: one JSON line for each, only ever appended. So the n-th line
// belongs to the n-th order, and a program that starts again knows where to go on without keeping any id in memory.
//   {"order":"A-1","lsn":17,"status":"split","reserved":12,"backordered":8,"duplicate":false}
//   {"order":"A-2","error":"unknown_sku","message":"There is no such SKU in the catalogue; load it first."}
// Not synced to disk: a line that a power cut takes is only asked for again, and the server gives the same decision.
// One process at a time (a lock sees to that); one thread.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "client/failure.hpp"
#include "client/values.hpp"

namespace earmark::examples {

using client::Outcome;

class OutcomeFile {
 public:
  // Makes the file if it is not there, and cuts off a last line that was not written to its end.
  static Outcome<OutcomeFile> open(const std::string& path);
  OutcomeFile(OutcomeFile&& other) noexcept;
  OutcomeFile& operator=(OutcomeFile&&) = delete;
  ~OutcomeFile();

  // The order of the next line that was there at the beginning, or nothing after the last one.
  Outcome<std::optional<std::string>> next_known();
  Outcome<void> append(const std::string& lines);

 private:
  OutcomeFile(std::string path, int descriptor);

  std::string path_;
  int descriptor_ = -1;
  std::ifstream known_;
  std::uint64_t line_ = 0;
};

// One line, with its end.
std::string outcome_line(const client::Order& order, const client::OrderAnswer& answer);
std::string outcome_line(const client::Order& order, const client::Failure& refusal);

}  // namespace earmark::examples
