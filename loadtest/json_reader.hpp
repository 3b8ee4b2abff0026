// Reads one JSON text from front to back, value by value, without building a tree: a dump has gigabytes of it, and trees of ten million
// lines take minutes. Text that is no JSON makes failed() true; all that follows then reads as empty. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace earmark::loadtest {

class JsonReader {
 public:
  // Begins with a new text, which must stay where it is as long as strings of it are used.
  void begin(std::string_view text);
  bool failed() const noexcept { return failed_; }
  // Whether nothing but blanks is left.
  bool at_end();

  char peek();  // the first byte of the next value; 0 at the end
  // `member(key)` for each member; it must read the value.
  template <class Member>
  void object(Member member);
  template <class Element>
  void array(Element element);
  std::string_view string();
  std::int64_t number();  // whole ones only
  bool boolean();
  void skip();  // the next value, whatever it is; depth is bounded

 private:
  bool take(char wanted);
  void fail() noexcept;
  void word(std::string_view wanted);
  std::string_view escaped(std::size_t begin);
  void append_code_point(std::string& out);
  std::uint32_t hex4();

  static constexpr int most_depth = 64;
  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
  int depth_ = 0;
  std::deque<std::string> unescaped_;  // strings of this text that had escapes
};

template <class Member>
void JsonReader::object(Member member) {
  if (!take('{')) return fail();
  if (take('}')) return;
  do {
    const std::string_view key = string();
    if (!take(':')) return fail();
    member(key);
  } while (!failed_ && take(','));
  if (!take('}')) fail();
}

template <class Element>
void JsonReader::array(Element element) {
  if (!take('[')) return fail();
  if (take(']')) return;
  do {
    element();
  } while (!failed_ && take(','));
  if (!take(']')) fail();
}

}  // namespace earmark::loadtest
