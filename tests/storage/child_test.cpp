// Work in child processes that ends badly: by a signal, by an exception, by being told to stop. The parent says what it means.
#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include "storage/check_child.hpp"
#include "storage/child_work.hpp"
#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;

constexpr const char* remedy = "; do this";

struct Found {
  int value = 0;
};

Outcome<Found> check(const std::function<void(CheckProgress&, Found&)>& work) {
  return check_in_child<Found>("the store", "/nowhere/data.mdb", remedy, work);
}

TEST_CASE("child: what a check finds comes back, and so does what it says", "[storage][child]") {
  const auto found = check([](CheckProgress&, Found& result) { result.value = 7; });
  REQUIRE(found.has_value());
  CHECK(found->value == 7);
  const auto failed = check([](CheckProgress& progress, Found&) { progress.fail(FailureKind::bad_version, "from the future"); });
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().kind == FailureKind::bad_version);
  CHECK(failed.error().text == "from the future");
  const auto long_text = check([](CheckProgress& progress, Found&) { progress.fail(FailureKind::damaged, std::string(9000, 'x')); });
  CHECK(long_text.error().text == std::string(4095, 'x'));
  const auto thrown = check([](CheckProgress&, Found&) { throw std::runtime_error("no memory"); });
  REQUIRE_FALSE(thrown.has_value());
  CHECK(thrown.error().kind == FailureKind::cannot_open);
  CHECK(thrown.error().text == "no memory");
}

TEST_CASE("child: a check that ends with a signal is damage where it was reading, one that is killed is not", "[storage][child]") {
  const struct {
    int signal;
    std::uint64_t lsn;
    FailureKind kind;
    const char* text;
  } rows[] = {{SIGSEGV, 0, FailureKind::damaged, "the store is damaged, file offset 8192 of data.mdb: reading it ends with signal 11; do this"},
              {SIGBUS, 5, FailureKind::damaged, "the store is damaged at or after record LSN 5, file offset 8192 of data.mdb: reading it ends with signal 7; do this"},
              {SIGXCPU, 5, FailureKind::damaged, "reading it does not end; do this"},
              {SIGTERM, 5, FailureKind::cannot_open, "the check of the store was killed by signal 15; start again"},
              {SIGKILL, 0, FailureKind::cannot_open, "the check of the store was killed by signal 9; start again"}};
  for (const auto& row : rows) {
    INFO(row.text);
    const auto ended = check([&](CheckProgress& progress, Found&) {
      progress.at_lsn.store(row.lsn);
      progress.at_offset.store(8192);
      ::raise(row.signal);
    });
    REQUIRE_FALSE(ended.has_value());
    CHECK(ended.error().kind == row.kind);
    CHECK_THAT(ended.error().text, Catch::EndsWith(row.text));
  }
}

TEST_CASE("child: checks go on beside who began them, and one that nobody waits for is ended", "[storage][child]") {
  const auto begin = [](int value) {
    return begin_check<Found>("the store", "/nowhere/data.mdb", remedy, [=](CheckProgress&, Found& result) { result.value = value; });
  };
  auto first = begin(1), second = begin(2);
  REQUIRE((first.has_value() && second.has_value()));
  CHECK(second->end()->value == 2);
  CHECK(first->end()->value == 1);
  {
    const auto endless = begin_check<Found>("the store", "/nowhere/data.mdb", remedy, [](CheckProgress&, Found&) { for (;;) ::pause(); });
    REQUIRE(endless.has_value());
  }
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("child: work that ends with a signal, that throws, that is not wanted any more", "[storage][child]") {
  const auto wanted = [] { return true; };
  const auto run = [&](const std::function<Outcome<void>()>& work) { return run_in_child("copying", work, wanted); };
  CHECK(run([]() -> Outcome<void> { return {}; }).has_value());
  const auto failed = run([]() -> Outcome<void> { return Unexpected{Failure{FailureKind::write_failed, "the disk is full"}}; });
  CHECK(failed.error().kind == FailureKind::write_failed);
  CHECK(failed.error().text == "the disk is full");
  const auto thrown = run([]() -> Outcome<void> { throw std::runtime_error("no memory"); });
  CHECK(thrown.error().kind == FailureKind::cannot_open);
  CHECK(thrown.error().text == "no memory");
  const auto crashed = run([]() -> Outcome<void> { ::raise(SIGBUS); return {}; });
  CHECK(crashed.error().kind == FailureKind::damaged);
  CHECK_THAT(crashed.error().text, Catch::StartsWith("copying ends with signal 7: a page or a sector of the file is damaged"));
  for (const int number : {SIGTERM, SIGKILL, SIGHUP, SIGINT}) {
    const auto killed = run([&]() -> Outcome<void> { ::raise(number); return {}; });
    CHECK(killed.error().kind == FailureKind::cannot_open);
    CHECK(killed.error().text == "copying was ended by signal " + std::to_string(number) + "; start it again");
  }
  // The child waits for ever; only its end can end this.
  const auto stopped = run_in_child("copying", []() -> Outcome<void> { for (;;) ::pause(); }, [] { return false; });
  CHECK(stopped.error().kind == FailureKind::cannot_open);
  CHECK_THAT(stopped.error().text, Catch::Contains("copying was interrupted"));
}

}  // namespace
