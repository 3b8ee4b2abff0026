// What the modules that stand between a server and its disk share: the functions that they hide, and which of the process's
// descriptors are data files of LMDB's. Files are told by the path that they were opened with, also under the name that
// they have while they are made (journal.new, state.new). LMDB 0.9.24 writes with pwrite() and writev(), its meta pages on a
// descriptor opened with O_DSYNC, and syncs with fdatasync(). Any thread; children of the process count for nothing.
#pragma once

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace earmark::preload {

enum class DataFile : std::uint8_t { none, journal, state };

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

inline DataFile data_file_at(std::string_view path) {
  if (path.ends_with("/journal/data.mdb") || path.ends_with("/journal.new/data.mdb")) return DataFile::journal;
  if (path.ends_with("/state/data.mdb") || path.ends_with("/state.new/data.mdb")) return DataFile::state;
  return DataFile::none;
}

struct Opened {
  DataFile file = DataFile::none;
  bool through = false;  // a write has been synced when it returns
};

inline constexpr std::size_t most_descriptors = 4096;
inline std::array<std::atomic<Opened>, most_descriptors> opened_files;

// What this process has opened here; nothing in a child of it.
inline Opened opened(int descriptor) {
  static const pid_t first = ::getpid();
  if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= most_descriptors) return {};
  const Opened found = opened_files[static_cast<std::size_t>(descriptor)].load();
  return found.file != DataFile::none && ::getpid() == first ? found : Opened{};
}

inline void note_closed(int descriptor) {
  if (descriptor >= 0 && static_cast<std::size_t>(descriptor) < most_descriptors) {
    opened_files[static_cast<std::size_t>(descriptor)].store({});
  }
}

// Opens and remembers.
inline int open_and_note(const char* path, int flags, int mode) {
  static auto* const real_open = real<int(const char*, int, ...)>("open");
  const int descriptor = real_open(path, flags, mode);
  if (descriptor >= 0 && static_cast<std::size_t>(descriptor) < most_descriptors) {
    const bool writes = (flags & O_ACCMODE) != O_RDONLY;
    opened_files[static_cast<std::size_t>(descriptor)].store(
        {writes ? data_file_at(path) : DataFile::none, (flags & (O_DSYNC | O_SYNC)) != 0});
  }
  return descriptor;
}

}  // namespace earmark::preload
