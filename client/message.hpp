// One whole answer, or one pushed event: the bodies of all its parts, each on memory of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "schema/frame.hpp"

namespace earmark::client {

struct Message {
  std::uint64_t correlation = 0;
  schema::MessageKind kind{};
  bool duplicate = false;
  std::vector<std::vector<std::byte>> bodies;

  std::vector<std::span<const std::byte>> parts() const { return {bodies.begin(), bodies.end()}; }
};

}  // namespace earmark::client
