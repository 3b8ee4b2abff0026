// Ids for commands whose caller chose none.
#pragma once

#include <string>
#include <string_view>

namespace earmark::client {

// "cancel-" and 32 hexadecimal digits: 128 random bits, so that no two are alike.
std::string random_id(std::string_view kind);

}  // namespace earmark::client
