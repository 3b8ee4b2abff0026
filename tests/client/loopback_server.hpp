// A played server on a port that the system picks: decides every order once, and drops connections at chosen points.
// A thread for each connection, one at a time in the server's head. Nothing is asserted here, tests look at what is told.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "client/channel_options.hpp"
#include "tests/client/played.hpp"

namespace earmark::client::test {

// What happens to one request.
enum class Fate : std::uint8_t {
  answered,
  dropped_before,   // the connection ends before the request is decided
  dropped_after,    // it is decided, but the connection ends before the answer
  dropped_within,   // the connection ends in the middle of the answer
  refused,          // overloaded
  ignored           // decided, and never answered
};

class LoopbackServer {
 public:
  // Called under a lock with the number of the connection, from 1, and what was heard (hellos too).
  using Choose = std::function<Fate(std::size_t connection, const Heard& heard)>;

  explicit LoopbackServer(Choose choose) : choose_(std::move(choose)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    options.server = {"127.0.0.1", std::to_string(ntohs(address.sin_port))};
    options.client_name = "test";
    acceptor_ = std::thread([this] { accept(); });
  }
  // Ends all connections.
  ~LoopbackServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    for (std::thread& thread : threads_) thread.join();
    for (const int socket : sockets_) ::close(socket);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  ChannelOptions options;

  // Look at these when the client is done.
  std::map<std::string, std::uint64_t> decided() {
    const std::lock_guard lock(mutex_);
    return decided_;
  }
  std::size_t connections() {
    const std::lock_guard lock(mutex_);
    return sockets_.size();
  }

 private:
  using Bytes = PlayedAnswers::Bytes;

  void accept() {
    for (int socket = 0; (socket = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket, number = sockets_.size()] {
        serve(socket, number);
        ::shutdown(socket, SHUT_RDWR);
      });
    }
  }

  void serve(int socket, std::size_t number) {
    schema::RequestDecoder decoder;
    schema::FrameHeader header;
    std::vector<std::byte> body;
    while (read(socket, &header, sizeof header)) {
      body.resize(header.length);
      if (!read(socket, body.data(), body.size())) return;
      const auto request = decoder.decode(header.kind, body);
      if (!request) return;
      if (!handle(socket, number, heard_from(header, *request))) return;
    }
  }

  // False: the connection ends.
  bool handle(int socket, std::size_t number, const Heard& heard) {
    const std::lock_guard lock(mutex_);
    const Fate fate = choose_(number, heard);
    if (fate == Fate::dropped_before) return false;
    Bytes answer;
    if (fate == Fate::refused) {
      answer = PlayedAnswers::frames(heard.correlation, schema::ErrorAnswer{{engine::ErrorCode::overloaded, 0, {}}, "busy", {}, 1});
    } else if (heard.kind == MessageKind::hello) {
      answer = PlayedAnswers::hello(heard.correlation, 5, 100);
    } else if (heard.kind == MessageKind::resolve) {
      answer = PlayedAnswers::codes(heard, 5);
    } else {
      const auto [place, is_new] = decided_.try_emplace(heard.id, decided_.size() + 1);
      answer = answers_.decision(heard, place->second, !is_new);
    }
    if (fate == Fate::dropped_after) return false;
    if (fate == Fate::dropped_within) answer.resize(answer.size() / 2);
    if (fate != Fate::ignored) write(socket, answer);
    return fate != Fate::dropped_within;
  }

  static bool read(int socket, void* to, std::size_t bytes) {
    auto* place = static_cast<std::byte*>(to);
    while (bytes > 0) {
      const ssize_t got = ::recv(socket, place, bytes, 0);
      if (got <= 0) return false;
      place += got;
      bytes -= static_cast<std::size_t>(got);
    }
    return true;
  }
  static void write(int socket, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }

  Choose choose_;
  int listener_ = -1;
  std::thread acceptor_;
  std::mutex mutex_;
  PlayedAnswers answers_;
  std::map<std::string, std::uint64_t> decided_;  // id -> LSN
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
};

}  // namespace earmark::client::test
