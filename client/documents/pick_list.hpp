// Pick list of a shipment: what to take from which warehouse, by SKU; its revision, and which one it supersedes.
#pragma once

#include "client/documents/document.hpp"
#include "client/failure.hpp"

namespace earmark::client::documents {

struct PickLine {
  std::uint32_t line = 0;
  std::string sku, description;
  std::uint64_t quantity = 0;
};
struct PickList {
  Head head;
  std::string warehouse, warehouse_name;
  engine::ShipmentState state{};  // nothing is to pick but where it is open
  std::uint32_t revision = 1, supersedes = 0;  // supersedes 0: none
  std::vector<PickLine> lines;    // in the order in which they are picked: by SKU, then line
  std::uint64_t units = 0;
  bool set_aside = false;         // until all that is wanted together is there
};

Outcome<PickList> pick_list(const OrderState& order, std::uint16_t shipment, const Issue& issue);
Page page_of(const PickList& list);
Json json_of(const PickList& list);

}  // namespace earmark::client::documents
