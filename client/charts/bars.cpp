#include "client/charts/bars.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "client/charts/chart.hpp"
#include "client/table.hpp"

namespace earmark::client::charts {
namespace {

constexpr double width = 720, left = 200, right = 110, bar_height = 18, pitch = 26, top = 6;
constexpr std::size_t name_columns = 26;  // what fits left of the bars

// Whole characters alone; longer ones end in dots.
std::string shortened(const std::string& name) {
  if (display_width(name) <= name_columns) return name;
  std::string text;
  for (std::size_t at = 0; at < name.size();) {
    std::size_t next = at + 1;
    while (next < name.size() && (static_cast<unsigned char>(name[next]) & 0xC0U) == 0x80) ++next;
    const std::string longer = text + name.substr(at, next - at);
    if (display_width(longer) + 3 > name_columns) break;
    text = longer;
    at = next;
  }
  return text + "...";
}

}  // namespace

std::string Bars::svg() const {
  double most = 0;
  for (const Bar& bar : bars) most = std::max(most, bar.value);
  const double height = top * 2 + pitch * static_cast<double>(bars.size());
  std::string out = fmt::format("<figure><figcaption><b>{}</b>{}</figcaption>", escape_html(title), note.empty() ? "" : " <span>" + escape_html(note) + "</span>");
  out += fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">", width, height, escape_html(title));
  double y = top;
  for (const Bar& bar : bars) {
    const double length = most > 0 ? std::max(bar.value, 0.0) / most * (width - left - right) : 0;
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8, y + bar_height / 2 + 4, escape_html(shortened(bar.name)));
    if (length > 0) {
      out += fmt::format("<rect class=\"fill {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\"/>", color, left, y, std::max(length, 1.0), bar_height);
    }
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", left + length + 6, y + bar_height / 2 + 4, escape_html(bar.label));
    y += pitch;
  }
  return out + "</svg></figure>\n";
}

}  // namespace earmark::client::charts
