// What happened in one simulated run, step by step: a hash of all of it, and the last steps in words. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace earmark::simulation {

// A promise was broken; what() names it.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Trace {
 public:
  // `what` is a literal.
  void note(const char* what, std::uint64_t first = 0, std::uint64_t second = 0, std::uint64_t third = 0) noexcept {
    for (const char* letter = what; *letter != 0; ++letter) mix(static_cast<unsigned char>(*letter));
    mix(first);
    mix(second);
    mix(third);
    entries_[count_++ % entries_.size()] = {what, first, second, third};
  }
  void mix(std::uint64_t value) noexcept { hash_ = (hash_ ^ value) * 1'099'511'628'211ULL ^ hash_ >> 47; }
  std::uint64_t hash() const noexcept { return hash_; }
  std::uint64_t count() const noexcept { return count_; }

  // The last steps, a line each.
  std::string tail(std::size_t most) const {
    std::string text;
    const std::uint64_t shown = std::min<std::uint64_t>({most, count_, entries_.size()});
    for (std::uint64_t index = count_ - shown; index < count_; ++index) {
      const Entry& entry = entries_[index % entries_.size()];
      text += "  " + std::to_string(index) + "  " + entry.what + " " + std::to_string(entry.first) + " " +
              std::to_string(entry.second) + " " + std::to_string(entry.third) + "\n";
    }
    return text;
  }

 private:
  struct Entry {
    const char* what = "";
    std::uint64_t first = 0, second = 0, third = 0;
  };
  std::array<Entry, 1024> entries_;
  std::uint64_t count_ = 0, hash_ = 14'695'981'039'346'656'037ULL;
};

}  // namespace earmark::simulation
