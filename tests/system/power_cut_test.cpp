// Power cuts: the writes and syncs of a real server are recorded with what it told its clients, and replayed to every moment
// at which the power may go, with any part of what was not synced on the disk. Nothing that was told may be lost (I7),
// nothing may be refused, and what opens is a prefix of what was decided.
// EARMARK_POWER_CUT_IMAGES: about how many; EARMARK_SEED: which.
#include <catch2/catch.hpp>
#include <iostream>
#include <thread>

#include "tests/paths.hpp"
#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/guarded.hpp"
#include "tests/system/support/power_cut.hpp"
#include "tests/system/support/sync_gate.hpp"
#include "tests/system/support/work.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

bool recording_works() {
  if (!SyncGate::works()) std::cout << "skipped: power cuts: writes cannot be recorded under a sanitizer\n";
  return SyncGate::works();
}

struct Story {
  std::uint64_t seed = 1;
  int bursts = 0, commands = 0;       // of a burst
  std::vector<std::string> flags;
};

struct Recorded {
  std::unique_ptr<Recording> recording;
  Reference reference;
  engine::Lsn answered{};
};

// Waits until the state store holds everything; it is written when the server has been calm for a second.
void let_state_follow(Caller& caller) {
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  for (;;) {
    const auto stats = caller.stats();
    if (stats.at("state_applied_lsn") == stats.at("durable_lsn")) return;
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // between two looks only
  }
}

// One to eight commands under way, questions between them.
void burst(Caller& caller, Caller& asker, Work& work, model::Random& random, const Story& story, engine::Lsn& answered) {
  for (int sent = 0; sent < story.commands;) {
    std::vector<std::byte> out;
    std::vector<std::uint64_t> asked;
    for (std::uint64_t count = random.between(1, 8); count > 0 && sent < story.commands; --count, ++sent) asked.push_back(caller.put(out, work.next()));
    caller.send(out);
    engine::Lsn seen;
    asker.check({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, &seen);
    if (random.chance(20)) asker.stock(random.chance(50), &seen);
    answered = std::max(answered, seen);
    for (const std::uint64_t correlation : asked) {
      const Reply reply = caller.receive(correlation);
      if (reply.decided()) answered = std::max(answered, reply.lsns.back());
    }
  }
}

Recorded record(const Story& story) {
  const TemporaryDirectory directory = TemporaryDirectory::in_memory();
  const std::filesystem::path file = directory.path() / "recording";
  Recorded recorded;
  {
    Server server(directory.path() / "data", story.flags, {std::string("LD_PRELOAD=") + EARMARK_RECORDER, "EARMARK_RECORDING=" + file.string()});
    Caller caller(server.port()), asker(server.port()), listener(server.port());
    REQUIRE(caller.ask(catalogue(12, 2, 60)).decided());
    std::vector<std::byte> subscribe;
    listener.encoder().subscribe(subscribe, 7, {engine::Lsn{1}});
    listener.send(subscribe);
    REQUIRE(listener.receive().kind == schema::MessageKind::subscribe_answer);
    asker.use_epoch(caller.epoch());
    Work work(story.seed, "w");
    model::Random random(story.seed);
    const auto hear_all = [&] {
      while (recorded.reference.last() < recorded.answered) listener.each_event(listener.receive(), [&](const schema::Event& event) { recorded.reference.add(event); });
    };
    recorded.answered = engine::Lsn{1};
    for (int number = 0; number < story.bursts; ++number) {
      burst(caller, asker, work, random, story, recorded.answered);
      hear_all();
      let_state_follow(caller);
    }
    burst(caller, asker, work, random, {story.seed, 0, 20, {}}, recorded.answered);  // the state stays behind these
    REQUIRE(server.terminate().status == 0);
    try {
      for (;;) listener.each_event(listener.receive(), [&](const schema::Event& event) { recorded.reference.add(event); });
    } catch (const ConnectionLost&) {
    }
  }
  recorded.recording = std::make_unique<Recording>(file);
  return recorded;
}

}  // namespace

TEST_CASE("power cut: nothing that was told is lost, at every moment and whatever of the last writes is there", "[system][faults][powercut]") {
  if (!recording_works()) return;
  const std::uint64_t images = number_from("EARMARK_POWER_CUT_IMAGES", 1500), seed = number_from("EARMARK_SEED", 1);
  INFO("EARMARK_SEED=" << seed);
  const Recorded recorded = record({seed, 3, images > 20'000 ? 300 : 60, {"--io-threads", "2"}});
  REQUIRE(recorded.recording->told() >= recorded.answered);
  REQUIRE(recorded.recording->claims() > 100);
  const PowerCutReport report = replay_power_cuts(*recorded.recording, recorded.reference, {images, seed});
  std::cout << "power cut: " << report.text() << "; " << recorded.recording->claims() << " claims up to LSN " << recorded.recording->told().value
            << ", seed " << seed << std::endl;
  CHECK(report.complaint == "");
  CHECK(report.lost + report.refused == 0);
  CHECK(report.images >= images * 8 / 10);
  CHECK(report.with_state > 0);
  CHECK(report.behind > 0);
  // The same disk with worthless syncs: if nothing were found lost there, the above would prove nothing.
  for (const Barriers barriers : {Barriers::meta_dropped, Barriers::dropped}) {
    const PowerCutReport lied = replay_power_cuts(*recorded.recording, recorded.reference, {std::min<std::uint64_t>(images, 1500) / 5, seed, barriers});
    std::cout << "power cut: a disk that lies about " << (barriers == Barriers::dropped ? "all syncs" : "meta pages") << ": " << lied.text() << std::endl;
    CHECK(lied.complaint == "");
    CHECK(lied.lost > 0);
  }
}

TEST_CASE("power cut: while the journal is trimmed", "[system][faults][powercut]") {
  if (!recording_works()) return;
  const std::uint64_t images = number_from("EARMARK_POWER_CUT_IMAGES", 1500) / 5, seed = number_from("EARMARK_SEED", 1) + 100;
  INFO("EARMARK_SEED=" << seed - 100);
  const Recorded recorded = record({seed, 3, 700, {"--io-threads", "1", "--horizon", "1000", "--retain", "1000"}});
  const PowerCutReport report = replay_power_cuts(*recorded.recording, recorded.reference, {images, seed, Barriers::kept, true});
  std::cout << "power cut: trimmed: " << report.text() << ", seed " << seed - 100 << std::endl;
  CHECK(report.complaint == "");
  CHECK(report.lost + report.refused == 0);
  CHECK(report.with_state > report.images / 2);
}
