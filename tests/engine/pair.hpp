// The twin and the engine with the same commands, in small: every answer and every digest must be the same.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tests/engine/harness.hpp"
#include "tests/engine/kept_orders.hpp"
#include "tests/model/random_commands.hpp"
#include "tests/model/story.hpp"

namespace earmark::test {

class Pair {
 public:
  explicit Pair(const model::CatalogueLimits& limits = model::RandomCommands::limits());
  explicit Pair(const model::LoadCommand& load) : Pair() { apply(load); }

  // One microsecond later.
  model::Answer apply(const model::Command& command) { return apply(command, engine::TimeUs{time_ + 1}); }
  model::Answer apply(const model::Command& command, engine::TimeUs now);
  // An event in the words of tests/model/story.hpp; "at 5 ..." takes place 5 milliseconds after 1970.
  model::Answer say(std::string_view event);

  // The compactor's message, with the engine's own memory as the store.
  void archive(const std::string& order);
  // Every id decided before `oldest` is to be forgotten.
  void forget(engine::Lsn oldest);

  // An engine that is restored from the log, cut wherever a commit can end, finishes what was cut off as the whole log has it.
  void restart_anywhere() const;

  engine::Lsn last() { return harness.engine().shared().commit_word.last(); }
  const model::Twin& twin() const noexcept { return twin_; }
  const model::State& state() const noexcept { return twin_.state(); }
  const model::Codes& codes() const noexcept { return codes_; }

  KeptOrders kept;
  Harness harness;

 private:
  void compare();

  model::CatalogueLimits limits_;
  model::Twin twin_;
  model::Codes codes_{twin_.state()};
  std::int64_t time_ = 0;
};

}  // namespace earmark::test
