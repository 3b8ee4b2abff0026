#include "server/metrics.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>

#include "server/stats.hpp"
#include "server/worker.hpp"

namespace earmark::server {
namespace {

// Writes families; a family without samples is left out. Label values hold no quotes, backslashes or line ends.
class Text {
 public:
  void family(std::string_view metric, std::string_view type, std::string_view help) {
    head_ = fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", metric, type, help);
    metric_ = metric;
  }
  void sample(std::string_view label, std::string_view label_value, std::uint64_t value) {
    take_head();
    if (label.empty()) {
      fmt::format_to(std::back_inserter(text_), "{} {}\n", metric_, value);
    } else {
      fmt::format_to(std::back_inserter(text_), "{}{{{}=\"{}\"}} {}\n", metric_, label, label_value, value);
    }
  }
  // `scale`: of the values' unit to the metric's, a power of ten: 6 makes seconds of microseconds.
  template <std::size_t limits>
  void histogram(const PowerCounts<limits>& counts, int scale) {
    take_head();
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < limits; ++bucket) {
      below += counts.counts[bucket];
      fmt::format_to(std::back_inserter(text_), "{}_bucket{{le=\"{}\"}} {}\n", metric_, scaled(1ULL << bucket, scale), below);
    }
    below += counts.counts[limits];
    fmt::format_to(std::back_inserter(text_), "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", metric_, below,
                   scaled(counts.sum, scale));
  }
  std::string take() { return std::move(text_); }

 private:
  void take_head() { text_ += std::exchange(head_, {}); }
  static std::string scaled(std::uint64_t value, int scale) {
    if (scale == 0) return std::to_string(value);
    return fmt::format("{}.{:06}", value / 1'000'000, value % 1'000'000);
  }

  std::string text_, head_;
  std::string_view metric_;
};

// Pages in memory, the second number of that file; 0 if it cannot be read.
std::uint64_t resident_bytes() {
  unsigned long long size = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%llu %llu", &size, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void add_process(Text& text, const ServerStatus& status) {
  text.family("earmark_build_info", "gauge", "Version of this server; always 1.");
  text.sample("version", EARMARK_VERSION, 1);
  text.family("earmark_phase", "gauge", "1 for what the server is doing: it answers orders while serving.");
  for (std::size_t phase = 0; phase < phases; ++phase) {
    text.sample("phase", name(static_cast<Phase>(phase)), status.phase() == static_cast<Phase>(phase) ? 1 : 0);
  }
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - status.started);
  text.family("earmark_uptime_seconds", "gauge", "Time since the program was started.");
  text.sample({}, {}, static_cast<std::uint64_t>(uptime.count()));
  text.family("earmark_resident_memory_bytes", "gauge", "Memory of the process that is in use.");
  text.sample({}, {}, resident_bytes());
  struct statvfs disk = {};
  if (::statvfs(status.data.c_str(), &disk) != 0) return;
  text.family("earmark_disk_free_bytes", "gauge", "Free space of the file system that holds the data directory.");
  text.sample({}, {}, std::uint64_t{disk.f_bavail} * disk.f_frsize);
}

void add_histograms(Text& text, const Hub& hub) {
  text.family("earmark_answer_latency_seconds", "histogram",
              "Decisions: from the socket read that brought the command to the moment when the answer was let go.");
  text.histogram(answer_latency(hub), 6);
  text.family("earmark_journal_append_seconds", "histogram", "Time to write and sync one group.");
  text.histogram(hub.journal_thread->counters().append_time.read(), 6);
  text.family("earmark_journal_group_lsns", "histogram", "LSNs in one group.");
  text.histogram(hub.journal_thread->counters().group_lsns.read(), 0);
}

}  // namespace

std::string metrics_text(const ServerStatus& status) {
  Text text;
  add_process(text, status);
  const Hub* hub = status.hub();
  if (hub == nullptr) return text.take();
  for (const Figure& figure : figures()) {
    text.family(figure.metric, figure.kind == FigureKind::counter ? "counter" : "gauge", figure.help);
    figure.read(*hub, [&](std::string_view label_value, std::uint64_t value) { text.sample(figure.label, label_value, value); });
  }
  add_histograms(text, *hub);
  return text.take();
}

}  // namespace earmark::server
