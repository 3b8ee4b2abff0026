// A page for paper: one HTML file of its own, A4, without script and without anything from elsewhere. Every text in it is inert.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "client/documents/page.hpp"

namespace earmark::client::documents {

std::string page_html(const Page& page);
// Text as HTML's text, also within quotes; control characters but line ends become spaces.
std::string escaped(std::string_view text);

}  // namespace earmark::client::documents
