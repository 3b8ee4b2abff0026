// A request as it went over the wire, with memory of its own, so that it can be judged when its answer comes. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schema/request.hpp"
#include "tests/model/commands.hpp"

namespace earmark::simulation {

// A command, told apart from others by what exactly once goes by.
struct Asking {
  engine::IdSpace space{};
  std::string id;
  std::uint64_t content = 0;
  auto operator<=>(const Asking&) const = default;
};
struct AskedCommand {
  Asking name;  // of a load, or rules, their number, see is_numbered()
  std::shared_ptr<const model::Command> command;
};
struct AskedStock {
  std::vector<engine::SkuId> skus;
  engine::WarehouseId warehouse{};
  bool snapshot = false;
};
struct AskedBackorders {
  engine::SkuId sku{};
  std::string customer;
};
struct AskedHolds {
  engine::SkuId sku{};
};
struct AskedPurchases {
  std::string purchase, vendor;
};
struct AskedCheck {
  std::vector<engine::SkuId> skus;
  std::vector<engine::Quantity> wanted{};  // with dates; empty: without
};
struct AskedShow {
  std::string order;
};
struct AskedEvents {
  engine::Lsn from{};
};
struct AskedOther {
  schema::MessageKind kind{};
};

struct Asked {
  std::variant<AskedOther, AskedCommand, AskedCheck, AskedStock, AskedShow, AskedBackorders, AskedHolds, AskedPurchases, AskedEvents> what;
  engine::Lsn told_before{};   // the highest LSN that any client knew of when it was sent
  std::uint64_t correlation = 0;
  std::uint64_t number = 0;    // on its connection
  std::size_t clock = 0;       // which one the judge had seen when it was sent
};

// Loads and rules have no id: the harness writes a number into the name of one of their warehouses or vendors, "number 7".
inline constexpr engine::IdSpace numbered_space{255};
inline constexpr std::string_view number_mark = "number ";
inline bool is_numbered(std::string_view name) { return name.starts_with(number_mark); }

Asked own(const schema::Request& request);
// The order that a command or question names; empty: none.
std::string_view order_named(const Asked& asked);

}  // namespace earmark::simulation
