// Writes down, in one order, what a server does to its data files and what it tells its clients: loaded with LD_PRELOAD.
// EARMARK_RECORDING names the file. It is a row of entries, each appended whole under one lock (grammar: recording.hpp):
// writes and syncs when they begin and when they have ended, bytes for clients before they are sent, new files under
// their final name. So for every moment it is known what had certainly reached the disk, what may have, and what
// anybody can have heard. Bytes of a sync that failed, and what is written without these calls (a writable map), never count as synced.
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "tests/system/preload/data_files.hpp"
#include "tests/system/preload/recording_format.hpp"

namespace {

using namespace earmark::preload;

std::mutex mutex;

void put(int recording, const void* data, std::size_t size) {
  static auto* const real_write = real<ssize_t(int, const void*, std::size_t)>("write");
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t count = real_write(recording, bytes, size);
    if (count < 0 && errno != EINTR) std::abort();  // half a recording would prove nothing
    if (count > 0) {
      bytes += count;
      size -= static_cast<std::size_t>(count);
    }
  }
}

void note(Entry entry, const iovec* pieces = nullptr, std::size_t count = 0) {
  static auto* const real_open = real<int(const char*, int, ...)>("open");
  const int error = errno;
  for (std::size_t index = 0; index < count; ++index) entry.length += pieces[index].iov_len;
  const std::scoped_lock lock(mutex);
  static const int recording = [] {
    const char* path = std::getenv("EARMARK_RECORDING");
    return path == nullptr ? -1 : real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }();
  if (recording >= 0) {
    put(recording, &entry, sizeof entry);
    for (std::size_t index = 0; index < count; ++index) put(recording, pieces[index].iov_base, pieces[index].iov_len);
  }
  errno = error;
}

// Around a write; `write` does it.
template <class Write>
ssize_t written(Opened opened, std::uint64_t offset, const iovec* pieces, std::size_t count, const Write& write) {
  note({opened.through ? EntryKind::through_begins : EntryKind::write_begins, opened.file, offset}, pieces, count);
  const ssize_t result = write();
  note({opened.through ? EntryKind::through_ended : EntryKind::write_ended, opened.file, result < 0 ? 1U : 0U});
  return result;
}

int synced(const char* name, int descriptor) {
  const Opened opened = earmark::preload::opened(descriptor);
  auto* const real_sync = real<int(int)>(name);
  if (opened.file == DataFile::none) return real_sync(descriptor);
  note({EntryKind::sync_begins, opened.file});
  const int result = real_sync(descriptor);
  note({EntryKind::sync_ended, opened.file, result < 0 ? 1U : 0U});
  return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, int) : 0;
  va_end(rest);
  return open_and_note(path, flags, mode);
}

int close(int descriptor) {
  static auto* const real_close = real<int(int)>("close");
  note_closed(descriptor);
  return real_close(descriptor);
}

ssize_t pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) {
  static auto* const real_write = real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
  const Opened opened = earmark::preload::opened(descriptor);
  const auto write = [&] { return real_write(descriptor, bytes, size, offset); };
  const iovec piece{const_cast<void*>(bytes), size};
  return opened.file == DataFile::none ? write() : written(opened, static_cast<std::uint64_t>(offset), &piece, 1, write);
}

ssize_t writev(int descriptor, const iovec* pieces, int count) {
  static auto* const real_write = real<ssize_t(int, const iovec*, int)>("writev");
  const Opened opened = earmark::preload::opened(descriptor);
  const auto write = [&] { return real_write(descriptor, pieces, count); };
  if (opened.file == DataFile::none) return write();
  const off_t offset = ::lseek(descriptor, 0, SEEK_CUR);
  return written(opened, static_cast<std::uint64_t>(offset), pieces, static_cast<std::size_t>(count), write);
}

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  static auto* const real_write = real<ssize_t(int, const void*, std::size_t)>("write");
  const Opened opened = earmark::preload::opened(descriptor);
  const auto write = [&] { return real_write(descriptor, bytes, size); };
  if (opened.file == DataFile::none) return write();
  const iovec piece{const_cast<void*>(bytes), size};
  return written(opened, static_cast<std::uint64_t>(::lseek(descriptor, 0, SEEK_CUR)), &piece, 1, write);
}

int ftruncate(int descriptor, off_t size) noexcept {
  static auto* const real_truncate = real<int(int, off_t)>("ftruncate");
  if (const Opened opened = earmark::preload::opened(descriptor); opened.file != DataFile::none) {
    note({EntryKind::truncated, opened.file, static_cast<std::uint64_t>(size)});
  }
  return real_truncate(descriptor, size);
}

int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }
int fsync(int descriptor) { return synced("fsync", descriptor); }

int rename(const char* from, const char* to) noexcept {
  static auto* const real_rename = real<int(const char*, const char*)>("rename");
  const DataFile file = data_file_at(std::string(to) + "/data.mdb");
  if (file != DataFile::none) note({EntryKind::named, file});
  return real_rename(from, to);
}

// Any way to talk to a client: Asio uses sendmsg() and send().
ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  static auto* const real_send = real<ssize_t(int, const msghdr*, int)>("sendmsg");
  note({EntryKind::told, DataFile::none, static_cast<std::uint64_t>(socket)}, message->msg_iov, message->msg_iovlen);
  const ssize_t result = real_send(socket, message, flags);
  note({EntryKind::taken, DataFile::none, static_cast<std::uint64_t>(socket), result < 0 ? 0 : static_cast<std::uint64_t>(result)});
  return result;
}

ssize_t send(int socket, const void* bytes, std::size_t size, int flags) {
  static auto* const real_send = real<ssize_t(int, const void*, std::size_t, int)>("send");
  const iovec piece{const_cast<void*>(bytes), size};
  note({EntryKind::told, DataFile::none, static_cast<std::uint64_t>(socket)}, &piece, 1);
  const ssize_t result = real_send(socket, bytes, size, flags);
  note({EntryKind::taken, DataFile::none, static_cast<std::uint64_t>(socket), result < 0 ? 0 : static_cast<std::uint64_t>(result)});
  return result;
}

int accept(int listener, sockaddr* address, socklen_t* size) {
  static auto* const real_accept = real<int(int, sockaddr*, socklen_t*)>("accept");
  const int socket = real_accept(listener, address, size);
  if (socket >= 0) note({EntryKind::connected, DataFile::none, static_cast<std::uint64_t>(socket)});
  return socket;
}

}  // extern "C"
