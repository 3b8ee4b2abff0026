#include "client/random_id.hpp"

#include <fmt/format.h>

#include <random>

namespace earmark::client {

std::string random_id(std::string_view kind) {
  std::random_device random;  // the system's generator: different in every process
  return fmt::format("{}-{:08x}{:08x}{:08x}{:08x}", kind, random(), random(), random(), random());
}

}  // namespace earmark::client
