// Helpers of the storage tests: a directory that goes away, records made from decisions, and programs run to their end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "schema/event.hpp"
#include "storage/journal.hpp"
#include "storage/lmdb_journal.hpp"

namespace earmark::storage::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

// Records one after the other, each with the next LSN. Times are LSN * 1000 microseconds, where none is given.
class Records {
 public:
  explicit Records(engine::Lsn first = engine::Lsn{1}) : next_(first) {}

  template <class Decision>
  engine::Lsn add(const Decision& decision, engine::Lsn cause = {}, engine::TimeUs time = {}) {
    if (time.value == 0) time.value = static_cast<std::int64_t>(next_.value) * 1000;
    const engine::Stamp stamp{next_, time, cause};
    const std::size_t bytes = encoder_->encode(stamp, decision, std::as_writable_bytes(std::span(scratch_)));
    records_.emplace_back(scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(bytes / 8));
    next_ = next_ + 1;
    return stamp.lsn;
  }
  // An order of three lines, all reserved, of about 250 bytes.
  engine::Lsn add_order();
  // The same, one unit a line, that leaves `available` of each SKU.
  engine::Lsn add_stocked_order(engine::Quantity available);
  // An order with a text of so many bytes: any length of record.
  engine::Lsn add_wide_order(std::size_t text_bytes);

  std::size_t size() const noexcept { return records_.size(); }
  std::span<const std::byte> record(std::size_t index) const { return std::as_bytes(std::span(records_[index])); }
  // All bytes in order, as a reader would return them, checksums zeroed.
  std::vector<std::byte> bytes() const;
  // Appends records [from, to) of this story as one group, a chunk each.
  Outcome<void> append(Journal& journal, std::size_t from, std::size_t to) const;

 private:
  std::unique_ptr<schema::EventEncoder> encoder_ = std::make_unique<schema::EventEncoder>();
  std::vector<std::uint64_t> scratch_ = std::vector<std::uint64_t>(max_record_bytes / 8);
  engine::Lsn next_;
  std::vector<std::vector<std::uint64_t>> records_;
};

// Everything that `journal` holds from `from` on, checksums zeroed; read `buffer_bytes` at a time.
Outcome<std::vector<std::byte>> read_all(const Journal& journal, engine::Lsn from = engine::Lsn{1},
                                         std::size_t buffer_bytes = max_record_bytes);

// Opens with a small map.
Outcome<std::unique_ptr<Journal>> open_small(const std::filesystem::path& directory);

// A journal of `groups` groups of 1 .. 40 records, some large; returns its records.
Records fill_journal(Journal& journal, std::size_t groups, std::uint32_t seed);

std::vector<std::byte> read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::vector<std::byte>& bytes);

struct Ended {
  int code = 0;        // exit code, or 128 + signal
  std::string out, error;
};
// Runs a program that lies beside the test program.
Ended run(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace earmark::storage::test
