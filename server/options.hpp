// What earmarkd was told: by its defaults, then by the file of --config, then by its flags. server/config_settings.hpp
// describes each setting once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace earmark::server {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  std::string text() const { return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port); }
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct Options {
  std::filesystem::path data;
  Endpoint listen{"127.0.0.1", 7411};
  std::optional<Endpoint> metrics;  // none: off
  std::uint32_t io_threads = 0;     // 0: chosen by the number of cores
  std::uint32_t max_connections = 10'000;
  std::uint32_t max_skus = 1'048'576;
  std::uint16_t max_warehouses = 8;
  std::uint64_t horizon = 16'000'000;  // commands whose ids are remembered
  std::uint64_t retain = 0;            // LSNs kept in the journal; 0: all
  std::string sourcing = "priority";   // of orders that name no rule
  std::uint16_t max_skips = 64;        // of who waits for all or nothing, before he turns strict
  std::uint32_t max_wait_hours = 0;    // the same as a time; 0: no time is long enough
  std::uint32_t date_threshold_hours = 24;  // a told date that moves by more is told again
  std::string clock = "wall";
  std::string log_level = "info";
  std::string log_format = "text";
};

// The options, or the exit status with which to end at once (help, version, --print-config, bad flags: already printed).
struct ParsedOptions {
  Options options;
  std::optional<int> exit_status;
};
ParsedOptions parse_options(int argc, const char* const* argv);

// The rules between settings, and what is chosen by the machine. "" or what is wrong.
std::string complete(Options& options);

}  // namespace earmark::server
