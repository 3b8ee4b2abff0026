// A small catalogue, and what is told of an event, for tests of events in words and as JSON.
#pragma once

#include <string>
#include <vector>

#include "client/stream_text.hpp"

namespace earmark::client::test {

inline constexpr std::int64_t noon = 1'767'268'800'000'000, day = 86'400'000'000;  // 2026-01-01 12:00 UTC

inline engine::WarehouseId warehouse(std::uint16_t id) { return engine::WarehouseId{id}; }
inline engine::LineNumber line(std::uint32_t number) { return engine::LineNumber{number}; }
inline engine::SkuId sku(std::uint32_t id) { return engine::SkuId{id}; }
inline engine::TimeUs at(std::int64_t time_us) { return engine::TimeUs{time_us}; }

inline Catalogue catalogue() {
  Catalogue known(1);
  known.learn("BEAM", sku(1));
  known.learn("HANGER", sku(2));
  known.learn(std::vector<WarehouseInfo>{{"MAIN", "", 1}, {"WEST", "", 2}});
  return known;
}

inline schema::Event event(std::uint64_t lsn, schema::Decision decision) { return {{engine::Lsn{lsn}, at(noon), engine::Lsn{}}, std::move(decision)}; }

inline std::string told(const schema::Event& what) {
  StreamText text(false);
  text.text(event(1, engine::VoidDecision{}), catalogue());  // takes the date's heading
  return text.text(what, catalogue());
}

}  // namespace earmark::client::test
