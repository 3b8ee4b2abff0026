#include "tests/system/support/disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace earmark::test {
namespace {

using preload::EntryKind;

constexpr std::uint64_t sector_bytes = 512;
constexpr std::size_t never = std::numeric_limits<std::size_t>::max();
constexpr std::size_t commits_behind = 8;  // of a disk that lies

void write_at(int file, std::span<const std::byte> bytes, std::uint64_t offset) {
  if (!bytes.empty() && ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset)) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("cannot write an image");
  }
}

}  // namespace

// A write is certain when a sync that began after its end has ended; one that writes through when it has ended.
DiskFile::DiskFile(const Recording& recording, preload::DataFile file, Barriers barriers, std::filesystem::path path)
    : path_(std::move(path)), named_at_(never) {
  std::vector<std::size_t> ended, syncing, syncs;  // writes whose end was seen; those that the sync under way covers; steps
  bool through = false;
  for (std::size_t step = 0; step < recording.steps().size(); ++step) {
    const Step& now = recording.steps()[step];
    if (now.file != file) continue;
    switch (now.kind) {
      case EntryKind::through_begins:
      case EntryKind::write_begins:
        through = now.kind == EntryKind::through_begins && barriers == Barriers::kept;
        writes_.push_back({now.offset, now.bytes, step, never, false});
        break;
      case EntryKind::truncated:
        writes_.push_back({now.offset, {}, step, never, true});
        ended.push_back(writes_.size() - 1);
        break;
      case EntryKind::through_ended:
      case EntryKind::write_ended:
        if (through && !now.failed) writes_.back().durable = step;
        else ended.push_back(writes_.size() - 1);
        break;
      case EntryKind::sync_begins: syncing = std::exchange(ended, {}); break;
      case EntryKind::sync_ended:
        syncs.push_back(step);
        for (const std::size_t write : syncing) {
          if (!now.failed) writes_[write].durable = step;
          else ended.push_back(write);
        }
        break;
      case EntryKind::named: named_at_ = std::min(named_at_, step); break;
      default: break;
    }
  }
  if (barriers == Barriers::dropped) {
    for (Write& write : writes_) {
      const auto later = std::ranges::upper_bound(syncs, write.begins);
      const auto left = static_cast<std::size_t>(syncs.end() - later);
      write.durable = left > commits_behind ? *(later + commits_behind) : never;
    }
  }
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) throw std::runtime_error("cannot make " + path_.string());
}

DiskFile::~DiskFile() { ::close(file_); }

void DiskFile::settle(const Write& write) {
  if (write.truncates) {
    certain_.resize(write.offset);
    if (::ftruncate(file_, static_cast<off_t>(write.offset)) != 0) throw std::runtime_error("cannot cut an image");
    return;
  }
  certain_.resize(std::max<std::size_t>(certain_.size(), write.offset + write.bytes.size()));
  std::memcpy(certain_.data() + write.offset, write.bytes.data(), write.bytes.size());
  write_at(file_, write.bytes, write.offset);
}

void DiskFile::cut_after(std::size_t step) {
  step_ = step;
  named_ = named_at_ <= step;
  while (next_ < writes_.size() && writes_[next_].begins <= step) pending_.push_back(&writes_[next_++]);
  std::size_t certain = 0;
  while (certain < pending_.size() && pending_[certain]->durable <= step) settle(*pending_[certain++]);
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(certain));
}

std::size_t DiskFile::sectors_of(std::size_t write) const noexcept {
  const Write& wanted = *pending_[write];
  if (wanted.bytes.empty()) return 1;
  return (wanted.offset + wanted.bytes.size() - 1) / sector_bytes - wanted.offset / sector_bytes + 1;
}

void DiskFile::put(const Write& write, std::uint64_t from, std::uint64_t to) {
  from = std::max(from, write.offset);
  to = std::min(to, write.offset + write.bytes.size());
  write_at(file_, write.bytes.subspan(from - write.offset, to - from), from);
  changed_.emplace_back(from, to);
}

void DiskFile::show(const Has& has) {
  for (std::size_t index = 0; index < pending_.size(); ++index) {
    const Write& write = *pending_[index];
    const bool certain = write.durable <= step_;
    if (write.truncates) continue;  // LMDB cuts no file that has data
    for (std::size_t sector = 0, count = sectors_of(index), run = 0; sector < count; sector += run) {
      run = 1;
      if (!certain && !has(index, sector)) continue;
      while (sector + run < count && (certain || has(index, sector + run))) ++run;
      const std::uint64_t start = (write.offset / sector_bytes + sector) * sector_bytes;
      put(write, start, start + run * sector_bytes);
    }
  }
}

void DiskFile::clear() {
  for (const auto& [from, to] : changed_) {
    const std::uint64_t end = std::min<std::uint64_t>(to, certain_.size());
    if (from < end) write_at(file_, std::span<const std::byte>(certain_).subspan(from, end - from), from);
  }
  changed_.clear();
  if (::ftruncate(file_, static_cast<off_t>(certain_.size())) != 0) throw std::runtime_error("cannot cut an image");
}

void DiskFile::clear_all() {
  changed_.clear();
  changed_.emplace_back(0, certain_.size());
  clear();
}

CutPattern::CutPattern(const DiskFile& file, std::size_t number, model::Random& random) {
  const std::size_t writes = file.pending();
  for (std::size_t write = 0; write < writes; ++write) sectors_.emplace_back(file.sectors_of(write), false);
  const auto set = [&](std::size_t write) { sectors_[write].assign(sectors_[write].size(), true); };
  if (number <= writes) {
    for (std::size_t write = 0; write < number; ++write) set(write);
    name_ = number == 0 ? "nothing" : "the first " + std::to_string(number) + " of " + std::to_string(writes) + " writes";
  } else if (number == writes + 1) {
    set(writes - 1);
    name_ = "the last of " + std::to_string(writes) + " writes alone";
  } else if (random.chance(30)) {
    name_ = "writes";
    for (std::size_t write = 0; write < writes; ++write) {
      if (!random.chance(50)) continue;
      set(write);
      name_ += " " + std::to_string(write);
    }
  } else if (random.chance(50)) {
    const std::size_t torn = random.below(writes), sectors = random.below(sectors_[torn].size() + 1);
    for (std::size_t write = 0; write < torn; ++write) set(write);
    for (std::size_t sector = 0; sector < sectors; ++sector) sectors_[torn][sector] = true;
    name_ = "the first " + std::to_string(torn) + " writes, and " + std::to_string(sectors) + " sectors of the next";
  } else {
    const std::uint64_t percent = random.between(5, 95);
    for (auto& write : sectors_) {
      for (std::size_t sector = 0; sector < write.size(); ++sector) write[sector] = random.chance(percent);
    }
    name_ = "any sectors, " + std::to_string(percent) + " in a hundred";
  }
}

bool CutPattern::has(std::size_t write, std::size_t sector) const { return sectors_[write][sector]; }

}  // namespace earmark::test
