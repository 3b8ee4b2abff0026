// One frame of `earmark top` as lines of text, without escape sequences. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "client/top_figures.hpp"

namespace earmark::client {

// Rows and columns that there are; 0: as many as it takes, but at most ten rows a list.
struct FrameSize {
  std::size_t columns = 0, rows = 0;
};

// `trouble`: what stands in place of the first line's time, when the server does not answer.
std::string frame_text(const TopFigures& figures, FrameSize size, std::string_view trouble = {});

// As much of a text as fits so many columns of a terminal.
std::string fitting(std::string_view text, std::size_t columns);

}  // namespace earmark::client
