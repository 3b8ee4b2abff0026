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

// A child, and the memory that it shares. Of one thread: the child ends with the thread that made it.
class CheckChild {
 public:
  // `bytes`: of what the child leaves in the memory that `work` gets.
  static Outcome<CheckChild> begin(std::string what, const std::filesystem::path& file, const char* remedy, std::size_t bytes,
                                   const std::function<void(CheckProgress&, void*)>& work);
  CheckChild(CheckChild&& other) noexcept;
  CheckChild& operator=(CheckChild&&) = delete;
  // One that nobody waited for is killed.
  ~CheckChild();

  // Waits for it, and copies what it left. Once.
  Outcome<void> end(void* result, std::size_t bytes);

 private:
  CheckChild(std::string what, const char* remedy) : what_(std::move(what)), remedy_(remedy) {}
  int wait() noexcept;
  void* place() const noexcept;

  std::string what_;
  const char* remedy_;
  std::size_t mapped_bytes_ = 0;
  CheckProgress* progress_ = nullptr;
  int child_ = 0;
};

}  // namespace detail

// A check that goes on while the caller does other things.
template <class Result>
class BegunCheck {
 public:
  explicit BegunCheck(detail::CheckChild child) : child_(std::move(child)) {}
  // Once.
  Outcome<Result> end() {
    Result result{};
    if (auto checked = child_.end(&result, sizeof result); !checked) return Unexpected{checked.error()};
    return result;
  }

 private:
  detail::CheckChild child_;
};

// `work` runs in the child; `what` and `file` are for messages and the limit of its time.
template <class Result>
Outcome<BegunCheck<Result>> begin_check(const std::string& what, const std::filesystem::path& file, const char* remedy,
                                        const std::function<void(CheckProgress&, Result&)>& work) {
  static_assert(std::is_trivially_copyable_v<Result>);
  auto child = detail::CheckChild::begin(what, file, remedy, sizeof(Result),
                                         [&](CheckProgress& progress, void* place) { work(progress, *new (place) Result{}); });
  if (!child) return Unexpected{child.error()};
  return BegunCheck<Result>(std::move(child).value());
}

template <class Result>
Outcome<Result> check_in_child(const std::string& what, const std::filesystem::path& file, const char* remedy,
                               const std::function<void(CheckProgress&, Result&)>& work) {
  auto begun = begin_check<Result>(what, file, remedy, work);
  if (!begun) return Unexpected{begun.error()};
  return begun->end();
}

}  // namespace earmark::storage
