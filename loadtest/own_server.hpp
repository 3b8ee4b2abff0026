// An earmarkd of this program's own: from the folder that this program is in, on a temporary directory and a free port of
// the loopback. Ended and its directory removed by the destructor, and killed by the kernel should this program die.
// Not thread-safe; start it from a thread that lives as long as it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "client/address.hpp"

namespace earmark::loadtest {

class OwnServer {
 public:
  // Waits until it accepts connections, a minute at most.
  static client::Outcome<OwnServer> start(const std::vector<std::string>& flags);

  OwnServer(OwnServer&& other) noexcept
      : directory_(std::exchange(other.directory_, {})), pid_(std::exchange(other.pid_, -1)), address_(std::move(other.address_)) {}
  OwnServer& operator=(OwnServer&&) = delete;
  ~OwnServer();

  const client::Address& address() const noexcept { return address_; }
  pid_t pid() const noexcept { return pid_; }
  // Asks it to end and waits, half a minute at most. Whether it ended cleanly.
  bool stop();

 private:
  OwnServer() = default;
  client::Outcome<void> launch(const std::vector<std::string>& flags);
  std::string log_line() const;

  std::filesystem::path directory_;
  pid_t pid_ = -1;
  client::Address address_;
};

}  // namespace earmark::loadtest
