// A run in words: a table for people, one JSON object for programs. Pure.
#pragma once

#include <string>

#include "loadtest/run.hpp"

namespace earmark::loadtest {

std::string table_of(const RunReport& report);
std::string json_of(const RunReport& report);  // one line, without '\n'

}  // namespace earmark::loadtest
