#include "loadtest/json_reader.hpp"

#include <charconv>

namespace earmark::loadtest {

void JsonReader::begin(std::string_view text) {
  text_ = text;
  at_ = 0;
  failed_ = false;
  depth_ = 0;
  unescaped_.clear();
}

char JsonReader::peek() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')) ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonReader::at_end() { return peek() == '\0' && at_ == text_.size(); }

void JsonReader::fail() noexcept {
  failed_ = true;
  at_ = text_.size();
}

bool JsonReader::take(char wanted) {
  if (failed_ || peek() != wanted) return false;
  ++at_;
  return true;
}

std::string_view JsonReader::string() {
  if (!take('"')) return fail(), std::string_view();
  const std::size_t begin = at_;
  const std::size_t end = text_.find_first_of("\"\\", begin);
  if (end == std::string_view::npos) return fail(), std::string_view();
  if (text_[end] == '\\') return escaped(begin);
  at_ = end + 1;
  return text_.substr(begin, end - begin);
}

std::string_view JsonReader::escaped(std::size_t begin) {
  std::string& out = unescaped_.emplace_back();
  for (at_ = begin; at_ < text_.size();) {
    const char byte = text_[at_++];
    if (byte == '"') return out;
    if (byte != '\\') {
      out += byte;
      continue;
    }
    constexpr std::string_view names = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
    const char name = at_ < text_.size() ? text_[at_++] : '\0';
    if (name == 'u') {
      append_code_point(out);
    } else if (const std::size_t known = names.find(name); name != '\0' && known != std::string_view::npos) {
      out += values[known];
    } else {
      break;
    }
  }
  return fail(), std::string_view();
}

std::uint32_t JsonReader::hex4() {
  std::uint32_t value = 0;
  if (at_ + 4 > text_.size()) return fail(), 0;
  const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, value, 16);
  if (error != std::errc() || end != text_.data() + at_ + 4) return fail(), 0;
  at_ += 4;
  return value;
}

// As UTF-8; two halves of a pair are one.
void JsonReader::append_code_point(std::string& out) {
  std::uint32_t code = hex4();
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    code = 0x10000 + ((code - 0xD800) << 10) + ((hex4() - 0xDC00) & 0x3FF);
  }
  const auto add = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
  if (code < 0x80) return add(code);
  if (code < 0x800) return add(0xC0 | code >> 6), add(0x80 | (code & 0x3F));
  if (code < 0x10000) return add(0xE0 | code >> 12), add(0x80 | (code >> 6 & 0x3F)), add(0x80 | (code & 0x3F));
  add(0xF0 | code >> 18), add(0x80 | (code >> 12 & 0x3F)), add(0x80 | (code >> 6 & 0x3F)), add(0x80 | (code & 0x3F));
}

std::int64_t JsonReader::number() {
  peek();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
  if (failed_ || error != std::errc()) return fail(), 0;
  at_ = static_cast<std::size_t>(end - text_.data());
  return value;
}

void JsonReader::word(std::string_view wanted) {
  peek();
  if (failed_ || text_.substr(at_, wanted.size()) != wanted) return fail();
  at_ += wanted.size();
}

bool JsonReader::boolean() {
  const bool value = peek() == 't';
  word(value ? "true" : "false");
  return value;
}

void JsonReader::skip() {
  if (++depth_ > most_depth) return fail();
  switch (peek()) {
    case '{': object([&](std::string_view) { skip(); }); break;
    case '[': array([&] { skip(); }); break;
    case '"': string(); break;
    case 't': case 'f': boolean(); break;
    case 'n': word("null"); break;
    default:
      double value = 0;
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
      if (failed_ || error != std::errc()) return fail();
      at_ = static_cast<std::size_t>(end - text_.data());
  }
  --depth_;
}

}  // namespace earmark::loadtest
