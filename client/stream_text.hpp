// The stream of events for people: a line for each event, its parts indented below it when it has several, long ones
// shortened with a count. "LSN  TIME  WHAT  of what". Not thread-safe.
#pragma once

#include <string>

#include "client/catalogue.hpp"
#include "schema/event.hpp"

namespace earmark::client {

class StreamText {
 public:
  // `colours`: with the escape sequences of terminals.
  explicit StreamText(bool colours) : colours_(colours) {}
  // Lines that end in '\n'. A heading with the date comes first when the day (UTC) is another than that of the last event.
  std::string text(const schema::Event& event, const Catalogue& catalogue);

 private:
  bool colours_;
  std::int64_t day_ = -1;
};

// Rows of one event that are shown, and warehouses of one row.
inline constexpr std::size_t most_shown_rows = 8, most_shown_places = 4;

}  // namespace earmark::client
