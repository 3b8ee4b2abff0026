// Orders of one shape as frames, by patching a frame that the ordinary encoder made once. Encoding with FlatBuffers costs
// about 100 ns for an order of three lines; copying and patching costs about 15, and the load test shares the machine
// with what it tests. The bytes are those that the encoder would write (tests/loadtest/order_frame_test.cpp).
// Not thread-safe: one for each thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/types.hpp"

namespace earmark::loadtest {

struct OrderFrameLine {
  engine::SkuId sku{};
  std::uint32_t quantity = 0;
};

class OrderFrame {
 public:
  // Ids are the prefix and a number of ten digits. Lines are numbered from 1. `any_policy`: orders have policies and
  // priorities of their own; then both stand in every frame, also where the encoder would leave them out.
  OrderFrame(std::string_view id_prefix, std::uint64_t epoch, std::size_t lines, bool any_policy = false);

  static constexpr std::size_t digits = 10;

  // Appends one whole frame. `number` has at most ten digits, `lines` as many entries as were named at first; `preferred`
  // is a warehouse. Policy and priority are the defaults unless the frame is for any.
  void append(std::vector<std::byte>& out, std::uint64_t correlation, std::uint64_t number, engine::WarehouseId preferred,
              std::span<const OrderFrameLine> lines, engine::Policy policy = engine::Policy::ship_partial,
              engine::Priority priority = engine::Priority{100});
  std::size_t bytes() const noexcept { return frame_.size(); }

  // The id of order `number`, as it stands in the frame.
  static void write_digits(char* out, std::uint64_t number) noexcept;

 private:
  std::vector<std::byte> frame_;
  std::size_t digits_at_ = 0, preferred_at_ = 0, lines_at_ = 0;  // offsets in the frame
  std::size_t policy_at_ = 0, priority_at_ = 0;                    // 0: not there
};

}  // namespace earmark::loadtest
