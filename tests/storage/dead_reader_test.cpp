// Programs that read beside the server may be killed in the middle of it.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

#include "storage/lmdb_environment.hpp"
#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

constexpr std::size_t records_of_group = 40, text_bytes = 4'000;

void append_groups(Journal& journal, std::size_t count) {
  for (std::size_t group = 0; group < count; ++group) {
    test::Records records(journal.last() + 1);
    for (std::size_t record = 0; record < records_of_group; ++record) records.add_wide_order(text_bytes);
    REQUIRE(records.append(journal, 0, records_of_group).has_value());
    journal.retain_from(journal.last());
  }
}

// Another process that reads, and is killed while it does.
void read_and_die(const std::filesystem::path& journal) {
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    MDB_env* environment = nullptr;
    MDB_txn* transaction = nullptr;
    const bool reads = mdb_env_create(&environment) == 0 && mdb_env_open(environment, journal.c_str(), MDB_RDONLY | MDB_NOTLS, 0600) == 0 &&
                       mdb_txn_begin(environment, nullptr, MDB_RDONLY, &transaction) == 0;
    const char word = reads ? 'y' : 'n';
    if (::write(ready[1], &word, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char word = 0;
  REQUIRE(::read(ready[0], &word, 1) == 1);
  CHECK(word == 'y');
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace

TEST_CASE("dead reader: one that was killed while it read keeps no pages from use", "[storage][trim]") {
  const test::TemporaryDirectory directory;
  const auto journal = test::open_small(directory.path()).value();
  append_groups(*journal, 50);
  read_and_die(directory.path() / "journal");
  append_groups(*journal, 400);
  CHECK(std::filesystem::file_size(directory.path() / "journal" / "data.mdb") < 200 * records_of_group * text_bytes);
}
