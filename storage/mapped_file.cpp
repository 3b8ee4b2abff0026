#include "storage/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace earmark::storage {

MappedFile::MappedFile(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    error_ = errno;
    return;
  }
  struct stat status = {};
  if (::fstat(file, &status) == 0) size_ = static_cast<std::size_t>(status.st_size);
  if (size_ > 0) {
    bytes_ = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
    if (bytes_ == MAP_FAILED) error_ = errno;
  }
  ::close(file);
}

MappedFile::~MappedFile() {
  if (size_ > 0 && error_ == 0) ::munmap(bytes_, size_);
}

void MappedFile::read_ahead() const noexcept {
  if (size_ > 0 && error_ == 0) ::madvise(bytes_, size_, MADV_SEQUENTIAL);
}

}  // namespace earmark::storage
