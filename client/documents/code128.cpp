#include "client/documents/code128.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::client::documents {
namespace {

constexpr const char* patterns[] = {
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312", "231212", "112232", "122132",
    "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212",
    "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311",
    "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123", "311321",
    "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242", "121142", "121241", "114212",
    "124112", "124211", "411212", "421112", "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113",
    "411311", "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112"};
constexpr int to_set_c = 99, to_set_b = 100, start_b = 104, start_c = 105, stop = 106;
constexpr double good_module_mm = 0.25, least_module_mm = 0.19;
constexpr int quiet_modules = 10, height_mm = 8;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::size_t digits_from(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count;
}

// Two digits a symbol pay for the switches there and back: six within a text, four at an end of it.
bool worth_set_c(std::string_view text, std::size_t at) {
  const std::size_t count = digits_from(text, at);
  return count >= (at == 0 || at + count == text.size() ? 4U : 6U);
}

}  // namespace

std::optional<std::vector<int>> code128_symbols(std::string_view text) {
  const auto printable = [](char letter) { return letter >= ' ' && letter <= '~'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), printable)) return std::nullopt;
  bool in_c = worth_set_c(text, 0);
  std::vector<int> symbols{in_c ? start_c : start_b};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t digits = digits_from(text, at);
    if (in_c && digits < 2) {
      in_c = false;
      symbols.push_back(to_set_b);
    } else if (in_c) {
      symbols.push_back((text[at] - '0') * 10 + (text[at + 1] - '0'));
      at += 2;
    } else if (digits % 2 == 0 && worth_set_c(text, at)) {  // of an odd number the first digit stays in set B
      in_c = true;
      symbols.push_back(to_set_c);
    } else {
      symbols.push_back(text[at++] - ' ');
    }
  }
  std::size_t sum = static_cast<std::size_t>(symbols.front());
  for (std::size_t place = 1; place < symbols.size(); ++place) sum += place * static_cast<std::size_t>(symbols[place]);
  symbols.push_back(static_cast<int>(sum % 103));
  symbols.push_back(stop);
  return symbols;
}

std::string code128_widths(const std::vector<int>& symbols) {
  std::string widths;
  for (const int symbol : symbols) widths += patterns[symbol];
  return widths;
}

std::string code128_svg(std::string_view text, double most_mm) {
  const auto symbols = code128_symbols(text);
  if (!symbols) return {};
  std::string bars;
  int at = quiet_modules;
  bool bar = true;
  for (const char width : code128_widths(*symbols)) {
    const int modules = width - '0';
    if (bar) bars += fmt::format("M{} 0h{}v1h-{}z", at, modules, modules);
    at += modules;
    bar = !bar;
  }
  const int modules = at + quiet_modules;
  if (modules * least_module_mm > most_mm) return {};
  return fmt::format("<svg class=\"barcode\" viewBox=\"0 0 {0} 1\" preserveAspectRatio=\"none\" shape-rendering=\"crispEdges\" "
                     "style=\"width:{1:.2f}mm;height:{2}mm\"><path d=\"{3}\"/></svg>",
                     modules, std::min(modules * good_module_mm, most_mm), height_mm, bars);
}

}  // namespace earmark::client::documents
