// The scheduler.
#include "tests/simulation/world.hpp"

#include <algorithm>

namespace earmark::simulation {
namespace {

constexpr std::uint64_t epoch = 42;
constexpr std::uint64_t most_steps = 60'000;          // of the first part
constexpr std::uint64_t most_liveness_steps = 400'000;
constexpr std::size_t last_steps = 60;

}  // namespace

World::Mood World::mood_of(model::Random& random) {
  Mood mood;
  mood.commands = random.between(60, 300);
  mood.crashes = random.below(5);
  mood.crash_weight = mood.crashes == 0 ? 0 : random.between(1, 6);
  mood.append_fails = mood.crashes == 0 ? 0 : random.below(4) * 8;
  mood.floods = random.chance(20) ? 20 : 0;
  mood.journal_beside = random.below(3) * 15;
  mood.reset_weight = random.below(4) * 2;
  mood.disk_weight = random.chance(25) ? 15 : random.chance(30) ? 400 : 100;
  mood.compactor_weight = random.chance(30) ? 0 : random.between(2, 20);
  mood.jump_weight = random.below(3) * 3;
  mood.room = random.chance(40) ? random.between(300, 4'000) : 65'536;
  mood.server.workers = static_cast<std::uint16_t>(random.between(1, 3));
  mood.server.ring_bytes = std::size_t{1} << (random.chance(50) ? 18 : 21);
  mood.server.most_behind = random.chance(30) ? 10 : 100'000;
  mood.server.retention.horizon_commands = random.chance(50) ? random.between(20, 80) : 1'000'000;
  if (random.chance(50)) mood.server.retention.retain_lsns = std::max<std::uint64_t>(mood.server.retention.horizon_commands, 40);
  return mood;
}

World::World(std::uint64_t seed, Sometimes& sometimes, Canary canary)
    : seed_(seed), sometimes_(sometimes), random_(seed), mood_(mood_of(random_)), disk_({1, epoch, 0, 9, 4}),
      state_(std::make_unique<StateTables>()), judge_(disk_, trace_, sometimes, model::RandomCommands::limits(seed)),
      surroundings_{random_, sometimes, epoch, server_starts_}, commands_(seed ^ 0x5EED, true, false, true), commands_left_(mood_.commands) {
  if (canary == Canary::disk_that_lies) disk_.lie();
  mood_.server.limits = model::RandomCommands::limits(seed);
  raw_clients_ = random_.between(1, 3);
  channel_clients_ = random_.between(1, 2);
  for (std::size_t count = 0; count < raw_clients_; ++count) clients_.push_back(std::make_unique<RawClient>(surroundings_));
  for (std::size_t count = 0; count < channel_clients_; ++count) {
    clients_.push_back(std::make_unique<ChannelClient>(surroundings_, random_.between(1, 2), random_.next()));
  }
  for (std::uint64_t count = random_.below(3); count > 0; --count) clients_.push_back(std::make_unique<Subscriber>(surroundings_));
}

World::~World() = default;

RunResult World::run() {
  RunResult result;
  try {
    while (commands_left_ > 0 && steps_ < most_steps) step(true);
    for (std::uint64_t more = random_.below(400); more > 0; --more) step(true);
    run_liveness();
    finish();
  } catch (const Broken& broken) {
    result.broken = broken.what();
    result.last_steps = trace_.tail(last_steps);
  }
  result.steps = steps_;
  result.decisions = judge_.judged().value;
  result.trace_hash = trace_.hash();
  result.starts = server_starts_;
  return result;
}

void World::step(bool faults) {
  ++steps_;
  faults_ = faults;
  collect(faults);
  std::uint64_t sum = 0;
  for (const Choice& choice : choices_) sum += choice.weight;
  std::uint64_t pick = random_.below(sum);
  for (const Choice& choice : choices_) {
    if (pick < choice.weight) return take(choice);
    pick -= choice.weight;
  }
}

void World::collect(bool faults) {
  choices_.clear();
  if (server_) {
    judge_.see({wall(), server_->disk_behind(), false});
    for (std::size_t index = 0; index < server_->workers(); ++index) {
      if (server_->is_woken(index)) add(Act::proceed, index, 80);
    }
    if (server_->journal_has_work()) add(Act::journal, 0, mood_.disk_weight);
    if (server_->timer_is_due()) add(Act::timers, 0, 60);
    if (server_->compactor_has_work()) add(Act::compact, 0, mood_.compactor_weight);
    if (faults && crashes_ < mood_.crashes) add(Act::crash, 0, mood_.crash_weight * (judge_.has_open_cause() ? 60 : 1));
  } else {
    add(Act::start, 0, faults ? 20 : 1000);
  }
  for (std::size_t index = 0; index < connections_.size(); ++index) collect_connection(*connections_[index], index, faults);
  for (std::size_t index = 0; index < clients_.size(); ++index) {
    if (may_think(index)) add(Act::think, index, 40);
    for (std::size_t link = 0; link < clients_[index]->links(); ++link) {
      const bool linked = std::ranges::any_of(connections_, [&](const auto& each) {
        return each->client_open && each->client == index && each->link == link;
      });
      if (!linked && clients_[index]->connect_at(link) <= now()) add(Act::connect, index * 4 + link, 30);
    }
    if (clients_[index]->next_due() <= now()) add(Act::advance, index, 40);
  }
  if (faults) add(Act::tick, 0, 30);
  if (faults) add(Act::jump, 0, mood_.jump_weight);
}

void World::collect_connection(const Connection& connection, std::size_t index, bool faults) {
  if (!connection.half_open) {
    const bool server_reads = connection.server_open && !server_->worker(connection.worker).session(connection.session).blocked;
    if (!connection.up.empty() && server_reads) add(Act::deliver_up, index, 80);
    if (!connection.down.empty() && connection.client_open) add(Act::deliver_down, index, connection.slow ? 1 : 80);
    if (connection.client_done && connection.up.empty() && connection.server_open) add(Act::end_up, index, 80);
    if (connection.server_done && connection.down.empty() && connection.client_open) add(Act::end_down, index, 80);
  }
  if (!faults) return;
  add(Act::reset, index, mood_.reset_weight);
  if (!connection.half_open) add(Act::go_half_open, index, mood_.reset_weight / 4);
  add(Act::toggle_slow, index, connection.slow ? 3 : 1);
}

void World::take(const Choice& choice) {
  static constexpr const char* names[] = {"deliver up", "deliver down", "end up",  "end down", "proceed", "journal",     "compact", "think", "connect",
                                          "advance",    "tick",         "jump",    "reset",    "half-open", "toggle slow", "crash",   "start",   "timers"};
  trace_.note(names[static_cast<std::size_t>(choice.act)], choice.index, disk_.durable().value, now_us_);
  Connection* connection = choice.act == Act::deliver_up || choice.act == Act::deliver_down || choice.act == Act::end_up ||
                                   choice.act == Act::end_down || choice.act == Act::reset || choice.act == Act::go_half_open ||
                                   choice.act == Act::toggle_slow
                               ? connections_[choice.index].get()
                               : nullptr;
  switch (choice.act) {
    case Act::deliver_up: with_server([&] { deliver_up(*connection); }); break;
    case Act::deliver_down: with_server([&] { deliver_down(*connection); }); break;
    case Act::end_up: close_server_end(*connection); break;
    case Act::end_down: close_client_end(*connection, true); break;
    case Act::proceed:
      with_server([&] {
        server_->proceed(choice.index);
        send_dirty(choice.index);
      });
      break;
    case Act::journal: with_server([&] { server_->step_journal(); }); break;
    case Act::compact:
      if (faults_ && mood_.append_fails != 0 && crashes_ < mood_.crashes && random_.below(1000) < mood_.append_fails) {
        state_->fail_fold();
        sometimes_.met(Met::fold_failed);
      }
      with_server([&] { server_->step_compactor(); });
      break;
    case Act::think: think(choice.index); break;
    case Act::connect: connect(choice.index / 4, choice.index % 4); break;
    case Act::advance: clients_[choice.index]->advance(now()); break;
    case Act::tick: tick(random_.chance(3) ? 3'000'000 : 3'000); break;
    case Act::jump: jump(); break;
    case Act::reset:
      sometimes_.met(Met::connection_reset);
      close_client_end(*connection, true);
      if (random_.chance(50)) connection->up.clear();
      break;
    case Act::go_half_open:
      sometimes_.met(Met::peer_half_open);
      connection->half_open = true;
      break;
    case Act::toggle_slow: connection->slow = !connection->slow; break;
    case Act::crash:
      note_crash(server_->stage());
      server_died(false);
      break;
    case Act::start: start_server(); break;
    case Act::timers:
      with_server([&] {
        server_->run_timers();
        send_dirty(0);
      });
      break;
  }
  for (const auto& each : connections_) {
    if (each->client_open) flush(*each);
  }
  forget_closed();
}

// ---- the second part ----

void World::heal() {
  for (const auto& connection : connections_) {
    connection->slow = false;
    connection->room = std::max<std::size_t>(connection->room, 4'096);
    if (!connection->half_open) continue;
    connection->half_open = false;
    if (connection->client_open) close_client_end(*connection, true);
  }
  forget_closed();
  mood_.compactor_weight = std::max<std::uint64_t>(mood_.compactor_weight, 1);
}

void World::run_liveness() {
  faults_ = false;
  commands_left_ = 0;
  heal();
  trace_.note("faults end");
  for (std::uint64_t left = most_liveness_steps; left > 0; --left) {
    collect(false);
    if (!choices_.empty()) {
      step(false);
      continue;
    }
    if (const std::string what = stuck(); !what.empty()) throw Broken("no lost wake-up: nothing moves, and " + what);
    if (!move_to_next_due()) return;
  }
  throw Broken("liveness: the faults have stopped, and things do not come to an end");
}

// What cannot go on by itself, although nothing is under way that it could wait for.
std::string World::stuck() {
  if (const std::string busy = server_->busy(); !busy.empty()) return busy;
  for (const auto& connection : connections_) {
    if (!connection->server_open || !connection->client_open) continue;
    const server::Session& session = server_->worker(connection->worker).session(connection->session);
    if (session.blocked) return "a session is blocked";
    if (session.unsent() != 0) return "a session has unsent bytes";
    if (session.under_way != 0) return "a session has requests under way";
    if (!connection->line.under_way.empty()) return std::to_string(connection->line.under_way.size()) + " requests of a connection have no answer";
    if (const auto* subscriber = dynamic_cast<const Subscriber*>(clients_[connection->client].get())) {
      if (subscriber->position() != disk_.durable()) {
        return "a subscriber is at LSN " + std::to_string(subscriber->position().value) + " of " + std::to_string(disk_.durable().value);
      }
    }
  }
  return "";
}

// Waits of clients before they try again. False: nobody waits for anything.
bool World::move_to_next_due() {
  Time due = Time::max();
  for (const auto& client : clients_) {
    if (client->outstanding_count() != 0) due = std::min(due, client->next_due());
    for (std::size_t link = 0; link < client->links(); ++link) {
      const bool linked = std::ranges::any_of(connections_, [&](const auto& each) {
        return each->client_open && clients_[each->client] == client && each->link == link;
      });
      if (!linked) due = std::min(due, client->connect_at(link));
    }
  }
  if (due == Time::max()) return false;
  now_us_ = std::max<std::uint64_t>(now_us_ + 1, static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(due.time_since_epoch()).count()) + 1);
  trace_.note("time passes", now_us_);
  return true;
}

void World::finish() {
  for (const auto& client : clients_) {
    if (const std::string what = client->outstanding(); !what.empty()) throw Broken("liveness: without an answer: " + what);
  }
  judge_.end(server_->engine().digest(), server_->engine().broken_invariant());
  // Once more from the disk, with a state store that is made again where the journal allows it.
  server_.reset();
  connections_.clear();
  if (SimulatedJournal(disk_).oldest().value == 1) state_ = std::make_unique<StateTables>();
  disk_.crash();
  start_server();
  if (!server_) throw Broken("the harness: the last start died");
}

RunResult run_seed(std::uint64_t seed, Sometimes& sometimes, Canary canary) {
  World world(seed, sometimes, canary);
  return world.run();
}

}  // namespace earmark::simulation
