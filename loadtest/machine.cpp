#include "loadtest/machine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_set>

namespace earmark::loadtest {
namespace {

namespace fs = std::filesystem;

double ticks_per_second() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }

double seconds_of(const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); }

// Sockets that listen on the port, as /proc names them ("socket:[12345]").
void add_listeners(const char* table, std::uint16_t port, std::unordered_set<std::string>& sockets) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // headings
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
    constexpr std::string_view listening = "0A";
    const std::size_t colon = local.rfind(':');
    if (state != listening || colon == std::string::npos) continue;
    unsigned number = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), number, 16);
    if (number == port) sockets.insert("socket:[" + inode + "]");
  }
}

bool holds_one_of(const fs::path& process, const std::unordered_set<std::string>& sockets) {
  std::error_code fault;
  for (fs::directory_iterator file(process / "fd", fault), end; !fault && file != end; file.increment(fault)) {
    std::error_code unreadable;
    if (sockets.contains(fs::read_symlink(file->path(), unreadable).string())) return true;
  }
  return false;
}

}  // namespace

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

double process_cpu_seconds(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return 0;
  std::istringstream fields(line.substr(line.rfind(')') + 1));  // the name before it may hold anything
  std::string skipped;
  for (int field = 3; field <= 13; ++field) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / ticks_per_second();
}

double machine_cpu_seconds() {
  std::ifstream file("/proc/stat");
  std::string label;
  std::array<double, 8> time{};  // user, nice, system, idle, iowait, irq, softirq, steal
  file >> label;
  for (double& part : time) file >> part;
  return (time[0] + time[1] + time[2] + time[5] + time[6] + time[7]) / ticks_per_second();
}

std::optional<int> listening_process(std::uint16_t port) {
  std::unordered_set<std::string> sockets;
  add_listeners("/proc/net/tcp", port, sockets);
  add_listeners("/proc/net/tcp6", port, sockets);
  if (sockets.empty()) return std::nullopt;
  std::error_code fault;
  for (fs::directory_iterator process("/proc", fault), end; !fault && process != end; process.increment(fault)) {
    const std::string text = process->path().filename().string();
    int pid = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    if (error == std::errc{} && stopped == text.data() + text.size() && holds_one_of(process->path(), sockets)) return pid;
  }
  return std::nullopt;
}

std::uint64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string label, unit;
  for (std::uint64_t kibibytes = 0; file >> label >> kibibytes; std::getline(file, unit)) {
    if (label == "MemAvailable:") return kibibytes * 1024;
  }
  return 0;
}

unsigned machine_cores() { return std::max(1U, std::thread::hardware_concurrency()); }

CpuReading CpuReading::take(std::optional<int> server_pid) {
  const std::chrono::duration<double> at = std::chrono::steady_clock::now().time_since_epoch();
  return {server_pid ? process_cpu_seconds(*server_pid) : 0, own_cpu_seconds(), machine_cpu_seconds(), at.count()};
}

}  // namespace earmark::loadtest
