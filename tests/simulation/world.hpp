// One simulated run: a server, its disks, clients and the network between them, and the scheduler that picks by seed who takes
// the next step and what goes wrong. Everything in it follows from the seed. One thread.
//   first part    commands come, faults happen: crashes between any two steps, failing disks, cut, half-open and slow connections,
//                 clocks that jump
//   second part   the faults stop; everything outstanding must end, without time having to pass for it
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/clients.hpp"
#include "tests/simulation/connection.hpp"
#include "tests/simulation/simulated_server.hpp"

namespace earmark::simulation {

struct RunResult {
  std::string broken;       // the promise, and how; empty: none
  std::uint64_t steps = 0, decisions = 0, trace_hash = 0, starts = 0;
  std::string last_steps;   // of the trace, if something is broken
};

enum class Canary : std::uint8_t { none, disk_that_lies };

class World {
 public:
  World(std::uint64_t seed, Sometimes& sometimes, Canary canary);
  ~World();
  RunResult run();

 private:
  // How this run is, by seed.
  struct Mood {
    std::uint64_t commands = 0;
    std::uint64_t crashes = 0;         // at most
    std::uint64_t crash_weight = 0, reset_weight = 0, disk_weight = 0, compactor_weight = 0, jump_weight = 0;
    std::uint64_t append_fails = 0;    // of a thousand
    std::uint64_t floods = 0;          // of a thousand
    std::uint64_t journal_beside = 0;  // of a hundred: it goes on while a worker works
    std::uint64_t room = 65'536;
    ServerOptions server;
  };
  enum class Act : std::uint8_t {
    deliver_up, deliver_down, end_up, end_down, proceed, journal, compact, think, connect, advance, tick, jump, reset, go_half_open,
    toggle_slow, crash, start, timers
  };
  struct Choice {
    Act act{};
    std::size_t index = 0;
    std::uint64_t weight = 0;
  };

  // The scheduler (world.cpp).
  static Mood mood_of(model::Random& random);
  void step(bool faults);
  void collect(bool faults);
  void collect_connection(const Connection& connection, std::size_t index, bool faults);
  void add(Act act, std::size_t index, std::uint64_t weight) {
    if (weight != 0) choices_.push_back({act, index, weight});
  }
  void take(const Choice& choice);
  void run_liveness();
  void heal();
  bool move_to_next_due();
  std::string stuck();
  void finish();

  // The network (world_network.cpp).
  void deliver_up(Connection& connection);
  void deliver_down(Connection& connection);
  void connect(std::size_t client, std::size_t link);
  void flush(Connection& connection);             // what the client has to send
  void send_dirty(std::size_t worker);            // what the server has to send
  void send(Connection& connection);
  void close_server_end(Connection& connection);
  void close_client_end(Connection& connection, bool tell_client);
  void forget_closed();
  std::size_t piece_of(std::size_t bytes, bool slow);

  // Life and death of the server, time, commands (world_server.cpp).
  void start_server();
  void server_died(bool by_itself);
  void before_journal_step(JournalStage stage);
  void note_crash(JournalStage stage);
  template <class Step>
  void with_server(Step&& step) {
    try {
      step();
      if (server_) server_->tell_what_was_found();
    } catch (const ServerDied&) {
      server_died(true);
    }
  }
  bool may_think(std::size_t client) const;
  void think(std::size_t client);
  void move_times(model::Command& command);
  void number(model::SetRulesCommand& rules);
  void flood(RawClient& client);
  Question some_question();
  void tick(std::uint64_t most_us);
  void jump();
  Time now() const { return Time(std::chrono::microseconds(now_us_)); }
  engine::TimeUs wall() const { return engine::TimeUs{static_cast<std::int64_t>(now_us_) + wall_offset_us_}; }

  const std::uint64_t seed_;
  Sometimes& sometimes_;
  Trace trace_;
  model::Random random_;
  Mood mood_;
  Disk disk_;
  std::unique_ptr<StateTables> state_;
  Judge judge_;
  std::unique_ptr<SimulatedServer> server_;
  std::uint64_t server_starts_ = 0, crashes_ = 0, steps_ = 0;
  bool faults_ = true, in_recovery_ = false;
  std::uint64_t now_us_ = 1'000'000'000, next_watch_us_ = 0;
  std::int64_t wall_offset_us_ = 1'700'000'000'000'000;
  Surroundings surroundings_;
  model::RandomCommands commands_;
  std::uint64_t commands_left_ = 0, loads_ = 0, rules_ = 0, flooded_ = 0;
  std::vector<std::unique_ptr<Client>> clients_;  // the raw ones first
  std::size_t raw_clients_ = 0, channel_clients_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::uint64_t connections_made_ = 0;
  std::vector<Choice> choices_;
};

RunResult run_seed(std::uint64_t seed, Sometimes& sometimes, Canary canary = Canary::none);

}  // namespace earmark::simulation
