#include "tests/interleaving/world.hpp"

#include <algorithm>
#include <cstring>

#include "tests/engine/settler_message.hpp"
#include "tests/interleaving/fibers.hpp"

namespace earmark::interleaving {
namespace {

constexpr engine::TimeUs now{1}, after_all_deadlines{1'000'000'000};

std::vector<engine::Identity> identities_of(const std::vector<std::string>& orders) {
  std::vector<engine::Identity> identities;
  for (const std::string& id : orders) identities.push_back(engine::identify(engine::IdSpace::order, id));
  return identities;
}

}  // namespace

engine::Capacity World::capacity() {
  engine::Capacity capacity;
  capacity.skus = 3;
  capacity.warehouses = 2;
  capacity.command_ids = 128;
  capacity.waiting_lines = 64;
  capacity.order_bytes = 272ULL << 20;  // address space: 256 chunks are kept back for what was accepted
  capacity.ring_bytes = 1U << 20;
  return capacity;
}

World::World(const Program& program) : program_(program), engine_(capacity(), program.threads.size()) {
  engine_.settler().use_archive(archive_);
  for (std::size_t thread = 0; thread < program.threads.size(); ++thread) {
    actors_.push_back(std::make_unique<Actor>(*this, static_cast<std::uint8_t>(thread)));
  }
  for (const Step& step : program.before) {
    if (std::holds_alternative<Archive>(step)) keep_orders();
    actors_[0]->take(step);
  }
  prepared_ = engine_.shared().commit_word.last();
  keep_orders();
  leave_out_times();
}

// Of a program that is not about them: its threads have one time, which all have published.
void World::leave_out_times() {
  engine::DecisionTimes& times = engine_.shared().times;
  unexplored = {};
  if (program_.times) return;
  unexplored = std::as_bytes(std::span(&times, 1));
  for (std::size_t thread = 0; thread < actors_.size(); ++thread) times.receive(engine::CommitterId{static_cast<std::uint8_t>(thread)}, now);
}

// What the state store would have of the program's orders when they are closed.
void World::keep_orders() {
  for (const Step& step : program_.before) {
    const auto* command = std::get_if<model::Command>(&step);
    const auto* order = command == nullptr ? nullptr : std::get_if<model::OrderCommand>(command);
    if (order != nullptr) archive_.keep(engine_, engine::identify(engine::IdSpace::order, order->id));
  }
}

void World::run(std::size_t thread) {
  for (const Step& step : program_.threads[thread]) actors_[thread]->take(step);
}

bool World::expires() const {
  const auto in = [](const std::vector<Step>& steps) { return std::ranges::any_of(steps, [](const Step& step) { return std::holds_alternative<Expire>(step); }); };
  return in(program_.before) || std::ranges::any_of(program_.threads, in);
}

std::string World::read_log(std::vector<std::span<const std::byte>>& records) {
  const engine::Lsn last = engine_.shared().commit_word.last();
  for (engine::Lsn next{1}; next <= last;) {
    const auto place = engine_.shared().window.find(next);
    if (!place) return "E3: LSN " + std::to_string(next.value) + " is decided, but the journal cannot find its record";
    const std::span<std::byte> bundle = engine_.shared().rings[place->committer.value]->at(place->offset_units);
    engine::BundleHeader header;
    std::memcpy(&header, bundle.data(), sizeof header);
    if (header.first_lsn != next.value || header.records == 0) {
      return "E2: the record found for LSN " + std::to_string(next.value) + " is that of LSN " + std::to_string(header.first_lsn);
    }
    records.push_back(bundle.subspan(sizeof header));
    next = next + header.records;
  }
  return "";
}

World::Actor::Actor(World& world, std::uint8_t id)
    : world_(world), id_(id), committer_(world.engine_.shared(), engine::CommitterId{id}, recorder_, *this), desk_(committer_) {
  answers.reserve(16);
}

void World::Actor::take(const Step& step) {
  std::visit([this](const auto& wanted) { take(wanted); }, step);
}

engine::ReplyTo World::Actor::begin(const model::Command& command) {
  const bool was_exploring = std::exchange(exploring, false);  // a look from outside, not an access of the program
  Answered& answered = answers.emplace_back();
  answered.command = &command;
  answered.asked_at = world_.engine_.shared().commit_word.last();
  exploring = was_exploring;
  return {answers.size() - 1, 0, 1, id_, 0, 0};
}

Answered& World::Actor::answer_of(const engine::ReplyTo& reply) {
  return world_.actors_[reply.thread]->answers[reply.correlation];
}

void World::Actor::take(const model::Command& command) {
  if (std::holds_alternative<model::OrderCommand>(command)) {
    add_order(command);
    return decide();
  }
  submit(test::settler_message(command, model::content_of(command), begin(command), now));
}

void World::Actor::add_order(const model::Command& command) {
  desk_.add({std::get<model::OrderCommand>(command).view(), model::content_of(command), begin(command)});
}

void World::Actor::take(const Batch& batch) {
  for (const model::OrderCommand& order : batch.orders) add_order(batched_.emplace_back(order));
  decide();
}

void World::Actor::decide() {
  const engine::TimeUs received{now.value + (world_.program_.times ? id_ : 0)};
  const auto settle = [&](std::span<engine::ReceivedOrder* const> orders) {
    EARMARK_CHECK(world_.engine_.settler().submit(orders, received, committer_) == engine::Settled::done);
  };
  const bool room = desk_.decide(received, settle, [&](std::span<const engine::SkuId> skus) { submit(std::make_unique<engine::Message>(engine::MindRules{skus}, received)); });
  EARMARK_CHECK(room);
}

void World::Actor::submit(std::unique_ptr<engine::Message> message) {
  EARMARK_CHECK(world_.engine_.settler().submit(std::move(message), committer_) == engine::Settled::done);
}

void World::Actor::take(const Archive& archive) {
  const std::vector<engine::Identity> identities = identities_of(archive.orders);
  // What comes before a program's threads is archived as it stands then.
  const engine::Lsn through = world_.prepared_.value != 0 ? world_.prepared_ : world_.engine_.shared().commit_word.last();
  submit(std::make_unique<engine::Message>(engine::ArchiveOrders{identities, through}, now));
}

void World::Actor::take(const Forget& forget) {
  const std::vector<engine::Identity> identities = identities_of(forget.orders);
  submit(std::make_unique<engine::Message>(
      engine::ForgetIds{engine::Lsn{forget.oldest}, world_.prepared_, identities}, now));
}

void World::Actor::take(const Expire&) { submit(std::make_unique<engine::Message>(engine::RunTimers{}, after_all_deadlines)); }

void World::Actor::take(const Follow&) {
  engine::SharedState& shared = world_.engine_.shared();
  const engine::Lsn last = shared.commit_word.stable(engine::CommitterId{id_}).lsn();
  for (engine::Lsn next{1}; next <= last;) {
    const auto place = shared.window.find(next);
    if (!place) fail_running("E3: LSN " + std::to_string(next.value) + " is decided, but the journal cannot find its record");
    engine::BundleHeader header;
    std::memcpy(&header, shared.rings[place->committer.value]->at(place->offset_units).data(), sizeof header);
    if (header.first_lsn != next.value) fail_running("E2: another record is found for LSN " + std::to_string(next.value));
    next = next + header.records;
  }
}

void World::Actor::decided(const engine::ReplyTo& reply, engine::Lsn lsn, std::span<const std::byte>, std::uint64_t, bool more) {
  if (reply.generation == 0) return;
  Answered& answered = answer_of(reply);
  if (answered.decided.value == 0) answered.decided = lsn;
  if (!more) ++answered.answers;
}

void World::Actor::repeated(const engine::ReplyTo& reply, engine::Lsn as_of, engine::Lsn original) {
  Answered& answered = answer_of(reply);
  answered.as_of = as_of;
  answered.original = original;
  ++answered.answers;
}

void World::Actor::refused(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::Error& error) {
  Answered& answered = answer_of(reply);
  answered.as_of = as_of;
  answered.refused = error;
  ++answered.answers;
}

}  // namespace earmark::interleaving
