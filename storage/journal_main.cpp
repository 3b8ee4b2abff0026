// earmark-journal: looks at a server's journal, also while the server runs, and copies its data directory. Never changes what
// it reads. Exit: 0 done, 1 not found or trimmed, 2 bad usage, 3 in use, 4 damaged or of an unknown format version, 5 cannot write.
#include <CLI/CLI.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>

#include "storage/copy_commands.hpp"
#include "storage/dump.hpp"
#include "storage/lmdb_journal.hpp"
#include "storage/offline_state.hpp"
#include "storage/recovery.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;

constexpr int exit_not_found = 1, exit_usage = 2, exit_damaged = 4;

struct Arguments {
  std::string directory, target;
  std::uint64_t from = 1, to = 0, at = 0;
};

// Thrown by print when nobody reads any more: a quiet end.
struct OutputClosed {};

void print(const std::string& line) {
  if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) != EOF) return;
  throw OutputClosed{};
}

int fail(const std::string& text, int code) {
  std::fflush(stdout);
  std::fprintf(stderr, "earmark-journal: %s\n", text.c_str());
  return code;
}

int fail(const Failure& failure) {
  const bool damaged = failure.kind == FailureKind::damaged || failure.kind == FailureKind::bad_version;
  return fail(failure.text, damaged ? exit_damaged : exit_not_found);
}

Outcome<std::unique_ptr<Journal>> open(const std::string& directory, CheckDepth depth, JournalCheck& check) {
  OpenOptions options;
  options.read_only = true;
  options.check = depth;
  return open_lmdb_journal(directory, options, &check);
}

// One past the journal's end is a mistake worth naming; an empty journal has no LSN at all.
int no_such_lsn(std::uint64_t lsn, const Journal& journal) {
  return fail("there is no LSN " + std::to_string(lsn) + ", the journal ends at LSN " +
                  std::to_string(journal.last().value) + "; give one up to that",
              exit_not_found);
}

int verify(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  JournalCheck check;
  auto journal = open(arguments.directory, CheckDepth::contents, check);
  if (!journal) return fail(journal.error());
  const auto checked = std::chrono::steady_clock::now();
  const auto report = replay(**journal, [](const schema::Event&) {}, {engine::Lsn{1}, check.tail.last});
  if (!report) return fail(report.error());
  const auto milliseconds = [](auto duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  };
  print("ok lsn=" + std::to_string(check.tail.last.value) + " groups=" + std::to_string(check.groups) +
        " record_bytes=" + std::to_string(check.record_bytes) + " checked_ms=" + milliseconds(checked - start) +
        " decoded_ms=" + milliseconds(std::chrono::steady_clock::now() - checked));
  return 0;
}

int dump(const Arguments& arguments) {
  JournalCheck check;
  auto journal = open(arguments.directory, CheckDepth::pages, check);
  if (!journal) return fail(journal.error());
  if (arguments.to != 0 && arguments.to < arguments.from) {
    return fail("--to " + std::to_string(arguments.to) + " is before --from " + std::to_string(arguments.from),
                exit_usage);
  }
  if (arguments.from > 1 && arguments.from > (*journal)->last().value) return no_such_lsn(arguments.from, **journal);
  Dump lines;
  const auto report = replay(
      **journal,
      [&](const schema::Event& event) {
        lines.learn(event);
        if (event.stamp.lsn.value >= arguments.from) print(lines.line(event));
      },
      {engine::Lsn{1}, engine::Lsn{arguments.to}});
  return report ? 0 : fail(report.error());
}

int digest(const Arguments& arguments) {
  JournalCheck check;
  auto journal = open(arguments.directory, CheckDepth::pages, check);
  if (!journal) return fail(journal.error());
  if (arguments.at > (*journal)->last().value) return no_such_lsn(arguments.at, **journal);
  OfflineState state;
  const auto report = replay(**journal, [&](const schema::Event& event) { state.apply(event); },
                             {engine::Lsn{1}, engine::Lsn{arguments.at}});
  if (!report) return fail(report.error());
  if (!state.problem().empty()) return fail(state.problem() + "; keep a copy of the directory and report this", exit_damaged);
  print(std::to_string(state.last().value) + " " + state.digest());
  return 0;
}

std::string time_text(std::int64_t microseconds) {
  const std::time_t seconds = microseconds / 1'000'000;
  std::tm parts = {};
  ::gmtime_r(&seconds, &parts);
  char text[32] = {};
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

int stat(const Arguments& arguments) {
  JournalCheck check;
  auto journal = open(arguments.directory, CheckDepth::pages, check);
  if (!journal) return fail(journal.error());
  const DirectoryIdentity& identity = (*journal)->identity();
  const auto row = [](const char* name, const std::string& value) { print(std::string(name) + "=" + value); };
  row("format_version", std::to_string(identity.format_version));
  row("catalogue_epoch", std::to_string(identity.catalogue_epoch));
  row("created", time_text(identity.created_us));
  row("max_skus", std::to_string(identity.max_skus));
  row("max_warehouses", std::to_string(identity.max_warehouses));
  row("oldest_lsn", std::to_string((*journal)->oldest().value));
  row("last_lsn", std::to_string(check.tail.last.value));
  row("groups", std::to_string(check.groups));
  row("record_bytes", std::to_string(check.record_bytes));
  row("file_bytes", std::to_string(check.file_bytes));
  row("used_bytes", std::to_string(check.used_bytes));
  row("free_bytes", std::to_string(check.free_pages * check.page_bytes));
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app{"Looks at the journal of a server's data directory and copies it, also while the server runs."};
  app.set_version_flag("--version", "earmark-journal " EARMARK_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  earmark-journal verify /var/lib/earmark\n"
      "  earmark-journal dump /var/lib/earmark --from 100 --to 200\n"
      "  earmark-journal dump /var/lib/earmark | jq 'select(.type == \"fill\")'\n"
      "  earmark-journal stat /var/lib/earmark\n"
      "  earmark-journal digest /var/lib/earmark --at 1000\n"
      "  earmark-journal backup /var/lib/earmark /backup/earmark-2026-05-04\n"
      "  earmark-journal restore /backup/earmark-2026-05-04 /var/lib/earmark\n"
      "Exit: 0 done, 1 not found or trimmed, 2 bad usage, 3 in use by another process, 4 damaged or of an unknown format version,\n"
      "5 cannot write.");
  Arguments arguments;
  const auto command = [&](const char* name, const char* what) {
    CLI::App* added = app.add_subcommand(name, what);
    added->add_option("DIR", arguments.directory, "the data directory (that of earmarkd --data)")->required();
    return added;
  };
  const CLI::App* verify_command = command("verify", "reads everything: checksums, hash chain, every record");
  CLI::App* dump_command = command("dump", "one JSON line per LSN");
  dump_command->add_option("--from", arguments.from, "first LSN")->check(CLI::PositiveNumber);
  dump_command->add_option("--to", arguments.to, "last LSN")->check(CLI::PositiveNumber);
  const CLI::App* stat_command = command("stat", "what the journal is and how large, name=value");
  CLI::App* digest_command = command("digest", "hash of the state that the records make: LSN DIGEST");
  digest_command->add_option("--at", arguments.at, "after this LSN; default: the last")->check(CLI::PositiveNumber);
  CLI::App* backup_added = command("backup", "consistent, checked copy of the data directory, also while the server runs");
  backup_added->add_option("TO", arguments.target, "a name that does not exist yet, or an empty directory")->required();
  CLI::App* restore_added = app.add_subcommand("restore", "new data directory from a backup, under a new catalogue epoch");
  restore_added->add_option("BACKUP", arguments.directory, "a backup, or a data directory whose server is stopped")->required();
  restore_added->add_option("DIR", arguments.target, "a name that does not exist yet, or an empty directory")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return fail(std::string(error.what()) + "; see earmark-journal --help", exit_usage);
  }
  if (verify_command->parsed()) return verify(arguments);
  if (dump_command->parsed()) return dump(arguments);
  if (stat_command->parsed()) return stat(arguments);
  if (backup_added->parsed()) return backup_command(arguments.directory, arguments.target);
  if (restore_added->parsed()) return restore_command(arguments.directory, arguments.target);
  return digest(arguments);
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
