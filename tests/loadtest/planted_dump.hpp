// A dump in a test's own lines, and the same with one planted fault after the other: what the judge says of them.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "loadtest/judge_command.hpp"

namespace earmark::loadtest::test {

using Json = nlohmann::json;
using Dump = std::vector<Json>;  // LSN n is element n - 1

inline JudgedDump judge_text(std::string text) {
  std::FILE* file = ::fmemopen(text.data(), text.size(), "r");
  REQUIRE(file != nullptr);
  JudgedDump judged = judge_dump(file);
  std::fclose(file);
  return judged;
}

inline JudgedDump judge(const Dump& dump) {
  std::string text;
  for (const Json& record : dump) text += record.dump() + "\n";
  return judge_text(text);
}

struct Planted {
  const char* what;
  Promise promise;
  const char* said;  // in a finding
  std::function<void(Dump&)> plant;
};

inline void require_found(const Planted& fault, Dump dump) {
  fault.plant(dump);
  const JudgedDump judged = judge(dump);
  INFO(fault.what << "\n" << table_of(judged.verdict));
  CHECK(judged.fault == "");
  CHECK(judged.verdict[fault.promise] > 0);
  CHECK(std::ranges::any_of(judged.verdict.examples, [&](const std::string& each) { return each.find(fault.said) != std::string::npos; }));
}

}  // namespace earmark::loadtest::test
