#include "client/documents/transfer_note.hpp"

#include "client/describe.hpp"

namespace earmark::client::documents {

TransferNote transfer_note(const OpenTransfer& transfer, std::uint64_t as_of, const Issue& issue) {
  const Names& names = issue.names;
  TransferNote note{transfer.transfer, transfer.source, names.of_warehouse(transfer.source), transfer.destination, names.of_warehouse(transfer.destination),
                    transfer.lsn, as_of, 0, 0, transfer.since_us, transfer.expected_us, issue.time_us, {}};
  for (const OpenTransferLine& line : transfer.lines) {
    note.lines.push_back({line.sku, names.of_goods(line.sku), line.shipped, line.received, line.in_transit});
    note.units += line.shipped;
    note.in_transit += line.in_transit;
  }
  return note;
}

Page page_of(const TransferNote& note) {
  Page page;
  page.title = "Transfer note";
  page.id = note.id;
  page.id_barcode = true;
  page.parties = {{"From", warehouse_text(note.source, note.source_name)}, {"To", warehouse_text(note.destination, note.destination_name)}};
  page.facts = {{"Shipped", moment_text(note.time_us) + ", number " + std::to_string(note.lsn)},
                {"Expected", note.expected_us == 0 ? "date not known yet" : moment_text(note.expected_us)},
                {"Left", counted(note.units, "unit")},
                {"In transit", counted(note.in_transit, "unit")}};
  PageTable lines{"",
                  {{"SKU", Align::left, Look::code}, {"Description", Align::left, Look::under, true}, {"Barcode", Align::left, Look::barcode}, {"Left", Align::right, Look::strong},
                   {"Arrived", Align::right}, {"In transit", Align::right, Look::strong}, {"Good", Align::left, Look::blank}, {"Damaged", Align::left, Look::blank}},
                  {}, {}};
  for (const TransferNoteLine& line : note.lines) {
    lines.rows.push_back({line.sku, line.description, line.sku, units_text(line.shipped), units_text(line.received), units_text(line.in_transit), "", ""});
  }
  page.tables.push_back(std::move(lines));
  page.signatures = {"Received by", "Date and time"};
  page.footer = "Transfer " + note.id + ". True at decision " + std::to_string(note.as_of) + ", printed " + moment_text(note.issued_us) + ".";
  return page;
}

Json json_of(const TransferNote& note) {
  Json json{{"document", "transfer-note"}, {"id", note.id}, {"transfer", note.id}, {"source", note.source}, {"source_name", note.source_name},
            {"destination", note.destination}, {"destination_name", note.destination_name}, {"lsn", note.lsn}, {"time_us", note.time_us},
            {"as_of", note.as_of}, {"issued_us", note.issued_us}, {"shipped", note.units}, {"in_transit", note.in_transit}};
  if (note.expected_us != 0) json["expected_us"] = note.expected_us;
  Json& lines = json["lines"] = Json::array();
  for (const TransferNoteLine& line : note.lines) {
    lines.push_back({{"sku", line.sku}, {"description", line.description}, {"shipped", line.shipped}, {"received", line.received}, {"in_transit", line.in_transit}});
  }
  return json;
}

}  // namespace earmark::client::documents
