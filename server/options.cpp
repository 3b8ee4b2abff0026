#include "server/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <thread>

#include "server/config_file.hpp"
#include "server/config_settings.hpp"
#include "server/version.hpp"

namespace earmark::server {
namespace {

constexpr const char* footer =
    "Examples:\n"
    "  earmarkd --data /var/lib/earmark                      serve 127.0.0.1:7411\n"
    "  earmarkd --data ./data --listen 127.0.0.1:0           any free port; the ready line names it\n"
    "  earmarkd --data ./data --max-skus 5000000 --max-warehouses 32\n"
    "  earmarkd --config /etc/earmark.toml --log-level debug\n"
    "  earmarkd --config old.toml --print-config > new.toml  what would be in force\n"
    "\n"
    "When it accepts connections it prints one line: ready listen=HOST:PORT lsn=N recovered_ms=N pid=N\n"
    "SIGTERM or SIGINT: finish what is decided, make it durable, answer it, exit 0. A second one: exit at once.\n"
    "\n"
    "Exit status: 0 clean stop, 2 bad flag or configuration, 3 the data directory is in use, 4 the journal is damaged,\n"
    "5 storage failed while running, 6 cannot listen.";

constexpr const char* see_help = "; see earmarkd --help";

// One line, whatever was given.
int complain(std::string what) {
  std::ranges::replace_if(what, [](char letter) { return letter >= 0 && letter < ' '; }, ' ');
  std::fprintf(stderr, "earmarkd: %s\n", what.c_str());
  return 2;
}

// A flag's text waits here until the file has been read.
struct Flag {
  const Setting* setting = nullptr;
  std::string text;
  const CLI::Option* option = nullptr;
};

struct Flags {
  std::vector<Flag> known;
  std::vector<std::string> later;  // --tokens ...
};

// `flags` must not grow afterwards.
void add_flags(CLI::App& app, Flags& flags) {
  const Options defaults;
  for (const Setting& setting : settings()) flags.known.push_back({&setting, {}, nullptr});
  for (Flag& flag : flags.known) {
    const Setting& setting = *flag.setting;
    const std::string value = value_of(defaults, setting);
    const std::string help = std::string(setting.help) + " (" + allowed_by(setting) + (value.empty() ? "" : "; default " + value) + ")";
    flag.option = app.add_option(flag_of(setting.key), flag.text, help)->type_name(std::string(setting.placeholder));
  }
  for (const LaterSetting& setting : later_settings()) {
    const std::string name = flag_of(setting.key);
    app.add_option_function<std::string>(name, [&flags, name](const std::string&) { flags.later.push_back(name); },
                                         std::string(setting.help) + " (not available yet)")->type_name("");
  }
}

// What the file says, then what the flags say. "" or what is wrong.
std::string gather(const Flags& flags, const CLI::Option& config, const std::string& config_file, Options& options) {
  if (!flags.later.empty()) {  // refusing beats ignoring
    return flags.later.front() + " is not available in this version; leave it out. Only loopback addresses are served until "
           "tokens and TLS are there.";
  }
  if (config.count() != 0) {
    const std::string wrong = read_config(config_file, options);
    if (!wrong.empty()) return wrong;
  }
  for (const Flag& flag : flags.known) {
    if (flag.option->count() == 0) continue;
    const std::string wrong = set(options, *flag.setting, flag.text);
    if (!wrong.empty()) return flag_of(flag.setting->key) + " " + wrong;
  }
  return complete(options);
}

}  // namespace

std::string complete(Options& options) {
  if (options.retain != 0 && options.retain < options.horizon) {
    return "retain keeps " + std::to_string(options.retain) + " LSNs, fewer than the " + std::to_string(options.horizon) +
           " commands of horizon, whose repeats need their decisions; raise retain, lower horizon, or leave retain out to keep all";
  }
  if (options.io_threads == 0) {
    // The journal's thread and the clients of a small machine need a core, too.
    options.io_threads = std::max(1U, std::min(std::thread::hardware_concurrency() / 2, 16U));
  }
  return {};
}

ParsedOptions parse_options(int argc, const char* const* argv) {
  ParsedOptions parsed;
  CLI::App app{"earmarkd - real-time, in-memory stock allocation server", "earmarkd"};
  app.footer(footer);
  app.set_version_flag("--version", std::string(server_name));
  std::string config_file;
  bool print = false;
  Flags flags;
  const CLI::Option* config = app.add_option("--config", config_file, "TOML file with these settings as keys (max_skus = 5000000); flags override it")
                                  ->type_name("FILE");
  app.add_flag("--print-config", print, "Print the settings that would be in force, as such a file, and exit");
  add_flags(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    parsed.exit_status = app.exit(request);
    return parsed;
  } catch (const CLI::ParseError& error) {
    parsed.exit_status = complain(std::string(error.what()) + see_help);
    return parsed;
  }
  const std::string wrong = gather(flags, *config, config_file, parsed.options);
  if (!wrong.empty()) {
    parsed.exit_status = complain(wrong);
  } else if (print) {
    const std::string text = print_config(parsed.options);
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    parsed.exit_status = written ? 0 : complain("cannot write to standard output");
  } else if (parsed.options.data.empty()) {
    parsed.exit_status = complain(std::string("--data DIR is needed, or data in the file of --config") + see_help);
  }
  return parsed;
}

}  // namespace earmark::server
