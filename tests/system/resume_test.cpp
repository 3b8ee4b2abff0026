// Subscribers killed at random and resumed, while a server decides: each hears of every LSN (or, filtered, of everything
// that passes) once, with the content that stands in the journal.
// EARMARK_EVENTS sets how many LSNs there are at least (100,000; the promise is made for 1,000,000), EARMARK_SEED the
// commands and the moments.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <future>
#include <iostream>
#include <random>

#include "schema/record.hpp"
#include "storage/lmdb_journal.hpp"
#include "tests/model/random_commands.hpp"
#include "tests/server/event_parts.hpp"
#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/server.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;
using server::test::Asked;
using schema::EventKind;

constexpr std::uint64_t stream = 42;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// FNV-1a: what matters is that it is simple and that order counts.
void hash(std::uint64_t& sum, std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) sum = (sum ^ std::to_integer<std::uint64_t>(byte)) * 1'099'511'628'211ULL;
}
void hash(std::uint64_t& sum, const std::string& text) { hash(sum, std::as_bytes(std::span(text))); }

// Orders of five customers, receipts, cancels and ships; ids never repeat. Until told to stop. About as much comes as is
// ordered, so that there are always some who wait and some cells that run empty.
void produce(std::uint16_t port, std::uint64_t seed, const std::atomic<bool>& enough) {
  model::Random random(seed);
  Caller caller(port);
  std::uint64_t made = 0, under_way = 0;
  const auto sku = [&] { return static_cast<std::uint32_t>(random.between(1, 12)); };
  const auto next = [&]() -> model::Command {
    const std::string number = std::to_string(++made);
    const auto earlier = [&] { return "o" + std::to_string(random.between(made > 40 ? made - 40 : 1, made)); };
    const std::uint64_t kind = random.below(100);
    if (kind < 70) {
      std::vector<Wanted> lines;
      for (std::uint64_t count = random.between(1, 3); count > 0; --count) lines.push_back({sku(), static_cast<std::int64_t>(random.between(1, 5))});
      model::OrderCommand command = order("o" + number, lines, random.chance(85) ? engine::Policy::ship_partial : engine::Policy::fill_and_cancel);
      command.texts.customer = "C-" + std::to_string(random.below(5));
      return command;
    }
    if (kind < 85) return receipt("r" + number, {{sku(), static_cast<std::int64_t>(random.between(3, 25))}, {sku(), 9, 2}});
    if (kind < 92) return cancel("c" + number, earlier());
    return ship("s" + number, earlier());
  };
  while (!enough.load(std::memory_order_relaxed) || under_way != 0) {
    std::vector<std::byte> out;
    for (; under_way < 400 && !enough.load(std::memory_order_relaxed); ++under_way) caller.put(out, next());
    caller.send(out);
    for (std::uint64_t wanted = under_way > 200 ? 200 : under_way; wanted > 0;) {
      const auto frame = caller.wire().read_frame();
      if (!frame) throw ConnectionLost("the server closed the connection");
      if ((frame->header.flags & schema::flag_more_parts) == 0) --wanted, --under_way;
    }
  }
}

// What a subscriber has heard so far, over all its connections.
struct Heard {
  std::uint64_t position = 0, events = 0, rows = 0, content = 0, kills = 0;
};

// One connection: subscribes behind the position, hears of `most` frames at most, and is gone without a farewell, wherever
// in a frame that is. Position and content are those of whole events.
class Listener {
 public:
  Listener(std::uint16_t port, Asked asked, Heard& heard) : asked_(std::move(asked)), heard_(heard), caller_(port) {
    std::vector<std::byte> out;
    caller_.encoder().subscribe(out, stream, asked_.request(heard_.position + 1, caller_.epoch()));
    caller_.send(out);
    if (caller_.wire().read_frame().value().header.kind != schema::MessageKind::subscribe_answer) throw std::runtime_error("not subscribed");
  }
  void listen(std::uint64_t most, const std::atomic<std::uint64_t>& last, std::atomic<std::uint64_t>& reached) {
    for (; most > 0 && (last.load() == 0 || heard_.position < last.load()); --most) {
      auto frame = caller_.wire().read_frame();
      if (!frame || frame->header.correlation != stream) throw ConnectionLost("the stream has ended");
      add(std::move(*frame));
      reached.store(heard_.position);
    }
    caller_.wire().reset();
  }

 private:
  void add(ReceivedFrame frame) {
    if (frame.header.kind == schema::MessageKind::stream_position) {
      const std::span<const std::byte> parts[] = {frame.body};
      const auto lsn = std::get<schema::StreamPosition>(*answers_.decode(frame.header.kind, parts)).lsn.value;
      if (lsn <= heard_.position) throw std::runtime_error("a position that was told before");
      heard_.position = lsn;
      return;
    }
    if (frame.header.kind != schema::MessageKind::event) throw std::runtime_error("no event");
    const bool more = (frame.header.flags & schema::flag_more_parts) != 0;
    bodies_.push_back(std::move(frame.body));
    if (more) return;
    const std::vector<std::span<const std::byte>> parts(bodies_.begin(), bodies_.end());
    std::size_t consumed = 0;
    const auto event = events_.decode_bodies(parts, consumed);
    if (!event || consumed != parts.size()) throw std::runtime_error("an event that does not decode");
    const std::uint64_t lsn = event->stamp.lsn.value;
    if (lsn <= heard_.position) throw std::runtime_error("LSN " + std::to_string(lsn) + " a second time");
    if (filtered()) {
      hash(heard_.content, std::to_string(lsn));
      for (const auto& row : server::test::parts_of(*event).rows) hash(heard_.content, row.text), ++heard_.rows;
    } else {
      if (lsn != heard_.position + 1) throw std::runtime_error("LSN " + std::to_string(lsn) + " comes too early");
      for (const auto part : parts) hash(heard_.content, part);
    }
    heard_.position = lsn;
    ++heard_.events;
    bodies_.clear();
  }
  bool filtered() const { return !asked_.kinds.empty() || !asked_.skus.empty() || !asked_.warehouses.empty() || !asked_.customers.empty(); }

  Asked asked_;
  Heard& heard_;
  Caller caller_;
  std::vector<std::vector<std::byte>> bodies_;  // of an event that is not whole yet
  schema::EventDecoder events_;
  schema::AnswerDecoder answers_;
};

// Until `last` is known and reached.
Heard listen(std::uint16_t port, const Asked& asked, std::uint64_t seed, std::uint64_t longest, const std::atomic<std::uint64_t>& last,
             std::atomic<std::uint64_t>& reached) {
  model::Random random(seed);
  Heard heard;
  while (last.load() == 0 || heard.position < last.load()) {
    Listener(port, asked, heard).listen(random.between(1, longest), last, reached);
    ++heard.kills;
  }
  return heard;
}

// The same with the program that people use, killed with SIGKILL; what it had printed in whole lines counts.
Heard watch(const std::string& address, std::uint64_t seed, std::uint64_t longest, const std::atomic<std::uint64_t>& last,
            std::atomic<std::uint64_t>& reached) {
  model::Random random(seed);
  Heard heard;
  while (last.load() == 0 || heard.position < last.load()) {
    Process program("earmark", {"--server", address, "--json", "watch", "--from", std::to_string(heard.position + 1)});
    std::uint64_t until_killed = random.between(1, longest);
    while (auto line = program.read_line()) {
      const std::size_t at = line->find(",\"lsn\":");
      if (at == std::string::npos || !line->ends_with("}")) throw std::runtime_error("no event: " + *line);
      const std::uint64_t lsn = std::strtoull(line->c_str() + at + 7, nullptr, 10);
      if (lsn != heard.position + 1) throw std::runtime_error("watch: LSN " + std::to_string(lsn) + " after " + std::to_string(heard.position));
      heard.position = lsn;
      reached.store(lsn);
      ++heard.events;
      const bool all = last.load() != 0 && heard.position >= last.load();
      if (until_killed > 0 && (--until_killed == 0 || all)) {
        until_killed = 0;
        program.send_signal(SIGKILL);
      }
    }
    program.wait();
    ++heard.kills;
  }
  return heard;
}

// What the journal says each should have heard.
struct Journaled {
  Heard whole;
  std::vector<Heard> filtered;
};

Journaled read_journal(const std::filesystem::path& directory, const std::vector<Asked>& filters) {
  storage::OpenOptions options;
  options.read_only = true;
  const auto journal = storage::open_lmdb_journal(directory, options);
  if (!journal) throw std::runtime_error(journal.error().text);
  const auto reader = journal.value()->reader();
  std::vector<std::byte> buffer(storage::max_record_bytes);
  schema::EventDecoder decoder;
  Journaled all;
  all.filtered.resize(filters.size());
  for (engine::Lsn first, last; last < journal.value()->last();) {
    const auto bytes = reader->read(buffer, journal.value()->last(), first, last);
    if (!bytes || *bytes == 0) throw std::runtime_error("the journal cannot be read");
    for (std::span<const std::byte> rest(buffer.data(), *bytes); !rest.empty();) {
      std::size_t consumed = 0;
      const auto event = decoder.decode(rest, consumed);
      if (!event) throw std::runtime_error("a record that does not decode");
      for (std::size_t at = 0; at < consumed;) {
        const schema::Piece piece = schema::piece_at(rest.subspan(at));
        hash(all.whole.content, rest.subspan(at + schema::piece_header_bytes, piece.stride - schema::piece_header_bytes));
        at += piece.stride;
      }
      all.whole.position = event->stamp.lsn.value;
      ++all.whole.events;
      const server::test::Parts parts = server::test::parts_of(*event);
      for (std::size_t index = 0; index < filters.size(); ++index) {
        const server::test::Expected expected = server::test::expect(filters[index], parts);
        if (!expected.comes) continue;
        Heard& heard = all.filtered[index];
        ++heard.events;
        hash(heard.content, std::to_string(event->stamp.lsn.value));
        for (const std::string& row : expected.rows) hash(heard.content, row), ++heard.rows;
      }
      rest = rest.subspan(consumed);
    }
  }
  return all;
}

std::uint64_t dumped_lines(const std::filesystem::path& directory) {
  Process dump("earmark-journal", {"dump", directory.string()});
  std::uint64_t lines = 0;
  while (dump.read_line()) ++lines;
  REQUIRE(dump.wait().status == 0);
  return lines;
}

}  // namespace

TEST_CASE("subscribers killed and resumed at random miss nothing and hear nothing twice", "[system][events][resume]") {
  const std::uint64_t wanted = number_from("EARMARK_EVENTS", 100'000), seed = number_from("EARMARK_SEED", std::random_device{}());
  INFO("EARMARK_SEED=" << seed << " EARMARK_EVENTS=" << wanted);
  const TemporaryDirectory directory = TemporaryDirectory::in_memory();
  Server server(directory.path(), {"--io-threads", "2"});
  REQUIRE(Caller(server.port()).ask(catalogue(12, 2, 60)).decided());

  const std::vector<Asked> filters{
      {.kinds = {EventKind::line_backordered, EventKind::backorder_filled, EventKind::cancelled, EventKind::shipped}, .customers = {"C-1", "C-3"}},
      {.skus = {engine::SkuId{3}, engine::SkuId{4}}, .warehouses = {engine::WarehouseId{2}}},
      {.kinds = {EventKind::out_of_stock, EventKind::back_in_stock}}};
  std::atomic<bool> enough{false};
  std::atomic<std::uint64_t> last{0}, reached{0}, reached_by_others{0};
  const std::uint64_t longest = std::max<std::uint64_t>(wanted / 10, 10);
  auto producer = std::async(std::launch::async, [&, port = server.port()] { produce(port, seed, enough); });
  auto whole = std::async(std::launch::async, [&, port = server.port()] { return listen(port, {}, seed + 1, longest, last, reached); });
  auto watching = std::async(std::launch::async, [&] { return watch(server.address(), seed + 2, longest, last, reached_by_others); });
  std::vector<std::future<Heard>> filtered;
  for (std::size_t index = 0; index < filters.size(); ++index) {
    filtered.push_back(std::async(std::launch::async, [&, index, port = server.port()] {
      return listen(port, filters[index], seed + 3 + index, std::max<std::uint64_t>(longest / 100, 2), last, reached_by_others);
    }));
  }
  const auto goes_on = [](auto& future, milliseconds limit) { return future.wait_for(limit) == std::future_status::timeout; };
  while (reached.load() < wanted && goes_on(producer, milliseconds(20)) && goes_on(whole, milliseconds(0))) continue;
  enough = true;
  producer.get();
  // One more, whose number is known before anybody hears of it: nobody waits for what does not come.
  Caller closing(server.port());
  last = closing.durable_at_hello().value + 1;
  REQUIRE(closing.ask(order("the end", {{3, 1}})).lsn().value == last.load());
  const std::uint64_t count = last.load();
  const Heard all = whole.get(), seen = watching.get();
  std::vector<Heard> some;
  for (auto& each : filtered) some.push_back(each.get());
  REQUIRE(server.terminate().status == 0);

  const Journaled journal = read_journal(directory.path(), filters);
  REQUIRE(journal.whole.events == count);
  REQUIRE(count >= wanted);
  CHECK(dumped_lines(directory.path()) == count);
  CHECK(all.position == count);
  CHECK(all.events == count);
  CHECK(all.content == journal.whole.content);
  CHECK(seen.position == count);
  CHECK(seen.events == count);
  std::cout << "resume: " << count << " LSNs, seed " << seed << "; " << all.kills << " connections heard all, " << seen.kills
            << " processes of earmark watch";
  for (std::size_t index = 0; index < filters.size(); ++index) {
    CHECK(some[index].events == journal.filtered[index].events);
    CHECK(some[index].rows == journal.filtered[index].rows);
    CHECK(some[index].content == journal.filtered[index].content);
    CHECK(some[index].events > 0);
    CHECK(some[index].kills > 3);
    CHECK(some[index].events < count);
    std::cout << "; " << some[index].kills << " connections heard " << some[index].events << " events with " << some[index].rows
              << " parts by filter " << index + 1;
  }
  std::cout << '\n';
  CHECK(all.kills > 3);
}
