// The configuration file: TOML, one key for each setting (server/config_settings.hpp), no tables.
#pragma once

#include <filesystem>
#include <string>

#include "server/options.hpp"

namespace earmark::server {

// Reads the file into the options. "" or one line: file, line number, key, what is wrong, what to do.
std::string read_config(const std::filesystem::path& file, Options& options);
// The same from text; `name` is what errors call it.
std::string read_config_text(std::string_view text, const std::string& name, Options& options);

// All settings as such a file, each under what it is for. read_config_text() gives the same options back.
std::string print_config(const Options& options);

}  // namespace earmark::server
