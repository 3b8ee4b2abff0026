#include "client/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "client/random_id.hpp"

namespace earmark::client {
namespace {

Unexpected<Failure> cannot_write(const std::string& path, const char* why) {
  return usage("cannot write " + path + ": " + why + "; name a file in a directory that is there and may be written");
}

// 0, or why not.
int write_all(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  int fault = 0;
  while (!bytes.empty() && fault == 0) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      fault = errno;
    }
  }
  if (fault == 0 && ::fsync(file) != 0) fault = errno;
  if (::close(file) != 0 && fault == 0) fault = errno;
  return fault;
}

}  // namespace

Outcome<void> write_whole_file(const std::string& path, std::string_view bytes) {
  std::error_code fault;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path, fault);
  if (fault) return cannot_write(path, fault.message().c_str());
  const auto kind = std::filesystem::status(target, fault).type();
  if (kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found) return cannot_write(path, "it is no file");
  const std::string beside = target.string() + "." + random_id("part");
  int error = write_all(beside, bytes);
  if (error == 0 && std::rename(beside.c_str(), target.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(beside.c_str());
  return cannot_write(path, std::strerror(error));
}

}  // namespace earmark::client
