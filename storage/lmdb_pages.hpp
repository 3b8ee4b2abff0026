// The pages of an LMDB 0.9 data file, checked before LMDB is let near them: LMDB has no checksums, and damaged pages
// make it crash, or read and overwrite the wrong ones. Every page of the newest commit is visited once: metas, trees,
// free list. Values are not read, only found. Reads through a memory map of the file: an I/O error is a signal, so
// this runs in a child process (lmdb_check.hpp).
// What is checked: numbers, flags and bounds of every page; nodes that tile their page; keys ascending and within
// their branch; every count in a tree's record; no page used twice or both used and free; the two metas one commit apart.
// What the values mean, and what two commits in a row must have to do with each other, is their owner's to check.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace earmark::storage {

struct PageProblem {
  std::size_t offset = 0;
  std::string text;
  bool moved_on = false;  // not damage: the wanted commit is no longer in the metas, a writer is at work
};

// A database that the environment must hold, and what messages call it.
struct DatabaseKind {
  const char* name;
  bool integer_keys;  // of 8 bytes
  const char* what;
  bool optional = false;  // environments of older versions are without it
};

// A value, where it lies in the file.
struct StoredValue {
  std::size_t database = 0;  // index among the kinds
  std::uint64_t key = 0;     // an integer key
  std::size_t key_offset = 0, key_bytes = 0;
  std::size_t offset = 0, bytes = 0;
  bool own_pages = false;  // on pages of its own, which never move; else inside a tree page, which the next commit may free
};

struct DatabaseSummary {
  std::uint64_t entries = 0;
  std::uint64_t first = 0, last = 0;  // integer keys; 0: no entries
};

struct PageSummary {
  std::uint64_t commit = 0;        // LMDB's transaction number
  std::size_t used_pages = 0, free_pages = 0, page_bytes = 0, used_bytes = 0;
  std::vector<DatabaseSummary> databases;  // by kind
  std::vector<DatabaseSummary> previous;   // of the commit before; empty: there is none, or it was not to be looked at
};

using ValueVisitor = std::function<void(const StoredValue&)>;

// What is to be walked.
struct PageWalk {
  std::span<const DatabaseKind> kinds;   // all databases there are; they are walked in this order
  std::uint64_t commit = 0;              // 0: the newest, no writer being at work, both metas checked
  // The last commit failed, so the meta that LMDB was writing may be a mixture of two; the newest whole one decides.
  bool after_failed_commit = false;
  bool previous = true;                  // look along the edges of the commit before
};

// `visit` gets all values, each database's in key order; none: values are only found and counted. `at` follows the offset that is being read.
std::optional<PageProblem> check_pages(std::span<const std::byte> file, const PageWalk& walk, std::atomic<std::uint64_t>& at,
                                       PageSummary& summary, const ValueVisitor& visit);

}  // namespace earmark::storage
