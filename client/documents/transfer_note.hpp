// Transfer note: what left one warehouse for another, what of it has arrived and what is in transit.
#pragma once

#include "client/documents/document.hpp"

namespace earmark::client::documents {

struct TransferNoteLine {
  std::string sku, description;
  std::uint64_t shipped = 0, received = 0, in_transit = 0;
};
struct TransferNote {
  std::string id, source, source_name, destination, destination_name;
  std::uint64_t lsn = 0, as_of = 0, units = 0, in_transit = 0;
  std::int64_t time_us = 0, expected_us = 0, issued_us = 0;  // expected 0: not said
  std::vector<TransferNoteLine> lines;                       // as they were shipped
};

TransferNote transfer_note(const OpenTransfer& transfer, std::uint64_t as_of, const Issue& issue);
Page page_of(const TransferNote& note);
Json json_of(const TransferNote& note);

}  // namespace earmark::client::documents
