// The judge: reads every byte between clients and server and every record that is durable, and says which promise was broken.
//   records   as they become durable: the ledger (I1, I2 in every prefix), then, a command with its fills, the naive twin, which
//             must decide the same (E2, I1-I5); times do not fall (E7)
//   answers   as they leave the server: durable already (E4, I7), once for each request, the very bytes of the journal, complete,
//             not older than what clients knew when they asked (real time); stock against the ledger
//   the end   errors and views again, with a second twin, at the LSN that they name; digests
// Shares nothing with the server but the schema's decoders. One thread.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "client/answer_parts.hpp"
#include "schema/ask.hpp"
#include "tests/model/twin.hpp"
#include "tests/simulation/asked.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/sometimes.hpp"
#include "tests/simulation/trace.hpp"

namespace earmark::simulation {

// What the judge keeps of one connection.
struct Line {
  std::uint64_t number = 0;
  // From the client:
  std::vector<std::byte> requests;  // not whole yet
  std::map<std::uint64_t, std::vector<std::vector<std::byte>>> parts;
  std::unordered_map<std::uint64_t, Asked> under_way;  // by correlation
  std::uint64_t asked = 0;
  // From the server:
  client::AnswerParts answers;
  std::uint64_t sent = 0, delivered = 0;                   // bytes
  std::deque<std::pair<std::uint64_t, engine::Lsn>> news;  // who has so many bytes knows of this LSN
  std::optional<std::uint64_t> subscription;               // its correlation
  engine::Lsn next_event{};
  std::map<std::string, std::vector<std::pair<std::uint64_t, engine::Lsn>>> decided;  // by order: request's number, LSN
};

class Judge {
 public:
  Judge(Disk& disk, Trace& trace, Sometimes& sometimes, model::CatalogueLimits limits);

  // The server's clock; whether more is decided than durable, and whether it is still recovering, for marks alone.
  struct Surroundings {
    engine::TimeUs now{};
    bool disk_behind = false;
    bool recovering = false;
  };
  void see(Surroundings surroundings) noexcept {
    surroundings_ = surroundings;
    latest_now_ = std::max(latest_now_, surroundings.now);
    if (clocks_.back() != surroundings.now) clocks_.push_back(surroundings.now);
  }
  // Something may have become durable.
  void disk_grew();
  // Bytes that a client put on its way, that left the server, and that the client has got.
  void client_sent(Line& line, std::span<const std::byte> bytes);
  void server_sent(Line& line, std::span<const std::byte> bytes);
  void client_got(Line& line, std::size_t bytes);
  // After a crash and what recovery made of it: nothing that was told is missing.
  void restarted();
  // The server is quiet and everything is durable.
  void end(const std::string& digest, const std::string& broken_invariant);

  // Of what is durable.
  const model::State& state() const { return twin_.state(); }
  // The twin's digest; only while no cause has fills outstanding.
  std::string digest() const { return twin_.digest(); }
  bool has_open_cause() const noexcept { return open_.has_value(); }
  // Somebody was passed over often enough, and has not turned strict yet.
  bool must_turn() { return twin_.must_turn(); }
  engine::Lsn judged() const noexcept { return judged_; }
  // Is this command decided and on disk?
  bool is_durable(const Asking& name) const { return decided_.contains(name); }

 private:
  struct Record {
    std::size_t hash = 0;      // of its bodies
    engine::Lsn cause{};
    std::uint32_t fills = 0;   // of a cause: how many have come
    bool complete = true;      // of a cause: its last fill is there
    bool told_first = false;   // answered as the first decision
    engine::Lsn last_part{};   // of a cause: itself, or its last fill
    const Asking* name = nullptr;
  };
  // A command of the log with its fills, as the twin has to decide it.
  struct Entry {
    std::deque<engine::Lsn> lsns;
    std::string text;
    Asking name;
    std::shared_ptr<const model::Command> command;
    std::optional<engine::VoidDecision> bookkeeping;
    bool by_time = false;     // nobody's command; nor what follows from one: a rule's, or a date that moved
    bool follows = false;
    std::optional<std::pair<engine::SkuId, engine::WarehouseId>> rule{};
    std::optional<bool> turn;  // somebody turns strict, nobody's command either; true: because he has waited long enough
    engine::TimeUs time{};
  };
  // An answer to be judged again at its LSN.
  struct Later {
    Asked asked;
    engine::Error error;   // code none: a view or a digest, as text
    std::string text;
    std::size_t clock = 0;  // what the machine's clock showed when it came: in `clocks_`
  };

  // Records (judge.cpp).
  void take_record(const schema::Event& event, std::span<const std::byte> bytes);
  Entry entry_of(const schema::Event& event);
  Asking name_of(const schema::Decision& decision) const;
  void apply(Entry entry);
  void note_rule(const engine::ReorderDecision& reorder);
  void note_victims(const model::Answer& answer);
  void note_arrival(const model::Answer& answer);
  void note_purchase(const model::Answer& answer);  // judge_purchases.cpp
  void note_times(const Entry& entry, const model::Answer& answer);
  void note_patience(const Entry& entry, const model::Answer& answer);
  void check_nobody_turns_first(const Entry& entry, const model::Answer& answer) const;
  void check_times(const Entry& entry) const;
  static void apply(model::Twin& twin, const Entry& entry, model::Answer& answer);

  // Answers (judge_answers.cpp).
  void asked(Line& line, schema::MessageKind kind, std::uint64_t correlation, std::span<const std::span<const std::byte>> parts);
  void answered(Line& line, const client::Message& message);
  void pushed(Line& line, const client::Message& message);
  void decided(Line& line, const Asked& asked, const client::Message& message);
  void refused(const Asked& asked, const schema::ErrorAnswer& error);
  void told(Line& line, engine::Lsn lsn);
  void judge(const Asked& asked, const schema::CheckAnswer& answer);
  void judge(const Asked& asked, const schema::StockAnswer& answer);
  void later(engine::Lsn as_of, const Asked& asked, engine::Error error, std::string text);
  void in_real_time(engine::Lsn lsn, const Asked& asked, const char* what) const;
  void must_be_durable(engine::Lsn lsn, const char* what) const;
  // The LSN of the record whose bodies stand first in `bodies`, which are dropped; the bytes must be the journal's.
  engine::Lsn take_event(std::span<const std::span<const std::byte>>& bodies);

  // The end (judge_end.cpp).
  std::vector<engine::TimeUs> clocks_of(const Later& later) const;
  void note_dates(const Asked& asked, const std::string& told) const;
  bool is_about_times(engine::ErrorCode code, const model::Command& command) const;
  void judge_at(model::Twin& twin, const Later& later, engine::Lsn as_of) const;

  Disk& disk_;
  SimulatedJournal journal_;  // for reading
  Trace& trace_;
  Sometimes& sometimes_;
  const model::CatalogueLimits limits_;
  Surroundings surroundings_;
  engine::Lsn judged_{}, told_{};
  engine::TimeUs time_{}, latest_now_{};
  std::vector<engine::TimeUs> clocks_{{}};  // what the machine's clock ever showed, in that order
  std::vector<Record> records_;  // LSN 1 first
  Ledger ledger_;
  model::Twin twin_;
  std::map<Asking, std::shared_ptr<const model::Command>> commands_;  // ever sent
  std::map<Asking, engine::Lsn> first_asked_;                         // what was known when it was first sent
  std::map<Asking, engine::Lsn> decided_;                             // the latest decision
  std::set<std::pair<engine::IdSpace, std::string>> ids_;             // that were ever decided
  std::optional<Entry> open_;       // a cause whose last fill is not there
  std::vector<Entry> behind_open_;  // decided meanwhile
  std::vector<Entry> log_;
  std::multimap<engine::Lsn, Later> later_;
  schema::RequestDecoder requests_;
  schema::AnswerDecoder answers_;
  schema::EventDecoder events_;
};

}  // namespace earmark::simulation
