// Files of the fixtures, uncompressed.
#pragma once

#include <filesystem>
#include <string>

namespace earmark::test {

// The whole content. Throws if it cannot be read.
std::string read_gzip(const std::filesystem::path& file);

}  // namespace earmark::test
