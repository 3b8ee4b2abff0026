// One program on the real engine: the engine, an actor for each thread that gives it its commands, and what became of each
// command. Everything lies in the world's memory (world_memory.hpp); what is judged is read from there.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "server/event_recorder.hpp"
#include "tests/engine/kept_orders.hpp"
#include "tests/interleaving/program.hpp"

namespace earmark::interleaving {

// What a thread was told about one of its commands. LSNs are those of the log.
struct Answered {
  const model::Command* command = nullptr;
  engine::Lsn asked_at{};         // last LSN when it was given
  int answers = 0;                // complete ones: must become 1
  engine::Lsn decided{};          // its decision, or
  engine::Lsn as_of{};            // what it was judged at, when it was
  engine::Lsn original{};         //   repeated, or
  std::optional<engine::Error> refused;
};

class World {
 public:
  explicit World(const Program& program);

  void run(std::size_t thread);

  engine::Engine& engine() noexcept { return engine_; }
  // By thread; the first thread's begin with those of Program::before.
  const std::vector<Answered>& answers(std::size_t thread) const { return actors_[thread]->answers; }
  std::size_t threads() const noexcept { return actors_.size(); }
  // Whether its program runs the timers when all deadlines have passed.
  bool expires() const;
  // The records from LSN 1 on, as the journal finds them; "" or what is wrong with the way to them.
  std::string read_log(std::vector<std::span<const std::byte>>& records);

  // Room for a few SKUs and orders.
  static engine::Capacity capacity();

 private:
  void leave_out_times();

  class Actor final : public engine::Outcomes {
   public:
    Actor(World& world, std::uint8_t id);

    void take(const Step& step);

    void committed(engine::Lsn, engine::Lsn) override {}
    void decided(const engine::ReplyTo& reply, engine::Lsn lsn, std::span<const std::byte> record, std::uint64_t ring_position,
                 bool more) override;
    void repeated(const engine::ReplyTo& reply, engine::Lsn as_of, engine::Lsn original) override;
    void refused(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::Error& error) override;
    void shown(const engine::ReplyTo&, engine::Lsn, const engine::OrderView&) override {}
    void listed(const engine::ReplyTo&, engine::Lsn, std::span<const engine::WaitingLineView>) override {}
    void checked(const engine::ReplyTo&, engine::Lsn, const engine::CheckView&) override {}
    void resolved(const engine::ReplyTo&, engine::Lsn, const engine::ResolvedView&) override {}
    void listed_holds(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenHoldView>) override {}
    void listed_transfers(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenTransferView>) override {}
    void listed_purchases(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenPurchaseView>) override {}
    void listed_rules(const engine::ReplyTo&, engine::Lsn, const engine::RulesView&) override {}

    std::vector<Answered> answers;

   private:
    void take(const model::Command& command);
    void take(const Batch& batch);
    void take(const Archive& archive);
    void take(const Forget& forget);
    void take(const Follow& follow);
    void take(const Expire& expire);
    void add_order(const model::Command& command);
    void decide();
    void submit(std::unique_ptr<engine::Message> message);
    engine::ReplyTo begin(const model::Command& command);
    Answered& answer_of(const engine::ReplyTo& reply);

    World& world_;
    std::uint8_t id_;
    server::EventRecorder recorder_;
    engine::Committer committer_;
    engine::OrderDesk desk_;
    std::deque<model::Command> batched_;  // commands of batches, which have a place nowhere else
  };

  void keep_orders();

  const Program& program_;
  engine::Engine engine_;
  engine::Lsn prepared_{};  // Program::before ends there
  test::KeptOrders archive_;
  std::vector<std::unique_ptr<Actor>> actors_;
};

}  // namespace earmark::interleaving
