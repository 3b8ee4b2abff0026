// What the lines of earmark run share: one connection, and the commands that ended with & and whose answers were not told yet. Answers are
// told in the order of the lines. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "client/commands/command.hpp"

namespace earmark::client {

class Lines {
 public:
  // What a line came to; fails when the run is to end.
  using Finish = std::function<Outcome<void>(std::uint64_t number, const Outcome<void>& outcome)>;

  Lines(bool from_input, Finish finish) : from_input_(from_input), finish_(std::move(finish)) {}

  bool from_input() const { return from_input_; }  // standard input is not the commands'
  std::optional<Client>& client() { return client_; }

  // The line that runs now. `overlaps`: its answer is not waited for, if it is one message.
  void begin(std::uint64_t number, bool overlaps);
  bool overlaps() const { return overlaps_; }
  bool is_under_way() const { return is_under_way_; }
  Outcome<void> put_under_way(const Globals& globals, const Put& put);

  // Tells what is under way until so few are left, or one of them ends the run.
  Outcome<void> settle(std::size_t left = 0);

 private:
  struct Entry {
    std::uint64_t number, correlation;
    Globals globals;
    Put put;
  };
  Outcome<void> answer(const Entry& entry);

  const bool from_input_;
  const Finish finish_;
  std::optional<Client> client_;  // there while no command has it
  std::deque<Entry> under_way_;
  std::uint64_t number_ = 0;
  bool overlaps_ = false, is_under_way_ = false;
};

}  // namespace earmark::client
