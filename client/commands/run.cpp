// earmark run FILE|-: a command line per line of input, in their order, over one connection. A line is answered, and so durable, before the
// next one is sent, unless it says with & that this need not be.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "client/command_words.hpp"
#include "client/commands/lines.hpp"
#include "client/describe.hpp"
#include "client/progress.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
Each line is a command as it stands behind `earmark` (that word may stand there, too), with all of its options and a --time of its own:
  order --id A-1 --customer "Okafor Builders" BEAM-LVL:20 HANGER:40@MAIN     # a remark
  --time "2026-03-01 18:00:00" ship A-1 &
  --time "2026-03-01 18:00:00" ship A-2 &
Words are divided and quoted as in a shell, but nothing is expanded. --server, --token and --time-limit belong before `run`: all lines share one
connection; --json and --time there are meant for every line. Not in a file: run, watch, top and replay.

Lines take effect one after the other: the next one is sent when the answer is there, and what was answered is on disk. A line that ends
with & is not waited for: the next one, if it ends so, too, is sent at once, up to 256 of them, which is faster by far. They may take effect in
any order, so it is for lines that take nothing from each other and name different orders, such as the evening's `ship`. Answers are told in
the order of the lines, those of lines with & at the next line without it, at the end, or when there are many.

The first line that fails ends the run, and its place is told; with --keep-going the others go on. Lines that have ids can be repeated, so a
file that ended half-way is run again from its beginning: what was decided is told again, marked as made for an earlier sending.

With --json each line's objects are followed by one that ends them, {"input_line":7,"exit":0}, or if it failed
{"input_line":7,"exit":1,"error":"unknown_sku","message":"..."}; programs write a line, read up to that object, and decide what comes next.

EXIT CODES
  0 if every line was done, else that of the line that ended the run. With --keep-going 2 if a line could not be used, else 1 if one was refused.
  A lost connection ends the run with 3, also with --keep-going.

EXAMPLES
  earmark run today.txt
  earmark run today.txt --keep-going > decisions.txt
  warehouse-program | earmark --json run - | reader)";

struct RunOptions {
  std::string path;
  bool keep_going = false;
};

// 0 if they can be read only once.
std::uint64_t lines_of(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return 0;
  std::ifstream file(path, std::ios::binary);
  return static_cast<std::uint64_t>(std::count(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>(), '\n'));
}

constexpr std::size_t most_under_way = 256;

class LineRun {
 public:
  LineRun(const Globals& globals, const RunOptions& options)
      : globals_(globals), keep_going_(options.keep_going), name_(options.path == "-" ? "line " : options.path + ":"),
        lines_(options.path == "-", [this](std::uint64_t number, const Outcome<void>& outcome) { return finish(number, outcome); }) {
    globals_.lines = &lines_;
  }

  Outcome<void> run(std::istream& input, std::uint64_t total) {
    // On a terminal the answers themselves show how far it is.
    Progress progress("lines", total, isatty(STDOUT_FILENO) == 0);
    std::string line;
    while (!stopped_ && std::getline(input, line)) {
      ++number_;
      take(line);
      progress.done(number_);
    }
    // What is under way took effect, whatever ended the run.
    if (!stopped_ || stopped_->kind != FailureKind::unreachable) (void)lines_.settle();
    if (stopped_) return Unexpected{*stopped_};
    if (input.bad()) return usage(place(number_) + "cannot be read any further");
    return end();
  }

 private:
  std::string place(std::uint64_t number) const { return name_ + std::to_string(number) + ": "; }

  void take(const std::string& line) {
    auto words = command_words(line);
    if (words && words->empty()) return;
    ++commands_;
    const bool overlaps = words && words->back() == "&";
    if (overlaps) words->pop_back();
    if (!overlaps && !lines_.settle()) return;
    lines_.begin(number_, overlaps);
    if (words && !words->empty() && words->front() == "earmark") words->erase(words->begin());
    const Outcome<void> outcome = words ? run_words(std::move(*words), globals_) : usage(words.error());
    if (stopped_) return;  // by a line before this one, which has not run
    (void)(lines_.is_under_way() ? lines_.settle(most_under_way) : finish(number_, outcome));
  }

  // Fails when the run is to end.
  Outcome<void> finish(std::uint64_t number, const Outcome<void>& outcome) {
    if (outcome) return globals_.json ? stop_unless(print_json({{"input_line", number}, {"exit", 0}})) : Outcome<void>{};
    Failure failure = outcome.error();
    if (globals_.json) {
      Json json{{"input_line", number}, {"exit", static_cast<int>(failure.kind)}, {"message", failure.text}};
      if (failure.code != engine::ErrorCode::none) json["error"] = engine::name(failure.code);
      if (auto done = stop_unless(print_json(json)); !done) return done;
    }
    failure.text = place(number) + failure.text;
    if (!stopped_ && (!keep_going_ || failure.kind == FailureKind::unreachable)) return stop_unless(Unexpected{failure});
    ++(failure.kind == FailureKind::refused ? refused_ : unusable_);
    print_failure(failure);
    return {};
  }

  Outcome<void> stop_unless(Outcome<void> outcome) {
    if (!outcome && !stopped_) stopped_ = outcome.error();
    return outcome;
  }

  Outcome<void> end() const {
    const std::string failed = fmt::format("{} refused and {} not usable of {}, see above; the others are done", with_separators(refused_),
                                           with_separators(unusable_), counted(commands_, "command"));
    if (unusable_ != 0) return usage(failed);
    return refused_ != 0 ? Outcome<void>(refused(failed)) : Outcome<void>{};
  }

  Globals globals_;
  const bool keep_going_;
  const std::string name_;
  Lines lines_;
  std::optional<Failure> stopped_;  // what ended the run
  std::uint64_t number_ = 0, commands_ = 0, refused_ = 0, unusable_ = 0;
};

Outcome<void> run_lines(const Globals& globals, const RunOptions& options) {
  LineRun run(globals, options);
  if (options.path == "-") return run.run(std::cin, 0);
  std::ifstream file(options.path, std::ios::binary);
  if (!file) return usage(options.path + ": cannot be read; is it there?");
  return run.run(file, isatty(STDERR_FILENO) == 1 ? lines_of(options.path) : 0);
}

}  // namespace

Run add_run(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<RunOptions>();
  options.needed("file", chosen->path, "FILE", "Commands, one a line; - is standard input")
      .flag("--keep-going", chosen->keep_going, "Go on behind a line that was refused or could not be used")
      .notes(notes);
  return [&globals, chosen] { return run_lines(globals, *chosen); };
}

}  // namespace earmark::client
