#include "tests/system/support/power_cut.hpp"

#include <map>
#include <stdexcept>

#include "tests/system/support/guarded.hpp"
#include "tests/system/support/process.hpp"

namespace earmark::test {
namespace {

using engine::Lsn;
using preload::DataFile;
using preload::EntryKind;

enum Number : std::size_t { images, with_state, went_on, lost, refused, behind, moments };

constexpr std::size_t children = 2;
constexpr std::uint64_t goes_on_every = 20, state_every = 10;

bool changes_disk(const Step& step) {
  return step.kind != EntryKind::sync_begins && !(step.kind == EntryKind::write_ended);
}

// The steps after which a cut differs from one a step later, with all that was told by then.
std::vector<std::size_t> moments_of(const Recording& recording) {
  std::vector<std::size_t> cuts;
  const auto& steps = recording.steps();
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (step + 1 == steps.size() || changes_disk(steps[step + 1])) cuts.push_back(step);
  }
  return cuts;
}

class Player {
 public:
  Player(const Recording& recording, const Reference& reference, const PowerCuts& cuts, Share& share)
      : recording_(recording), reference_(reference), cuts_(cuts), share_(share), random_(cuts.seed * 1000 + share.index),
        journal_(recording, DataFile::journal, cuts.barriers, made("journal")),
        state_(recording, DataFile::state, cuts.barriers, made("state")) {}

  void run();

 private:
  std::filesystem::path made(const char* name) const {
    std::filesystem::create_directory(directory_.path() / name);
    return directory_.path() / name / "data.mdb";
  }
  void try_images(std::size_t step, std::size_t count, bool of_state);
  void try_image(std::size_t step, bool state_too);
  void judge(const Recovered& recovered, Lsn told);
  void fault(Number number, const std::string& what);

  const Recording& recording_;
  const Reference& reference_;
  const PowerCuts& cuts_;
  Share& share_;
  model::Random random_;
  TemporaryDirectory directory_ = TemporaryDirectory::in_memory();
  DiskFile journal_, state_;
  std::map<Lsn, std::uint64_t> chains_;  // of journals whose digest was right
};

void Player::fault(Number number, const std::string& what) {
  ++share_.numbers[number];
  if (cuts_.barriers == Barriers::kept) throw std::runtime_error(what);
}

void Player::judge(const Recovered& recovered, Lsn told) {
  if (recovered.failure) {
    fault(refused, std::string(recovered.of_state ? "the state" : "the journal") + " does not open after a power cut: " + recovered.failure->text);
    return;
  }
  if (recovered.last > reference_.last()) throw std::runtime_error("there is LSN " + std::to_string(recovered.last.value) + ", which nobody decided");
  if (recovered.last < told) {
    fault(lost, "I7: clients had been told of LSN " + std::to_string(told.value) + ", and only LSN " +
                    std::to_string(recovered.last.value) + " is left");
  }
  if (recovered.applied < recovered.last && recovered.applied.value != 0) ++share_.numbers[behind];
  if (!recovered.digest.empty()) {
    if (recovered.digest != reference_.digest_at(recovered.last)) throw std::runtime_error("another state than was decided, at LSN " + std::to_string(recovered.last.value));
    chains_.emplace(recovered.last, recovered.chain);
  }
  // The chain's last link is a hash of all records: with a digest known to be right for it, so is this one.
  const auto known = chains_.find(recovered.last);
  if (known != chains_.end() && known->second != recovered.chain) throw std::runtime_error("other records than were decided");
}

void Player::try_image(std::size_t step, bool state_too) {
  const std::uint64_t number = share_.numbers[images]++;
  RecoverOptions options;
  options.with_state = state_too && state_.named();
  options.with_digest = options.with_state;
  options.goes_on = number % goes_on_every == 0;
  Recovered recovered = recover(directory_.path(), options);
  if (!recovered.failure && !options.with_digest && !options.goes_on && !chains_.contains(recovered.last)) {
    options.with_digest = true;
    recovered = recover(directory_.path(), options);
  }
  judge(recovered, recording_.steps()[step].told);
  share_.numbers[with_state] += options.with_state ? 1U : 0U;
  share_.numbers[went_on] += options.goes_on ? 1U : 0U;
  if (options.goes_on) journal_.clear_all();
}

// `of_state`: the state's file is the one whose writes are under way.
void Player::try_images(std::size_t step, std::size_t count, bool of_state) {
  DiskFile& varied = of_state ? state_ : journal_;
  DiskFile& other = of_state ? journal_ : state_;
  for (std::size_t number = 0; number < count; ++number) {
    const CutPattern pattern(varied, number, random_);
    const bool whole = random_.chance(50);  // the other file's writes are all there, or none
    share_.say("cut after step " + std::to_string(step) + " of " + std::to_string(recording_.steps().size()) + ", seed " +
               std::to_string(cuts_.seed) + ", of what was not synced of the " + (of_state ? "state" : "journal") + ": " + pattern.name());
    varied.show([&](std::size_t write, std::size_t sector) { return pattern.has(write, sector); });
    other.show([&](std::size_t, std::size_t) { return whole; });
    try_image(step, of_state || cuts_.always_with_state || random_.below(state_every) == 0);
    varied.clear();
    other.clear();
  }
}

void Player::run() {
  const std::vector<std::size_t> cuts = moments_of(recording_);
  std::size_t varying = 0;  // moments at which something is not synced
  for (const std::size_t step : cuts) {
    const EntryKind kind = recording_.steps()[step].kind;
    varying += kind != EntryKind::sync_ended && kind != EntryKind::through_ended && kind != EntryKind::named ? 1U : 0U;
  }
  const std::size_t each = cuts_.images / std::max<std::size_t>(varying, 1) + 1;
  for (std::size_t index = 0; index < cuts.size(); ++index) {
    const std::size_t step = cuts[index];
    if (random_.below(std::max<std::size_t>(cuts.size(), 1)) >= cuts_.images) continue;  // fewer images than moments
    journal_.cut_after(step);
    state_.cut_after(step);
    if (index % share_.of != share_.index || !journal_.named()) continue;
    ++share_.numbers[moments];
    const bool of_state = recording_.steps()[step].file == DataFile::state && state_.named();
    const std::size_t pending = of_state ? state_.pending() : journal_.pending();
    try_images(step, pending == 0 ? 1 : std::max(each, std::min(CutPattern::fixed(pending), each * 4)), of_state);
  }
}

}  // namespace

std::string PowerCutReport::text() const {
  return std::to_string(images) + " images of " + std::to_string(cuts) + " moments, " + std::to_string(with_state) + " with the state (behind in " +
         std::to_string(behind) + "), " + std::to_string(went_on) + " gone on with; " + std::to_string(lost) + " lost what was told, " +
         std::to_string(refused) + " refused";
}

PowerCutReport replay_power_cuts(const Recording& recording, const Reference& reference, const PowerCuts& cuts) {
  const GuardedResult result = run_guarded(children, [&](Share& share) { Player(recording, reference, cuts, share).run(); });
  PowerCutReport report;
  report.images = result.numbers[images];
  report.with_state = result.numbers[with_state];
  report.went_on = result.numbers[went_on];
  report.lost = result.numbers[lost];
  report.refused = result.numbers[refused];
  report.behind = result.numbers[behind];
  report.cuts = result.numbers[moments];
  report.complaint = result.complaint;
  return report;
}

}  // namespace earmark::test
