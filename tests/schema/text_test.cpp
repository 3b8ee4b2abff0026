#include "schema/text.hpp"

#include "tests/schema/support.hpp"

using namespace earmark::schema;
using namespace std::string_view_literals;

TEST_CASE("text: accepts printable UTF-8 and nothing else", "[schema][text]") {
  struct Row {
    std::string_view text;
    bool plain, plain_with_breaks;
  };
  const Row row = GENERATE(values<Row>({
      {"", true, true},
      {" ~", true, true},
      {"twelve chars", true, true},
      {"a\nb", false, true},
      {"eight ch\tand more", false, true},
      {"a\rb", false, false},
      {"\0"sv, false, false},
      {"eight ch\0"sv, false, false},
      {"\x7f", false, false},
      {"12345\x7f" "78", false, false},
      {"1234567\x1f", false, false},
      {"\xc2\x80", false, false},          // U+0080, a control character
      {"\xc2\x9b[31m", false, false},      // U+009B, starts a terminal's command
      {"\xc2\xa0", true, true},            // U+00A0
      {"\xc3\xa9t\xc3\xa9 12345678", true, true},
      {"\xe2\x82\xac", true, true},        // euro sign
      {"\xf0\x9f\x93\xa6", true, true},    // U+1F4E6
      {"\xc0\xaf", false, false},          // overlong
      {"\xe0\x80\xaf", false, false},
      {"\xf0\x80\x80\xaf", false, false},
      {"\xed\xa0\x80", false, false},      // a surrogate
      {"\xf4\x90\x80\x80", false, false},  // over U+10FFFF
      {"\xf5\x80\x80\x80", false, false},
      {"\x80", false, false},
      {"\xc3", false, false},              // cut off
      {"\xe2\x82", false, false},
      {"\xf0\x9f\x93", false, false},
      {"\xc3(", false, false},
  }));
  CAPTURE(row.text);
  CHECK(is_plain_text(row.text, LineBreaks::refused) == row.plain);
  CHECK(is_plain_text(row.text, LineBreaks::allowed) == row.plain_with_breaks);
}
