#include "client/csv.hpp"

#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace earmark::client {
namespace {

constexpr std::size_t max_row_bytes = std::size_t{1} << 20;  // more is an unclosed quote, not a row
constexpr int end_of_file = -1;
constexpr int read_failed = -2;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct CloseGzip {
  void operator()(gzFile file) const noexcept { gzclose(file); }
};

}  // namespace

// Fields are read byte by byte; zlib passes a file through that is not compressed.
struct CsvReader::State {
  std::string path;
  std::unique_ptr<gzFile_s, CloseGzip> file;
  std::array<char, std::size_t{64} << 10> buffer;
  std::size_t position = 0, filled = 0;
  std::size_t current_line = 1, row_line = 0;
  std::size_t row_bytes = 0;
  std::string failure;  // not empty: the reader has stopped
  std::vector<std::string> header;

  bool fill();
  int peek() { return position < filled || fill() ? static_cast<unsigned char>(buffer[position]) : end(); }
  int end() const { return failure.empty() ? end_of_file : read_failed; }
  int get();
  bool fail(std::size_t at_line, std::string_view what);
  bool line_end(int byte);
  bool skip_empty_lines();
  bool read_quoted(std::string& field);
  bool read_plain(std::string& field);
  bool read_row(std::vector<std::string>& row);
  bool check_header();
};

bool CsvReader::State::fail(std::size_t at_line, std::string_view what) {
  failure = path + ":" + std::to_string(at_line) + ": " + std::string(what);
  return false;
}

bool CsvReader::State::fill() {
  if (!failure.empty()) return false;
  errno = 0;
  const int bytes = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
  int fault = Z_OK;
  const char* reason = gzerror(file.get(), &fault);
  position = 0;
  filled = bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
  if (fault == Z_BUF_ERROR && filled == 0) return fail(current_line, "the compressed file ends too early; copy it again");
  if (bytes < 0) {
    const std::string text = fault == Z_ERRNO ? std::system_category().message(errno) : std::string(reason);
    return fail(current_line, "cannot be read (" + text + "); is it damaged?");
  }
  return filled > 0;
}

int CsvReader::State::get() {
  const int byte = peek();
  if (byte < 0) return byte;
  ++position;
  if (++row_bytes > max_row_bytes) {
    fail(row_line, "this row is longer than 1 MiB; is a quote not closed?");
    return read_failed;
  }
  return byte;
}

// Takes the rest of a line end that began with `byte`; false if it is none (a carriage return alone).
bool CsvReader::State::line_end(int byte) {
  if (byte == '\r') {
    if (peek() != '\n') return fail(current_line, "a carriage return without a line feed; save the file with LF or CRLF line ends");
    ++position;
  }
  ++current_line;
  return true;
}

// False at the end of the file, or if reading failed.
bool CsvReader::State::skip_empty_lines() {
  for (int byte = peek(); byte == '\n' || byte == '\r'; byte = peek()) {
    ++position;
    if (!line_end(byte)) return false;
  }
  return peek() >= 0;
}

// The opening quote has been taken. Ends after the closing one.
bool CsvReader::State::read_quoted(std::string& field) {
  const std::size_t opened = current_line;
  for (;;) {
    const int byte = get();
    if (byte == read_failed) return false;
    if (byte == end_of_file) return fail(opened, "a quote that opens here is never closed");
    if (byte == '"') {
      if (peek() != '"') break;
      get();
    }
    if (byte == '\n') ++current_line;
    field.push_back(static_cast<char>(byte));
  }
  const int after = peek();
  if (after == ',' || after == '\n' || after == '\r' || after == end_of_file) return true;
  if (after == read_failed) return false;
  return fail(current_line, "text after a closing quote; write a quote inside a field as \"\"");
}

bool CsvReader::State::read_plain(std::string& field) {
  for (;;) {
    const int byte = peek();
    if (byte == ',' || byte == '\n' || byte == '\r' || byte == end_of_file) return true;
    if (byte == '"') return fail(current_line, "a quote inside a field without quotes; put the field in quotes and write \"\"");
    if (get() < 0) return false;
    field.push_back(static_cast<char>(byte));
  }
}

// False at the end of the file, or if reading failed.
bool CsvReader::State::read_row(std::vector<std::string>& row) {
  if (!skip_empty_lines()) return false;
  row_line = current_line;
  row_bytes = 0;
  std::size_t fields = 0;
  for (;;) {
    if (fields == row.size()) row.emplace_back();
    std::string& field = row[fields++];
    field.clear();
    const bool quoted = peek() == '"';
    if (quoted && get() < 0) return false;
    if (!(quoted ? read_quoted(field) : read_plain(field))) return false;
    const int byte = get();
    if (byte == read_failed) return false;
    if (byte == ',') continue;
    if (byte != end_of_file && !line_end(byte)) return false;
    break;
  }
  row.resize(fields);
  if (!header.empty() && fields != header.size()) {
    return fail(row_line, "this row has " + std::to_string(fields) + " fields, the header has " +
                              std::to_string(header.size()) + "; put fields with commas in quotes");
  }
  return true;
}

bool CsvReader::State::check_header() {
  for (std::size_t left = 0; left < header.size(); ++left) {
    for (std::size_t right = left + 1; right < header.size(); ++right) {
      if (header[left] == header[right]) return fail(row_line, "the column '" + header[left] + "' stands twice in the header");
    }
  }
  return true;
}

CsvReader::CsvReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

Result<CsvReader, std::string> CsvReader::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path.string();
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Unexpected{state->path + ": is a directory; name a CSV file"};
  }
  errno = 0;
  state->file.reset(gzopen(path.c_str(), "rb"));
  if (!state->file) {
    return Unexpected{state->path + ": cannot be opened (" + std::system_category().message(errno) + ")"};
  }
  if (state->fill() && std::string_view(state->buffer.data(), state->filled).starts_with(byte_order_mark)) {
    state->position = byte_order_mark.size();
  }
  std::vector<std::string> header;
  if (!state->read_row(header)) {
    if (state->failure.empty()) state->fail(1, "the file is empty; its first line must name the columns");
    return Unexpected{state->failure};
  }
  state->header = std::move(header);
  if (!state->check_header()) return Unexpected{state->failure};
  return CsvReader(std::move(state));
}

Result<bool, std::string> CsvReader::next(std::vector<std::string>& row) {
  if (state_->failure.empty() && state_->read_row(row)) return true;
  if (!state_->failure.empty()) return Unexpected{state_->failure};
  return false;
}

const std::vector<std::string>& CsvReader::header() const { return state_->header; }
std::size_t CsvReader::line() const { return state_->row_line; }
std::string CsvReader::place() const { return state_->path + ":" + std::to_string(state_->row_line) + ": "; }

std::optional<std::size_t> CsvReader::column(std::string_view name) const {
  for (std::size_t index = 0; index < state_->header.size(); ++index) {
    if (state_->header[index] == name) return index;
  }
  return std::nullopt;
}

std::optional<std::filesystem::path> find_table(const std::filesystem::path& directory, std::string_view name) {
  std::error_code ignored;
  for (const std::string_view suffix : {"", ".gz"}) {
    std::filesystem::path path = directory / (std::string(name) + std::string(suffix));
    if (std::filesystem::is_regular_file(path, ignored)) return path;
  }
  return std::nullopt;
}

}  // namespace earmark::client
