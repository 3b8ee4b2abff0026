#include "tests/interleaving/explorer.hpp"

#include <bit>
#include <chrono>
#include <sstream>
#include <utility>

#include "engine/check.hpp"

namespace earmark::interleaving {
namespace {

constexpr std::size_t nobody = most_threads;
constexpr std::size_t most_states_counted = std::size_t{1} << 24;

constexpr std::uint32_t bit(std::size_t thread) noexcept { return 1U << thread; }
std::size_t lowest(std::uint32_t threads) noexcept { return static_cast<std::size_t>(std::countr_zero(threads)); }

}  // namespace

Explorer::Threads Explorer::enabled() const {
  Threads threads = 0;
  for (std::size_t thread = 0; thread < program_.threads(); ++thread) {
    if (!fibers_.ended(thread)) threads |= bit(thread);
  }
  return threads;
}

// Threads whose next access was or will be run from the node before this choice, and which does not conflict with it:
// running it behind the choice gives nothing new.
Explorer::Threads Explorer::sleeping_after(const Node& node) const {
  Threads sleeping = 0;
  const Threads covered = node.sleeping | (node.done & ~bit(node.chosen));
  for (std::size_t thread = 0; thread < program_.threads(); ++thread) {
    if ((covered & bit(thread)) != 0 && !node.next[thread].conflicts_with(node.next[node.chosen])) sleeping |= bit(thread);
  }
  return sleeping;
}

// Each race of the access that comes now is also to be run the other way round: from before the one that came first, by one
// of the threads that may begin there.
void Explorer::note_races(const Node& node) {
  trace_.for_each_race(node.chosen, node.next[node.chosen], [&](Trace::Position race) {
    Node& before = path_[race - 1];
    const Threads first = trace_.first_without(race, node.chosen, node.next[node.chosen]);
    if ((first & before.wanted) == 0) before.wanted |= bit((first & bit(node.chosen)) != 0 ? node.chosen : lowest(first));
  });
}

// A node that no schedule has come to yet: what is there to choose. False: nothing new lies behind it.
bool Explorer::enter_node(const Effort& effort, std::size_t depth, std::size_t last) {
  Node node;
  node.enabled = enabled();
  for (std::size_t thread = 0; thread < program_.threads(); ++thread) node.next[thread] = fibers_.next(thread);
  const bool goes_on = last != nobody && (node.enabled & bit(last)) != 0;
  if (effort.preemptions == Effort::every_schedule) {
    if (depth > 0) node.sleeping = sleeping_after(path_[depth - 1]);
    const Threads awake = node.enabled & ~node.sleeping;
    if (awake == 0) return false;
    node.chosen = (awake & bit(goes_on ? last : nobody)) != 0 ? last : lowest(awake);
    node.wanted = bit(node.chosen);
  } else {
    if (depth > 0) {
      const Node& before = path_[depth - 1];
      const std::size_t ran_before = depth > 1 ? path_[depth - 2].chosen : nobody;
      const bool stopped = ran_before != nobody && before.chosen != ran_before && (before.enabled & bit(ran_before)) != 0;
      node.preemptions = before.preemptions + (stopped ? 1 : 0);
    }
    const bool only_way = goes_on && !users_[node.next[last].address].shared();
    if (!only_way) {
      const auto [reached, is_new] = reached_.try_emplace(trace_.identity() * 31 + last, node.preemptions);
      if (!is_new && reached->second <= node.preemptions) return false;
      reached->second = node.preemptions;
    }
    node.chosen = goes_on ? last : lowest(node.enabled);
    node.wanted = only_way || (goes_on && node.preemptions == effort.preemptions) ? bit(last) : node.enabled;
  }
  node.done = bit(node.chosen);
  path_.push_back(node);
  return true;
}

void Explorer::note_state(Report& report) {
  if (states_.size() < most_states_counted) states_.insert(trace_.identity());
  report.states = states_.size();
}

// True: the word is now known to be shared, and was not before.
bool Explorer::note_users(std::size_t thread, const Access& access) {
  Users& users = users_[access.address];
  const bool before = users.shared();
  users.any |= bit(thread);
  if (access.write) users.writers |= bit(thread);
  return users.shared() && !before;
}

void Explorer::take_step(std::size_t thread, Report& report) {
  learned_ = note_users(thread, fibers_.next(thread)) || learned_;
  trace_.add(thread, fibers_.next(thread));
  schedule_.push_back(static_cast<std::uint8_t>(thread));
  fibers_.step(thread);
  ++report.accesses;
}

// One schedule: along path_ as far as it reaches, then new nodes to the end.
Explorer::Ending Explorer::run_once(const Effort& effort, Report& report) {
  program_.reset();
  trace_.clear();
  schedule_.clear();
  fibers_.start(program_.threads(), [this](std::size_t thread) { program_.run(thread); });
  const std::size_t known = path_.size();
  std::size_t last = nobody;
  for (std::size_t depth = 0; fibers_.failed().empty() && enabled() != 0; ++depth) {
    if (depth == path_.size() && !enter_node(effort, depth, last)) return Ending::cut;
    if (depth == most_accesses) {
      report.violation = "E3, lock-freedom: no end after " + std::to_string(depth) + " accesses";
      return Ending::failed;
    }
    if (effort.preemptions == Effort::every_schedule) note_races(path_[depth]);
    last = path_[depth].chosen;
    take_step(last, report);
    if (depth + 1 >= known) note_state(report);
  }
  report.violation = fibers_.failed().empty() ? program_.judge() : fibers_.failed();
  return report.violation.empty() ? Ending::complete : Ending::failed;
}

// To the deepest node with a choice that is still to be made.
bool Explorer::next_branch() {
  while (!path_.empty()) {
    Node& node = path_.back();
    const Threads left = node.wanted & ~node.done & ~node.sleeping;
    if (left != 0) {
      node.chosen = lowest(left);
      node.done |= bit(node.chosen);
      return true;
    }
    path_.pop_back();
  }
  return false;
}

Report Explorer::explore(const Effort& effort) {
  const auto start = std::chrono::steady_clock::now();
  Report report;
  path_.clear();
  states_.clear();
  traces_.clear();
  reached_.clear();
  users_.clear();
  learned_ = false;
  for (;;) {
    const Ending ending = run_once(effort, report);
    report.longest = std::max(report.longest, trace_.length());
    if (ending == Ending::cut) {
      ++report.cut;
    } else {
      ++report.schedules;
      traces_.insert(trace_.identity());
    }
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (ending == Ending::failed) {
      keep_schedule(report);
      break;
    }
    if (effort.preemptions != Effort::every_schedule && std::exchange(learned_, false)) {
      path_.clear();
      reached_.clear();
      continue;
    }
    report.complete = !next_branch();
    if (report.complete || report.schedules >= effort.most_schedules || report.seconds >= effort.most_seconds) break;
  }
  report.traces = traces_.size();
  return report;
}

void Explorer::keep_schedule(Report& report) const {
  std::ostringstream out;
  for (std::size_t from = 0; from < schedule_.size();) {
    std::size_t to = from;
    while (to < schedule_.size() && schedule_[to] == schedule_[from]) ++to;
    out << (from == 0 ? "" : " ") << +schedule_[from] << 'x' << to - from;
    from = to;
  }
  report.schedule = out.str();
}

Report Explorer::repeat(const std::string& schedule) {
  Report report;
  program_.reset();
  trace_.clear();
  schedule_.clear();
  fibers_.start(program_.threads(), [this](std::size_t thread) { program_.run(thread); });
  std::istringstream in(schedule);
  std::size_t thread = 0, count = 0;
  for (char times = 0; in >> thread >> times >> count;) {
    for (; count > 0 && fibers_.failed().empty(); --count) {
      EARMARK_CHECK(thread < program_.threads() && !fibers_.ended(thread));
      take_step(thread, report);
    }
  }
  while (fibers_.failed().empty() && enabled() != 0) take_step(lowest(enabled()), report);
  report.violation = fibers_.failed().empty() ? program_.judge() : fibers_.failed();
  report.schedules = 1;
  keep_schedule(report);
  return report;
}

}  // namespace earmark::interleaving
