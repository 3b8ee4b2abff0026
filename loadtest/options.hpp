// What earmark-load was told on its command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/address.hpp"
#include "loadtest/mix.hpp"
#include "loadtest/replay_orders.hpp"
#include "loadtest/schedule.hpp"
#include "loadtest/situation.hpp"
#include "loadtest/workload.hpp"

namespace earmark::loadtest {

enum class Operation : std::uint8_t { order,
                                      check,
                                      mixed,
                                      mix };
std::string_view name(Operation operation) noexcept;

struct Options {
  client::Address server;
  std::uint32_t connections = 50;
  std::uint32_t pipeline = 64;  // requests under way on each
  bool waves = false;           // send `pipeline` requests, wait for all answers, repeat
  std::uint32_t threads = 1;
  double seconds = 5, warmup_seconds = 1;
  std::uint64_t orders = 0;          // ends after so many; 0: after `seconds`
  std::vector<double> rates;         // open loop: requests a second, one after the other; empty: closed loop
  Arrivals arrivals = Arrivals::constant;
  bool sweep = false;                // finds the highest rate of an open loop by itself
  double p99_limit_ms = 10;          // of a rate that the server follows
  Situation situation = Situation::none;
  SituationShape situation_shape;
  double situation_base_rate = 0;    // of orders of other SKUs; `rates` are those of the acts
  Replay replay;                     // of a file's orders, at the file's times
  WorkloadShape shape;
  Mix mix{RequestKind::order};
  PolicyShares policies{engine::Policy::ship_partial};
  PriorityShares priorities{engine::Priority{100}};
  double repeat_share = 0;  // of the commands are sent twice
  bool restock = false;     // receipts bring what orders took
  Operation operation = Operation::order;  // as it was asked for; `mix` is what it means
  double check_share = 0.5;  // of the requests, with `mixed`
  std::uint32_t check_skus = 10;
  std::uint64_t seed = 0;
  std::string id_prefix;
  std::uint32_t stock = 0;  // of each cell, where there is some
  double short_share = 0;
  bool verdict = true;
  bool verdict_runs = false;  // --verdict: servers of its own, one after the other
  std::string html;           // file for a page; empty: none
  bool json = false;
  std::optional<int> server_pid;

  bool is_open_loop() const noexcept { return sweep || replay || !rates.empty(); }
  std::vector<Act> acts() const { return acts_of(situation, situation_shape, situation_base_rate); }
  double checks() const noexcept { return mix.share_of(RequestKind::check); }
};

// The options, or the exit status with which to end at once (help, version, bad flags: already printed).
struct ParsedOptions {
  Options options;
  std::optional<int> exit_status;
};
ParsedOptions parse_options(int argc, const char* const* argv);

inline constexpr int exit_ok = 0, exit_failed = 1, exit_usage = 2, exit_unreachable = 3;

// "earmark-load 0.1.0"
std::string_view program_name() noexcept;

}  // namespace earmark::loadtest
