// earmark-journal: looks at a server's journal, also while the server runs, and copies its data directory. Never changes what
// it reads. Exit: 0 done, 1 not found or trimmed, 2 bad usage, 3 in use, 4 damaged or of an unknown format version, 5 cannot write.
#include <CLI/CLI.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

#include "storage/audit_command.hpp"
#include "storage/copy_commands.hpp"
#include "storage/inspect_commands.hpp"
#include "storage/program.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;

constexpr int exit_not_found = 1, exit_usage = 2;

int run(int argc, char** argv) {
  CLI::App app{"Looks at the journal of a server's data directory and copies it, also while the server runs."};
  app.set_version_flag("--version", "earmark-journal " EARMARK_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  earmark-journal verify /var/lib/earmark\n"
      "  earmark-journal dump /var/lib/earmark --from 100 --to 200\n"
      "  earmark-journal dump --full /var/lib/earmark | earmark-load judge -\n"
      "  earmark-journal dump /var/lib/earmark | jq 'select(.type == \"fill\")'\n"
      "  earmark-journal stat /var/lib/earmark\n"
      "  earmark-journal digest /var/lib/earmark --at 1000\n"
      "  earmark-journal audit /var/lib/earmark --from 5000 --sku DOOR-80\n"
      "  earmark-journal backup /var/lib/earmark /backup/earmark-2026-05-04\n"
      "  earmark-journal restore /backup/earmark-2026-05-04 /var/lib/earmark\n"
      "Exit: 0 done, 1 not found or trimmed, 2 bad usage, 3 in use by another process, 4 damaged or of an unknown format version,\n"
      "5 cannot write. Of audit: 0 nobody was overtaken, 1 somebody was, 2 bad usage or no such range, 4 as above.");
  InspectArguments arguments;
  std::string target;
  const auto command = [&](const char* name, const char* what) {
    CLI::App* added = app.add_subcommand(name, what);
    added->add_option("DIR", arguments.directory, "the data directory (that of earmarkd --data)")->required();
    return added;
  };
  const CLI::App* verify_added = command("verify", "reads everything: checksums, hash chain, every record, the state store");
  CLI::App* dump_added = command("dump", "one JSON line per LSN; of a trimmed journal the state first");
  dump_added->add_option("--from", arguments.from, "first LSN; default: everything that is kept")->check(CLI::PositiveNumber);
  dump_added->add_option("--to", arguments.to, "last LSN")->check(CLI::PositiveNumber);
  dump_added->add_flag("--full", arguments.full, "also priorities, policies, pins, and which fill is a cause's last: for earmark-load judge");
  const CLI::App* stat_added = command("stat", "what journal and state store are and how large, name=value");
  CLI::App* digest_added = command("digest", "hash of the state that the records make: LSN DIGEST");
  digest_added->add_option("--at", arguments.at, "after this LSN; default: the last")->check(CLI::PositiveNumber);
  AuditArguments audit;
  CLI::App* audit_added = command("audit", "whether anybody who waited was overtaken, and who was passed over by right: the fairness of a range of LSNs");
  audit_added->add_option("--from", audit.from, "first LSN; default: everything that can be told")->check(CLI::PositiveNumber);
  audit_added->add_option("--to", audit.to, "last LSN; default: the journal's last")->check(CLI::PositiveNumber);
  audit_added->add_option("--sku", audit.sku, "only what is taken of this SKU");
  audit_added->add_flag("--json", audit.json, "one JSON object instead of tables");
  CLI::App* backup_added = command("backup", "consistent, checked copy of the data directory, also while the server runs");
  backup_added->add_option("TO", target, "a name that does not exist yet, or an empty directory")->required();
  CLI::App* restore_added = app.add_subcommand("restore", "new data directory from a backup, under a new catalogue epoch");
  restore_added->add_option("BACKUP", arguments.directory, "a backup, or a data directory whose server is stopped")->required();
  restore_added->add_option("DIR", target, "a name that does not exist yet, or an empty directory")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return fail(std::string(error.what()) + "; see earmark-journal --help", exit_usage);
  }
  if (verify_added->parsed()) return verify_command(arguments);
  if (dump_added->parsed()) return dump_command(arguments);
  if (stat_added->parsed()) return stat_command(arguments);
  audit.directory = arguments.directory;
  if (audit_added->parsed()) return audit_command(audit);
  if (backup_added->parsed()) return backup_command(arguments.directory, target);
  if (restore_added->parsed()) return restore_command(arguments.directory, target);
  return digest_command(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write, and a quiet end
  try {
    const int code = run(argc, argv);
    if (std::fflush(stdout) == 0) return code;
  } catch (const OutputClosed&) {
  } catch (const std::exception& exception) {
    return fail(exception.what(), exit_not_found);
  }
  return errno == EPIPE ? 0 : fail(std::string("cannot write: ") + std::strerror(errno), exit_not_found);
}
