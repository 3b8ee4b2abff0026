// Exit codes of a command line that goes wrong before any server is asked, or finds none.
#include <catch2/catch.hpp>

#include "client/commands/command.hpp"
#include "tests/client/files.hpp"

using earmark::client::run_command_line;
using earmark::client::test::Files;

namespace {

int run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "earmark");
  return run_command_line(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("command line: bad usage is exit 2", "[client][command]") {
  CHECK(run({}) == 2);
  CHECK(run({"frobnicate"}) == 2);
  CHECK(run({"stock", "--frobnicate"}) == 2);
  CHECK(run({"check"}) == 2);
  CHECK(run({"check", "S1:0"}) == 2);
  CHECK(run({"check", "S1:1@W1"}) == 2);
  CHECK(run({"order", "A:1"}) == 2);                                   // no id
  CHECK(run({"order", "--id", "A", "BEAM"}) == 2);                     // no quantity
  CHECK(run({"order", "--id", "A", "--policy", "express", "B:1"}) == 2);
  CHECK(run({"order", "--id", "A", "--priority", "256", "B:1"}) == 2);
  CHECK(run({"cancel", "A", "1"}) == 2);
  CHECK(run({"receive", "MAIN", "BEAM"}) == 2);
  CHECK(run({"receive"}) == 2);
  CHECK(run({"count", "MAIN", "BEAM:9@12"}) == 2);                        // no reason
  CHECK(run({"count", "MAIN", "BEAM:9", "--reason", "cycle count"}) == 2);  // no expectation
  CHECK(run({"count", "MAIN", "BEAM:9@x", "--reason", "cycle count"}) == 2);
  CHECK(run({"count", "MAIN", "--reason", "cycle count"}) == 2);
  CHECK(run({"adjust", "MAIN", "BEAM:-2"}) == 2);
  CHECK(run({"adjust", "MAIN", "BEAM:-2@12", "--reason", "gone"}) == 2);
  CHECK(run({"quarantine", "MAIN", "BEAM"}) == 2);
  CHECK(run({"scrap"}) == 2);
  CHECK(run({"pick", "A"}) == 2);          // no number
  CHECK(run({"pick", "A-0"}) == 2);
  CHECK(run({"pick", "A-x"}) == 2);
  CHECK(run({"pick", "A-65536"}) == 2);
  CHECK(run({"pick", "A-1", "1"}) == 2);
  CHECK(run({"pick", "A-1", "--revision", "0"}) == 2);
  CHECK(run({"ship", "A", "--carrier", "UPS"}) == 2);  // of which shipment?
  CHECK(run({"track", "A-1", "--expected", "soon"}) == 2);
  CHECK(run({"return", "A-1", "x:1"}) == 2);
  CHECK(run({"transfer"}) == 2);
  CHECK(run({"transfer", "send", "MAIN", "WEST", "BEAM:1"}) == 2);
  CHECK(run({"transfer", "ship", "MAIN", "WEST"}) == 2);
  CHECK(run({"transfer", "ship", "MAIN", "WEST", "BEAM:1@WEST"}) == 2);
  CHECK(run({"transfer", "ship", "MAIN", "WEST", "BEAM:1", "--expected", "soon"}) == 2);
  CHECK(run({"transfer", "receive"}) == 2);
  CHECK(run({"transfer", "receive", "T", "BEAM:1/x"}) == 2);
  CHECK(run({"transfer", "show"}) == 2);
  CHECK(run({"po"}) == 2);
  CHECK(run({"po", "order", "P"}) == 2);
  CHECK(run({"po", "new", "P", "BEAM:1@MAIN"}) == 2);                      // no vendor
  CHECK(run({"po", "new", "P", "--vendor", "V"}) == 2);                    // no lines
  CHECK(run({"po", "new", "P", "--vendor", "V", "BEAM:1"}) == 2);          // no warehouse
  CHECK(run({"po", "new", "P", "--vendor", "V", "BEAM:1@MAIN=soon"}) == 2);
  CHECK(run({"po", "new", "P", "--vendor", "V", "BEAM:1@MAIN", "--file", "-"}) == 2);
  CHECK(run({"po", "new", "P", "--vendor", "V", "BEAM:1@MAIN", "--approve", "--send"}) == 2);
  CHECK(run({"po", "approve"}) == 2);
  CHECK(run({"po", "approve", "P", "1"}) == 2);
  CHECK(run({"po", "acknowledge", "P", "1:x"}) == 2);
  CHECK(run({"po", "receive", "P", "1"}) == 2);
  CHECK(run({"po", "receive", "P", "BEAM:1"}) == 2);
  CHECK(run({"po", "show"}) == 2);
  CHECK(run({"po", "show", ""}) == 2);
  CHECK(run({"replay", "somewhere", "--in-order", "--pipeline", "4"}) == 2);
  CHECK(run({"replay", "somewhere", "--pipeline", "0"}) == 2);
  CHECK(run({"--server", "nowhere", "stock"}) == 2);
  CHECK(run({"--time-limit", "0", "stock"}) == 2);
  CHECK(run({"watch", "--kind", "everything"}) == 2);
  CHECK(run({"watch", "--from", "9", "--to", "8"}) == 2);
  CHECK(run({"watch", "--from", "-1"}) == 2);
}

TEST_CASE("command line: files that cannot be read are exit 2", "[client][command]") {
  const Files files;
  const std::string nothing = (files.path() / "none.csv").string();
  CHECK(run({"order", nothing.c_str()}) == 2);
  CHECK(run({"receive", "--file", nothing.c_str()}) == 2);
  CHECK(run({"replay", files.path().c_str()}) == 2);
  CHECK(run({"po", "new", "P", "--vendor", "V", "--file", nothing.c_str()}) == 2);
  for (const char* rows : {"sku,warehouse\nBEAM,MAIN\n", "sku,warehouse,quantity\nBEAM,MAIN,x\n", "sku,warehouse,quantity,line\nBEAM,MAIN,1,-1\n",
                           "sku,warehouse,quantity,promised\nBEAM,MAIN,1,soon\n"}) {
    CAPTURE(rows);
    const std::string lines = files.write("lines.csv", rows);
    CHECK(run({"po", "new", "P", "--vendor", "V", "--file", lines.c_str()}) == 2);
  }
}

TEST_CASE("command line: no server is exit 3, whatever was asked", "[client][command]") {
  const std::vector<const char*> command = GENERATE(
      std::vector<const char*>{"stock"}, std::vector<const char*>{"show", "A"}, std::vector<const char*>{"digest"},
      std::vector<const char*>{"order", "--id", "A", "B:1"}, std::vector<const char*>{"watch"});
  std::vector<const char*> arguments{"--server", "127.0.0.1:1"};
  arguments.insert(arguments.end(), command.begin(), command.end());
  CHECK(run(arguments) == 3);
}

TEST_CASE("command line: help and version are exit 0", "[client][command]") {
  CHECK(run({"--help"}) == 0);
  CHECK(run({"--version"}) == 0);
  CHECK(run({"replay", "--help"}) == 0);
}
