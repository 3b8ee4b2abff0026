// The measurement that both peers' clients share: the clock, the orders to send, the tally, and the report, one JSON
// object with the keys of `earmark-load --json`. A latency counts from the moment that made room for the request, as in
// earmark-load. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "engine/histogram.hpp"
#include "loadtest/peers/ledger.hpp"

namespace earmark::loadtest::peers {

struct Request {
  std::uint64_t sent_ns = 0, number = 0;  // orders are numbered from 1
  std::uint16_t preferred = 0;            // warehouse
  std::array<AskedLine, order_lines> lines;
};

// Processor seconds of a process and of its children, also those that have ended.
double family_cpu_seconds(int pid);

class PeerRun {
 public:
  explicit PeerRun(const PeerOptions& options);

  const PeerOptions& options() const noexcept { return options_; }
  Ledger& ledger() noexcept { return ledger_; }

  void begin();  // warm-up and measurement count from here
  void read_clock();
  bool sending() const noexcept { return now_ < end_; }
  bool given_up() const noexcept { return now_ >= end_ + drain_ns; }

  Request next_order();
  void next_check(std::span<std::uint32_t> skus);
  std::uint64_t now() const noexcept { return now_; }

  // Counts an answered order; its lines have gone into the ledger, `short_lines` of them wait.
  void order_answered(const Request& request, std::uint32_t short_lines);
  void check_answered(std::uint64_t sent_ns);

  // One line. `durability`: what the server says about itself.
  std::string report(const std::string& server, const std::string& durability) const;

 private:
  static constexpr std::uint64_t drain_ns = 20'000'000'000;
  struct Cpu {
    double server = 0, client = 0, machine = 0;
  };
  Cpu cpu() const;

  const PeerOptions& options_;
  Ledger ledger_;
  Generator generator_;
  std::uint64_t now_ = 0, measure_from_ = 0, end_ = 0, last_number_ = 0;
  bool measuring_ = false, measured_ = false;
  std::uint64_t measured_from_ = 0, measured_until_ = 0;
  Cpu before_, after_;
  engine::Histogram order_latency_, check_latency_;
  std::uint64_t lines_ = 0, short_lines_ = 0;  // while measuring
};

}  // namespace earmark::loadtest::peers
