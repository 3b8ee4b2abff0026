// A file mapped for reading. An I/O error while it is read is a signal, so this belongs into a child process
// (check_child.hpp). Not thread-safe to make, any thread to read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace earmark::storage {

class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  int error() const noexcept { return error_; }  // errno, 0: mapped
  std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(bytes_), error_ == 0 ? size_ : 0};
  }
  void read_ahead() const noexcept;  // it will be read from front to back

 private:
  void* bytes_ = nullptr;
  std::size_t size_ = 0;
  int error_ = 0;
};

}  // namespace earmark::storage
