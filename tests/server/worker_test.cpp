// The worker without sockets: bytes in, bytes out, against a journal whose sync can be held. The promises of a
// connection: nothing before it is durable (E4), one answer each, order kept, nothing without a bound.
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <variant>

#include "schema/event.hpp"
#include "server/limits.hpp"
#include "server/stats.hpp"
#include "tests/server/bench.hpp"

using namespace earmark;
using namespace earmark::server::test;

TEST_CASE("worker: no answer leaves before its sync has returned (E4)", "[server]") {
  Bench bench;
  bench.journal_.hold_syncs();
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 3);
  bench.order(bytes, 11, "o2", 1, 30);  // short: the settler's
  bench.order(bytes, 12, "o3", 9, 1);   // an error that rests on what was decided
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  bench.journal_.wait_until_held();
  bench.worker_.proceed(bench.now_);
  REQUIRE(bench.answers(bench.session_).empty());
  bench.journal_.release_syncs();
  bench.until_durable();
  const std::vector<Answer> answers = bench.answers(bench.session_);
  REQUIRE(answers.size() == 3);
  std::map<std::uint64_t, schema::MessageKind> kinds;
  for (const Answer& answer : answers) kinds[answer.correlation] = answer.kind;
  REQUIRE(kinds.at(10) == schema::MessageKind::event);
  REQUIRE(kinds.at(11) == schema::MessageKind::event);
  REQUIRE(kinds.at(12) == schema::MessageKind::error);
}

TEST_CASE("worker: a check reads what is durable and does not wait (E9)", "[server]") {
  Bench bench;
  bench.journal_.hold_syncs();
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 3);
  const engine::SkuId skus[] = {engine::SkuId{1}, engine::SkuId{7}};
  const auto expect = [&](std::uint64_t correlation, const std::vector<engine::Quantity>& available) {
    bench.encoder_.check(bytes, correlation, {42, skus});
    bench.worker_.receive(bench.session_, bytes, bench.now_);
    for (const Answer& answer : bench.answers(bench.session_)) {
      if (answer.correlation != correlation) continue;
      const std::span<const std::byte> parts[] = {answer.body};
      const auto check = std::get<schema::CheckAnswer>(*bench.decoder_.decode(answer.kind, parts));
      REQUIRE(std::vector<engine::Quantity>(check.available.begin(), check.available.end()) == available);
      bytes.clear();
      return;
    }
    FAIL("E9: the check waits");
  };
  expect(11, {12, 5, 0, 0});
  bench.journal_.wait_until_held();  // the order's group is on its way to the disk
  expect(12, {12, 5, 0, 0});
  bench.journal_.release_syncs();
  bench.until_durable();
  expect(13, {9, 5, 0, 0});
}

TEST_CASE("worker: a repeat gets the decision as first made, marked duplicate, another content is refused (I5)", "[server]") {
  Bench bench;
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 3);
  bench.order(bytes, 11, "o1", 1, 3);
  bench.order(bytes, 12, "o1", 1, 4);
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  bench.until_durable();
  const std::vector<Answer> answers = bench.answers(bench.session_);
  REQUIRE(answers.size() == 3);
  REQUIRE(answers[0].flags == 0);
  REQUIRE(answers[1].flags == schema::flag_duplicate);
  REQUIRE(answers[1].body == answers[0].body);
  REQUIRE(bench.error(answers[2]) == engine::ErrorCode::duplicate_order);
}

TEST_CASE("worker: an error names the LSN it was judged at, not one that was decided behind it in the same read (E2)", "[server]") {
  Bench bench;
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 0);   // bad_quantity; uses up no id
  bench.order(bytes, 11, "o1", 1, 3);
  bench.order(bytes, 12, "o1", 1, 0);   // now the id is known, with another content
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  bench.until_durable();
  std::map<std::uint64_t, engine::Lsn> as_of;
  for (const Answer& answer : bench.answers(bench.session_)) {
    const std::span<const std::byte> parts[] = {answer.body};
    if (answer.kind != schema::MessageKind::error) continue;
    as_of[answer.correlation] = std::get<schema::ErrorAnswer>(*bench.decoder_.decode(answer.kind, parts)).as_of;
  }
  REQUIRE(as_of.size() == 2);
  CHECK(as_of.at(10) == engine::Lsn{1});
  CHECK(as_of.at(12) == engine::Lsn{2});
}

TEST_CASE("worker: bytes may come in any pieces", "[server]") {
  Bench bench;
  std::vector<std::byte> bytes;
  for (std::uint64_t index = 0; index < 5; ++index) bench.order(bytes, 10 + index, "o" + std::to_string(index), 2, 1);
  const std::size_t step = GENERATE(1UL, 7UL, 16UL, 100UL);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    bench.worker_.receive(bench.session_, std::span(bytes).subspan(at, std::min(step, bytes.size() - at)), bench.now_);
  }
  bench.until_durable();
  REQUIRE(bench.answers(bench.session_).size() == 5);
}

TEST_CASE("worker: hello comes first, and a frame too large ends the connection", "[server]") {
  Bench bench;
  const std::uint32_t rude = bench.worker_.open_session();
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 1);
  bench.worker_.receive(rude, bytes, bench.now_);
  REQUIRE(bench.error(bench.answers(rude).at(0)) == engine::ErrorCode::hello_first);
  REQUIRE(bench.worker_.session(rude).closing);

  const std::uint32_t large = bench.open();
  const schema::FrameHeader header{schema::max_frame_bytes + 8, schema::MessageKind::order, 0, 5};
  bench.worker_.receive(large, std::as_bytes(std::span(&header, 1)), bench.now_);
  REQUIRE(bench.error(bench.answers(large).at(0)) == engine::ErrorCode::too_large);
  REQUIRE(bench.worker_.session(large).closing);
}

TEST_CASE("worker: unfinished parts are bounded", "[server]") {
  Bench bench;
  std::vector<std::byte> bytes;
  for (std::uint64_t correlation = 1; correlation <= server::most_unfinished_messages + 1; ++correlation) {
    const schema::FrameHeader header{0, schema::MessageKind::order, schema::flag_more_parts, correlation};
    bytes.resize(bytes.size() + sizeof header);
    std::memcpy(bytes.data() + bytes.size() - sizeof header, &header, sizeof header);
  }
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  REQUIRE(bench.error(bench.answers(bench.session_).at(0)) == engine::ErrorCode::too_many_parts);
  REQUIRE(bench.worker_.session(bench.session_).closing);
}

TEST_CASE("worker: a message in parts is not waited for for ever", "[server]") {
  Bench bench;
  const schema::FrameHeader header{0, schema::MessageKind::order, schema::flag_more_parts, 9};
  bench.worker_.receive(bench.session_, std::as_bytes(std::span(&header, 1)), bench.now_);
  bench.worker_.end_unfinished(7);  // seen
  bench.worker_.end_unfinished(7 + server::most_unfinished_us);
  REQUIRE(bench.answers(bench.session_).empty());
  bench.worker_.end_unfinished(7 + server::most_unfinished_us + 1);
  REQUIRE(bench.error(bench.answers(bench.session_).at(0)) == engine::ErrorCode::too_many_parts);
  REQUIRE(bench.worker_.session(bench.session_).closing);
}

TEST_CASE("worker: credit bounds what is taken in, the rest waits and is answered later (E8)", "[server]") {
  Bench bench;
  bench.journal_.hold_syncs();
  std::vector<std::byte> bytes;
  const std::uint64_t sent = server::credit + 100;
  for (std::uint64_t index = 0; index < sent; ++index) bench.order(bytes, 10 + index, "o" + std::to_string(index), 2, 1);
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  REQUIRE(bench.worker_.session(bench.session_).blocked);
  REQUIRE(bench.worker_.session(bench.session_).under_way == server::credit);
  bench.journal_.release_syncs();
  std::size_t answered = 0;
  while (answered < sent) {
    bench.until_durable();
    answered += bench.answers(bench.session_).size();
  }
  REQUIRE(answered == sent);
  REQUIRE_FALSE(bench.worker_.session(bench.session_).blocked);
  REQUIRE(bench.worker_.session(bench.session_).under_way == 0);
}

TEST_CASE("worker: a receipt that serves thousands lets others be decided in between", "[server]") {
  Bench bench;
  constexpr std::size_t waiting = 4'000;
  const std::uint32_t other = bench.open();
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "all", 2, 100);  // nothing is left
  for (std::size_t index = 0; index < waiting; ++index) bench.order(bytes, 11 + index, "o" + std::to_string(index), 2, 1);
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  for (std::size_t answered = 0; answered <= waiting; answered += bench.answers(bench.session_).size()) bench.until_durable();
  const auto last_of = [&](std::uint32_t session) {
    engine::Lsn last{};
    for (const Answer& answer : bench.answers(session)) {
      REQUIRE(answer.kind == schema::MessageKind::event);
      const std::span<const std::byte> bodies[] = {answer.body};
      std::size_t consumed = 0;
      last = schema::EventDecoder().decode_bodies(bodies, consumed)->stamp.lsn;
    }
    return last;
  };
  const engine::StockRow rows[] = {{waiting, engine::SkuId{2}, engine::WarehouseId{1}, 0}};
  bytes.clear();
  bench.encoder_.receive(bytes, 9'000, {{"r1", rows}, 42, {}});
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  REQUIRE_FALSE(bench.engine_.settler().quiet());  // it is at it still
  bytes.clear();
  bench.order(bytes, 9'001, "another SKU", 1, 1);
  bench.worker_.receive(other, bytes, bench.now_);
  while (!bench.worker_.idle()) bench.until_durable();
  CHECK(bench.engine_.settler().quiet());
  const engine::Lsn of_other = last_of(other), of_receipt = last_of(bench.session_);
  CHECK(of_other.value != 0);
  CHECK(of_other < of_receipt);
}

TEST_CASE("worker: of the compactor's messages one is settled at a time, and the thread goes back to its connections", "[server]") {
  Bench bench;
  constexpr std::uint32_t messages = 5;
  for (std::uint32_t index = 0; index < messages; ++index) {
    server::Mail mail;
    mail.message = std::make_unique<engine::Message>(engine::ArchiveOrders{}, engine::TimeUs{});
    ++bench.hub_.housekeeping_mail;
    bench.worker_.mailbox.enqueue(std::move(mail));
  }
  for (std::uint32_t left = messages; left != 0; --left) {
    REQUIRE(bench.hub_.housekeeping_mail == left);
    const std::uint64_t wakes = bench.wakes_;
    bench.worker_.proceed(bench.now_);
    REQUIRE((bench.wakes_ > wakes) == (left > 1));  // it is called again, once connections were read
  }
  REQUIRE(bench.hub_.housekeeping_mail == 0);
}

TEST_CASE("worker: answers for a connection that has gone are dropped, its decisions stand", "[server]") {
  Bench bench;
  const std::uint32_t gone = bench.open();
  bench.journal_.hold_syncs();
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 3);
  bench.worker_.receive(gone, bytes, bench.now_);
  bench.worker_.close_session(gone);
  const std::uint32_t next = bench.worker_.open_session();
  REQUIRE(next == gone);  // the slot is used anew
  bench.journal_.release_syncs();
  bench.until_durable();
  REQUIRE(bench.answers(next).empty());
  bytes.clear();
  bench.order(bytes, 20, "o1", 1, 3);
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  bench.until_durable();
  REQUIRE(bench.answers(bench.session_).at(0).flags == schema::flag_duplicate);
}

TEST_CASE("worker: a subscriber gets every record from the LSN it named", "[server]") {
  Bench bench;
  std::vector<std::byte> bytes;
  for (std::uint64_t index = 0; index < 50; ++index) bench.order(bytes, 10 + index, "o" + std::to_string(index), 2, 3);
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  bench.until_durable();
  bench.answers(bench.session_);
  const std::uint32_t watcher = bench.open();
  bytes.clear();
  bench.encoder_.subscribe(bytes, 77, {engine::Lsn{1}});
  bench.worker_.receive(watcher, bytes, bench.now_);
  bench.until_durable();
  const std::vector<Answer> stream = bench.answers(watcher);
  REQUIRE(stream.size() == 1 + engine::Lsn{bench.engine_.shared().commit_word.last()}.value);
  schema::EventDecoder decoder;
  for (std::size_t index = 1; index < stream.size(); ++index) {
    REQUIRE(stream[index].correlation == 77);
    const std::span<const std::byte> bodies[] = {stream[index].body};
    std::size_t consumed = 0;
    REQUIRE(decoder.decode_bodies(bodies, consumed)->stamp.lsn == engine::Lsn{index});
  }
}

TEST_CASE("worker: latency is counted from the socket read to the moment when the decision is let go", "[server][figures]") {
  Bench bench;
  const auto counts_before = bench.worker_.counters().latency.read();
  bench.journal_.hold_syncs();
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 3);
  bench.order(bytes, 11, "o2", 1, 30);  // short: the settler's
  bench.order(bytes, 12, "o3", 9, 1);   // an error: not counted
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  bench.journal_.wait_until_held();
  bench.answers(bench.session_);
  CHECK(bench.worker_.counters().pending_answers.get() == 3);
  CHECK(bench.worker_.counters().ring_bytes.get() > 0);
  bench.now_.value += 1500;
  bench.journal_.release_syncs();
  bench.until_durable();
  REQUIRE(bench.answers(bench.session_).size() == 3);
  const auto counts = bench.worker_.counters().latency.read();
  CHECK(counts.counts[11] - counts_before.counts[11] == 2);  // 1,025 .. 2,048 us
  CHECK(counts.sum - counts_before.sum == 3000);
  CHECK(bench.worker_.counters().pending_answers.get() == 0);
  CHECK(bench.worker_.counters().ring_bytes.get() == 0);
}

TEST_CASE("worker: a clock that is set back makes no latency but the smallest", "[server][figures]") {
  Bench bench;
  bench.journal_.hold_syncs();
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 3);
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  bench.now_.value -= 500;
  bench.journal_.release_syncs();
  bench.until_durable();
  CHECK(bench.worker_.counters().latency.read().sum == 0);
}

TEST_CASE("worker: figures agree with what was sent", "[server][figures]") {
  Bench bench;
  std::vector<std::byte> bytes;
  for (std::uint64_t index = 0; index < 20; ++index) bench.order(bytes, 100 + index, "o" + std::to_string(index), 2, 3);
  bench.order(bytes, 200, "o1", 2, 3);   // a repeat
  bench.order(bytes, 201, "o1", 2, 4);   // another content
  bench.order(bytes, 202, "x", 7, 4);    // unknown
  bench.order(bytes, 203, "short", 1, 30);
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  bench.until_durable();
  REQUIRE(bench.answers(bench.session_).size() == 24);
  std::map<std::string, std::uint64_t> found;
  for (const auto& [name, value] : server::stats(bench.hub_)) found[name] = value;
  CHECK(found.at("orders_fast_path") == 20);
  CHECK(found.at("orders_to_settler") == 1);
  CHECK(found.at("orders_short") == 1);
  CHECK(found.at("orders_reserved") == 20);
  CHECK(found.at("orders_split") == 1);
  CHECK(found.at("decisions_load") == 1);
  CHECK(found.at("decisions_order") == 21);
  CHECK(found.at("repeats") == 1);
  CHECK(found.at("errors_duplicate_order") == 1);
  CHECK(found.at("errors_unknown_sku") == 1);
  CHECK_FALSE(found.contains("errors_malformed"));
  CHECK(found.at("command_ids") == 21);
  std::uint64_t timed = 0;  // answers, by how long they took
  for (const auto& [name, value] : found) timed += name.starts_with("answer_latency_us_") ? value : 0;
  CHECK(timed == 22);
  CHECK(found.at("decided_lsn") == 22);
  CHECK(found.at("durable_lag_lsns") == 0);
  CHECK(found.at("connections") == 0);
  CHECK_FALSE(found.contains("state_applied_lsn"));
  bench.hub_.state_applied = [] { return engine::Lsn{20}; };
  found.clear();
  for (const auto& [name, value] : server::stats(bench.hub_)) found[name] = value;
  CHECK(found.at("state_applied_lsn") == 20);
  CHECK(found.at("state_lag_lsns") == 2);
}

TEST_CASE("worker: a check with wanted quantities says what of them is there, each unit once", "[server]") {
  Bench bench;
  std::vector<std::byte> bytes;
  const engine::SkuId skus[] = {engine::SkuId{1}, engine::SkuId{2}, engine::SkuId{1}, engine::SkuId{7}, engine::SkuId{1}};
  const auto now = [&](std::span<const engine::Quantity> wanted) {
    bench.encoder_.check(bytes, 20, {42, skus, wanted});
    bench.worker_.receive(bench.session_, bytes, bench.now_);
    bytes.clear();
    for (const Answer& answer : bench.answers(bench.session_)) {
      if (answer.correlation != 20 || answer.kind != schema::MessageKind::check_answer) continue;
      const std::span<const std::byte> parts[] = {answer.body};
      const auto check = std::get<schema::CheckAnswer>(*bench.decoder_.decode(answer.kind, parts));
      return std::vector<engine::Quantity>(check.now.begin(), check.now.end());
    }
    return std::vector<engine::Quantity>{9'999};
  };
  CHECK(now({}).empty());  // 12 + 5 of SKU 1, 100 of SKU 2
  CHECK(now(std::array<engine::Quantity, 5>{13, 100, 3, 1, 3}) == std::vector<engine::Quantity>{13, 100, 3, 0, 1});
  CHECK(now(std::array<engine::Quantity, 5>{0, 101, engine::max_quantity, 0, 1}) == std::vector<engine::Quantity>{0, 100, 17, 0, 0});
  CHECK(now(std::array<engine::Quantity, 2>{1, 1}) == std::vector<engine::Quantity>{9'999});  // not parallel: refused
}

TEST_CASE("worker: the digest is that of the engine, and taking in goes on after it", "[server]") {
  Bench bench;
  std::vector<std::byte> bytes;
  bench.order(bytes, 10, "o1", 1, 30);
  bench.encoder_.digest(bytes, 11);
  bench.order(bytes, 12, "o2", 2, 1);
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  std::map<std::uint64_t, Answer> answers;
  while (answers.size() < 3) {
    bench.until_durable();
    for (Answer& answer : bench.answers(bench.session_)) answers[answer.correlation] = std::move(answer);
  }
  REQUIRE(answers.at(11).kind == schema::MessageKind::digest_answer);
  const std::span<const std::byte> parts[] = {answers.at(11).body};
  REQUIRE(std::get<schema::DigestAnswer>(*bench.decoder_.decode(answers.at(11).kind, parts)).digest.size() == 32);
}
