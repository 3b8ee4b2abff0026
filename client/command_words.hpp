// Splits a line into the words of a command as a shell does: blanks divide, 'as it is', "with \" and \\", \x is x, and what stands behind
// a # at the beginning of a word is a remark. Nothing is expanded: $, *, ~ and ` are letters like others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace earmark::client {

// No words for a line of blanks or remarks. The error says what is wrong and what to do.
Result<std::vector<std::string>, std::string> command_words(std::string_view line);

}  // namespace earmark::client
