// The disk as a power cut may leave it: what had been synced is there, and of what had not any part, sector by sector.
// Built from a recording; files of a directory in memory are changed in place and put back, so that an image costs what it
// differs in. One thread.
// The one assumption is LMDB's own: what lies within one sector of 512 bytes (its meta pages do) is written whole or not.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/model/random_commands.hpp"
#include "tests/system/support/recording.hpp"

namespace earmark::test {

// What a sync is taken to be worth. All but `kept` are disks that lie, for testing the test.
enum class Barriers : std::uint8_t {
  kept,
  meta_dropped,  // a meta page is as good as any other page until the next sync (MDB_NOMETASYNC)
  dropped,       // the last eight commits may be lost in any part (MDB_NOSYNC)
};

// One data file and its writes.
class DiskFile {
 public:
  DiskFile(const Recording& recording, preload::DataFile file, Barriers barriers, std::filesystem::path path);
  ~DiskFile();
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  // The power goes after this step; steps never go back. What lies on disk for certain is in the file then.
  void cut_after(std::size_t step);
  // Whether the file has its name by then.
  bool named() const noexcept { return named_; }
  std::size_t pending() const noexcept { return pending_.size(); }

  // Puts into the file: of each pending write the sectors that `has` wants. clear() takes them out again.
  using Has = std::function<bool(std::size_t write, std::size_t sector)>;
  void show(const Has& has);
  std::size_t sectors_of(std::size_t write) const noexcept;
  void clear();
  // The same after somebody else has written to the file.
  void clear_all();

 private:
  struct Write {
    std::uint64_t offset = 0;
    std::span<const std::byte> bytes;
    std::size_t begins = 0, durable = 0;  // steps
    bool truncates = false;
  };
  void put(const Write& write, std::uint64_t from, std::uint64_t to);  // into the file
  void settle(const Write& write);                                     // into what is certain

  std::filesystem::path path_;
  int file_ = -1;
  std::vector<Write> writes_;
  std::size_t next_ = 0;               // of writes_: has not begun
  std::vector<const Write*> pending_;  // begun; not certain, or behind one that is not
  std::size_t step_ = 0, named_at_ = 0;
  bool named_ = false;
  std::vector<std::byte> certain_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> changed_;
};

// The ways in which the pending writes may have reached the disk, the telling ones first, then any.
class CutPattern {
 public:
  // The `number`-th pattern of a file with so many pending writes; `fixed` of them are not random.
  CutPattern(const DiskFile& file, std::size_t number, model::Random& random);
  static std::size_t fixed(std::size_t pending) { return pending == 0 ? 1 : pending + 2; }

  bool has(std::size_t write, std::size_t sector) const;
  const std::string& name() const noexcept { return name_; }

 private:
  std::vector<std::vector<bool>> sectors_;
  std::string name_;
};

}  // namespace earmark::test
