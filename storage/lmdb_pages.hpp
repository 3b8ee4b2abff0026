// The pages of an LMDB 0.9 data file, checked before LMDB is let near them: LMDB has no checksums, and damaged pages
// make it crash, or read and overwrite the wrong ones. Every page of the newest commit is visited once: metas, trees,
// free list. Values are not read, only found. Reads through a memory map of the file: an I/O error is a signal, so
// this runs in a child process (lmdb_check.hpp).
// What is checked: numbers, flags and bounds of every page; nodes that tile their page; keys ascending and within
// their branch; every count in a tree's record; no page used twice or both used and free; the two metas one commit
// apart, and each holding as many groups more as commits, so that no older commit passes for the newest.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace earmark::storage {

struct PageProblem {
  std::size_t offset = 0;
  std::string text;
  bool moved_on = false;  // not damage: the wanted commit is no longer in the metas, a writer is at work
};

// A value of database "groups", where it lies in the file.
struct StoredValue {
  std::uint64_t key = 0;
  std::size_t offset = 0, bytes = 0;
  bool own_pages = false;  // on pages of its own, which never move; else inside a tree page, which the next commit may free
};

struct PageSummary {
  std::uint64_t commit = 0;        // LMDB's transaction number
  std::uint64_t groups = 0;
  std::size_t used_pages = 0, free_pages = 0, page_bytes = 0, used_bytes = 0;
  StoredValue identity;            // value "identity" of database "meta"; bytes 0: not there
  StoredValue chain_seed;          // value "chain_seed" of database "meta"; bytes 0: not there
};

using ValueVisitor = std::function<void(const StoredValue&)>;

// Walks the commit `commit` (0: the newest, no writer being at work, both metas checked). `visit` gets the groups in
// key order. `at` follows the offset that is being read. `after_failed_append`: the last append of the journal failed, so
// the meta that LMDB was writing may be a mixture of two commits; the newest whole one decides.
std::optional<PageProblem> check_pages(std::span<const std::byte> file, std::uint64_t commit, bool after_failed_append,
                                       std::atomic<std::uint64_t>& at, PageSummary& summary, const ValueVisitor& visit);

}  // namespace earmark::storage
