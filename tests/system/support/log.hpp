// What stands in a journal, read from outside, and the strong check of it (LSN order is decision order): every command is
// taken back out of its record and given to the naive twin in LSN order; the twin must decide and fill the same, and
// must refuse what the server refused, at the LSN that the refusal named.
// Fills are compared in order for each cause: records of others, on other SKUs, may stand between a cause and its fills. So may
// orders for what nobody waits for between a command and those who turn strict by it, but nothing that the settler decides.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tests/model/twin.hpp"
#include "tests/system/support/caller.hpp"

namespace earmark::test {

// Calls `use` for every record, in LSN order. Throws on damage. The journal may be in use by a server.
void each_record(const std::filesystem::path& directory, const std::function<void(const schema::Event&)>& use);

// What each record says; the record with LSN n is at n - 1.
std::vector<std::string> read_log(const std::filesystem::path& directory);

// A command that was refused for what had been decided before.
struct Refused {
  model::Command command;
  std::uint64_t content = 0;
  engine::Error error;
};

std::uint64_t wire_content(const model::Command& command);  // as the server computes it

class StrongReplay {
 public:
  explicit StrongReplay(model::CatalogueLimits limits) : twin_(limits) {}

  // Each by the LSN that it named.
  void expect(engine::Lsn as_of, Refused refused) { refused_.emplace(as_of, std::move(refused)); }
  // "" or what differs first.
  std::string apply(const schema::Event& event);
  // The whole journal of a server that has ended.
  std::string run(const std::filesystem::path& directory);

  const model::State& state() const { return twin_.state(); }
  std::uint64_t fills() const noexcept { return fills_; }
  std::uint64_t refusals() const noexcept { return judged_; }
  // Those who turned strict.
  std::uint64_t turned() const noexcept { return turned_; }
  // Records of others between a cause and its last fill.
  std::uint64_t interleaved() const noexcept { return interleaved_; }
  // Void records, each of which forgets ids.
  std::uint64_t forgettings() const noexcept { return forgettings_; }

 private:
  model::Command command_of(const engine::OrderDecision& decision) const;
  model::Command command_of(const engine::ReceiptDecision& decision) const;
  model::Command command_of(const engine::CancelDecision& decision) const;
  model::Command command_of(const engine::ShipDecision& decision) const;
  model::Command command_of(const engine::AmendDecision& decision) const;
  model::Command command_of(const engine::LoadDecision& decision) const;
  model::Command command_of(const engine::ShipmentDecision& decision) const;
  model::Command command_of(const engine::StockChangeDecision& decision) const;
  model::Command command_of(const engine::TransferShipDecision& decision) const;
  model::Command command_of(const engine::TransferReceiptDecision& decision) const;
  // log_purchases.cpp
  model::Command command_of(const engine::PurchaseDecision& decision) const;
  model::Command command_of(const engine::PurchaseStepDecision& decision) const;
  model::Command command_of(const engine::PurchaseReceiptDecision& decision) const;
  std::string decide(const schema::Event& event, const model::Command& command, std::uint64_t content);
  std::string missing(const schema::Event& event);
  std::string fill(const schema::Event& event, const engine::FillDecision& decision);
  std::string turn(const schema::Event& event);
  engine::Lsn log_lsn(engine::Lsn twins) const { return twins.value == 0 ? twins : log_lsns_.at(twins); }
  std::string forget(const engine::VoidDecision& decision);
  std::string judge_refusals(engine::Lsn lsn);

  model::Twin twin_;
  std::multimap<engine::Lsn, Refused> refused_;
  std::map<engine::Lsn, engine::Lsn> log_lsns_;  // of the twin's LSNs
  std::map<engine::Lsn, model::StockChangeAnswer> missing_;            // what picks did not find, by the pick's LSN in the log
  std::map<engine::Lsn, std::deque<model::FillAnswer>> outstanding_;  // by the cause's LSN in the log
  std::uint64_t fills_ = 0, judged_ = 0, turned_ = 0, interleaved_ = 0, forgettings_ = 0;
};

}  // namespace earmark::test
