// events.csv of a replay: seq,time,type,id,line,sku,warehouse,qty. Adjacent rows with one seq are one event.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "client/put.hpp"

namespace earmark::client {

struct ReplayEvent {
  std::int64_t seq = 0;
  std::string time, type, id;
  engine::TimeUs time_us{};  // of `time`, 0 if it is none
  std::variant<Order, Receipt, Cancel, Ship> command;
};

// The whole file, in its order. A quantity that is no whole number, or too large for one, is sent as one that the
// server calls bad.
Outcome<std::vector<ReplayEvent>> read_replay(const std::filesystem::path& path);

}  // namespace earmark::client
