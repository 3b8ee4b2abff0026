// Damage in a directory that a real server wrote: one bit flipped, or the file cut, anywhere in the journal or the state. Each
// is refused with the place (status 4), or the state is made again, or what comes out is proved to be the same. Never a
// signal, never another answer with nothing said.
// EARMARK_DAMAGES: how many; EARMARK_SEED: where. A sample is started by earmarkd and read by earmark-journal themselves.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <thread>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/guarded.hpp"
#include "tests/system/support/recovered.hpp"
#include "tests/system/support/work.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

struct Written {
  TemporaryDirectory directory = TemporaryDirectory::in_memory();
  std::string digest;  // "LSN DIGEST"
  bool trimmed = false;
};

std::string digest_of(const Recovered& recovered) { return std::to_string(recovered.last.value) + " " + recovered.digest; }

void write(Written& written, std::uint64_t seed) {
  const std::vector<std::string> flags = written.trimmed ? std::vector<std::string>{"--horizon", "1000", "--retain", "1000"} : std::vector<std::string>{};
  Server server(written.directory.path(), flags);
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(12, 2, 60)).decided());
  Work work(seed, "b");
  for (int round = 0; round < 3; ++round) {
    for (int sent = 0; sent < (written.trimmed ? 800 : 120); sent += 8) {
      std::vector<std::byte> out;
      std::vector<std::uint64_t> asked;
      for (int number = 0; number < 8; ++number) asked.push_back(caller.put(out, work.next()));
      caller.send(out);
      for (const std::uint64_t correlation : asked) caller.receive(correlation);
    }
    const auto deadline = std::chrono::steady_clock::now() + long_enough;
    for (auto stats = caller.stats(); stats.at("state_applied_lsn") != stats.at("durable_lsn"); stats = caller.stats()) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // between two looks only
    }
  }
  for (int number = 0; number < 9; ++number) caller.ask(work.next());
  REQUIRE(server.terminate().status == 0);
  // Not the running server's: what its compactor does may still be decided behind that.
  const Recovered whole = recover(written.directory.path(), {true, true, false});
  REQUIRE_FALSE(whole.failure);
  written.digest = digest_of(whole);
  if (written.trimmed) REQUIRE(run("earmark-journal", {"dump", written.directory.path().string(), "--from", "1"}).code == 1);
}

// A file of the directory that is damaged in one place at a time.
class Victim {
 public:
  explicit Victim(const std::filesystem::path& path) : path_(path), whole_(read_text(path)), file_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {}
  ~Victim() { ::close(file_); }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  std::string damage(model::Random& random) {
    if (random.chance(5)) {
      const std::uint64_t size = random.below(whole_.size());
      if (::ftruncate(file_, static_cast<off_t>(size)) != 0) throw std::runtime_error("cannot cut");
      return path_.parent_path().filename().string() + " cut to " + std::to_string(size) + " bytes";
    }
    // Half of them where LMDB keeps its structure: metas, and the first bytes of pages.
    std::uint64_t at = random.below(whole_.size());
    if (random.chance(20)) at = random.below(2) * 4096 + random.below(152);
    else if (random.chance(40)) at = at / 4096 * 4096 + random.below(64);
    const char flipped = static_cast<char>(whole_[at] ^ static_cast<char>(1 << random.below(8)));
    if (::pwrite(file_, &flipped, 1, static_cast<off_t>(at)) != 1) throw std::runtime_error("cannot damage");
    return path_.parent_path().filename().string() + " with byte " + std::to_string(at) + " 0x" + std::to_string(flipped & 0xff);
  }
  void mend() {
    if (::ftruncate(file_, static_cast<off_t>(whole_.size())) != 0 ||
        ::pwrite(file_, whole_.data(), whole_.size(), 0) != static_cast<ssize_t>(whole_.size())) throw std::runtime_error("cannot mend");
  }

 private:
  std::filesystem::path path_;
  std::string whole_;
  int file_ = -1;
};

enum Number : std::size_t { damages, refused, of_state, same, by_programs, made_again };

void require(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

// True: refused. `state_too`: whose damage counts as found when the journal alone would do.
bool check_here(const std::filesystem::path& directory, const Written& written, Share& share) {
  const Recovered recovered = recover(directory, {true, true, false});
  if (!recovered.failure) {
    require(digest_of(recovered) == written.digest, "another state and nothing said so: " + digest_of(recovered) + ", not " + written.digest);
    ++share.numbers[same];
    return false;
  }
  const auto& failure = *recovered.failure;
  require(failure.kind == storage::FailureKind::damaged || failure.kind == storage::FailureKind::bad_version, "refused as something else: " + failure.text);
  require(failure.text.find("damaged") != std::string::npos || failure.text.find("version") != std::string::npos ||
              failure.text.find("another journal") != std::string::npos || failure.text.find("ahead of") != std::string::npos ||
              failure.text.find("lacks") != std::string::npos, "the message does not say what is wrong: " + failure.text);
  require(recovered.of_state || failure.text.find("offset") != std::string::npos, "the message does not say where: " + failure.text);
  ++share.numbers[recovered.of_state ? of_state : refused];
  return true;
}

// The programs on a copy, because the server mends and writes.
void check_by_programs(const std::filesystem::path& directory, const Written& written, bool is_refused, bool of_journal, Share& share) {
  ++share.numbers[by_programs];
  const TemporaryDirectory copy = TemporaryDirectory::in_memory();
  std::filesystem::copy(directory, copy.path(), std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  const ProgramResult verify = run("earmark-journal", {"verify", copy.path().string()});
  require(verify.code == 0 || verify.code == 4, "verify ends with " + std::to_string(verify.code) + ": " + verify.error);
  require(verify.code == 4 || !is_refused, "verify finds nothing");
  Process process("earmarkd", server_arguments(copy.path()));
  const auto line = process.read_line();
  if (!line) {
    const Ended ended = process.wait();
    require(ended.status == 4, "earmarkd ends with status " + std::to_string(ended.status) + ", signal " + std::to_string(ended.signal) + ": " + process.error());
    require(of_journal || written.trimmed, "a damaged state keeps the server from starting: " + process.error());
    return;
  }
  require(!is_refused || !of_journal, "earmarkd starts on a damaged journal");
  require(Caller(parse_ready_line(*line).value().port).digest() == written.digest, "earmarkd has another state and says nothing");
  share.numbers[made_again] += std::filesystem::exists(copy.path() / "state.damaged-1") ? 1U : 0U;
}

}  // namespace

TEST_CASE("damage: bits flipped and files cut in a directory of a real server", "[system][faults][flips]") {
  const std::uint64_t count = number_from("EARMARK_DAMAGES", 240), seed = number_from("EARMARK_SEED", 1);
  INFO("EARMARK_SEED=" << seed);
  for (const bool trimmed : {false, true}) {
    Written written;
    written.trimmed = trimmed;
    write(written, seed);
    const GuardedResult result = run_guarded(2, [&](Share& share) {
      const TemporaryDirectory directory = TemporaryDirectory::in_memory();
      std::filesystem::copy(written.directory.path(), directory.path(), std::filesystem::copy_options::recursive);
      Victim journal(directory.path() / "journal" / "data.mdb"), state(directory.path() / "state" / "data.mdb");
      model::Random random(seed * 100 + share.index);
      for (std::uint64_t number = share.index; number < count / 2; number += share.of) {
        const bool of_journal = random.chance(50);
        Victim& victim = of_journal ? journal : state;
        share.say(victim.damage(random) + ", seed " + std::to_string(seed));
        ++share.numbers[damages];
        const bool is_refused = check_here(directory.path(), written, share);
        if (number % 10 == 0) check_by_programs(directory.path(), written, is_refused, of_journal, share);
        victim.mend();
      }
    });
    std::cout << "damage: " << result.numbers[damages] << " places in a directory of a server" << (trimmed ? ", trimmed" : "") << ", seed " << seed << ": "
              << result.numbers[refused] << " journals refused, " << result.numbers[of_state] << " states, " << result.numbers[same]
              << " proved harmless; " << result.numbers[by_programs] << " by the programs themselves, which made " << result.numbers[made_again]
              << " states again\n";
    CHECK(result.complaint == "");
    CHECK(result.numbers[refused] > 0);
    CHECK(result.numbers[of_state] > 0);
  }
}
