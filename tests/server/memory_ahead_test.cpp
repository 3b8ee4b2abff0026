// Pages that are there before anybody allocates in them, as the kernel tells it.
#include <catch2/catch.hpp>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/block_store.hpp"
#include "server/memory_ahead.hpp"

using namespace earmark;

namespace {

constexpr std::size_t page = 4096;

std::byte* page_of_chunk(engine::BlockStore& store, std::size_t chunk) {
  auto* bytes = store.at<std::byte>(static_cast<engine::BlockRef>(chunk * (engine::BlockStore::chunk_bytes / engine::BlockStore::unit)));
  return bytes + (page - reinterpret_cast<std::uintptr_t>(bytes) % page) % page;
}

bool is_there(engine::BlockStore& store, std::size_t chunk) {
  unsigned char there = 0;
  REQUIRE(::mincore(page_of_chunk(store, chunk), page, &there) == 0);
  return (there & 1) != 0;
}

// A minute is for machines that stand still, not for the thread.
bool comes_to_be_there(engine::BlockStore& store, std::size_t chunk) {
  for (int tries = 0; tries < 60'000 && !is_there(store, chunk); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return is_there(store, chunk);
}

}  // namespace

TEST_CASE("memory ahead: the next chunks' pages are there, and no more than some", "[server]") {
  engine::BlockStore store(64U << 20);
  if (::madvise(page_of_chunk(store, 40), page, MADV_POPULATE_WRITE) != 0) {
    WARN("skipped: this kernel cannot take pages ahead (before Linux 5.14)");
    return;
  }
  server::MemoryAhead ahead(store);
  ahead.start();
  CHECK(comes_to_be_there(store, 16));
  CHECK_FALSE(is_there(store, 20));  // a large page may reach into the next chunks
  for (int chunks = 0; chunks < 10; ++chunks) store.take_chunk(0);
  ahead.mind();
  CHECK(comes_to_be_there(store, 26));
  CHECK_FALSE(is_there(store, 30));
  for (const std::size_t taken : {24U, 38U, 52U}) {
    while (store.bytes_taken() < taken * engine::BlockStore::chunk_bytes) store.take_chunk(0);
    ahead.mind();
    CHECK(comes_to_be_there(store, std::min<std::size_t>(taken + 15, 63)));  // and it ends at the end
  }
  ahead.stop();
}
