// Vendors on their way into a message or a record: two texts and a row each, cut into parts together, so that each part has its vectors
// parallel. For schema/*.cpp only.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "schema/parting.hpp"

namespace earmark::schema {

template <class Row>
struct VendorRows {
  std::vector<std::string_view> codes, names;
  std::vector<Row> rows;

  // Those of `left` that still fit the part; `left` keeps the others.
  template <class Vendor, class RowOf>
  void take(Parting& parting, std::span<const Vendor>& left, RowOf row_of) {
    codes.clear(), names.clear(), rows.clear();
    for (; !left.empty(); left = left.subspan(1)) {
      const Vendor& vendor = left.front();
      if (!parting.take_entry(Parting::bytes_of(vendor.code) + Parting::bytes_of(vendor.name) + sizeof(Row))) return;
      codes.push_back(vendor.code);
      names.push_back(vendor.name);
      rows.push_back(row_of(vendor));
    }
  }
};

}  // namespace earmark::schema
