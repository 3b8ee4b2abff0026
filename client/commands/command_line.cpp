// Options that every subcommand knows, help, exit codes.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <string_view>

#include "client/commands/command.hpp"

namespace earmark::client {
namespace {

constexpr const char* about =
    "earmark - orders against stock, decided at once: what is reserved, what waits, and in which place.\n"
    "A client of earmarkd; every subcommand is one conversation with the server.";

constexpr const char* notes = R"(
OUTPUT
  Tables for people. With --json one JSON object per line, with the field names of the schema and codes for SKUs and
  warehouses. Errors are one line on stderr.

EXIT CODES
  0  done
  1  the server refused (the reason is printed)
  2  bad usage, or a file that cannot be read or written
  3  no server, or the connection was lost: whether the command took effect is unknown, repeat it with the same id

ENVIRONMENT
  EARMARK_SERVER, EARMARK_TOKEN stand in for --server and --token.

EXAMPLES
  earmark load examples/building-materials
  earmark order --id A-1 --customer "Okafor Builders" BEAM-LVL:20 HANGER:40@MAIN
  earmark order morning-orders.csv
  earmark receive MAIN BEAM-LVL:16 --id TRUCK-7
  earmark stock BEAM-LVL --json
  earmark rule set BEAM-LVL MAIN --reorder-point 12 --reorder-qty 24 --vendor V-TIMBER
  earmark document pick-list A-1-1 --html pick-list.html
  earmark --time "2026-03-01 08:30:00" ship A-1        on a server with --clock commands
  earmark order --help       options and examples of one subcommand)";

// A name of two words: the second is a subcommand of the first.
struct Subcommand {
  const char* name;
  const char* help;
  Run (*add)(Options&, const Globals&);
};

constexpr Subcommand subcommands[] = {
    {"load", "Load warehouses, products and opening stock from CSV files", add_load},
    {"order", "Place one order, or the orders of a file", add_order},
    {"show", "Show an order as it stands: reserved, shipped, waiting", add_show},
    {"explain", "Tell why an order has what it has: numbers seen, rules, causes since", add_explain},
    {"cancel", "Cancel an order, or quantities of its lines", add_cancel},
    {"amend", "Change an order's priority, or quantities of its lines", add_amend},
    {"receive", "Receive stock into a warehouse and serve who waits for it", add_receive},
    {"pick", "Pick a shipment, or say what of it was not found", add_pick},
    {"pack", "Pack a picked shipment", add_pack},
    {"ship", "Ship what an order has reserved, or one packed shipment", add_ship},
    {"deliver", "Note that a shipment was delivered", add_deliver},
    {"put-back", "Put a picked or packed shipment back", add_put_back},
    {"track", "Note what the carrier says of a shipment", add_track},
    {"return", "Take back what has shipped", add_return},
    {"hold", "Hold stock for a checkout, until a deadline", add_hold},
    {"extend", "Give a hold a later deadline", add_extend},
    {"confirm", "Make a hold an order", add_confirm},
    {"release", "Give back what a hold has", add_release},
    {"holds", "List open holds", add_holds},
    {"check", "Ask what of some quantities is there now", add_check},
    {"stock", "Show stock by SKU and warehouse", add_stock},
    {"backorders", "List who waits for what, and in which place", add_backorders},
    {"document", "Print a document: order confirmation, pick list, packing slip, delivery note and others", add_document},
    {"report", "Report what waits, and how orders fared: fill rates, times, stock-outs", add_report},
    {"watch", "Print decisions as they are made", add_watch},
    {"run", "Run the command lines of a file, one after the other, over one connection", add_run},
    {"replay", "Run a recorded day of orders, cancels and receipts through an empty server", add_replay},
    {"digest", "Hash the server's state, to compare it with its journal or a twin", add_digest},
    {"stats", "Print the server's counters", add_stats},
    {"top", "Show rates, shortages and backorders live", add_top},
    {"count", "Count stock: compare with what was expected, and set it", add_count},
    {"adjust", "Add or take off units that were found or are gone", add_adjust},
    {"quarantine", "Set units aside: on hand, but promised to nobody", add_quarantine},
    {"restore", "Make quarantined units available again", add_restore},
    {"scrap", "Take quarantined units off the on hand", add_scrap},
    {"transfer ship", "Send available units from one warehouse to another", add_transfer_ship},
    {"transfer receive", "Receive what of a transfer has arrived", add_transfer_receive},
    {"transfer list", "List open transfers", add_transfer_list},
    {"transfer show", "Show what an open transfer has of each SKU", add_transfer_show},
    {"po new", "Place a purchase order: what a vendor is to bring", add_po_new},
    {"po adopt", "Make a suggestion a draft, to which no rule adds lines", add_po_adopt},
    {"po approve", "Approve a draft or a suggestion: what it has open is incoming from now on", add_po_approve},
    {"po send", "Note that an approved purchase order went to its vendor", add_po_send},
    {"po acknowledge", "Note what the vendor promises: dates, quantities, his reference", add_po_acknowledge},
    {"po receive", "Receive what of a purchase order has arrived", add_po_receive},
    {"po close", "Close a purchase order: what is open will not come", add_po_close},
    {"po cancel", "Cancel a purchase order of which nothing has arrived", add_po_cancel},
    {"po list", "List open purchase orders", add_po_list},
    {"po show", "Show the lines of an open purchase order, with promised dates", add_po_show},
    {"rule set", "Set a reorder rule: when to order what, from whom", add_rule_set},
    {"rule list", "List reorder rules, with positions and what they have ordered", add_rule_list},
    {"rule snooze", "Have a reorder rule do nothing for a while", add_rule_snooze},
    {"rule off", "Take a reorder rule away", add_rule_off},
    {"vendor set", "Set a vendor's name, lead time and cut-off", add_vendor_set},
    {"vendor source", "Say that a vendor sells a SKU", add_vendor_source},
    {"vendor list", "List vendors, with lead times and how late they deliver", add_vendor_list},
};

struct Group {
  std::string_view name;
  const char* help;
};
constexpr Group group_table[] = {
    {"transfer", "Send units from one warehouse to another: ship, receive, list, show"},
    {"po", "Order from vendors: new, adopt, approve, send, acknowledge, receive, close, cancel, list, show"},
    {"rule", "Reorder rules: set, list, snooze, off"},
    {"vendor", "Vendors, and what they sell: set, source, list"},
};

void add_line_options(CLI::App& app, Globals& globals) {
  app.add_flag("--json", globals.json, "One JSON object per line instead of tables");
  app.add_option("--time", globals.time, "When the command takes place, in UTC; for servers that run with --clock commands")
      ->type_name("TIME");
}

void add_global_options(CLI::App& app, Globals& globals) {
  app.add_option("--server", globals.server, "Server to talk to, HOST:PORT")
      ->envname("EARMARK_SERVER")->capture_default_str()->type_name("HOST:PORT");
  app.add_option("--token", globals.token, "Token of the caller; servers without tokens ignore it")
      ->envname("EARMARK_TOKEN")->type_name("TEXT");
  app.add_option("--time-limit", globals.time_limit_s, "Longest wait for the server, in seconds")
      ->capture_default_str()->type_name("SECONDS")->check(CLI::Range(std::uint64_t{1}, std::uint64_t{86'400}));
  add_line_options(app, globals);
  app.set_version_flag("--version", "earmark " EARMARK_VERSION, "Print the version and leave");
}

// The subcommand that was being parsed, for "see 'earmark order --help'".
std::string program_of(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->parsed()) return app.get_name() + " " + program_of(*command);
  }
  return app.get_name();
}

CLI::App* add_command(CLI::App& app, const Subcommand& subcommand, std::map<std::string, CLI::App*>& groups) {
  const std::string name = subcommand.name;
  const std::size_t space = name.find(' ');
  if (space == std::string::npos) return app.add_subcommand(name, subcommand.help);
  const std::string group = name.substr(0, space);
  CLI::App*& first = groups[group];
  if (first == nullptr) {
    const auto* found = std::find_if(std::begin(group_table), std::end(group_table), [&](const Group& each) { return each.name == group; });
    first = app.add_subcommand(group, found->help);
    first->require_subcommand(1);
  }
  return first->add_subcommand(name.substr(space + 1), subcommand.help);
}

// The subcommands whose first word is `only`, or all; `run` becomes what the chosen one does.
void add_subcommands(CLI::App& app, const Globals& globals, Run& run, std::string_view only) {
  app.require_subcommand(1);
  app.fallthrough();
  std::map<std::string, CLI::App*> groups;  // subcommands that have subcommands
  for (const Subcommand& subcommand : subcommands) {
    const std::string_view name = subcommand.name;
    if (!only.empty() && name.substr(0, name.find(' ')) != only) continue;
    CLI::App* command = add_command(app, subcommand, groups);
    Options options(*command);
    command->callback([&run, chosen = subcommand.add(options, globals)] { run = chosen; });
  }
}

// The word that stands where the subcommand should.
std::string first_word(const std::vector<std::string>& words) {
  for (std::size_t index = 0; index < words.size(); ++index) {
    const std::string& word = words[index];
    if (word == "--server" || word == "--token" || word == "--time-limit" || word == "--time") {
      ++index;  // its value
    } else if (!word.starts_with("-")) {
      return word;
    }
  }
  return {};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string sentence_of(const CLI::ParseError& fault, const CLI::App& app, const std::vector<std::string>& words) {
  const std::string program = program_of(app), word = first_word(words);
  if (program == "earmark" && !word.empty()) return "there is no subcommand '" + word + "'; see 'earmark --help'";
  return first_line(fault.what()) + "; see '" + program + " --help'";
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  Globals globals;
  CLI::App app(about, "earmark");
  app.footer(notes);
  app.get_formatter()->column_width(34);
  add_global_options(app, globals);
  Run run;
  add_subcommands(app, globals, run, {});
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // help or version
  } catch (const CLI::ParseError& fault) {
    std::fprintf(stderr, "earmark: %s\n", sentence_of(fault, app, {argv + 1, argv + argc}).c_str());
    return static_cast<int>(FailureKind::usage);
  }
  const Outcome<void> outcome = run();
  if (outcome) return 0;
  print_failure(outcome.error());
  return static_cast<int>(outcome.error().kind);
}

// Only what the line names is made ready: all subcommands take longer than a command does.
Outcome<void> run_words(std::vector<std::string> words, Globals globals) {
  const std::string word = first_word(words);
  if (word == "run" || word == "watch" || word == "top" || word == "replay") return usage("'" + word + "' is not for a line of earmark run; give it by itself");
  CLI::App app({}, "earmark");
  app.set_help_flag();  // nor have the subcommands one
  add_line_options(app, globals);
  Run run;
  try {
    add_subcommands(app, globals, run, word.empty() ? "-" : word);
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& fault) {
    return usage(sentence_of(fault, app, words));
  }
  return run();
}

}  // namespace earmark::client
