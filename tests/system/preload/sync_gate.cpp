// Stands between a server and its disk: loaded with LD_PRELOAD, it holds, lets through or fails what makes LMDB's commits
// durable; those of the journal alone, because the state store's syncs hold nobody's answer. In 0.9.24 that is fdatasync()
// of the data, then a pwrite() of the meta page on a descriptor opened with O_DSYNC.
// EARMARK_SYNC_GATE names a directory with:
//   hold      a file; while it is there each of these calls writes its name to `entered` and reads one byte of `release`
//   fail      a file; the calls that it names fail with EIO
//   entered, release   named pipes
// Any thread; the functions that it hides are looked up when first used.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr std::size_t most_files = 1024;
std::array<std::atomic<bool>, most_files> writes_through;  // by descriptor: opened with O_DSYNC

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

using Open = int(const char*, int, ...);

std::string in_gate(const char* name) {
  const char* directory = std::getenv("EARMARK_SYNC_GATE");
  return directory == nullptr ? std::string() : std::string(directory) + "/" + name;
}

bool is_named_in(const std::string& file, const char* call) {
  static Open* const real_open = real<Open>("open");
  const int descriptor = real_open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  char text[256] = {};
  const ssize_t count = ::read(descriptor, text, sizeof text - 1);
  ::close(descriptor);
  return count > 0 && std::strstr(text, call) != nullptr;
}

// Read and write, so that opening never waits for the other side.
int open_pipe(const char* name) {
  static Open* const real_open = real<Open>("open");
  return real_open(in_gate(name).c_str(), O_RDWR | O_CLOEXEC);
}

bool is_journals(int file) {
  char path[512] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  return ::readlink(link.c_str(), path, sizeof path - 1) > 0 && std::strstr(path, "/journal") != nullptr;
}

// False: the call is to fail.
bool pass(const char* call) {
  if (std::getenv("EARMARK_SYNC_GATE") == nullptr) return true;
  if (::access(in_gate("hold").c_str(), F_OK) == 0) {
    static const int entered = open_pipe("entered"), release = open_pipe("release");
    const std::string line = std::string(call) + "\n";
    char byte = 0;
    if (::write(entered, line.data(), line.size()) < 0) std::abort();
    while (::read(release, &byte, 1) < 0 && errno == EINTR) continue;
  }
  if (!is_named_in(in_gate("fail"), call)) return true;
  errno = EIO;
  return false;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  static Open* const real_open = real<Open>("open");
  std::va_list rest;
  va_start(rest, flags);
  const int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, int) : 0;
  va_end(rest);
  const int file = real_open(path, flags, mode);
  if (file >= 0 && static_cast<std::size_t>(file) < most_files) {
    writes_through[static_cast<std::size_t>(file)].store((flags & O_DSYNC) != 0);
  }
  return file;
}

int fdatasync(int file) {
  static auto* const real_sync = real<int(int)>("fdatasync");
  return !is_journals(file) || pass("fdatasync") ? real_sync(file) : -1;
}

int fsync(int file) {
  static auto* const real_sync = real<int(int)>("fsync");
  return !is_journals(file) || pass("fsync") ? real_sync(file) : -1;
}

int msync(void* start, std::size_t length, int flags) {
  static auto* const real_sync = real<int(void*, std::size_t, int)>("msync");
  return pass("msync") ? real_sync(start, length, flags) : -1;
}

ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t offset) {
  static auto* const real_write = real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
  const bool through = file >= 0 && static_cast<std::size_t>(file) < most_files && writes_through[static_cast<std::size_t>(file)].load();
  return !through || !is_journals(file) || pass("meta") ? real_write(file, bytes, size, offset) : -1;
}

}  // extern "C"
