// The installed client library in the hands of others: install, find_package, build, place an order at a real server.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/paths.hpp"
#include "tests/system/support/server.hpp"

using namespace earmark;
using namespace earmark::test;

TEST_CASE("package: an outside project finds it, builds with it and places orders", "[system][package]") {
  const TemporaryDirectory directory, data;
  const std::string prefix = directory.path() / "prefix", build = directory.path() / "build";
  const auto cmake = [&](const std::vector<std::string>& arguments) {
    const ProgramResult result = run(EARMARK_CMAKE, arguments, std::chrono::minutes(5));
    INFO("cmake " << arguments[0] << "\n" << result.out << result.error);
    REQUIRE(result.code == 0);
  };
  cmake({"--install", EARMARK_BUILD_DIR, "--component", "library", "--prefix", prefix});
  cmake({"-S", EARMARK_SOURCE_DIR "/tests/client/outside", "-B", build, "-G", "Ninja", "-DCMAKE_PREFIX_PATH=" + prefix,
         "-DCMAKE_CXX_COMPILER=" EARMARK_CXX, "-DCMAKE_CXX_FLAGS=" EARMARK_OUTSIDE_FLAGS});
  cmake({"--build", build, "-j", "2"});

  Server server(data.path());
  std::filesystem::create_directory(directory.path() / "goods");
  std::ofstream(directory.path() / "goods" / "warehouses.csv") << "warehouse,priority\nMAIN,1\nWEST,2\n";
  std::ofstream(directory.path() / "goods" / "stock.csv") << "sku,warehouse,on_hand\nBEAM,MAIN,6\nBEAM,WEST,4\n";
  REQUIRE(run("earmark", {"--server", server.address(), "load", (directory.path() / "goods").string()}).code == 0);
  const ProgramResult placed = run(build + "/outside", {"127.0.0.1", std::to_string(server.port())});
  INFO(placed.error);
  CHECK(placed.code == 0);
  CHECK(placed.out == "blocking: OUT-1 reserved, 2 shipments, backorder \n"
                      "coroutine: OUT-2 split, 1 shipments, backorder OUT-2-B1\n");
  CHECK(server.terminate().status == 0);
}
