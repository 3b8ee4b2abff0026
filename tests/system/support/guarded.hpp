// Work in child processes, for what must not end with a signal but may: each child does its share and leaves numbers and the
// first complaint in shared memory. A child that dies counts as a complaint that names what it was doing.
// Assertions belong into the parent: children throw, and say what in `doing`. Call with no other threads running.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

namespace earmark::test {

struct Share {
  static constexpr std::size_t most = 8;
  std::size_t index = 0, of = 1;                // this child's
  std::array<std::uint64_t, most> numbers{};    // added up over all children
  char doing[512] = {}, complaint[2048] = {};
  bool finished = false;

  void say(const std::string& what);  // what it does now
};

struct GuardedResult {
  std::array<std::uint64_t, Share::most> numbers{};
  std::string complaint;  // "": none; else the first child's that has one
};

GuardedResult run_guarded(std::size_t children, const std::function<void(Share&)>& work);

// A number from the environment.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise);

}  // namespace earmark::test
