// What earmarkd was told on its command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace earmark::server {

struct Options {
  std::filesystem::path data;
  std::string host = "127.0.0.1";
  std::uint16_t port = 7411;
  std::uint32_t io_threads = 0;  // 0: chosen by the number of cores
  std::uint32_t max_connections = 10'000;
  std::uint32_t max_skus = 1'048'576;
  std::uint16_t max_warehouses = 8;
};

// The options, or the exit status with which to end at once (help, version, bad flags: already printed).
struct ParsedOptions {
  Options options;
  std::optional<int> exit_status;
};
ParsedOptions parse_options(int argc, char** argv);

}  // namespace earmark::server
