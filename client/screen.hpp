// The terminal as one screen that is drawn anew: what was there comes back at the end, however it ends but by SIGKILL. One at a time in
// a process, one thread.
#pragma once

#include <chrono>
#include <string_view>

#include "client/top_frame.hpp"

namespace earmark::client {

class Screen {
 public:
  Screen();   // takes the alternate screen; from now on SIGINT and SIGTERM ask to stop, the second one ends the program
  ~Screen();  // gives it back
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  static bool possible();  // standard output is a terminal that understands it
  FrameSize size() const;
  void draw(std::string_view frame);
  // Until so long has passed, the window has another size, or it was asked to stop.
  void wait(std::chrono::milliseconds time) const;
  bool stopped() const;
};

}  // namespace earmark::client
