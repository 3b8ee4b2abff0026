#include "loadtest/judge_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "client/describe.hpp"
#include "client/progress.hpp"
#include "loadtest/dump_judge.hpp"
#include "loadtest/options.hpp"

namespace earmark::loadtest {
namespace {

constexpr const char* footer =
    "Examples:\n"
    "  earmark-journal dump --full /var/lib/earmark | earmark-load judge -\n"
    "                                  all decisions of a server, also while it runs\n"
    "  earmark-journal dump --full DIR > dump.jsonl; earmark-load judge dump.jsonl\n"
    "                                  the same from a file\n"
    "  earmark-load judge dump.jsonl --json | jq .broken\n"
    "\n"
    "Reads every record in LSN order through the sequential rules, in code of its own, and says where one is not what they\n"
    "give: never oversell (I1), conservation (I2), no stock left that a waiter could use (I3), nobody overtaken (I4), no command\n"
    "id decided twice (I5), no LSN missing, every take, fill and refusal as decided, every available_after. A trimmed dump is judged\n"
    "from its base on. Without --full a dump lacks priorities and pins, and can only be judged where orders have none. --from\n"
    "leaves out what comes before, so such a dump cannot be judged; with --to it can.\n"
    "\n"
    "Memory: 150 bytes and more for each open order, 32 for each command id within the horizon.\n"
    "\n"
    "Exit status: 0 sound, 1 a promise is broken (or there is no record), 2 bad usage or a dump that cannot be read.";

constexpr std::size_t block_bytes = 1U << 20;
constexpr std::size_t most_line_bytes = 256U << 20;

int complain(const std::string& what) {
  std::fprintf(stderr, "earmark-load: judge: %s\n", what.c_str());
  return exit_usage;
}

// Whole lines of a stream, in pieces of a megabyte.
class Lines {
 public:
  explicit Lines(std::FILE* input) : input_(input) {}

  // False at the end; and when the line has no end, see too_long().
  bool next(std::string_view& line) {
    for (;;) {
      if (const std::size_t end = text_.find('\n', looked_); end != std::string::npos) {
        line = std::string_view(text_).substr(at_, end - at_);
        at_ = looked_ = end + 1;
        return true;
      }
      looked_ = text_.size();
      if (is_over_) {
        line = std::string_view(text_).substr(at_);
        at_ = text_.size();
        return !line.empty();
      }
      if (text_.size() - at_ > most_line_bytes) return !(too_long_ = true);
      more();
    }
  }
  bool too_long() const noexcept { return too_long_; }

 private:
  void more() {
    text_.erase(0, at_);
    looked_ -= at_;
    at_ = 0;
    const std::size_t before = text_.size();
    text_.resize(before + block_bytes);
    const std::size_t count = std::fread(text_.data() + before, 1, block_bytes, input_);
    text_.resize(before + count);
    is_over_ = count == 0;
  }

  std::FILE* input_;
  std::string text_;
  std::size_t at_ = 0, looked_ = 0;
  bool is_over_ = false, too_long_ = false;
};

std::string plural(std::uint64_t count, const char* what) { return client::counted(count, what); }

}  // namespace

JudgedDump judge_dump(std::FILE* input) {
  JudgedDump judged;
  DumpReader reader;
  DumpJudge judge(reader.skus(), reader.warehouses(), judged.verdict);
  client::Progress progress("records", 0);
  Lines lines(input);
  std::string_view line;
  for (std::uint64_t number = 1; lines.next(line); ++number) {
    if (line.empty()) continue;
    const DumpRecord* record = reader.read(line);
    if (record == nullptr || record->type.empty()) {
      judged.fault = fmt::format("line {} is no record of a dump: {}; is it the output of earmark-journal dump, whole?", number, line.substr(0, 60));
      return judged;
    }
    if (!judge.read(*record)) {
      judged.fault = fmt::format("line {}: {}", number, judge.refusal());
      return judged;
    }
    progress.done(judged.verdict.records);
  }
  if (lines.too_long()) judged.fault = "a line of it has no end";
  if (std::ferror(input) != 0) judged.fault = fmt::format("it cannot be read to its end: {}", std::strerror(errno));
  judge.finish();
  return judged;
}

std::string table_of(const DumpVerdict& verdict) {
  std::string text = fmt::format("judged   {}, LSN {} to {}: {} orders, {} receipts, {} fills, {} cancels, {} ships, {} loads, {} stock changes, {} steps of shipments, {} times passed over and {} turned strict, {} holds made and {} ended, {} transfers and {} arrivals, {} purchase orders, {} steps of them and {} receipts, {} changes of rules, {} reorders, {} overdue, {} times other dates, {} bookkeeping\n",
                                 plural(verdict.records, "record"), verdict.first_lsn, verdict.last_lsn, verdict.orders, verdict.receipts, verdict.fills,
                                 verdict.cancels, verdict.ships, verdict.loads, verdict.changes, verdict.steps, verdict.skips, verdict.turned_strict, verdict.holds, verdict.ended_holds, verdict.transfers, verdict.arrivals, verdict.purchases, verdict.purchase_steps,
                                 verdict.purchase_receipts, verdict.rules, verdict.reorders, verdict.overdue, verdict.moved_dates, verdict.voids);
  if (!verdict.is_full) text += "plain    a dump without --full does not tell priorities, preferred and pinned warehouses: where orders had any, findings are no proof\n";
  if (verdict.base_lines != 0) text += fmt::format("base     {}\n", plural(verdict.base_lines, "line"));
  if (verdict.unknown != 0) text += fmt::format("unknown  {} of types that are not known: the SKUs that they name are judged in part from there on\n", plural(verdict.unknown, "record"));
  if (verdict.outstanding_cause != 0) text += fmt::format("open     the dump ends before the last fill of LSN {}\n", verdict.outstanding_cause);
  for (std::size_t index = 0; index < promise_count; ++index) {
    const auto promise = static_cast<Promise>(index);
    text += fmt::format("{:<22}{}\n", name(promise), verdict[promise] == 0 ? "held" : "BROKEN, " + plural(verdict[promise], "time"));
  }
  for (const std::string& example : verdict.examples) text += "  " + example + "\n";
  return text + (verdict.vacuous() ? "verdict  vacuous: there is no record" : verdict.failed() ? "verdict  failed" : "verdict  passed");
}

std::string json_of(const DumpVerdict& verdict) {
  nlohmann::json broken = nlohmann::json::object();
  for (std::size_t index = 0; index < promise_count; ++index) broken[std::string(name(static_cast<Promise>(index)))] = verdict.broken[index];
  const nlohmann::json out{{"result", verdict.vacuous() ? "vacuous" : verdict.failed() ? "failed" : "passed"},
                           {"records", verdict.records}, {"first_lsn", verdict.first_lsn}, {"last_lsn", verdict.last_lsn},
                           {"orders", verdict.orders}, {"receipts", verdict.receipts}, {"fills", verdict.fills},
                           {"cancels", verdict.cancels}, {"ships", verdict.ships}, {"loads", verdict.loads}, {"stock_changes", verdict.changes}, {"steps", verdict.steps}, {"skips", verdict.skips}, {"turned_strict", verdict.turned_strict}, {"holds", verdict.holds}, {"ended_holds", verdict.ended_holds}, {"transfers", verdict.transfers}, {"arrivals", verdict.arrivals}, {"purchases", verdict.purchases}, {"purchase_steps", verdict.purchase_steps}, {"purchase_receipts", verdict.purchase_receipts}, {"rules", verdict.rules}, {"reorders", verdict.reorders}, {"overdue", verdict.overdue}, {"moved_dates", verdict.moved_dates}, {"voids", verdict.voids},
                           {"full", verdict.is_full}, {"base_lines", verdict.base_lines}, {"unknown", verdict.unknown}, {"outstanding_cause", verdict.outstanding_cause},
                           {"broken", broken}, {"examples", verdict.examples}};
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

int run_judge(int argc, const char* const* argv) {
  CLI::App app{"earmark-load judge - the judgement of a journal's dump", "earmark-load judge"};
  app.footer(footer);
  std::string name;
  bool json = false;
  app.add_option("FILE", name, "Output of earmark-journal dump; - is standard input")->required();
  app.add_flag("--json", json, "One JSON object instead of a table");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    return complain(std::string(error.what()) + "; see earmark-load judge --help");
  }
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(nullptr, [](std::FILE* open) { return std::fclose(open); });
  if (name != "-") {
    file.reset(std::fopen(name.c_str(), "rb"));
    if (!file) return complain(fmt::format("cannot read {}: {}; name the output of earmark-journal dump, or - for standard input", name, std::strerror(errno)));
  }
  const JudgedDump judged = judge_dump(file ? file.get() : stdin);
  if (!judged.fault.empty()) return complain(judged.fault);
  std::puts((json ? json_of(judged.verdict) : table_of(judged.verdict)).c_str());
  return judged.verdict.failed() || judged.verdict.vacuous() ? exit_failed : exit_ok;
}

}  // namespace earmark::loadtest
