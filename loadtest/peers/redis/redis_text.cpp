#include "loadtest/peers/redis/redis_text.hpp"

#include <charconv>

namespace earmark::loadtest::peers {
namespace {

// The text from `text` up to `end`, which both are taken away; none if there is no `end`.
std::optional<std::string_view> cut(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at + 1);
  return part;
}

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && stopped == text.data() + text.size();
}

bool read_line(std::string_view text, OrderRecord::Line& line) {
  const auto sku = cut(text, ':');
  auto takes = cut(text, ':');
  if (!takes || !parse(*sku, line.sku) || !parse(text, line.queued)) return false;
  while (!takes->empty()) {
    const std::size_t comma = takes->find(',');
    std::string_view take = takes->substr(0, comma);
    takes->remove_prefix(comma == std::string_view::npos ? takes->size() : comma + 1);
    const auto warehouse = cut(take, '=');
    std::size_t place = 0;
    if (!warehouse || !parse(*warehouse, place) || place >= line.taken.size() || !parse(take, line.taken[place])) return false;
  }
  return true;
}

}  // namespace

void append_word(std::string& out, std::string_view word) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), word.size()).ptr;
  out += '$';
  out.append(digits.data(), end);
  out += "\r\n";
  out += word;
  out += "\r\n";
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  append_word(out, {digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void append_key(std::string& out, char kind, std::uint64_t number) {
  std::array<char, 24> text{kind, ':'};
  const auto end = std::to_chars(text.data() + 2, text.data() + text.size(), number).ptr;
  append_word(out, {text.data(), static_cast<std::size_t>(end - text.data())});
}

void append_order(std::string& out, const Request& order) {
  out += "*11\r\n$5\r\nFCALL\r\n$11\r\nplace_order\r\n$1\r\n3\r\n";
  for (const AskedLine& line : order.lines) append_key(out, 's', line.sku);
  append_number(out, order.number);
  append_number(out, order.preferred);
  for (const AskedLine& line : order.lines) append_number(out, line.quantity);
}

void append_check(std::string& out, std::span<const std::uint32_t> skus) {
  out += "*" + std::to_string(3 + skus.size()) + "\r\n$8\r\nFCALL_RO\r\n$5\r\ncheck\r\n";
  append_number(out, skus.size());
  for (const std::uint32_t sku : skus) append_key(out, 's', sku);
}

std::optional<OrderRecord> read_record(std::string_view text) {
  OrderRecord record;
  const auto id = cut(text, ';');
  if (!id || !parse(*id, record.number) || !cut(text, ';')) return std::nullopt;
  for (std::size_t line = 0; line < order_lines; ++line) {
    const bool last = line + 1 == order_lines;
    const auto part = last ? std::optional(text) : cut(text, ';');
    if (!part || !read_line(*part, record.lines[line])) return std::nullopt;
  }
  return record;
}

}  // namespace earmark::loadtest::peers
