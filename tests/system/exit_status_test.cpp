// How earmarkd starts and ends: the exit statuses of the contract, one line on stderr each.
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <signal.h>
#include <sys/stat.h>

#include "storage/identity.hpp"
#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

// Logs have a time in front; what ends the program is a line of its own.
std::vector<std::string> error_lines(const std::string& error) {
  std::vector<std::string> lines;
  std::istringstream stream(error);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("earmarkd: ")) lines.push_back(line);
  }
  return lines;
}

struct Failed {
  int status = 0;
  std::string line;
};

// Two signals of one kind may arrive as one: the second is sent when the first has been heard.
bool stops_listening(std::uint16_t port) {
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      RawConnection knock(port);
    } catch (const ConnectionLost&) {
      return true;
    }
  }
  return false;
}

// Starts a server that is to fail.
Failed start_badly(const std::vector<std::string>& arguments) {
  Process process("earmarkd", arguments);
  const Ended ended = process.wait();
  CHECK(ended.signal == 0);
  CHECK(process.output().empty());
  const auto lines = error_lines(process.error());
  INFO(process.error());
  REQUIRE(lines.size() == 1);
  return {ended.status, lines[0]};
}

void write_journal(const std::filesystem::path& directory, int orders) {
  Server server(directory);
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(3, 2, 1000)).decided());
  for (int number = 0; number < orders; ++number) REQUIRE(caller.ask(order("order-" + std::to_string(number), {{1, 1}, {2, 2}})).decided());
  REQUIRE(server.terminate().status == 0);
}

std::string journal_file(const std::filesystem::path& directory) { return read_text(directory / "journal" / "data.mdb"); }

void write_journal_file(const std::filesystem::path& directory, const std::string& bytes) {
  std::ofstream(directory / "journal" / "data.mdb", std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("ready line: listen, lsn, recovered_ms, pid, the directory is private", "[system][exit]") {
  const TemporaryDirectory directory;
  Server server(directory.path() / "made" / "here");
  CHECK(server.ready().lsn == 0);
  CHECK(server.ready().pid == server.process().pid());
  CHECK(server.port() != 0);
  struct stat status = {};
  REQUIRE(::stat(server.directory().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0700U);
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 5)).decided());
  REQUIRE(caller.ask(order("A", {{1, 1}})).lsn() == engine::Lsn{2});
  CHECK(server.terminate().status == 0);
  CHECK(server.process().output().empty());
  server.start();
  CHECK(server.ready().lsn == 2);
  CHECK(Caller(server.port()).durable_at_hello() == engine::Lsn{2});
}

TEST_CASE("exit 3: a second server on the directory", "[system][exit]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  const Failed failed = start_badly(server_arguments(directory.path()));
  CHECK(failed.status == 3);
  CHECK_THAT(failed.line, Catch::Contains(directory.path().string()));
  CHECK(Caller(server.port()).ask(catalogue(1, 1, 1)).decided());
}

TEST_CASE("exit 2: bad flags and what this version cannot do, saying so", "[system][exit]") {
  const TemporaryDirectory directory;
  const std::string data = (directory.path() / "data").string();
  const std::vector<std::string> arguments = GENERATE_COPY(
      std::vector<std::string>{}, std::vector<std::string>{"--data", data, "--no-such-flag"},
      std::vector<std::string>{"--data", data, "--listen", "nowhere"}, std::vector<std::string>{"--data", data, "--listen", "127.0.0.1:65536"},
      std::vector<std::string>{"--data", data, "--listen", "127.0.0.1:x"}, std::vector<std::string>{"--data", data, "--listen", "0.0.0.0:0"},
      std::vector<std::string>{"--data", data, "--io-threads", "999"}, std::vector<std::string>{"--data", data, "--max-skus", "0"},
      std::vector<std::string>{"--data", data, "--max-warehouses", "many"}, std::vector<std::string>{"--data", data, "--tokens", "file"},
      std::vector<std::string>{"--data", data, "--tls-cert", "file"}, std::vector<std::string>{"--data", "/proc/nowhere/data"});
  INFO(arguments.size() << " arguments, the last: " << (arguments.empty() ? "" : arguments.back()));
  CHECK(start_badly(arguments).status == 2);
}

TEST_CASE("exit 2: the catalogue does not fit --max-skus, and a larger one starts", "[system][exit]") {
  const TemporaryDirectory directory;
  write_journal(directory.path(), 1);
  const Failed failed = start_badly(server_arguments(directory.path(), {"--max-skus", "2"}));
  CHECK(failed.status == 2);
  CHECK_THAT(failed.line, Catch::Contains("--max-skus"));
  CHECK(Server(directory.path(), {"--max-skus", "3"}).ready().lsn == 2);
}

TEST_CASE("exit 6: the port is taken, the directory is free again at once", "[system][exit]") {
  const TemporaryDirectory directory;
  Server server(directory.path() / "one");
  const std::string other = (directory.path() / "two").string();
  const Failed failed = start_badly({"--data", other, "--listen", server.address()});
  CHECK(failed.status == 6);
  CHECK_THAT(failed.line, Catch::Contains(server.address()));
  CHECK(Server(other).ready().lsn == 0);
}

TEST_CASE("exit 4: one byte changed in a record, naming the offset, verify uses the same words", "[system][exit][damage]") {
  const TemporaryDirectory directory;
  write_journal(directory.path(), 40);
  std::string bytes = journal_file(directory.path());
  const std::string name = "order-" + std::to_string(GENERATE(0, 17, 39));
  const std::size_t at = bytes.find(name);
  REQUIRE(at != std::string::npos);
  // Old pages of the file may still hold the record: change every copy.
  for (std::size_t copy = at; copy != std::string::npos; copy = bytes.find(name, copy + 1)) bytes[copy] = static_cast<char>(bytes[copy] ^ 1);
  write_journal_file(directory.path(), bytes);
  const Failed failed = start_badly(server_arguments(directory.path()));
  CHECK(failed.status == 4);
  CHECK_THAT(failed.line, Catch::Contains("offset") && Catch::Contains("LSN"));
  const ProgramResult verify = run("earmark-journal", {"verify", directory.path().string()});
  CHECK(verify.code == 4);
  CHECK(is_one_line(verify.error, "earmark-journal"));
}

TEST_CASE("exit 4: the journal's file cut off or gone", "[system][exit][damage]") {
  const TemporaryDirectory directory;
  write_journal(directory.path(), 40);
  const std::string bytes = journal_file(directory.path());
  const std::size_t kept = GENERATE_COPY(std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{4096}, std::size_t{9000});
  INFO("kept " << kept << " of " << bytes.size() << " bytes");
  write_journal_file(directory.path(), bytes.substr(0, kept));
  CHECK(start_badly(server_arguments(directory.path())).status == 4);
  CHECK(run("earmark-journal", {"verify", directory.path().string()}).code == 4);
  std::filesystem::remove(directory.path() / "journal" / "data.mdb");
  CHECK(start_badly(server_arguments(directory.path())).status == 4);
}

TEST_CASE("exit 4: the last pages cut off", "[system][exit][damage]") {
  const TemporaryDirectory directory;
  write_journal(directory.path(), 300);
  const std::string bytes = journal_file(directory.path());
  write_journal_file(directory.path(), bytes.substr(0, bytes.size() / 2));
  CHECK(start_badly(server_arguments(directory.path())).status == 4);
}

TEST_CASE("exit 4: a format version that this program does not know", "[system][exit][damage]") {
  const TemporaryDirectory directory;
  write_journal(directory.path(), 1);
  std::string bytes = journal_file(directory.path());
  // The identity's value follows its key in the page.
  const std::size_t key = bytes.find("identity");
  REQUIRE(key != std::string::npos);
  std::span<std::byte> stored = std::as_writable_bytes(std::span(bytes)).subspan(key + 8, storage::identity_bytes);
  storage::DirectoryIdentity identity;
  REQUIRE(storage::read_identity(stored, identity) == storage::IdentityFault::none);
  identity.format_version = 99;
  const auto later = storage::write_identity(identity);
  for (std::size_t copy = key; copy != std::string::npos; copy = bytes.find("identity", copy + 1)) {
    std::memcpy(bytes.data() + copy + 8, later.data(), later.size());
  }
  write_journal_file(directory.path(), bytes);
  const Failed failed = start_badly(server_arguments(directory.path()));
  CHECK(failed.status == 4);
  CHECK_THAT(failed.line, Catch::Contains("version"));
}

TEST_CASE("SIGTERM: what was taken in is decided, durable and answered, exit 0", "[system][exit]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(2, 1, 100'000)).decided());
  std::vector<std::byte> out;
  constexpr int orders = 2000;
  for (int number = 0; number < orders; ++number) caller.put(out, order("o" + std::to_string(number), {{1, 1}, {2, 1}}));
  caller.send(out);
  caller.receive();
  server.process().send_signal(signal);
  std::uint64_t answered = 1, highest = 0;
  try {
    for (;;) {
      const Reply reply = caller.receive();
      ++answered;
      REQUIRE(reply.decided());
      highest = std::max(highest, reply.lsn().value);
    }
  } catch (const ConnectionLost&) {
  }
  CHECK(server.process().wait().status == 0);
  CHECK(answered >= 1);
  server.start();
  // Nothing was decided that was not answered.
  CHECK(server.ready().lsn == answered + 1);
  CHECK(highest <= server.ready().lsn);
}

TEST_CASE("SIGTERM: a peer that has sent more than is taken in, and reads late, still gets every answer", "[system][exit]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(2, 1, 1'000'000)).decided());
  std::vector<std::byte> out;
  for (int number = 0; number < 150'000; ++number) caller.put(out, order("o" + std::to_string(number), {{1, 1}, {2, 1}}));
  REQUIRE(caller.wire().send_without_reading(out) < out.size());
  server.process().send_signal(SIGTERM);
  REQUIRE(stops_listening(server.port()));
  std::uint64_t answered = 0;
  try {
    for (;;) {
      const Reply reply = caller.receive();
      ++answered;
      REQUIRE(reply.decided());
    }
  } catch (const ConnectionLost&) {
  }
  caller.wire().reset();
  CHECK(server.process().wait().status == 0);
  server.start();
  CHECK(server.ready().lsn == answered + 1);
}

TEST_CASE("SIGTERM at once after the ready line: exit 0", "[system][exit]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  for (int start = 0; start < 20; ++start) {
    INFO("start " << start);
    const Ended ended = server.terminate();
    INFO(server.process().error());
    INFO("liveness: a server that is told to stop ends by itself; this one ended by signal " << ended.signal);
    REQUIRE(ended.status == 0);
    server.start();
  }
}

TEST_CASE("SIGTERM with peers that never read: a second one ends the server at once", "[system][exit]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 1)).decided());
  // Answers that nobody reads: more than the sockets hold, so the server still has something to send.
  std::vector<std::byte> out;
  const std::vector<engine::SkuId> many(4096, engine::SkuId{1});
  for (int number = 0; number < 2000; ++number) caller.encoder().check(out, caller.next_correlation(), {caller.epoch(), many});
  RawConnection greedy(server.port());
  std::vector<std::byte> hello;
  caller.encoder().hello(hello, 1, {schema::protocol_version, {}, "never reads", 0});
  greedy.send(hello);
  REQUIRE(greedy.read_frame().has_value());
  REQUIRE(greedy.send_without_reading(out) < out.size());
  server.process().send_signal(SIGTERM);
  REQUIRE(stops_listening(server.port()));
  server.process().send_signal(SIGTERM);
  const auto start = std::chrono::steady_clock::now();
  const Ended ended = server.process().wait();
  CHECK(ended.signal == 0);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}
