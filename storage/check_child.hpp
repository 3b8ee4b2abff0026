// A check that may end with a signal (damaged pages make LMDB crash, bad sectors are SIGBUS) runs in a child process and
// leaves what it finds in shared memory, where it can be read whatever became of the child. A child that dies by a signal
// means damage, at the place it was last reading.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <type_traits>

#include "storage/journal.hpp"

namespace earmark::storage {

struct CheckProgress {
  std::atomic<std::uint64_t> at_offset{0}, at_lsn{0};  // what is being read
  std::atomic<bool> finished{false};
  bool failed = false;
  FailureKind kind = FailureKind::damaged;
  char text[4096] = {};

  void fail(FailureKind what, const std::string& words);  // the last one counts
};

namespace detail {
// `result` of `bytes` bytes is what the child left in the memory that `work` got.
Outcome<void> check_in_child(const std::string& what, const std::filesystem::path& file, const char* remedy, void* result,
                             std::size_t bytes, const std::function<void(CheckProgress&, void*)>& work);
}  // namespace detail

// `work` runs in the child; `what` and `file` are for messages and the limit of its time.
template <class Result>
Outcome<Result> check_in_child(const std::string& what, const std::filesystem::path& file, const char* remedy,
                               const std::function<void(CheckProgress&, Result&)>& work) {
  static_assert(std::is_trivially_copyable_v<Result>);
  Result result{};
  auto checked = detail::check_in_child(what, file, remedy, &result, sizeof result,
                                        [&](CheckProgress& progress, void* place) { work(progress, *new (place) Result{}); });
  if (!checked) return Unexpected{checked.error()};
  return result;
}

}  // namespace earmark::storage
