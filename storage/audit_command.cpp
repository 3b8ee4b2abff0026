#include "storage/audit_command.hpp"

#include <optional>

#include "storage/audit.hpp"
#include "storage/inspection.hpp"
#include "storage/program.hpp"
#include "storage/recovery.hpp"

namespace earmark::storage {
namespace {

using engine::Lsn;

constexpr int exit_overtaken = 1, exit_usage = 2, exit_damaged = 4;
constexpr std::uint64_t records_per_line = 1 << 14;  // of progress

using storage::fail;

int fail(const Failure& failure) { return fail(failure.text, is_damage(failure) ? exit_damaged : exit_usage); }

// What is asked for and not there. `before`: the LSN of the state that the audit begins with.
std::optional<std::string> no_range(const AuditArguments& arguments, Lsn before, Lsn last) {
  for (const std::uint64_t lsn : {arguments.from, arguments.to}) {
    if (lsn > last.value) return "there is no LSN " + std::to_string(lsn) + ", the journal ends at LSN " + std::to_string(last.value) + "; give one up to that";
    if (lsn != 0 && lsn <= before.value) {
      return "LSN " + std::to_string(lsn) + " is trimmed, the oldest that can be audited is " + std::to_string(before.value + 1) + "; give that or a later one";
    }
  }
  return std::nullopt;
}

int answer(const AuditArguments& arguments, const Audit& audit) {
  if (!audit.problem().empty()) return fail(audit.problem() + "; keep a copy of the directory and report this", exit_damaged);
  if (!audit.knows_sku()) {
    return fail("there is no SKU \"" + arguments.sku + "\" up to LSN " + std::to_string(audit.last().value) + "; give a code as `earmark stock` shows it", exit_usage);
  }
  print(arguments.json ? audit_json(audit.report(), arguments.sku) : audit_text(audit.report(), arguments.sku));
  return audit.report().overtaken.empty() ? 0 : exit_overtaken;
}

}  // namespace

int audit_command(const AuditArguments& arguments) {
  if (arguments.to != 0 && arguments.to < arguments.from) {
    return fail("--to " + std::to_string(arguments.to) + " is before --from " + std::to_string(arguments.from), exit_usage);
  }
  for (int tries = 0;; ++tries) {
    const auto inspection = inspect(arguments.directory, CheckDepth::pages, StateNeed::where_trimmed);
    if (!inspection) return fail(inspection.error());
    const Lsn before = inspection->trimmed() ? inspection->state->summary().applied : Lsn{};
    const Lsn last = arguments.to != 0 ? Lsn{arguments.to} : inspection->journal->last();
    if (const auto wrong = no_range(arguments, before, inspection->journal->last())) return fail(*wrong, exit_usage);
    Audit audit(arguments.from != 0 ? Lsn{arguments.from} : before + 1, arguments.sku);
    if (inspection->trimmed()) {
      if (const auto begun = audit.begin(*inspection->state); !begun) return fail(begun.error());
    }
    ProgressLine progress(count_text);
    const auto report = replay(*inspection->journal, [&](const schema::Event& event) {
      audit.read(event);
      const std::uint64_t done = event.stamp.lsn.value - before.value;
      if (done % records_per_line == 0) progress.show("records read", done, last.value - before.value);
    }, {before + 1, last});
    if (!report && trimmed_meanwhile(report.error(), tries)) continue;
    if (!report) return fail(report.error());
    return answer(arguments, audit);
  }
}

}  // namespace earmark::storage
