#include "tests/storage/story.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "engine/check.hpp"
#include "schema/record.hpp"

namespace earmark::storage::test {

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "earmark-storage-XXXXXX").string();
  EARMARK_CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

engine::Lsn Records::add_order() { return add_wide_order(0); }

engine::Lsn Records::add_stocked_order(engine::Quantity available) {
  const std::string id = "order-" + std::to_string(next_.value);
  engine::LineDecision lines[3];
  for (std::uint32_t index = 0; index < 3; ++index) {
    lines[index].line = engine::LineNumber{index + 1};
    lines[index].sku = engine::SkuId{index + 1};
    lines[index].quantity = lines[index].taken = 1;
    lines[index].available_after = available;
    lines[index].warehouse = engine::WarehouseId{1};
    lines[index].shipment = 1;
  }
  engine::OrderDecision order;
  order.id = id;
  order.content = next_.value * 7919;
  order.lines = lines;
  return add(order);
}

engine::Lsn Records::add_wide_order(std::size_t text_bytes) {
  const std::string id = "order-" + std::to_string(next_.value);
  const std::string notes(text_bytes, 'n');
  std::vector<engine::LineDecision> lines(3);
  for (std::uint32_t index = 0; index < 3; ++index) {
    lines[index].line = engine::LineNumber{index + 1};
    lines[index].sku = engine::SkuId{index + 1};
    lines[index].quantity = 2;
    lines[index].taken = 2;
    lines[index].warehouse = engine::WarehouseId{1};
    lines[index].shipment = 1;
  }
  engine::OrderDecision order;
  order.id = id;
  order.content = next_.value * 7919;
  order.texts.notes = notes;
  order.lines = lines;
  return add(order);
}

namespace {

void zero_checksums(std::span<std::byte> bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    schema::Piece piece = schema::piece_at(bytes.subspan(at));
    EARMARK_CHECK(piece.stride != 0);
    piece.header.crc32c = 0;
    std::memcpy(bytes.data() + at, &piece.header, sizeof piece.header);
    at += piece.stride;
  }
}

}  // namespace

std::vector<std::byte> Records::bytes() const {
  std::vector<std::byte> all;
  for (const auto& words : records_) {
    const auto bytes = std::as_bytes(std::span(words));
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

Outcome<void> Records::append(Journal& journal, std::size_t from, std::size_t to) const {
  std::vector<std::span<const std::byte>> chunks;
  Group group;
  for (std::size_t index = from; index < to; ++index) {
    chunks.push_back(record(index));
    group.bytes += chunks.back().size();
  }
  group.first = journal.last() + 1;
  group.last = journal.last() + (to - from);
  group.chunks = chunks;
  return journal.append(group);
}

Outcome<std::vector<std::byte>> read_all(const Journal& journal, engine::Lsn from, std::size_t buffer_bytes) {
  std::vector<std::byte> all;
  std::vector<std::uint64_t> buffer(buffer_bytes / 8);
  const auto reader = journal.reader();
  if (auto moved = reader->seek(from); !moved) return Unexpected{moved.error()};
  for (engine::Lsn next = from; next <= journal.last();) {
    engine::Lsn first, last;
    const auto bytes = reader->read(std::as_writable_bytes(std::span(buffer)), journal.last(), first, last);
    if (!bytes) return Unexpected{bytes.error()};
    EARMARK_CHECK(*bytes > 0 && first == next);
    const auto records = std::as_writable_bytes(std::span(buffer)).first(*bytes);
    zero_checksums(records);
    all.insert(all.end(), records.begin(), records.end());
    next = last + 1;
  }
  return all;
}

Outcome<std::unique_ptr<Journal>> open_small(const std::filesystem::path& directory) {
  OpenOptions options;
  options.map_bytes = std::size_t{256} << 20;
  options.max_skus = 1000;
  options.max_warehouses = 4;
  return open_lmdb_journal(directory, options);
}

Records fill_journal(Journal& journal, std::size_t groups, std::uint32_t seed) {
  std::mt19937 random(seed);
  Records records;
  for (std::size_t group = 0; group < groups; ++group) {
    const std::size_t from = records.size(), count = 1 + (random() % 4 == 0 ? random() % 40 : 0);
    for (std::size_t index = 0; index < count; ++index) records.add_wide_order(random() % 8 == 0 ? random() % 500 : 0);
    EARMARK_CHECK(records.append(journal, from, records.size()).has_value());
  }
  return records;
}

std::vector<std::byte> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

void write_file(const std::filesystem::path& path, const std::vector<std::byte>& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  EARMARK_CHECK(file.good());
}

Ended run(const std::string& program, const std::vector<std::string>& arguments) {
  const TemporaryDirectory output;
  const std::string out = (output.path() / "out").string(), error = (output.path() / "error").string();
  const std::string path = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / program).string();
  std::vector<std::string> words{path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t child = ::fork();
  EARMARK_CHECK(child >= 0);
  if (child == 0) {
    const int out_file = ::open(out.c_str(), O_WRONLY | O_CREAT, 0600), error_file = ::open(error.c_str(), O_WRONLY | O_CREAT, 0600);
    if (::dup2(out_file, STDOUT_FILENO) < 0 || ::dup2(error_file, STDERR_FILENO) < 0) ::_exit(126);
    ::execv(path.c_str(), pointers.data());
    ::_exit(127);
  }
  int status = 0;
  EARMARK_CHECK(::waitpid(child, &status, 0) == child);
  Ended ended;
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const auto text = [](const std::string& name) {
    const auto bytes = read_file(name);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  ended.out = text(out);
  ended.error = text(error);
  return ended;
}

}  // namespace earmark::storage::test
