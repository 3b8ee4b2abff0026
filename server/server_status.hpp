// What can be said of the server at any time of its life: its phase, and its insides once they are there. Written by the
// main thread (and the journal's, when it fails), read by the observer's.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

namespace earmark::server {

struct Hub;

enum class Phase : std::uint8_t { starting, recovering, serving, stopping, failed };
inline constexpr std::size_t phases = 5;

constexpr std::string_view name(Phase phase) noexcept {
  constexpr std::string_view names[phases] = {"starting", "recovering", "serving", "stopping", "failed"};
  return names[static_cast<std::size_t>(phase)];
}

class ServerStatus {
 public:
  explicit ServerStatus(std::filesystem::path directory) : data(std::move(directory)) {}

  const std::filesystem::path data;
  const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  void enter(Phase phase) noexcept { phase_.store(phase, std::memory_order_relaxed); }
  Phase phase() const noexcept { return phase_.load(std::memory_order_relaxed); }

  // Complete with its workers and journal thread; it outlives the observer. Release pairs with the acquire in hub().
  void publish(const Hub& hub) noexcept { hub_.store(&hub, std::memory_order_release); }
  const Hub* hub() const noexcept { return hub_.load(std::memory_order_acquire); }

 private:
  std::atomic<Phase> phase_{Phase::starting};
  std::atomic<const Hub*> hub_{nullptr};
};

}  // namespace earmark::server
