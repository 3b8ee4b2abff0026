// The server's refusals in words, and texts of others made fit for a terminal. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "client/failure.hpp"
#include "schema/answer.hpp"

namespace earmark::client {

// "unknown_sku, line 2: There is no such SKU in the catalogue; load it first."
Failure failure_of(const schema::ErrorAnswer& error);

// Text for a terminal: control characters become spaces, so that a name cannot move the cursor.
std::string on_one_line(std::string_view text);

}  // namespace earmark::client
