// What the subcommands of `earmark` share. Each subcommand has one file: it names its options and gives back what to run
// when it is chosen.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/client.hpp"
#include "client/commands/options.hpp"
#include "client/event_json.hpp"

namespace earmark::client {

class Lines;

struct Globals {
  std::string server = "127.0.0.1:7411";
  std::string token;
  bool json = false;
  std::uint64_t time_limit_s = 60;
  std::string time;  // that commands carry
  Lines* lines = nullptr;  // of a line of earmark run
};

using Run = std::function<Outcome<void>()>;

// `globals` outlives what they give back.
Run add_load(Options& options, const Globals& globals);
Run add_order(Options& options, const Globals& globals);
Run add_show(Options& options, const Globals& globals);
Run add_explain(Options& options, const Globals& globals);
Run add_cancel(Options& options, const Globals& globals);
Run add_amend(Options& options, const Globals& globals);
Run add_receive(Options& options, const Globals& globals);
Run add_ship(Options& options, const Globals& globals);
Run add_pick(Options& options, const Globals& globals);
Run add_pack(Options& options, const Globals& globals);
Run add_deliver(Options& options, const Globals& globals);
Run add_put_back(Options& options, const Globals& globals);
Run add_track(Options& options, const Globals& globals);
Run add_return(Options& options, const Globals& globals);
Run add_hold(Options& options, const Globals& globals);
Run add_extend(Options& options, const Globals& globals);
Run add_confirm(Options& options, const Globals& globals);
Run add_release(Options& options, const Globals& globals);
Run add_holds(Options& options, const Globals& globals);
Run add_check(Options& options, const Globals& globals);
Run add_stock(Options& options, const Globals& globals);
Run add_backorders(Options& options, const Globals& globals);
Run add_watch(Options& options, const Globals& globals);
Run add_run(Options& options, const Globals& globals);
Run add_replay(Options& options, const Globals& globals);
Run add_digest(Options& options, const Globals& globals);
Run add_stats(Options& options, const Globals& globals);
Run add_top(Options& options, const Globals& globals);
Run add_document(Options& options, const Globals& globals);
Run add_report(Options& options, const Globals& globals);
Run add_count(Options& options, const Globals& globals);
Run add_adjust(Options& options, const Globals& globals);
Run add_quarantine(Options& options, const Globals& globals);
Run add_restore(Options& options, const Globals& globals);
Run add_scrap(Options& options, const Globals& globals);

Run add_transfer_ship(Options& options, const Globals& globals);
Run add_transfer_receive(Options& options, const Globals& globals);
Run add_transfer_list(Options& options, const Globals& globals);
Run add_transfer_show(Options& options, const Globals& globals);

Run add_po_new(Options& options, const Globals& globals);
Run add_po_approve(Options& options, const Globals& globals);
Run add_po_send(Options& options, const Globals& globals);
Run add_po_acknowledge(Options& options, const Globals& globals);
Run add_po_receive(Options& options, const Globals& globals);
Run add_po_close(Options& options, const Globals& globals);
Run add_po_cancel(Options& options, const Globals& globals);
Run add_po_adopt(Options& options, const Globals& globals);
Run add_po_list(Options& options, const Globals& globals);
Run add_po_show(Options& options, const Globals& globals);

Run add_rule_set(Options& options, const Globals& globals);
Run add_rule_list(Options& options, const Globals& globals);
Run add_rule_snooze(Options& options, const Globals& globals);
Run add_rule_off(Options& options, const Globals& globals);
Run add_vendor_set(Options& options, const Globals& globals);
Run add_vendor_source(Options& options, const Globals& globals);
Run add_vendor_list(Options& options, const Globals& globals);

// The whole command line, without main: parses, runs, prints errors, gives the exit code.
int run_command_line(int argc, const char* const* argv);
// One line of earmark run, without the program's name; `globals` are those of its own.
Outcome<void> run_words(std::vector<std::string> words, Globals globals);

// The client of one command. A shared one goes back when the command is done.
class BorrowedClient : public Client {
 public:
  BorrowedClient(Client client, std::optional<Client>* home) : Client(std::move(client)), home_(home) {}
  BorrowedClient(BorrowedClient&& other) noexcept : Client(std::move(other)), home_(std::exchange(other.home_, nullptr)) {}
  BorrowedClient& operator=(BorrowedClient&&) = delete;
  ~BorrowedClient() {
    if (home_ != nullptr) home_->emplace(static_cast<Client&&>(*this));
  }

 private:
  std::optional<Client>* home_;  // null: its own
};

// A connection with what the global options say, or that of all lines when they are answered.
Outcome<BorrowedClient> connect(const Globals& globals);
// The parts of connect: a new connection; the time that commands carry.
Outcome<Client> open(const Globals& globals);
Outcome<engine::TimeUs> time_of(const Globals& globals);

// A command that is one message: sends it and prints the answer, or leaves that to the lines.
using Put = std::function<Outcome<void>(Client& client, std::uint64_t correlation)>;
Outcome<void> send_message(const Globals& globals, const Put& put);

// On stderr, in one line.
void print_failure(const Failure& failure);
// Now, or what --time says.
std::int64_t command_time_us(const Globals& globals);

// To stdout; fails when stdout takes no more.
Outcome<void> print(std::string_view text);
Outcome<void> print_json(const Json& json);
// The events of an answer, as JSON lines or as text with the fills in one table.
Outcome<void> print_answer(Client& client, const Message& message, const Globals& globals);

// The id of a SKU or warehouse, or the refusal that says there is none.
Outcome<engine::SkuId> known_sku(Client& client, std::string_view code);
Outcome<engine::WarehouseId> known_warehouse(Client& client, std::string_view code);

}  // namespace earmark::client
