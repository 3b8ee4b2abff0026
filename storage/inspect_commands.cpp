#include "storage/inspect_commands.hpp"

#include <algorithm>
#include <chrono>

#include "storage/dump_base.hpp"
#include "storage/inspection.hpp"
#include "storage/offline_state.hpp"
#include "storage/program.hpp"
#include "storage/recovery.hpp"
#include "storage/retained.hpp"

namespace earmark::storage {
namespace {

using engine::Lsn;

constexpr int exit_not_found = 1, exit_usage = 2, exit_damaged = 4;

void print_line(const std::string& line) {
  print(line);
  print("\n");
}

void print_row(const char* name, const std::string& value) { print_line(std::string(name) + "=" + value); }
void print_row(const char* name, std::uint64_t value) { print_row(name, std::to_string(value)); }

using storage::fail;

int fail(const Failure& failure) {
  return fail(failure.text, is_damage(failure) ? exit_damaged : exit_not_found);
}

// One past the journal's end is a mistake worth naming; an empty journal has no LSN at all.
int no_such_lsn(std::uint64_t lsn, const Journal& journal) {
  return fail("there is no LSN " + std::to_string(lsn) + ", the journal ends at LSN " +
                  std::to_string(journal.last().value) + "; give one up to that",
              exit_not_found);
}

// The state can be told from where the store stands, not before.
int state_trimmed(std::uint64_t lsn, Lsn applied) {
  return fail("the state at LSN " + std::to_string(lsn) + " is trimmed, the oldest that can be told is that at LSN " +
                  std::to_string(applied.value) + "; give that or a later one",
              exit_not_found);
}

int dump_records(const Journal& journal, Dump& lines, Lsn learn_from, Lsn from, Lsn to) {
  const auto report = replay(
      journal,
      [&](const schema::Event& event) {
        lines.learn(event);
        if (event.stamp.lsn >= from) print_line(lines.line(event));
      },
      {learn_from, to});
  return report ? 0 : fail(report.error());
}

// Without --from the base comes first, and then the records behind it. With it, the codes of the base are enough.
int dump_trimmed(const Inspection& inspection, const InspectArguments& arguments) {
  const Lsn oldest = inspection.journal->oldest();
  if (arguments.from != 0 && arguments.from < oldest.value) return fail(trimmed(Lsn{arguments.from}, oldest));
  const Lsn applied = inspection.state->summary().applied;
  if (arguments.from == 0 && arguments.to != 0 && arguments.to < applied.value) return state_trimmed(arguments.to, applied);
  Dump lines(arguments.full);
  BaseDump base(lines, arguments.from == 0 ? BaseDump::Print(print_line) : BaseDump::Print());
  if (const auto read = inspection.state->read(base); !read) return fail(read.error());
  const Lsn behind = base.finish() + 1;
  const Lsn from = arguments.from == 0 ? behind : Lsn{arguments.from};
  return dump_records(*inspection.journal, lines, std::min(from, behind), from, Lsn{arguments.to});
}

}  // namespace

int verify_command(const InspectArguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  const auto inspection = inspect(arguments.directory, CheckDepth::contents, StateNeed::where_there);
  if (!inspection) return fail(inspection.error());
  const auto checked = std::chrono::steady_clock::now();
  const JournalCheck check = inspection->check;
  std::string state = " state=none";
  if (inspection->state != nullptr) {
    Dump codes;
    BaseDump base(codes, {});
    if (const auto read = inspection->state->read(base); !read) return fail(read.error());
    state = " state=ok applied=" + std::to_string(base.finish().value);
  }
  const auto decode = [&](Lsn from) { return replay(*inspection->journal, [](const schema::Event&) {}, {from, check.tail.last}); };
  auto report = decode(inspection->journal->oldest());
  // At once from where it begins now: each append may trim, and to look at the directory anew takes longer than an append.
  for (int tries = 0; !report && trimmed_meanwhile(report.error(), tries); ++tries) report = decode(report.error().oldest);
  if (!report) return fail(report.error());
  const auto milliseconds = [](auto duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  };
  print_line("ok lsn=" + std::to_string(check.tail.last.value) + " groups=" + std::to_string(check.groups) +
        " record_bytes=" + std::to_string(check.record_bytes) + " checked_ms=" + milliseconds(checked - start) +
        " decoded_ms=" + milliseconds(std::chrono::steady_clock::now() - checked) + state);
  return 0;
}

int dump_command(const InspectArguments& arguments) {
  if (arguments.to != 0 && arguments.to < arguments.from) {
    return fail("--to " + std::to_string(arguments.to) + " is before --from " + std::to_string(arguments.from), exit_usage);
  }
  const auto inspection = inspect(arguments.directory, CheckDepth::pages, StateNeed::where_trimmed);
  if (!inspection) return fail(inspection.error());
  if (arguments.from > 1 && arguments.from > inspection->journal->last().value) return no_such_lsn(arguments.from, *inspection->journal);
  if (inspection->trimmed()) return dump_trimmed(*inspection, arguments);
  Dump lines(arguments.full);
  return dump_records(*inspection->journal, lines, Lsn{1}, Lsn{arguments.from}, Lsn{arguments.to});
}

int digest_command(const InspectArguments& arguments) {
  for (int tries = 0;; ++tries) {
    const auto inspection = inspect(arguments.directory, CheckDepth::pages, StateNeed::where_trimmed);
    if (!inspection) return fail(inspection.error());
    if (arguments.at > inspection->journal->last().value) return no_such_lsn(arguments.at, *inspection->journal);
    OfflineState state;
    if (inspection->trimmed()) {
      if (const auto begun = state.begin(*inspection->state); !begun) return fail(begun.error());
      if (arguments.at != 0 && arguments.at < state.last().value) return state_trimmed(arguments.at, state.last());
    }
    const auto report = replay(*inspection->journal, [&](const schema::Event& event) { state.apply(event); },
                               {state.last() + 1, Lsn{arguments.at}});
    if (!report && trimmed_meanwhile(report.error(), tries)) continue;
    if (!report) return fail(report.error());
    if (!state.problem().empty()) return fail(state.problem() + "; keep a copy of the directory and report this", exit_damaged);
    print_line(std::to_string(state.last().value) + " " + state.digest());
    return 0;
  }
}

int stat_command(const InspectArguments& arguments) {
  const auto inspection = inspect(arguments.directory, CheckDepth::pages, StateNeed::where_there);
  if (!inspection) return fail(inspection.error());
  const DirectoryIdentity& identity = inspection->journal->identity();
  const JournalCheck& check = inspection->check;
  print_row("format_version", identity.format_version);
  print_row("catalogue_epoch", identity.catalogue_epoch);
  print_row("created", time_text(identity.created_us));
  print_row("max_skus", identity.max_skus);
  print_row("max_warehouses", identity.max_warehouses);
  print_row("clock", identity.on_commands_time ? "commands" : "wall");
  print_row("oldest_lsn", inspection->journal->oldest().value);
  print_row("last_lsn", check.tail.last.value);
  print_row("groups", check.groups);
  print_row("record_bytes", check.record_bytes);
  print_row("file_bytes", check.file_bytes);
  print_row("used_bytes", check.used_bytes);
  print_row("free_bytes", check.free_pages * check.page_bytes);
  if (inspection->state == nullptr) return 0;
  const StateSummary summary = inspection->state->summary();
  const StateCheck& state = inspection->state_check;
  print_row("state_applied_lsn", summary.applied.value);
  print_row("state_oldest_known_lsn", summary.oldest_known.value);
  print_row("state_known_commands", summary.known_commands);
  print_row("state_open_orders", summary.open_orders);
  print_row("state_closed_orders", summary.closed_orders);
  print_row("state_file_bytes", state.file_bytes);
  print_row("state_used_bytes", state.used_bytes);
  print_row("state_free_bytes", state.free_pages * state.page_bytes);
  return 0;
}

}  // namespace earmark::storage
