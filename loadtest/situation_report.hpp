// What a situation showed: its acts side by side, and the sentence that it is run for. Pure.
#pragma once

#include <string>
#include <vector>

#include "client/charts/chart.hpp"
#include "loadtest/run.hpp"

namespace earmark::loadtest {

// "" without a situation. Table and sentence, lines that end in '\n'.
std::string situation_lines(const RunReport& report);
std::string situation_part(const RunReport& report);  // of a page
std::string situation_json(const RunReport& report);  // an object
// "Sold out 1.6 s into the sale ...": what it comes to.
std::string situation_sentence(const RunReport& report);
// Where the acts begin, in seconds of the measurement.
std::vector<client::charts::Marker> act_markers(const RunReport& report);

}  // namespace earmark::loadtest
