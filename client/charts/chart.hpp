// Charts as inline SVG for a page that needs nothing else: axes with units, lines, bands and bars, a legend, colours by
// class (the page's style sheet has them for light and dark). Pure: numbers in, well-formed XML out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::client::charts {

// Text between tags or in an attribute; control characters become spaces.
std::string escape_html(std::string_view text);

std::string count_label(double number);        // 0, 250, 1.5k, 2M
std::string microseconds_label(double micros);  // 250 µs, 1.5 ms, 2 s

struct Point {
  double x = 0, y = 0;
};

enum class Mark : std::uint8_t { line,
                                 dashed,
                                 area,   // from the axis to the line
                                 band,   // from `base` to the points
                                 bars,   // from x to the next point's x
                                 step };  // a line across the whole plot at the height of its only point

struct Series {
  std::string name;
  std::string color;  // a class of the page (client/charts/style.hpp): s1 .. s6, r1 .. r4 (an ordered ramp), muted
  Mark mark = Mark::line;
  std::vector<Point> points;
  std::vector<Point> base;  // of a band, parallel to `points`
};

struct Axis {
  enum class Scale : std::uint8_t { linear,
                                    logarithmic,
                                    nines };  // 0 .. 1 with 0.9, 0.99, 0.999 ... evenly apart
  std::string label;
  double low = 0, high = 1;
  Scale scale = Scale::linear;
  std::string (*format)(double) = count_label;
};

// A place on the x axis worth a line of its own.
struct Marker {
  double x = 0;
  std::string label;
};

struct Chart {
  std::string title, note;
  Axis x, y;
  std::vector<Series> series;
  std::vector<Marker> markers;

  std::string svg() const;
};

}  // namespace earmark::client::charts
