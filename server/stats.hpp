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

// Names and values for the Stats answer.
std::vector<std::pair<std::string, std::uint64_t>> stats(const Hub& hub);

}  // namespace earmark::server
