// Is what the threads were told, and what the log says, one legal history? The log is read in LSN order through the naive
// twin, which must give every answer, fill, refusal and repeat; the invariants hold; the engine's state is the twin's.
#pragma once

#include <string>
#include <unordered_set>

#include "tests/interleaving/explorer.hpp"
#include "tests/interleaving/world.hpp"

namespace earmark::interleaving {

// Names the promise that is broken and how; empty: none.
std::string judge(World& world);

// A program that the explorer can run.
class ExploredProgram final : public Explored {
 public:
  explicit ExploredProgram(const Program& program);

  std::size_t threads() const override { return program_.threads.size(); }
  void reset() override;
  void run(std::size_t thread) override { world_->run(thread); }
  // Histories that are word for word like one that was judged are not judged again.
  std::string judge() override;
  std::size_t histories() const noexcept { return judged_.size(); }

 private:
  std::uint64_t history() const;

  const Program& program_;
  World* world_ = nullptr;
  std::unordered_set<std::uint64_t> judged_;
};

}  // namespace earmark::interleaving
