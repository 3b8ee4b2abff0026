// Runs a program under every schedule that makes a difference. Stateless: each schedule begins anew.
//   every schedule   dynamic partial-order reduction with source sets and sleep sets (Abdulla, Aronis, Jonsson and Sagonas,
//                    2014): of the schedules that differ only in the order of accesses that do not conflict, one is run
//   preemptions      all schedules in which a thread that could go on is stopped at most so often, before accesses to words
//                    that several threads use and one writes (elsewhere a stop is like one at the next such word); what
//                    follows a state that was reached before with no more preemptions is not run again
// Sound for sequentially consistent accesses and code without data races beside them (ThreadSanitizer looks for those).
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tests/interleaving/fibers.hpp"
#include "tests/interleaving/trace.hpp"

namespace earmark::interleaving {

// A program as the explorer sees it.
class Explored {
 public:
  virtual ~Explored() = default;
  virtual std::size_t threads() const = 0;
  virtual void reset() = 0;                        // the state before the first access
  virtual void run(std::size_t thread) = 0;        // in a fiber
  virtual std::string judge() = 0;                 // all threads have ended; empty: all is well
};

struct Effort {
  static constexpr int every_schedule = -1;
  int preemptions = every_schedule;
  std::uint64_t most_schedules = ~std::uint64_t{0};
  double most_seconds = 1e9;
};

struct Report {
  std::uint64_t schedules = 0;  // run to their end and judged
  std::uint64_t cut = 0;        // begun, then seen to be like one that was run
  std::uint64_t states = 0;     // distinct, as far as schedules order conflicting accesses differently
  std::uint64_t traces = 0;     // distinct final states
  std::uint64_t accesses = 0;
  std::uint32_t longest = 0;
  bool complete = false;        // nothing is left to run
  double seconds = 0;
  std::string violation;        // of the first bad schedule; the exploration ends there
  std::string schedule;         // "0x12 1x3 ...": thread, accesses in a row
};

class Explorer {
 public:
  explicit Explorer(Explored& program) : program_(program) {}

  Report explore(const Effort& effort);
  // Runs the one schedule (then the lowest thread that can), as explore() gave it; the report has its violation.
  Report repeat(const std::string& schedule);

 private:
  static constexpr std::uint32_t most_accesses = 20'000;  // of a schedule: more is no progress
  using Threads = std::uint32_t;                          // a set, one bit each

  struct Node {
    Threads enabled = 0, sleeping = 0, wanted = 0, done = 0;
    std::size_t chosen = 0;
    int preemptions = 0;  // before the choice
    std::array<Access, most_threads> next;
  };

  enum class Ending : std::uint8_t { complete, cut, failed };
  Ending run_once(const Effort& effort, Report& report);
  bool enter_node(const Effort& effort, std::size_t depth, std::size_t last);
  Threads sleeping_after(const Node& node) const;
  void note_races(const Node& node);
  void take_step(std::size_t thread, Report& report);
  bool next_branch();
  Threads enabled() const;
  void keep_schedule(Report& report) const;
  void note_state(Report& report);
  bool note_users(std::size_t thread, const Access& access);

  Explored& program_;
  Fibers fibers_;
  Trace trace_;
  std::vector<Node> path_;
  std::vector<std::uint8_t> schedule_;
  std::unordered_set<std::uint64_t> states_, traces_;
  std::unordered_map<std::uint64_t, int> reached_;  // state and running thread -> fewest preemptions
  struct Users {
    Threads any = 0, writers = 0;
    bool shared() const noexcept { return writers != 0 && (any & (any - 1)) != 0; }
  };
  std::unordered_map<const void*, Users> users_;
  bool learned_ = false;  // another word turned out to be shared: the bounded exploration begins anew
};

}  // namespace earmark::interleaving
