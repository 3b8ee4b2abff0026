// earmark top: one frame for pipes; live on a terminal, which it gives back.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/paths.hpp"
#include "tests/system/support/shop.hpp"

using namespace earmark::test;

namespace {

// A program on a terminal of its own.
class OnTerminal {
 public:
  OnTerminal(std::uint16_t columns, std::vector<std::string> command) {
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    struct winsize size{};
    size.ws_row = 12, size.ws_col = columns;
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ == 0) {
      ::setenv("TERM", "xterm", 1);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    REQUIRE(pid_ > 0);
  }
  ~OnTerminal() {
    if (pid_ > 0) ::kill(pid_, SIGKILL), ::waitpid(pid_, nullptr, 0);
    ::close(terminal_);
  }
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  // What it has written so far, once these words are among it, from this place on.
  const std::string& read_until(const std::string& words, std::size_t from = 0) {
    while (written_.find(words, from) == std::string::npos && read_more()) {}
    REQUIRE(written_.find(words, from) != std::string::npos);
    return written_;
  }
  // What a key would do.
  void press(char key) { REQUIRE(::write(terminal_, &key, 1) == 1); }
  int end() {
    while (read_more()) {}
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  const std::string& written() const { return written_; }

 private:
  bool read_more() {
    char bytes[4096];
    const ssize_t count = ::read(terminal_, bytes, sizeof bytes);
    if (count > 0) written_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  pid_t pid_ = -1;
  int terminal_ = -1;
  std::string written_;
};

}  // namespace

TEST_CASE("top: one frame in a pipe, and as JSON", "[system][top]") {
  Shop shop;
  shop.tell({"order", "--id", "A", "--customer", "Okafor", "DOOR:20", "NAIL:2"});
  const std::string frame = shop.tell({"top"});
  CHECK(frame.find('\x1b') == std::string::npos);
  CHECK(frame.find("1 line wait for 7 units, of 1 SKU and 1 order\n") != std::string::npos);
  CHECK(frame.find("\nDOOR ") != std::string::npos);
  const Json json = shop.events({"top", "--once"}).at(0);
  CHECK(json["decided_lsn"] == 2);
  CHECK(json["durable_lag_lsns"] == 0);
  CHECK(json["orders_per_second"] == 0.0);
  CHECK(json["shortages"][0]["sku"] == "DOOR");
  CHECK(json["backorders"][0]["customer"] == "Okafor");
  CHECK(json["backorders"][0]["backordered"] == 7);
}

TEST_CASE("top: live it draws within its terminal, and gives it back at Ctrl-C", "[system][top]") {
  Shop shop;
  shop.tell({"order", "--id", "A-ORDER-WITH-A-LONG-NAME", "--customer", "A customer whose name does not fit the line", "DOOR:20"});
  OnTerminal top(40, {std::string(EARMARK_BIN_DIR) + "/earmark", "--server", shop.server().address(), "top"});
  CHECK(top.read_until("BACKORDERS").starts_with("\x1b[?1049h\x1b[?25l\x1b[Hearmark top"));
  top.press('\x03');
  CHECK(top.end() == 0);
  CHECK(top.written().ends_with("\x1b[?25h\x1b[?1049l"));
  CHECK(top.written().find("does not fit") == std::string::npos);  // cut at 40 columns
}

TEST_CASE("top: without a server it says so and draws nothing, and when one goes it looks for it", "[system][top]") {
  OnTerminal none(120, {std::string(EARMARK_BIN_DIR) + "/earmark", "--server", "127.0.0.1:1", "top"});
  CHECK(none.end() == 3);
  CHECK(none.written().find('\x1b') == std::string::npos);

  const TemporaryDirectory directory;
  Server server(directory.path());
  server.keep_port();
  OnTerminal top(120, {std::string(EARMARK_BIN_DIR) + "/earmark", "--server", server.address(), "top"});
  top.read_until("Nobody waits.");
  server.kill();
  top.read_until("cannot reach");
  server.start();
  top.read_until("UTC", top.written().size());
  top.press('\x03');
  CHECK(top.end() == 0);
}
