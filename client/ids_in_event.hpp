// The dense ids that an event names, so that their codes can be looked up before it is shown.
#pragma once

#include <vector>

#include "schema/event.hpp"

namespace earmark::client {

struct IdsInEvent {
  std::vector<engine::SkuId> skus;              // may repeat
  std::vector<engine::WarehouseId> warehouses;  // may repeat, none is 0

  // Replaces what was collected before.
  void collect(const schema::Decision& decision);
};

}  // namespace earmark::client
