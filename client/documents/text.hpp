// A page for a terminal. Pure; any thread.
#pragma once

#include <string>

#include "client/documents/page.hpp"

namespace earmark::client::documents {

// Lines that end in '\n', without control characters.
std::string page_text(const Page& page);

}  // namespace earmark::client::documents
