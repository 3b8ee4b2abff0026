// All memory of one program's world (engine, actors, what they allocate), so that thousands of schedules a second begin in
// the same state: the world is built once and made read-only; the first write to a page keeps a copy of it, and restore() puts
// all such pages back. Nothing in it is ever destroyed. Addresses are the same in every schedule.
// While a Region is in use, operator new and the engine's mmap (LazyArray) take from it; each thread of a program has one of
// its own, so that what one allocates does not move what another does.
#pragma once

#include <cstddef>
#include <functional>

namespace earmark::interleaving {

class WorldMemory {
 public:
  static constexpr int ordinary_heap = -1;
  static constexpr int building = 0;  // 1 ...: threads of the program

  // Forgets the world before and builds a new one.
  static void build(const std::function<void()>& make_world);
  // As it was after build().
  static void restore() noexcept;
  // Where memory comes from now; returns what it was.
  static int use(int region) noexcept;
};

}  // namespace earmark::interleaving
