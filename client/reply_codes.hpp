// Dense ids of an answer in codes. Inside of the client: reply_reader.cpp, reply_purchases.cpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "client/reply_reader.hpp"

namespace earmark::client {

// The catalogue, noting what it was asked for in vain.
class Codes {
 public:
  Codes(const Catalogue& catalogue, MissingCodes& missing) : catalogue_(catalogue), missing_(missing) {}

  std::string operator()(engine::SkuId id) {
    if (id.value == 0) return {};
    if (!catalogue_.knows(id)) missing_.skus.insert(id);
    return catalogue_.code(id);
  }
  std::string operator()(engine::WarehouseId id) {
    if (id.value == 0) return {};
    missing_.warehouses |= !catalogue_.knows(id);
    return catalogue_.code(id);
  }
  std::vector<Taken> operator()(std::span<const engine::Take> takes) {
    std::vector<Taken> taken;
    taken.reserve(takes.size());
    for (const engine::Take& take : takes) {
      taken.push_back({(*this)(take.warehouse), take.quantity, take.available_after, take.shipment});
    }
    return taken;
  }
  const Catalogue& catalogue() const { return catalogue_; }
  MissingCodes& missing() { return missing_; }

 private:
  const Catalogue& catalogue_;
  MissingCodes& missing_;
};

}  // namespace earmark::client
