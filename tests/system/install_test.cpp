// What `cmake --install` leaves behind works from there; the systemd unit, and the words to a service manager.
#include <catch2/catch.hpp>
#include <iostream>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/paths.hpp"
#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

namespace fs = std::filesystem;

void install(const fs::path& prefix, const std::string& component) {
  const ProgramResult installed = run(EARMARK_CMAKE, {"--install", EARMARK_BUILD_DIR, "--prefix", prefix.string(), "--component", component});
  INFO(installed.out << installed.error);
  REQUIRE(installed.code == 0);
}

// The service manager's side of NOTIFY_SOCKET.
class Manager {
 public:
  Manager() {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::string path = name();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 || ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot bind");
  }
  ~Manager() { ::close(socket_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  std::string name() const { return (directory_.path() / "notify").string(); }
  std::string next() {
    pollfd wanted{socket_, POLLIN, 0};
    if (::poll(&wanted, 1, static_cast<int>(long_enough.count())) != 1) throw TimedOut("nothing was told");
    char text[256];
    const ssize_t count = ::recv(socket_, text, sizeof text, 0);
    return {text, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }
  bool silent() const {
    pollfd wanted{socket_, POLLIN, 0};
    return ::poll(&wanted, 1, 0) == 0;
  }

 private:
  TemporaryDirectory directory_;
  int socket_ = -1;
};

}  // namespace

TEST_CASE("cmake --install: the programs run from their new place, with examples and pages", "[system][install]") {
  const TemporaryDirectory directory;
  const fs::path prefix = directory.path() / "prefix", bin = prefix / "bin", doc = prefix / "share/doc/earmark";
  install(prefix, "programs");
  CHECK_FALSE(fs::exists(doc));
  install(prefix, "doc");
  for (const char* page : {"README.md", "CHANGELOG.md", "LICENSE", "docs/OPERATING.md", "schema/PROTOCOL.md", "schema/order.fbs"}) {
    INFO(page);
    CHECK(fs::exists(doc / page));
  }
  CHECK_FALSE(fs::exists(doc / "schema/frame.hpp"));
  CHECK(fs::exists(prefix / "lib/systemd/system/earmarkd.service"));
  CHECK(fs::exists(doc / "examples/earmark.toml") == fs::exists(fs::path(EARMARK_SOURCE_DIR) / "examples/earmark.toml"));
  for (const char* program : {"earmarkd", "earmark", "earmark-journal", "earmark-load"}) {
    const ProgramResult help = run((bin / program).string(), {"--help"});
    INFO(program << help.error);
    CHECK(help.code == 0);
    CHECK_FALSE(help.out.empty());
  }

  const fs::path data = directory.path() / "data";
  Process server((bin / "earmarkd").string(), server_arguments(data));
  const auto line = server.read_line();
  REQUIRE(line.has_value());
  const auto ready = parse_ready_line(*line);
  REQUIRE(ready.has_value());
  const std::string address = "127.0.0.1:" + std::to_string(ready->port), earmark = (bin / "earmark").string();
  const auto call = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--server", address});
    const ProgramResult result = run(earmark, arguments);
    INFO(result.error);
    CHECK(result.code == 0);
    return result.out;
  };
  call({"load", (doc / "examples/building-materials").string()});
  CHECK_THAT(call({"--json", "order", "--id", "A-1", "--customer", "Hartmann Roofing", "BEAM-LVL-45x240-6M:20"}), Catch::Contains("\"split\""));
  const std::string digest = call({"--json", "digest"});
  server.send_signal(SIGTERM);
  CHECK(server.wait().status == 0);
  const ProgramResult verify = run((bin / "earmark-journal").string(), {"verify", data.string()});
  CHECK(verify.code == 0);
  const ProgramResult offline = run((bin / "earmark-journal").string(), {"digest", data.string()});
  REQUIRE(offline.out.size() > 33);
  CHECK_THAT(digest, Catch::Contains(offline.out.substr(offline.out.size() - 33, 32)));
}

TEST_CASE("systemd unit: systemd-analyze finds nothing wrong", "[system][install]") {
  const std::string program = "/usr/bin/systemd-analyze";
  if (!fs::exists(program)) {
    std::cout << "skipped: the systemd unit is not verified: systemd-analyze is not installed\n";
    return;
  }
  // As an installation has it: systemd finds the program by its name there.
  const TemporaryDirectory root;
  install(root.path() / "usr", "programs");
  const ProgramResult verified = run(program, {"verify", "--man=no", "--recursive-errors=no", "--root=" + root.path().string(), "earmarkd.service"});
  INFO(verified.out << verified.error);
  CHECK(verified.code == 0);
  CHECK(verified.error.empty());
}

TEST_CASE("service manager: told READY=1 when connections are accepted, STOPPING=1 at the end", "[system][install]") {
  const TemporaryDirectory directory;
  Manager manager;
  Server server(directory.path(), {}, {"NOTIFY_SOCKET=" + manager.name()});
  CHECK(manager.next() == "READY=1");
  CHECK(Caller(server.port()).ask(catalogue(1, 1, 1)).decided());
  CHECK(manager.silent());
  CHECK(server.terminate().status == 0);
  CHECK(manager.next() == "STOPPING=1");
  // One that cannot be reached changes nothing.
  server.start({"NOTIFY_SOCKET=" + (directory.path() / "nobody").string()});
  CHECK(server.ready().lsn == 1);
  CHECK(server.terminate().status == 0);
}
