// What a document shows, in words: the same for a terminal and for paper. A kind of document fills it, text.hpp and html.hpp render it.
// Plain values that own their text; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/table.hpp"

namespace earmark::client::documents {

// Left out where the value is empty.
struct Fact {
  std::string label, value;
};

enum class Look : std::uint8_t {
  plain,
  strong,
  code,     // what goods are called by
  under,    // on paper in small letters below the column before it
  box,      // to tick on paper
  barcode,  // on paper the bars of its text; a terminal leaves it out
  blank,    // to write on on paper; a terminal leaves it out
};
struct PageColumn {
  std::string heading;
  Align align = Align::left;
  Look look = Look::plain;
  bool optional = false;  // left out where no row says anything
};
struct PageTable {
  std::string heading;  // may be empty
  std::vector<PageColumn> columns;
  std::vector<std::vector<std::string>> rows;  // as many cells as columns
  std::string remark;                        // below it; may be empty
};

struct Page {
  std::string title, id;              // "Pick list", ORDER-1
  bool id_barcode = false;
  std::vector<std::string> warnings;  // what must be read first
  std::vector<Fact> parties;          // boxes: from, customer, where to
  std::vector<Fact> facts;
  std::string notes;                  // for the contractor; its lines are kept
  std::vector<PageTable> tables;
  std::vector<std::string> signatures;
  std::string footer;                 // which decision it is true at, and when it was printed
};

// Positions of the columns that have something to show.
std::vector<std::size_t> shown_columns(const PageTable& table);

}  // namespace earmark::client::documents
