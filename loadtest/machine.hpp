// Processor time of this process, of the server and of the whole machine, from /proc. Linux only; 0 where it is not to be
// had. Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace earmark::loadtest {

// Seconds of user and system time, all threads together.
double own_cpu_seconds();
double process_cpu_seconds(int pid);
double machine_cpu_seconds();

// The process that listens on a TCP port of this machine; none if it is not here, or belongs to somebody else.
std::optional<int> listening_process(std::uint16_t port);

// Memory that can be had without swapping, in bytes.
std::uint64_t available_memory();

unsigned machine_cores();

// Processor time at one moment. The difference of two, divided by the time between them, is a number of cores.
struct CpuReading {
  double server = 0, client = 0, machine = 0;

  double at = 0;  // seconds of the monotonic clock

  static CpuReading take(std::optional<int> server_pid);
};

}  // namespace earmark::loadtest
