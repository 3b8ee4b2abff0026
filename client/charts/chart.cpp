#include "client/charts/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace earmark::client::charts {
namespace {

constexpr double width = 720, height = 300, left = 82, right = 28, top = 16, bottom = 44;
constexpr double nines_floor = 1e-5;  // a share of 1 stands where 0.99999 does

// Where a value lies between the ends of its axis: 0 .. 1.
double place_on(const Axis& axis, double value) {
  const auto scaled = [&](double number) {
    if (axis.scale == Axis::Scale::logarithmic) return std::log10(std::max(number, axis.low));
    if (axis.scale == Axis::Scale::nines) return -std::log10(std::max(nines_floor, 1 - number));
    return number;
  };
  const double low = scaled(axis.low), high = scaled(axis.high);
  return high > low ? std::clamp((scaled(value) - low) / (high - low), 0.0, 1.0) : 0;
}

double x_of(const Chart& chart, double value) { return left + place_on(chart.x, value) * (width - left - right); }
double y_of(const Chart& chart, double value) { return height - bottom - place_on(chart.y, value) * (height - top - bottom); }

// Four to eight round numbers.
std::vector<double> linear_ticks(const Axis& axis) {
  const double span = axis.high - axis.low;
  if (!(span > 0)) return {axis.low};
  const double rough = span / 5, power = std::pow(10, std::floor(std::log10(rough)));
  const double part = rough / power, step = power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
  std::vector<double> ticks;
  for (double tick = std::ceil(axis.low / step - 1e-9) * step; tick <= axis.high + step * 1e-6; tick += step) {
    ticks.push_back(std::abs(tick) < step * 1e-6 ? 0 : tick);
  }
  return ticks;
}

std::vector<double> log_ticks(const Axis& axis) {
  const bool few = axis.high / axis.low < 300;
  std::vector<double> ticks;
  for (double power = std::pow(10, std::floor(std::log10(axis.low) + 1e-9)); power <= axis.high * 1.000'001; power *= 10) {
    for (const double part : {1.0, 2.0, 5.0}) {
      const double tick = power * part;
      if ((few || part == 1) && tick >= axis.low * 0.999'999 && tick <= axis.high * 1.000'001) ticks.push_back(tick);
    }
  }
  return ticks;
}

std::vector<double> ticks_of(const Axis& axis) {
  if (axis.scale == Axis::Scale::logarithmic) return log_ticks(axis);
  if (axis.scale == Axis::Scale::nines) return {0, 0.5, 0.9, 0.99, 0.999, 0.9999};
  return linear_ticks(axis);
}

std::string axes(const Chart& chart) {
  std::string out = "<g class=\"grid\">";
  for (const double tick : ticks_of(chart.y)) {
    out += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", left, width - right, y_of(chart, tick), y_of(chart, tick));
  }
  out += "</g><g class=\"tick\">";
  for (const double tick : ticks_of(chart.y)) {
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8, y_of(chart, tick) + 4, escape_html(chart.y.format(tick)));
  }
  for (const double tick : ticks_of(chart.x)) {
    const double x = x_of(chart, tick);
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", x, height - bottom + 17, escape_html(chart.x.format(tick)));
  }
  out += fmt::format("</g><line class=\"axis\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>", left, width - right, height - bottom);
  out += fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", (left + width - right) / 2, height - 6,
                     escape_html(chart.x.label));
  out += fmt::format("<text class=\"label\" transform=\"translate(13 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                     (top + height - bottom) / 2, escape_html(chart.y.label));
  return out;
}

std::string path_of(const Chart& chart, const std::vector<Point>& points, bool backwards = false) {
  std::string path;
  for (std::size_t index = 0; index < points.size(); ++index) {
    const Point& point = points[backwards ? points.size() - 1 - index : index];
    path += fmt::format("{}{:.1f} {:.1f}", index == 0 ? (backwards ? "L" : "M") : "L", x_of(chart, point.x), y_of(chart, point.y));
  }
  return path;
}

std::string bars_of(const Chart& chart, const Series& series) {
  std::string out;
  for (std::size_t index = 0; index + 1 < series.points.size(); ++index) {
    const double from = x_of(chart, series.points[index].x), to = x_of(chart, series.points[index + 1].x);
    const double at = y_of(chart, series.points[index].y), floor = height - bottom;
    if (floor - at < 0.05) continue;
    out += fmt::format("<rect class=\"fill {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>", series.color, from + 0.5, at,
                       std::max(0.5, to - from - 1), floor - at);
  }
  return out;
}

// Where there are few points each is measured, and the line between them is not.
std::string dots_of(const Chart& chart, const Series& series) {
  constexpr std::size_t few = 12;
  std::string out;
  if (series.points.size() > few) return out;
  for (const Point& point : series.points) {
    out += fmt::format("<circle class=\"fill {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>", series.color, x_of(chart, point.x), y_of(chart, point.y));
  }
  return out;
}

std::string shape_of(const Chart& chart, const Series& series) {
  if (series.points.empty()) return {};
  const std::string path = path_of(chart, series.points);
  const auto line = [&](const char* kind) { return fmt::format("<path class=\"{} {}\" d=\"{}\"/>", kind, series.color, path); };
  switch (series.mark) {
    case Mark::line: return line("line") + dots_of(chart, series);
    case Mark::dashed: return line("line dashed");
    case Mark::area:
      return fmt::format("<path class=\"wash {}\" d=\"{}L{:.1f} {:.1f}L{:.1f} {:.1f}Z\"/>", series.color, path, x_of(chart, series.points.back().x),
                         height - bottom, x_of(chart, series.points.front().x), height - bottom) +
             line("line");
    case Mark::band: return fmt::format("<path class=\"fill {}\" d=\"{}{}Z\"/>", series.color, path, path_of(chart, series.base, true));
    case Mark::bars: return bars_of(chart, series);
    case Mark::step:
      return fmt::format("<line class=\"line dashed {}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", series.color, left, width - right,
                         y_of(chart, series.points[0].y), y_of(chart, series.points[0].y));
  }
  return {};
}

// Each label in the first row where it meets no other; near the right end it stands left of its line.
std::string markers_of(const Chart& chart) {
  struct Placed {
    double from = 0, to = 0;
    int row = 0;
  };
  std::vector<Placed> placed;
  std::string out;
  for (const Marker& marker : chart.markers) {
    const double x = x_of(chart, marker.x), length = 7.4 * static_cast<double>(marker.label.size());
    const bool flip = x + length > width - right;
    Placed label{flip ? x - 4 - length : x + 4, flip ? x - 4 : x + 4 + length, 0};
    const auto is_taken = [&](const Placed& other) { return other.row == label.row && other.from < label.to && label.from < other.to; };
    while (std::any_of(placed.begin(), placed.end(), is_taken)) ++label.row;
    placed.push_back(label);
    out += fmt::format("<line class=\"marker\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>", x, top, height - bottom);
    out += fmt::format("<text class=\"marker-label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", flip ? x - 4 : x + 4,
                       top + 10 + 15 * label.row, flip ? "end" : "start", escape_html(marker.label));
  }
  return out;
}

std::string legend_of(const Chart& chart) {
  if (chart.series.size() < 2) return {};
  std::string out = "<ul class=\"legend\">";
  for (const Series& series : chart.series) {
    const bool dashed = series.mark == Mark::dashed || series.mark == Mark::step;
    out += fmt::format("<li><span class=\"key {}{}\"></span>{}</li>", series.color, dashed ? " key-dashed" : "", escape_html(series.name));
  }
  return out + "</ul>";
}

// "1.5k" and not "1.50k"
std::string short_number(double number, const char* unit) { return fmt::format("{:g}{}", std::round(number * 100) / 100, unit); }

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char character : text) {
    switch (character) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
    }
  }
  return out;
}

std::string count_label(double number) {
  if (std::abs(number) >= 1e6) return short_number(number / 1e6, "M");
  if (std::abs(number) >= 1e3) return short_number(number / 1e3, "k");
  return short_number(number, "");
}

std::string microseconds_label(double micros) {
  if (micros >= 1e6) return short_number(micros / 1e6, " s");
  if (micros >= 1e3) return short_number(micros / 1e3, " ms");
  return short_number(micros, " \u00b5s");
}

std::string Chart::svg() const {
  std::string out = fmt::format("<figure><figcaption><b>{}</b>{}</figcaption>{}", escape_html(title), note.empty() ? "" : " <span>" + escape_html(note) + "</span>",
                                legend_of(*this));
  out += fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">", width, height, escape_html(title));
  out += axes(*this);
  for (const Series& one : series) out += shape_of(*this, one);
  out += markers_of(*this);
  return out + "</svg></figure>\n";
}

}  // namespace earmark::client::charts
