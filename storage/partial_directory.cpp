#include "storage/partial_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "storage/directory_lock.hpp"

namespace earmark::storage {
namespace {

// Whether `path` still names the directory that is open: whoever had the lock before may have renamed it.
bool names(const std::filesystem::path& path, int file) {
  struct stat by_name = {}, by_file = {};
  return ::stat(path.c_str(), &by_name) == 0 && ::fstat(file, &by_file) == 0 && by_name.st_ino == by_file.st_ino &&
         by_name.st_dev == by_file.st_dev;
}

void remove_contents(const std::filesystem::path& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) std::filesystem::remove_all(entry, ignored);
}

}  // namespace

Outcome<PartialDirectory> PartialDirectory::make(const std::filesystem::path& name) {
  const std::filesystem::path path = name.string() + ".partial";
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return Unexpected{Failure{FailureKind::cannot_open, "cannot make " + path.string() + ": " + std::strerror(errno) +
                                                            "; give a place where this user may write"}};
  }
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) {
    return Unexpected{Failure{FailureKind::cannot_open, "cannot open " + path.string() + ": " + std::strerror(errno)}};
  }
  if (::flock(file, LOCK_EX | LOCK_NB) != 0 || !names(path, file)) {
    ::close(file);
    return Unexpected{Failure{FailureKind::in_use, path.string() + " is being written by another process; wait for it, or give another name"}};
  }
  remove_contents(path);
  return PartialDirectory(name, path, file);
}

Outcome<void> PartialDirectory::publish() {
  const auto failed = [&](int error) {
    return Unexpected{Failure{FailureKind::write_failed, "cannot give " + path_.string() + " the name " + name_.string() + ": " +
                                                             std::strerror(error) + "; nothing was left behind"}};
  };
  if (::fsync(file_) != 0) return failed(errno);
  if (::rename(path_.c_str(), name_.c_str()) != 0) return failed(errno);
  ::close(std::exchange(file_, -1));
  if (const auto synced = sync_directory(name_.parent_path()); !synced) {
    return Unexpected{Failure{FailureKind::write_failed, synced.error().text}};
  }
  return {};
}

PartialDirectory::~PartialDirectory() {
  if (file_ < 0) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  ::close(file_);
}

}  // namespace earmark::storage
