// The figures of the server, each described once: its name in `earmark stats` and in /metrics, what it is, and where it is
// read. Any thread; every value is read at its own instant.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/hub.hpp"
#include "server/power_histogram.hpp"

namespace earmark::server {

enum class FigureKind : std::uint8_t { counter, gauge };

using Emit = std::function<void(std::string_view label_value, std::uint64_t value)>;

struct Figure {
  std::string_view name;         // in `earmark stats`; labelled ones are NAME_LABELVALUE there, zeros left out
  std::string_view metric;       // in /metrics
  FigureKind kind{};
  std::string_view help;
  // One value, or one for each value of a label, or none where the server has nothing of the kind:
  std::uint64_t (*value)(const Hub& hub) = nullptr;
  std::string_view label{};
  void (*values)(const Hub& hub, const Emit& emit) = nullptr;

  void read(const Hub& hub, const Emit& emit) const {
    if (value != nullptr) return emit({}, value(hub));
    values(hub, emit);
  }
};

std::span<const Figure> figures();

// Of decisions, in microseconds: from the socket read that brought the command to the moment when its answer was let go.
DurationHistogram::Counts answer_latency(const Hub& hub);

// Names and values for the Stats answer. A bucket of the latency that has any is "answer_latency_us_N": over N/2, up to N.
std::vector<std::pair<std::string, std::uint64_t>> stats(const Hub& hub);

}  // namespace earmark::server
