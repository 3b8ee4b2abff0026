// What Prometheus reads at /metrics: text format 0.0.4. On the observer's thread.
#pragma once

#include <string>

#include "server/server_status.hpp"

namespace earmark::server {

inline constexpr const char* metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

// All figures (server/stats.hpp), histograms, and those of the process. Before recovery is over only the last.
std::string metrics_text(const ServerStatus& status);

}  // namespace earmark::server
