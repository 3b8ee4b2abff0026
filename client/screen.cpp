#include "client/screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace earmark::client {
namespace {

constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l", leave = "\x1b[?25h\x1b[?1049l";
volatile std::sig_atomic_t asked_to_stop = 0;

// Only what may be called in a signal handler.
void put(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void stop(int signal) {
  if (asked_to_stop == 0) {
    asked_to_stop = 1;
    return;
  }
  put(leave);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void on(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;  // without SA_RESTART: it ends a wait
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

Screen::Screen() {
  on(SIGINT, stop);
  on(SIGTERM, stop);
  on(SIGHUP, stop);
  on(SIGWINCH, [](int) {});
  put(enter);
}

Screen::~Screen() { put(leave); }

bool Screen::possible() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

FrameSize Screen::size() const {
  struct winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return {80, 24};
  return {window.ws_col, window.ws_row};
}

void Screen::draw(std::string_view frame) {
  std::string text = "\x1b[H";
  for (std::size_t at = 0; at < frame.size();) {
    const std::size_t end = std::min(frame.find('\n', at), frame.size());
    text += frame.substr(at, end - at);
    text += "\x1b[K";  // what was longer there before
    at = end + 1;
    if (at < frame.size()) text += "\r\n";  // none after the last: it would scroll
  }
  put(text + "\x1b[J");
}

void Screen::wait(std::chrono::milliseconds time) const {
  if (!stopped()) ::poll(nullptr, 0, static_cast<int>(time.count()));
}

bool Screen::stopped() const { return asked_to_stop != 0; }

}  // namespace earmark::client
