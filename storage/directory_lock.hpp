// The data directory and its lock: DIR/lock, held by an open-file-description lock for as long as the object lives, so
// that one server at a time has the directory. The kernel lets go of it when the process ends, however it ends.
// The file holds the owner's process id as text, for the message of whoever comes second.
#pragma once

#include <filesystem>

#include "storage/journal.hpp"

namespace earmark::storage {

// Whether a system call failed for the disk's sake (full, over quota, I/O error) and not for what it was asked.
bool is_of_the_disk(int error) noexcept;

// Creates `directory` (mode 0700, parents as the umask says) if missing and makes its name durable.
Outcome<void> ensure_directory(const std::filesystem::path& directory);

// Makes the names in `directory` durable.
Outcome<void> sync_directory(const std::filesystem::path& directory);

// Whether a server has it now. No lock is taken, so it may have changed by the time this returns.
bool is_in_use(const std::filesystem::path& directory) noexcept;

class DirectoryLock {
 public:
  // Failure: in_use, naming the directory and the process that has it.
  static Outcome<DirectoryLock> take(const std::filesystem::path& directory);

  DirectoryLock(DirectoryLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int file) noexcept : file_(file) {}
  int file_ = -1;
};

}  // namespace earmark::storage
