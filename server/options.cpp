#include "server/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <thread>

#include "engine/limits.hpp"
#include "server/version.hpp"

namespace earmark::server {
namespace {

constexpr const char* footer =
    "Examples:\n"
    "  earmarkd --data /var/lib/earmark                      serve 127.0.0.1:7411\n"
    "  earmarkd --data ./data --listen 127.0.0.1:0           any free port; the ready line names it\n"
    "  earmarkd --data ./data --max-skus 5000000 --max-warehouses 32\n"
    "\n"
    "When it accepts connections it prints one line: ready listen=HOST:PORT lsn=N recovered_ms=N pid=N\n"
    "SIGTERM or SIGINT: finish what is decided, make it durable, answer it, exit 0. A second one: exit at once.\n"
    "\n"
    "Exit status: 0 clean stop, 2 bad flag, 3 the data directory is in use, 4 the journal is damaged,\n"
    "5 storage failed while running, 6 cannot listen.";

bool parse_listen(const std::string& text, Options& options) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  options.host = text.substr(0, colon);
  const char* begin = text.data() + colon + 1;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(begin, end, options.port);
  return error == std::errc{} && stopped == end && begin != end;
}

int complain(const std::string& what) {
  std::fprintf(stderr, "earmarkd: %s\n", what.c_str());
  return 2;
}

// Flags whose feature is not there: refusing beats ignoring.
std::optional<int> refuse_missing_features(const std::vector<std::pair<std::string, std::string>>& given) {
  for (const auto& [flag, value] : given) {
    if (value.empty()) continue;
    if (flag == "--clock" && value == "wall") continue;
    return complain(flag + " is not available in this version; leave it out. Only loopback addresses are served until "
                    "tokens and TLS are there.");
  }
  return std::nullopt;
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  CLI::App app{"earmarkd - real-time, in-memory stock allocation server", "earmarkd"};
  app.footer(footer);
  app.set_version_flag("--version", std::string(server_name));
  std::string listen = "127.0.0.1:7411";
  std::string config, certificate, key, tokens, metrics, retain, clock;
  app.add_option("--data", options.data, "Data directory; made if it is missing (mode 0700)")->required();
  app.add_option("--listen", listen, "HOST:PORT to serve; port 0 picks a free one")->capture_default_str();
  app.add_option("--io-threads", options.io_threads, "Threads that receive and decide; 0 chooses by the number of cores")
      ->check(CLI::Range(0, static_cast<int>(engine::max_committers)));
  app.add_option("--max-connections", options.max_connections, "Connections at one time")->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--max-skus", options.max_skus, "SKUs that the catalogue can hold")->capture_default_str()
      ->check(CLI::Range(1, 50'000'000));
  app.add_option("--max-warehouses", options.max_warehouses, "Warehouses that the catalogue can hold")->capture_default_str()
      ->check(CLI::Range(1, 256));
  app.add_option("--config", config, "Configuration file (not available yet)");
  app.add_option("--tls-cert", certificate, "TLS certificate (not available yet)");
  app.add_option("--tls-key", key, "TLS key (not available yet)");
  app.add_option("--tokens", tokens, "Token file (not available yet)");
  app.add_option("--metrics", metrics, "HOST:PORT for metrics (not available yet)");
  app.add_option("--retain", retain, "LSNs to keep in the journal (not available yet: all are kept)");
  app.add_option("--clock", clock, "wall (commands is not available yet)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    parsed.exit_status = app.exit(request);
    return parsed;
  } catch (const CLI::ParseError& error) {
    parsed.exit_status = complain(std::string(error.what()) + "; see earmarkd --help");
    return parsed;
  }
  parsed.exit_status = refuse_missing_features({{"--config", config}, {"--tls-cert", certificate}, {"--tls-key", key},
                                                {"--tokens", tokens}, {"--metrics", metrics}, {"--retain", retain},
                                                {"--clock", clock}});
  if (parsed.exit_status) return parsed;
  if (!parse_listen(listen, options)) {
    parsed.exit_status = complain("--listen wants HOST:PORT, for example 127.0.0.1:7411, not \"" + listen + "\"");
    return parsed;
  }
  if (options.host == "localhost") options.host = "127.0.0.1";
  if (!options.host.starts_with("127.") && options.host != "::1") {
    parsed.exit_status = complain("without tokens only loopback addresses are served; --listen 127.0.0.1:" + std::to_string(options.port));
    return parsed;
  }
  if (options.io_threads == 0) {
    // The journal's thread and the clients of a small machine need a core, too.
    options.io_threads = std::max(1U, std::min(std::thread::hardware_concurrency() / 2, 16U));
  }
  return parsed;
}

}  // namespace earmark::server
