// A directory being made: NAME.partial, locked (flock on the directory itself, so that no file stays in it), renamed to NAME
// when it is whole and durable, removed if it does not come to that. What a killed run left under that name is removed first.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "storage/journal.hpp"

namespace earmark::storage {

class PartialDirectory {
 public:
  // `name`: absolute, may be an empty directory. Failures: in_use (somebody else is making it), cannot_open.
  static Outcome<PartialDirectory> make(const std::filesystem::path& name);

  PartialDirectory(PartialDirectory&& other) noexcept
      : name_(std::move(other.name_)), path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
  PartialDirectory& operator=(PartialDirectory&&) = delete;
  ~PartialDirectory();

  const std::filesystem::path& path() const noexcept { return path_; }
  // Syncs the directory and renames it; the files in it are the caller's to sync. Failure: write_failed.
  Outcome<void> publish();

 private:
  PartialDirectory(std::filesystem::path name, std::filesystem::path path, int file)
      : name_(std::move(name)), path_(std::move(path)), file_(file) {}

  std::filesystem::path name_, path_;
  int file_ = -1;  // -1: published, or moved from
};

}  // namespace earmark::storage
