#include "examples/outcome_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

namespace earmark::examples {
namespace {

using client::usage;
using Json = nlohmann::json;

std::string reason() { return std::strerror(errno); }

// Where the last whole line ends. Reads backwards, a block at a time.
off_t end_of_lines(int descriptor, off_t size) {
  char block[4096];
  while (size > 0) {
    const off_t begin = std::max<off_t>(0, size - static_cast<off_t>(sizeof block));
    const ssize_t got = ::pread(descriptor, block, static_cast<std::size_t>(size - begin), begin);
    if (got <= 0) return size;
    for (ssize_t at = got; at > 0; --at) {
      if (block[at - 1] == '\n') return begin + at;
    }
    size = begin;
  }
  return 0;
}

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

OutcomeFile::OutcomeFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor), known_(path_) {}
OutcomeFile::OutcomeFile(OutcomeFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), known_(std::move(other.known_)), line_(other.line_) {}
OutcomeFile::~OutcomeFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Outcome<OutcomeFile> OutcomeFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return usage(path + ": cannot be opened (" + reason() + "); is the directory there?");
  OutcomeFile file(path, descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return usage(path + ": another program writes to it; let it end first");
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return usage(path + ": cannot be read (" + reason() + ")");
  const off_t end = end_of_lines(descriptor, status.st_size);
  if (end != status.st_size && ::ftruncate(descriptor, end) != 0) return usage(path + ": cannot be cut (" + reason() + ")");
  return file;
}

Outcome<std::optional<std::string>> OutcomeFile::next_known() {
  std::string text;
  if (!std::getline(known_, text)) return std::optional<std::string>();
  ++line_;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("order") || !json["order"].is_string()) {
    return usage(path_ + ":" + std::to_string(line_) + ": this is no line of an outcome file; name another file");
  }
  return std::optional(json["order"].get<std::string>());
}

Outcome<void> OutcomeFile::append(const std::string& lines) {
  for (std::size_t written = 0; written < lines.size();) {
    const ssize_t count = ::write(descriptor_, lines.data() + written, lines.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return usage(path_ + ": cannot be written (" + reason() + "); is the disk full?");
    written += static_cast<std::size_t>(count);
  }
  return {};
}

std::string outcome_line(const client::Order& order, const client::OrderAnswer& answer) {
  std::uint64_t reserved = 0, backordered = 0;
  for (const client::OrderAnswerLine& line : answer.lines) {
    for (const client::Taken& taken : line.reserved) reserved += taken.quantity;
    backordered += line.backordered;
  }
  return line_of({{"order", order.id}, {"lsn", answer.lsn}, {"status", name(answer.status)}, {"reserved", reserved},
                  {"backordered", backordered}, {"duplicate", answer.duplicate}});
}

std::string outcome_line(const client::Order& order, const client::Failure& refusal) {
  return line_of({{"order", order.id}, {"error", name(refusal.code)}, {"message", refusal.text}});
}

}  // namespace earmark::examples
