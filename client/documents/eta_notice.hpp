// Notice of other dates: of each line that waits what was promised first, told before and told now, what can be expected as it is known now, and why it moved
// where that follows from the journal. What a customer gets when a date has moved.
#pragma once

#include "client/documents/document.hpp"
#include "client/explanation.hpp"
#include "client/failure.hpp"

namespace earmark::client::documents {

struct MovedLine {
  std::uint32_t line = 0;
  std::string sku, description;
  std::uint64_t ordered = 0, waiting = 0;
  std::int64_t first_us = 0, before_us = 0, told_us = 0;  // of the last unit; 0: no date
  std::int64_t moved_us = 0;                              // when it was told last that it has moved; 0: never
  std::vector<ExpectedUnits> expected;
  std::string date, reason;
};
struct EtaNotice {
  Head head;
  std::vector<MovedLine> lines;
};

// Refused where nothing waits.
Outcome<EtaNotice> eta_notice(const Explanation& told, const Issue& issue);
Page page_of(const EtaNotice& notice);
Json json_of(const EtaNotice& notice);

}  // namespace earmark::client::documents
