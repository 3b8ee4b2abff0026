// Lets one of a server's writes or syncs fail: loaded with LD_PRELOAD. EARMARK_FAULT is "FILE N ERROR HOW":
//   FILE   journal or state: whose operations are counted, writes and syncs together, from 1 on
//   N      the operation that fails; 0: none, they are only counted
//   ERROR  EIO or ENOSPC; short: a write takes half of its bytes and says so, a sync fails with EIO
//   HOW    once; always: every later operation fails as well, on both files; unmarked: no later one does. After the first
//          failure no file can be made in `always` and `unmarked`
// EARMARK_FAULT_COUNT, if given, names a file that holds the number of operations so far and the number that failed.
// Any thread.
#include <sys/uio.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "tests/system/preload/data_files.hpp"

namespace {

using namespace earmark::preload;

struct Plan {
  DataFile file = DataFile::none;
  std::uint64_t number = 0;
  int error = 0;
  bool shortened = false, always = false, no_files = false;
};

Plan read_plan() {
  Plan plan;
  char file[16] = {}, error[16] = {}, how[16] = {};
  unsigned long long number = 0;
  const char* text = std::getenv("EARMARK_FAULT");
  if (text == nullptr || std::sscanf(text, "%15s %llu %15s %15s", file, &number, error, how) != 4) return plan;
  plan.file = std::string_view(file) == "journal" ? DataFile::journal : DataFile::state;
  plan.number = number;
  plan.error = std::string_view(error) == "ENOSPC" ? ENOSPC : EIO;
  plan.shortened = std::string_view(error) == "short";
  plan.always = std::string_view(how) == "always";
  plan.no_files = std::string_view(how) != "once";
  return plan;
}

const Plan& plan() {
  static const Plan read = read_plan();
  return read;
}

std::mutex mutex;
std::uint64_t operations = 0, failures = 0;

void write_counts() {
  static auto* const real_open = real<int(const char*, int, ...)>("open");
  static auto* const real_pwrite = real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
  static const int counts = [] {
    const char* path = std::getenv("EARMARK_FAULT_COUNT");
    return path == nullptr ? -1 : real_open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  }();
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%-20llu %-20llu\n", static_cast<unsigned long long>(operations),
                                 static_cast<unsigned long long>(failures));
  if (counts >= 0 && real_pwrite(counts, text, static_cast<std::size_t>(size), 0) != size) std::abort();
}

bool no_files_any_more() {
  const std::scoped_lock lock(mutex);
  return plan().no_files && failures > 0;
}

// Whether this operation is to fail; counts it.
bool fails(DataFile file) {
  if (file == DataFile::none || plan().file == DataFile::none) return false;
  const std::scoped_lock lock(mutex);
  const bool goes_on = plan().always && failures > 0;
  if (file != plan().file && !goes_on) return false;
  ++operations;
  const bool fail = operations == plan().number || goes_on;
  failures += fail ? 1U : 0U;
  write_counts();
  return fail;
}

// `half` writes half of the bytes.
template <class Write, class Half>
ssize_t write_or_fail(int descriptor, const Write& write, const Half& half) {
  if (!fails(opened(descriptor).file)) return write();
  if (plan().shortened) return half();
  errno = plan().error;
  return -1;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, int) : 0;
  va_end(rest);
  if ((flags & O_CREAT) != 0 && no_files_any_more()) {
    errno = plan().error;
    return -1;
  }
  return open_and_note(path, flags, mode);
}

// How the C++ library makes files.
FILE* fopen(const char* path, const char* mode) {
  static auto* const real_open = real<FILE*(const char*, const char*)>("fopen");
  if (mode[0] != 'r' && no_files_any_more()) {
    errno = plan().error;
    return nullptr;
  }
  return real_open(path, mode);
}
FILE* fopen64(const char* path, const char* mode) { return fopen(path, mode); }

int close(int descriptor) {
  static auto* const real_close = real<int(int)>("close");
  note_closed(descriptor);
  return real_close(descriptor);
}

ssize_t pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) {
  static auto* const real_write = real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
  return write_or_fail(descriptor, [&] { return real_write(descriptor, bytes, size, offset); },
                       [&] { return real_write(descriptor, bytes, size / 2, offset); });
}

ssize_t writev(int descriptor, const iovec* pieces, int count) {
  static auto* const real_write = real<ssize_t(int, const iovec*, int)>("writev");
  return write_or_fail(descriptor, [&] { return real_write(descriptor, pieces, count); },
                       [&] { return real_write(descriptor, pieces, (count + 1) / 2); });
}

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  static auto* const real_write = real<ssize_t(int, const void*, std::size_t)>("write");
  return write_or_fail(descriptor, [&] { return real_write(descriptor, bytes, size); },
                       [&] { return real_write(descriptor, bytes, size / 2); });
}

int fdatasync(int descriptor) {
  static auto* const real_sync = real<int(int)>("fdatasync");
  if (!fails(opened(descriptor).file)) return real_sync(descriptor);
  errno = plan().error;
  return -1;
}

int fsync(int descriptor) {
  static auto* const real_sync = real<int(int)>("fsync");
  if (!fails(opened(descriptor).file) && !(plan().always && no_files_any_more())) return real_sync(descriptor);
  errno = plan().error;
  return -1;
}

}  // extern "C"
