#include "storage/directory_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

namespace earmark::storage {
namespace {

Unexpected<Failure> cannot(const std::string& what, const std::filesystem::path& path, int error) {
  if (is_of_the_disk(error)) {
    return Unexpected{Failure{FailureKind::write_failed, "cannot " + what + " " + path.string() + ": " + std::strerror(error) +
                                                             "; see to the disk, then start again"}};
  }
  return Unexpected{Failure{FailureKind::cannot_open, "cannot " + what + " " + path.string() + ": " +
                                                          std::strerror(error) +
                                                          "; give a directory that this user may write"}};
}

std::string owner_of(int file) {
  char text[32] = {};
  const ssize_t size = ::pread(file, text, sizeof text - 1, 0);
  unsigned long process = 0;
  if (size <= 0 || std::sscanf(text, "%lu", &process) != 1) return "another process";
  return "process " + std::to_string(process);
}

}  // namespace

bool is_of_the_disk(int error) noexcept { return error == EIO || error == ENOSPC || error == EDQUOT; }

Outcome<void> sync_directory(const std::filesystem::path& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return cannot("open the directory", directory, errno);
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (error != 0) return cannot("sync the directory", directory, error);
  return {};
}

Outcome<void> ensure_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return {};
  const std::filesystem::path parent = std::filesystem::absolute(directory).lexically_normal().parent_path();
  std::filesystem::create_directories(parent, error);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return cannot("create", directory, errno);
  if (!std::filesystem::is_directory(directory, error)) return cannot("use as a directory", directory, ENOTDIR);
  return sync_directory(parent);
}

bool is_in_use(const std::filesystem::path& directory) noexcept {
  const int file = ::open((directory / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  const bool known = ::fcntl(file, F_OFD_GETLK, &whole) == 0;
  ::close(file);
  return !known || whole.l_type != F_UNLCK;
}

Outcome<DirectoryLock> DirectoryLock::take(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "lock";
  DirectoryLock lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (lock.file_ < 0) return cannot("open the lock file", path, errno);
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(lock.file_, F_OFD_SETLK, &whole) != 0) {
    if (errno != EAGAIN && errno != EACCES) return cannot("lock", path, errno);
    return Unexpected{Failure{FailureKind::in_use, "the data directory " + directory.string() + " is in use by " +
                                                       owner_of(lock.file_) +
                                                       "; stop that server or give another directory"}};
  }
  const std::string process = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.file_, 0) != 0 || ::pwrite(lock.file_, process.data(), process.size(), 0) < 0) {
    return cannot("write the lock file", path, errno);
  }
  return lock;
}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

DirectoryLock::~DirectoryLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace earmark::storage
