// What the command line says, as JSON, whether the server took the command or not. One thread.
#pragma once

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/system/support/server.hpp"

namespace earmark::test {

using Json = nlohmann::json;

struct Told {
  int code = 0;
  std::vector<Json> lines;
  std::string error;
};

inline Told tell(const Server& server, std::vector<std::string> command) {
  command.insert(command.begin(), {"--server", server.address(), "--json"});
  const ProgramResult result = run("earmark", command);
  Told told{result.code, {}, result.error};
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) told.lines.push_back(Json::parse(line));
  return told;
}

}  // namespace earmark::test
