// earmark-load judge: the judgement of a journal's dump, offline. See earmark-load judge --help.
#pragma once

#include <cstdio>
#include <string>

#include "loadtest/dump_findings.hpp"

namespace earmark::loadtest {

// Reads JSON lines to the end. What cannot be judged at all (no JSON, no beginning) is said in `fault`; empty: judged.
struct JudgedDump {
  DumpVerdict verdict;
  std::string fault;
};
JudgedDump judge_dump(std::FILE* input);

std::string table_of(const DumpVerdict& verdict);
std::string json_of(const DumpVerdict& verdict);

// With the words behind "judge"; the exit status: 0 sound, 1 a promise is broken or there is nothing to judge, 2 bad usage or a dump that
// cannot be read.
int run_judge(int argc, const char* const* argv);

}  // namespace earmark::loadtest
