// A file that is there whole or as it was before: written beside its place under another name, synced, then renamed. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "client/failure.hpp"

namespace earmark::client {

// Follows a symbolic link. Takes the place of files alone, not of directories or devices.
Outcome<void> write_whole_file(const std::string& path, std::string_view bytes);

}  // namespace earmark::client
