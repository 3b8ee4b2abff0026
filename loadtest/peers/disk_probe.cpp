// earmark-disk-probe DIRECTORY [SECONDS]: how long fdatasync takes there after 4 KiB were written, on a file whose blocks
// are there already and on a growing one. One JSON object; the file is removed.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t block = 4096, blocks = 1024;

[[noreturn]] void fail(const char* what, const std::string& path) {
  std::fprintf(stderr, "earmark-disk-probe: cannot %s %s: %s\n", what, path.c_str(), std::strerror(errno));
  std::exit(1);
}

// Microseconds of each write and sync, sorted. A written file is begun anew at its end, a growing one grows.
std::vector<double> probe(const std::string& path, bool growing, double seconds) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) fail("create", path);
  ::unlink(path.c_str());
  const std::array<char, block> bytes{'e'};
  for (std::size_t count = 0; !growing && count < blocks; ++count) {
    if (::write(file, bytes.data(), block) != static_cast<ssize_t>(block)) fail("write", path);
  }
  if (::fsync(file) != 0) fail("sync", path);
  std::vector<double> times;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (std::size_t count = 0; Clock::now() < end || times.empty(); ++count) {
    const auto place = static_cast<off_t>((growing ? count : count % blocks) * block);
    const auto start = Clock::now();
    if (::pwrite(file, bytes.data(), block, place) != static_cast<ssize_t>(block)) fail("write", path);
    if (::fdatasync(file) != 0) fail("sync", path);
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  ::close(file);
  std::sort(times.begin(), times.end());
  return times;
}

double at(const std::vector<double>& times, std::size_t percent) { return times[(times.size() - 1) * percent / 100]; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3 || argv[1][0] == '-') {
    std::fputs("Usage: earmark-disk-probe DIRECTORY [SECONDS]     for example: earmark-disk-probe .run 0.5\n", stderr);
    return 2;
  }
  const std::string path = std::string(argv[1]) + "/disk-probe";
  const double seconds = std::clamp(argc == 3 ? std::atof(argv[2]) : 0.25, 0.01, 60.0);
  const auto there = probe(path, false, seconds), growing = probe(path, true, seconds);
  std::printf("{\"written_p50_us\": %.0f, \"written_p99_us\": %.0f, \"growing_p50_us\": %.0f, \"growing_p99_us\": %.0f}\n",
              at(there, 50), at(there, 99), at(growing, 50), at(growing, 99));
  return 0;
}
