// What the subcommands of `earmark` share. Each subcommand has one file: it adds its options to the app and, when it is
// chosen, sets what to run.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "client/client.hpp"
#include "client/event_json.hpp"

namespace earmark::client {

struct Globals {
  std::string server = "127.0.0.1:7411";
  std::string token;
  bool json = false;
  unsigned time_limit_s = 60;
};

using Run = std::function<Outcome<void>()>;

// `globals` and `run` outlive the app.
void add_load(CLI::App& app, const Globals& globals, Run& run);
void add_order(CLI::App& app, const Globals& globals, Run& run);
void add_show(CLI::App& app, const Globals& globals, Run& run);
void add_cancel(CLI::App& app, const Globals& globals, Run& run);
void add_receive(CLI::App& app, const Globals& globals, Run& run);
void add_ship(CLI::App& app, const Globals& globals, Run& run);
void add_stock(CLI::App& app, const Globals& globals, Run& run);
void add_backorders(CLI::App& app, const Globals& globals, Run& run);
void add_watch(CLI::App& app, const Globals& globals, Run& run);
void add_replay(CLI::App& app, const Globals& globals, Run& run);
void add_digest(CLI::App& app, const Globals& globals, Run& run);
void add_stats(CLI::App& app, const Globals& globals, Run& run);

// The whole command line, without main: parses, runs, prints errors, gives the exit code.
int run_command_line(int argc, const char* const* argv);

// A connection with what the global options say.
Outcome<Client> connect(const Globals& globals);

// To stdout; fails when stdout takes no more.
Outcome<void> print(std::string_view text);
Outcome<void> print_json(const Json& json);
// The events of an answer, as JSON lines or as text with the fills in one table.
Outcome<void> print_answer(Client& client, const Message& message, const Globals& globals);

// The id of a SKU or warehouse, or the refusal that says there is none.
Outcome<engine::SkuId> known_sku(Client& client, std::string_view code);
Outcome<engine::WarehouseId> known_warehouse(Client& client, std::string_view code);

}  // namespace earmark::client
