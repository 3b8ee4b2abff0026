// The text of commands for Redis and of stock.lua's answers. Pure.
//   command  *WORDS\r\n, then for each word $BYTES\r\nWORD\r\n
//   record   ID;PREFERRED;LINE;LINE;LINE    LINE = SKU:WAREHOUSE=UNITS,...:WAITING
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "loadtest/peers/peer_run.hpp"

namespace earmark::loadtest::peers {

// One word of a command, as the protocol writes it.
void append_word(std::string& out, std::string_view word);
void append_number(std::string& out, std::uint64_t number);
void append_key(std::string& out, char kind, std::uint64_t number);  // s:17
void append_order(std::string& out, const Request& order);
void append_check(std::string& out, std::span<const std::uint32_t> skus);

// A record taken apart.
struct OrderRecord {
  struct Line {
    std::uint64_t sku = 0;
    Taken taken{};
    std::uint32_t queued = 0;
  };
  std::uint64_t number = 0;
  std::array<Line, order_lines> lines;
};
// None if the text is no record.
std::optional<OrderRecord> read_record(std::string_view text);

}  // namespace earmark::loadtest::peers
