// A run as one page of HTML that needs nothing else: no script, no font, no address of another file. It is XML, too.
// Light or dark as the reader's system is. About 100 KiB. Pure, but for the machine's description.
#pragma once

#include <string>

#include "loadtest/run.hpp"

namespace earmark::loadtest {

std::string html_of(const RunReport& report, const std::string& machine, const std::string& when);

// Writes the page, with this machine and the time of now.
client::Outcome<void> write_html(const RunReport& report);

}  // namespace earmark::loadtest
