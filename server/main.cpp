// earmarkd: the server. See earmarkd --help and docs/OPERATING.md.
#include <csignal>

#include "server/options.hpp"
#include "server/server.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that has gone is an error code of its write
  const earmark::server::ParsedOptions parsed = earmark::server::parse_options(argc, argv);
  if (parsed.exit_status) return *parsed.exit_status;
  return static_cast<int>(earmark::server::Server(parsed.options).run());
}
