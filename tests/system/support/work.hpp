// Commands of one connection for tests that break things meanwhile: orders, receipts that fill what waits, cancels and ships
// of orders before, over SKUs 1 .. 12 of a catalogue with two warehouses. Ids never repeat. One thread.
#pragma once

#include "tests/model/random_commands.hpp"

namespace earmark::test {

class Work {
 public:
  Work(std::uint64_t seed, std::string name) : random_(seed), name_(std::move(name)) {}
  model::Command next();

 private:
  model::Random random_;
  std::string name_;
  std::uint64_t made_ = 0;
};

}  // namespace earmark::test
