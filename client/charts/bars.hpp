// Bars side by side with a name each, as inline SVG for the same pages as client/charts/chart.hpp. Pure.
#pragma once

#include <string>
#include <vector>

namespace earmark::client::charts {

struct Bar {
  std::string name;   // any text
  double value = 0;   // below zero: none
  std::string label;  // of the value
};

struct Bars {
  std::string title, note;
  std::vector<Bar> bars;  // from above
  std::string color = "s1";

  std::string svg() const;
};

}  // namespace earmark::client::charts
