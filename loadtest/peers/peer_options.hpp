// What a peer's load client was told on its command line. Both clients have the same flags, and draw the same orders as
// earmark-load does with the same seed: they use its generator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "loadtest/workload.hpp"

namespace earmark::loadtest::peers {

inline constexpr std::uint32_t order_lines = 3;
inline constexpr std::uint16_t warehouse_count = 4;
inline constexpr std::uint32_t opening_stock = 1'000'000;  // of each cell that has any; earmark-load's default

struct PeerOptions {
  std::uint16_t port = 0;  // on 127.0.0.1
  int server_pid = 0;      // whose processor time is the server's, with its children
  std::string script;      // the peer's own code: stock.lua, schema.sql
  std::uint32_t connections = 50;
  std::uint32_t pipeline = 64;  // requests under way on each
  double seconds = 5, warmup_seconds = 2;
  bool checks = false;  // stock checks instead of orders
  std::uint32_t check_skus = 10;
  WorkloadShape shape;
  double short_share = 0;
  std::uint64_t seed = 1;
};

struct ParsedPeerOptions {
  PeerOptions options;
  std::optional<int> exit_status;  // set: end at once with it, all is printed
};
// `pipeline_meaning`: what several requests under way on a connection are with this peer.
ParsedPeerOptions parse_peer_options(int argc, const char* const* argv, const std::string& program, const std::string& footer,
                                     const std::string& pipeline_meaning);

}  // namespace earmark::loadtest::peers
