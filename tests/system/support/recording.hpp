// The test's side of preload/recorder.cpp: what a server did to its data files, step by step, with what its clients had
// been told by then. One thread to read it; then constant.
// What was told: every LSN in bytes that the server had begun to send (answers, events, what checks and questions name), so a
// claim counts from the moment from which anybody can have heard it. A correct server begins after its sync has returned.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "engine/types.hpp"
#include "tests/system/preload/recording_format.hpp"

namespace earmark::test {

struct Step {
  preload::EntryKind kind{};
  preload::DataFile file{};
  std::uint64_t offset = 0;           // of a write; the size of a truncation
  bool failed = false;                // of what has ended
  std::span<const std::byte> bytes;   // of a write
  engine::Lsn told{};                 // the highest LSN that was told before the next step
};

class Recording {
 public:
  // Throws when the file is not what the recorder writes, or bytes for clients are not frames.
  explicit Recording(const std::filesystem::path& file);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  const std::vector<Step>& steps() const noexcept { return steps_; }
  engine::Lsn told() const noexcept { return told_; }  // at the end
  std::size_t claims() const noexcept { return claims_; }  // whole messages that named an LSN

 private:
  std::span<const std::byte> bytes_;
  std::vector<Step> steps_;
  engine::Lsn told_{};
  std::size_t claims_ = 0;
};

}  // namespace earmark::test
