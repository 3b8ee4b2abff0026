#include "tests/interleaving/world_memory.hpp"

#include <signal.h>
#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "engine/check.hpp"
#include "tests/interleaving/explored_atomic.hpp"
#include "tests/interleaving/fibers.hpp"

extern "C" {
// The linker sends the engine's calls here (--wrap).
void* __real_mmap(void* address, std::size_t bytes, int protection, int flags, int file, off_t offset);
int __real_munmap(void* address, std::size_t bytes);
void* __wrap_mmap(void* address, std::size_t bytes, int protection, int flags, int file, off_t offset);
int __wrap_munmap(void* address, std::size_t bytes);
}

namespace earmark::interleaving {
namespace {

constexpr std::size_t world_bytes = std::size_t{1} << 30;
constexpr std::size_t thread_bytes = std::size_t{16} << 20;
constexpr std::size_t regions = 5;  // building, and four threads
constexpr std::size_t page_bytes = 4096;
constexpr std::size_t most_changed = 16'384;

// Lies at the beginning of the world, so that restore() takes it back, too.
struct Allocated {
  std::array<std::byte*, regions> next, end;
};

std::byte* world = nullptr;
std::byte* copies = nullptr;                      // of pages as they were after build()
std::array<std::byte*, most_changed> changed{};   // the pages that they are of
std::size_t changed_count = 0;
struct sigaction handler_before;
int region = WorldMemory::ordinary_heap;

std::byte* region_start(std::size_t index) noexcept {
  return index == 0 ? world + page_bytes : world + world_bytes - (regions - index) * thread_bytes;
}

void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
  auto& allocated = *reinterpret_cast<Allocated*>(world);
  std::byte*& next = allocated.next[static_cast<std::size_t>(region)];
  const std::uintptr_t start = (reinterpret_cast<std::uintptr_t>(next) + alignment - 1) & ~(alignment - 1);
  next = reinterpret_cast<std::byte*>(start + bytes);
  EARMARK_CHECK(next <= allocated.end[static_cast<std::size_t>(region)]);
  return reinterpret_cast<void*>(start);
}

bool in_world(const void* address) noexcept {
  return world != nullptr && address >= world && address < world + world_bytes;
}

void* map(std::byte* at, std::size_t bytes) noexcept {
  const int fixed = at == nullptr ? 0 : MAP_FIXED;
  void* mapped = __real_mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
  EARMARK_CHECK(mapped != MAP_FAILED);
  return mapped;
}

// The first write to a page: keeps what it was and lets the write happen. A fault elsewhere is a violation when a thread of
// the program makes it; all others are for who was asked before.
void first_write(int number, siginfo_t* info, void*) {
  auto* page = static_cast<std::byte*>(info->si_addr);
  if (exploring && !in_world(page)) fail_running("E7: memory is used that is not there (SIGSEGV)");
  if (!in_world(page) || changed_count == most_changed) {
    ::sigaction(number, &handler_before, nullptr);  // it comes again, and goes there
    return;
  }
  page -= reinterpret_cast<std::uintptr_t>(page) % page_bytes;
  std::memcpy(copies + changed_count * page_bytes, page, page_bytes);
  changed[changed_count++] = page;
  ::mprotect(page, page_bytes, PROT_READ | PROT_WRITE);
}

void watch_writes() {
  struct sigaction present, wanted = {};
  wanted.sa_sigaction = first_write;
  wanted.sa_flags = SA_SIGINFO | SA_NODEFER;  // from a thread of the program it does not return
  EARMARK_CHECK(::sigaction(SIGSEGV, &wanted, &present) == 0);
  if (present.sa_sigaction != first_write) handler_before = present;
}

}  // namespace

void WorldMemory::build(const std::function<void()>& make_world) {
  world = static_cast<std::byte*>(map(world, world_bytes));
  if (copies == nullptr) copies = static_cast<std::byte*>(map(nullptr, most_changed * page_bytes));
  changed_count = 0;
  auto& allocated = *reinterpret_cast<Allocated*>(world);
  for (std::size_t index = 0; index < regions; ++index) {
    allocated.next[index] = region_start(index);
    allocated.end[index] = index + 1 == regions ? world + world_bytes : region_start(index + 1);
  }
  const int before = use(building);
  make_world();
  use(before);
  EARMARK_CHECK(::mprotect(world, world_bytes, PROT_READ) == 0);
  watch_writes();
}

void WorldMemory::restore() noexcept {
  for (std::size_t index = 0; index < changed_count; ++index) {
    std::memcpy(changed[index], copies + index * page_bytes, page_bytes);
  }
}

int WorldMemory::use(int wanted) noexcept {
  const int before = region;
  region = wanted;
  return before;
}

}  // namespace earmark::interleaving

using namespace earmark::interleaving;

void* __wrap_mmap(void* address, std::size_t bytes, int protection, int flags, int from, off_t offset) {
  if (region == WorldMemory::ordinary_heap) return __real_mmap(address, bytes, protection, flags, from, offset);
  return allocate(bytes, page_bytes);
}
int __wrap_munmap(void* address, std::size_t bytes) { return in_world(address) ? 0 : __real_munmap(address, bytes); }

void* operator new(std::size_t bytes) {
  if (region != WorldMemory::ordinary_heap) return allocate(bytes, 16);
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  if (region != WorldMemory::ordinary_heap) return allocate(bytes, align);
  if (void* memory = std::aligned_alloc(align, (bytes + align - 1) / align * align)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return region != WorldMemory::ordinary_heap ? allocate(bytes, 16) : std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t& nothrow) noexcept { return operator new(bytes, nothrow); }
void* operator new[](std::size_t bytes) { return operator new(bytes); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) { return operator new(bytes, alignment); }
void operator delete(void* memory) noexcept {
  if (!in_world(memory)) std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { operator delete(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { operator delete(memory); }
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { operator delete(memory); }
