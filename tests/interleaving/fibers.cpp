#include "tests/interleaving/fibers.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "engine/check.hpp"
#include "tests/interleaving/explored_atomic.hpp"
#include "tests/interleaving/world_memory.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

// Saves the callee's registers and the stack pointer, and goes on with another stack. System V, x86-64, as the engine.
extern "C" void earmark_switch_stack(void** save, void* next);
asm(R"(
.text
.globl earmark_switch_stack
.type earmark_switch_stack, @function
earmark_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size earmark_switch_stack, .-earmark_switch_stack
)");

namespace earmark::interleaving {
namespace {

constexpr std::size_t stack_bytes = 512 * 1024;
Fibers* current = nullptr;

#if defined(__SANITIZE_ADDRESS__)
const void* main_stack = nullptr;
std::size_t main_stack_bytes = 0;
#endif

}  // namespace

bool exploring = false;
std::span<const std::byte> unexplored;

Fibers::Fibers() : fibers_(most_threads) {
  for (Fiber& fiber : fibers_) {
    void* stack = ::mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    EARMARK_CHECK(stack != MAP_FAILED);
    fiber.stack = static_cast<std::byte*>(stack);
  }
}

Fibers::~Fibers() {
  for (const Fiber& fiber : fibers_) ::munmap(fiber.stack, stack_bytes);
}

void Fibers::start(std::size_t count, const std::function<void(std::size_t)>& body) {
  EARMARK_CHECK(count <= most_threads);
  body_ = body;
  failed_.clear();
  current = this;
  for (std::size_t index = 0; index < most_threads; ++index) fibers_[index].ended = true;
  for (std::size_t index = 0; index < count; ++index) {
    Fiber& fiber = fibers_[index];
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(fiber.stack, stack_bytes);
#endif
    // As if it had called earmark_switch_stack() before its first instruction; `enter` finds the stack as after a call.
    auto* top = reinterpret_cast<std::uint64_t*>(fiber.stack + stack_bytes) - 4;
    *--top = 0;
    *--top = reinterpret_cast<std::uint64_t>(&Fibers::enter);
    for (int saved = 0; saved < 6; ++saved) *--top = 0;
    fiber.saved_stack = top;
    fiber.ended = false;
    switch_to(index);
  }
}

void Fibers::step(std::size_t fiber) { switch_to(fiber); }

void Fibers::switch_to(std::size_t fiber) {
  running_ = fiber;
  const int region = WorldMemory::use(static_cast<int>(fiber) + 1);
  exploring = true;
#if defined(__SANITIZE_ADDRESS__)
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(&fake, fibers_[fiber].stack, stack_bytes);
#endif
  earmark_switch_stack(&saved_stack_, fibers_[fiber].saved_stack);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
  exploring = false;
  WorldMemory::use(region);
}

void Fibers::switch_back(bool for_ever) noexcept {
#if defined(__SANITIZE_ADDRESS__)
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(for_ever ? nullptr : &fake, main_stack, main_stack_bytes);
#else
  static_cast<void>(for_ever);
#endif
  earmark_switch_stack(&fibers_[running_].saved_stack, saved_stack_);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
}

void Fibers::enter() noexcept {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &main_stack, &main_stack_bytes);
#endif
  Fibers& fibers = *current;
  fibers.body_(fibers.running_);
  fibers.fibers_[fibers.running_].ended = true;
  fibers.switch_back(true);
  std::abort();  // an ended fiber is never run
}

void announce(const void* address, bool write) noexcept {
  const std::less<> before;
  if (!before(address, unexplored.data()) && before(address, unexplored.data() + unexplored.size())) return;
  current->fibers_[current->running_].next = {address, write};
  current->switch_back(false);
}

void fail_running(const std::string& why) noexcept {
  exploring = false;
  WorldMemory::use(WorldMemory::ordinary_heap);
  current->failed_ = why.c_str();  // a copy outside of the world
  current->fibers_[current->running_].ended = true;
  current->switch_back(true);
  std::abort();
}

}  // namespace earmark::interleaving

// In place of engine/check.cpp: a check that fails while a program runs is what the explorer looks for.
void earmark::detail::check_failed(const char* condition, const char* file, int line) noexcept {
  using namespace earmark::interleaving;
  char text[512];
  std::snprintf(text, sizeof text, "bug: %s is false at %s:%d", condition, file, line);
  if (exploring) fail_running(text);
  std::fprintf(stderr, "%s, outside of an exploration\n", text);
  std::abort();
}
