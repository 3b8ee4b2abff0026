// What each stage of an order's way costs by itself, and all of them together (Google Benchmark): micro_bench --benchmark_filter=... On a quiet machine;
// figures with their conditions are in docs/BENCHMARKS.md.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "engine/commit_word.hpp"
#include "engine/waiting_queue.hpp"
#include "engine/write_set.hpp"
#include "schema/event.hpp"
#include "schema/frame.hpp"
#include "schema/request.hpp"
#include "storage/lmdb_journal.hpp"
#include "tests/micro/order_path.hpp"

namespace {

using namespace earmark;

constexpr std::size_t batch = 64;

void count_orders(benchmark::State& state, std::size_t each) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(each));
}

// A batch of frames, found in the bytes of a read.
void frame(benchmark::State& state) {
  const std::vector<std::byte> frames = micro::order_frames({}, 1, batch);
  for (auto _ : state) {
    for (std::span<const std::byte> rest(frames); !rest.empty();) {
      const schema::Split found = schema::split(rest);
      benchmark::DoNotOptimize(found);
      rest = rest.subspan(found.consumed);
    }
  }
  count_orders(state, batch);
}
BENCHMARK(frame);

// The same, each body verified and decoded.
void decode(benchmark::State& state) {
  const std::vector<std::byte> frames = micro::order_frames({}, 1, batch);
  schema::RequestDecoder decoder;
  schema::OrderRequest request;
  for (auto _ : state) {
    for (std::span<const std::byte> rest(frames); !rest.empty();) {
      const schema::Split found = schema::split(rest);
      if (decoder.decode_order(found.frame.body, request) != engine::ErrorCode::none) state.SkipWithError("an order cannot be read");
      benchmark::DoNotOptimize(request);
      rest = rest.subspan(found.consumed);
    }
  }
  count_orders(state, batch);
}
BENCHMARK(decode);

struct Decided {
  std::vector<engine::LineDecision> lines;
  engine::OrderDecision order;
};
Decided three_lines() {
  Decided decided;
  for (std::uint32_t line = 1; line <= 3; ++line) {
    decided.lines.push_back({engine::LineNumber{line}, engine::SkuId{line}, 2, 0, 2, 100, engine::WarehouseId{1}, 1, 0, {}});
  }
  decided.order.id = "order-1234567";
  decided.order.lines = decided.lines;
  return decided;
}

// The record of an order of three lines.
void encode(benchmark::State& state) {
  const Decided decided = three_lines();
  schema::EventEncoder encoder;
  alignas(8) std::byte space[4096];
  for (auto _ : state) {
    const std::size_t bytes = encoder.encode({engine::Lsn{7}, engine::TimeUs{1}, {}}, decided.order, space);
    if (bytes == 0) state.SkipWithError("no room for the record");
    benchmark::DoNotOptimize(space);
  }
  count_orders(state, 1);
}
BENCHMARK(encode);

// A commit of so many words with nobody else about: three cells, an id and the window's slot are five.
void commit(benchmark::State& state) {
  const auto words = static_cast<std::size_t>(state.range(0));
  engine::CommitWord word(1, 1024, 1024);
  std::vector<engine::Atomic<std::uint64_t>> cells(words);
  engine::WriteSet writes(words);
  for (auto _ : state) {
    const engine::StableState at = word.stable(engine::CommitterId{0});
    writes.clear();
    for (auto& cell : cells) {
      const std::uint64_t seen = writes.read(cell);
      writes.write(cell, seen, seen + 1);
    }
    if (!word.commit(engine::CommitterId{0}, at, writes.entries(), 1)) state.SkipWithError("a commit was lost");
  }
  count_orders(state, 1);
}
BENCHMARK(commit)->Arg(1)->Arg(5)->Arg(64)->Arg(320);

engine::Waiter waiter(std::uint64_t lsn) {
  return {engine::QueuePlace::of(engine::Priority{100}, engine::Lsn{lsn}, lsn % 3), static_cast<engine::BlockRef>(lsn), static_cast<engine::Quantity>(1 + lsn % 5)};
}

// One more waits at the tail of one of so many queues, which are empty at the beginning and hold 300 each at the end.
void wait_at_tail(benchmark::State& state) {
  const auto count = static_cast<std::uint64_t>(state.range(0));
  engine::WaitingQueues queues(count * 300);
  std::vector<engine::WaitingQueues::Root> roots(count);
  std::uint64_t random = 1, lsn = 0;
  for (auto _ : state) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;  // xorshift64
    queues.insert(roots[random % count], waiter(++lsn));
  }
  count_orders(state, 1);
}
BENCHMARK(wait_at_tail)->Arg(100'000)->Iterations(30'000'000);

struct LongQueue {
  explicit LongQueue(std::uint64_t waiters) : queues(waiters) {
    for (std::uint64_t lsn = 1; lsn <= waiters; ++lsn) queues.insert(root, waiter(lsn));
  }
  engine::WaitingQueues queues;
  engine::WaitingQueues::Root root = 0;
};

// The first of a queue of so many is served, until there is nobody.
void serve_the_first(benchmark::State& state) {
  LongQueue queue(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    const engine::Waiter first = *queue.queues.first_able(queue.root, nullptr, 1'000'000);
    queue.queues.reduce(queue.root, first.place, first.quantity);
  }
  count_orders(state, 1);
}
BENCHMARK(serve_the_first)->Arg(100'000)->Iterations(100'000);

// How many wait ahead of somebody, anywhere in a queue of so many; and of one more at its end.
void place_in_queue(benchmark::State& state) {
  const auto waiters = static_cast<std::uint64_t>(state.range(0));
  const LongQueue queue(waiters);
  std::uint64_t random = 1;
  for (auto _ : state) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    benchmark::DoNotOptimize(queue.queues.ahead_of(queue.root, waiter(1 + random % waiters).place));
  }
  count_orders(state, 1);
}
BENCHMARK(place_in_queue)->Arg(100'000);

void place_at_tail(benchmark::State& state) {
  const auto waiters = static_cast<std::uint64_t>(state.range(0));
  const LongQueue queue(waiters);
  for (auto _ : state) benchmark::DoNotOptimize(queue.queues.ahead_of(queue.root, engine::QueuePlace::last()));
  count_orders(state, 1);
}
BENCHMARK(place_at_tail)->Arg(100'000);

// Bytes to decisions: frames, decode, decide, record, commit. Shops of more SKUs miss the caches.
void decide(benchmark::State& state) {
  micro::OrderPath path({.skus = static_cast<std::uint32_t>(state.range(0))});
  std::uint64_t next = 1;
  for (auto _ : state) {
    state.PauseTiming();
    path.answer();
    const std::vector<std::byte> frames = micro::order_frames({.skus = static_cast<std::uint32_t>(state.range(0))}, next, batch);
    next += batch;
    state.ResumeTiming();
    path.receive(frames);
  }
  count_orders(state, batch);
}
BENCHMARK(decide)->Arg(1'000)->Arg(100'000)->Iterations(8'000);

// The whole way, the journal in memory.
void whole(benchmark::State& state) {
  micro::OrderPath path({.skus = static_cast<std::uint32_t>(state.range(0))});
  std::uint64_t next = 1;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::byte> frames = micro::order_frames({.skus = static_cast<std::uint32_t>(state.range(0))}, next, batch);
    next += batch;
    state.ResumeTiming();
    path.receive(frames);
    benchmark::DoNotOptimize(path.answer());
  }
  count_orders(state, batch);
}
BENCHMARK(whole)->Arg(1'000)->Arg(100'000)->Iterations(8'000);

// A group of so many orders' records appended to LMDB and synced, in the working directory.
void append(benchmark::State& state) {
  const auto records = static_cast<std::size_t>(state.range(0));
  const Decided decided = three_lines();
  schema::EventEncoder encoder;
  alignas(8) std::byte one[4096];
  std::vector<std::byte> bytes;
  const std::filesystem::path directory = std::filesystem::current_path() / "micro-journal";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directory(directory);
  {
    auto journal = storage::open_lmdb_journal(directory, {});
    if (!journal) return state.SkipWithError(journal.error().text.c_str());
    for (auto _ : state) {
      const engine::Lsn first = (*journal)->last() + 1;
      bytes.clear();
      for (std::size_t index = 0; index < records; ++index) {
        const std::size_t size = encoder.encode({first + index, engine::TimeUs{1}, {}}, decided.order, one);
        bytes.insert(bytes.end(), one, one + size);
      }
      const std::span<const std::byte> chunks[] = {bytes};
      if (!(*journal)->append({first, first + (records - 1), chunks, bytes.size()})) state.SkipWithError("the journal cannot be written");
    }
  }
  std::filesystem::remove_all(directory);
  count_orders(state, records);
}
BENCHMARK(append)->Arg(1)->Arg(64)->Arg(1'000)->Arg(10'000)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
