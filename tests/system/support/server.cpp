#include "tests/system/support/server.hpp"

#include <signal.h>

#include <algorithm>
#include <regex>

namespace earmark::test {

std::optional<ReadyLine> parse_ready_line(const std::string& line) {
  static const std::regex form(R"(ready listen=127\.0\.0\.1:(\d+) lsn=(\d+) recovered_ms=(\d+) pid=(\d+))");
  std::smatch found;
  if (!std::regex_match(line, found, form)) return std::nullopt;
  return ReadyLine{line, static_cast<std::uint16_t>(std::stoul(found[1])), std::stoull(found[2]), std::stoull(found[3]),
                   static_cast<pid_t>(std::stol(found[4]))};
}

std::vector<std::string> server_arguments(const std::filesystem::path& directory, const std::vector<std::string>& flags) {
  std::vector<std::string> arguments{"--data", directory.string()};
  if (std::ranges::find(flags, "--listen") == flags.end()) arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  if (std::ranges::find(flags, "--max-skus") == flags.end()) arguments.insert(arguments.end(), {"--max-skus", "20000"});
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return arguments;
}

Server::Server(std::filesystem::path directory, std::vector<std::string> flags, Process::Environment environment)
    : directory_(std::move(directory)), flags_(std::move(flags)), environment_(std::move(environment)) {
  start();
}

void Server::start(Process::Environment environment) {
  environment_ = std::move(environment);
  start();
}

void Server::start() {
  process_ = std::make_unique<Process>("earmarkd", server_arguments(directory_, flags_), environment_);
  const auto line = process_->read_line();
  if (!line) {
    const Ended ended = process_->wait();
    throw std::runtime_error("earmarkd ended with " + std::to_string(ended.status) + ", signal " +
                             std::to_string(ended.signal) + ": " + process_->error());
  }
  const auto ready = parse_ready_line(*line);
  if (!ready) throw std::runtime_error("this is no ready line: " + *line);
  ready_ = *ready;
}

Ended Server::terminate() {
  process_->send_signal(SIGTERM);
  return process_->wait();
}

void Server::kill() {
  process_->send_signal(SIGKILL);
  process_->wait();
}

}  // namespace earmark::test
