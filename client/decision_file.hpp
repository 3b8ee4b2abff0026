// Lines of a replay's decision file: JSON objects with sorted keys, an event's decision each, then the final state.
// Everything but seq, time, type and id comes from the server's answers.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "client/catalogue.hpp"
#include "client/event_json.hpp"
#include "client/replay_file.hpp"
#include "schema/answer.hpp"
#include "schema/event.hpp"

namespace earmark::client {

// The line of one event, built from its answer.
class DecisionLine {
 public:
  explicit DecisionLine(const ReplayEvent& event);
  // The command's own decision first, then its fills.
  void add(const schema::Decision& decision, const Catalogue& catalogue);
  void refuse(std::string_view error);
  const Json& json() const { return json_; }

 private:
  Json json_;
};

// Every SKU named, in order of code, times every warehouse; cells that the server did not list hold nothing.
std::vector<Json> stock_lines(std::vector<std::string> skus, std::span<const schema::StockLevel> levels,
                              const Catalogue& catalogue);
// SKUs with a queue, in order of code.
std::vector<Json> queue_lines(const schema::BackordersAnswer& waiting, const Catalogue& catalogue);

}  // namespace earmark::client
