// The real engine without server, journal or threads: a command goes in, its answer comes out as text that can be
// compared with the twin's. Records are kept like a journal would, so that restoring can be tested, too.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "schema/event.hpp"
#include "server/event_recorder.hpp"
#include "tests/model/commands.hpp"
#include "tests/model/dates.hpp"
#include "tests/model/random_commands.hpp"

namespace earmark::test {

// For the catalogue of model::RandomCommands.
engine::Capacity small_capacity(const model::CatalogueLimits& limits = model::RandomCommands::limits());
// A void record in words, which the model has not.
std::string describe_void(const engine::Stamp& stamp, const engine::VoidDecision& decision);

class Harness final : public engine::Outcomes {
 public:
  explicit Harness(const engine::Capacity& capacity, std::size_t committers = 1);

  // The answer as model::describe() words it: the decision or error, then each fill, a line each.
  std::string apply(const model::Command& command, std::uint64_t content, engine::TimeUs now);
  // Orders that came together, given to whoever settles at once: their answers, in their order.
  std::vector<std::string> settle(std::span<const model::OrderCommand> orders, engine::TimeUs now);
  // From now on answers are not put in words, and records are kept unread: for measuring the engine alone.
  void keep_silent() noexcept { silent_ = true; }
  // A message to the settler as it is; its records go with the others.
  void submit(std::unique_ptr<engine::Message> message);
  void finish(engine::Settled settled);
  // The answers as model::answers() words them.
  std::string ask(const model::Questions& questions, engine::TimeUs now);
  // Was the last answer marked as a repeat?
  bool last_was_repeat() const noexcept { return repeat_; }

  // Feeds all records so far to `other`, as recovery does.
  void replay_into(engine::Engine& other, std::size_t records) const;
  std::size_t records() const noexcept { return records_.size(); }
  std::size_t commits() const noexcept { return commits_; }
  // Could a crash cut the log after so many? A group of the journal has whole commits, and these are one: a pick and its stock change,
  // the fills of an order that is served whole.
  bool can_end_after(std::size_t records) const;
  // A record, decoded from its bytes, in the words of its answer.
  std::string record(std::size_t index) const;
  template <class Use>
  void with_event(std::size_t index, Use use) const {
    std::size_t consumed = 0;
    const auto event = decoder_.decode(records_.at(index), consumed);
    EARMARK_CHECK(event.has_value());
    use(*event);
  }
  engine::Engine& engine() noexcept { return engine_; }
  const engine::DeskCounters& desk() const noexcept { return desk_.counters(); }
  // Finishes what recovery found unfinished; gives the number of records that it added.
  std::size_t settle_unfinished();

  void committed(engine::Lsn first, engine::Lsn last) override;
  void decided(const engine::ReplyTo& reply, engine::Lsn lsn, std::span<const std::byte> record,
               std::uint64_t ring_position, bool more) override;
  void repeated(const engine::ReplyTo& reply, engine::Lsn as_of, engine::Lsn original) override;
  void refused(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::Error& error) override;
  void shown(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::OrderView& view) override;
  void listed(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::WaitingLineView> lines) override;
  void checked(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::CheckView& view) override;
  void resolved(const engine::ReplyTo&, engine::Lsn, const engine::ResolvedView&) override {}
  void listed_holds(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenHoldView>) override {}
  void listed_transfers(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenTransferView>) override {}
  void listed_purchases(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::OpenPurchaseView> purchases) override;
  void listed_rules(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::RulesView& view) override;

 private:
  std::string& answer_to(const engine::ReplyTo& reply) { return answers_.empty() ? answer_ : answers_.at(reply.correlation - 1); }

  engine::Engine engine_;
  server::EventRecorder recorder_;
  engine::Committer committer_;
  engine::OrderDesk desk_;
  mutable schema::EventDecoder decoder_;
  std::deque<std::vector<std::byte>> records_;                      // record n has LSN first_ + n
  engine::Lsn first_{1};
  std::string answer_;
  std::vector<std::string> answers_;  // of settle(), while it runs
  std::size_t commits_ = 0;
  bool repeat_ = false;
  bool silent_ = false;
};

}  // namespace earmark::test
