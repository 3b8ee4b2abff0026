#include "tests/system/support/wire.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace earmark::test {
namespace {

using Clock = std::chrono::steady_clock;

// What can be done on the socket, 0 when the deadline has passed.
short wait_for(int socket, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    pollfd wanted{socket, events, 0};
    const int ready = ::poll(&wanted, 1, left < 0 ? 0 : static_cast<int>(left));
    if (ready > 0) return wanted.revents;
    if (ready == 0) return 0;
    if (errno != EINTR) throw std::runtime_error(std::string("cannot wait for the socket: ") + std::strerror(errno));
  }
}

}  // namespace

RawConnection::RawConnection(std::uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const std::string why = std::strerror(errno);
    if (socket_ >= 0) ::close(socket_);
    throw ConnectionLost("cannot connect: " + why);
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawConnection::RawConnection(RawConnection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), ended_(other.ended_), input_(std::move(other.input_)), used_(other.used_) {}

RawConnection::~RawConnection() {
  if (socket_ >= 0) ::close(socket_);
}

void RawConnection::send(std::span<const std::byte> bytes) {
  const auto deadline = Clock::now() + long_enough;
  while (!bytes.empty()) {
    const short ready = wait_for(socket_, static_cast<short>(POLLOUT | (ended_ ? 0 : POLLIN)), deadline);
    if (ready == 0) throw TimedOut("the server took nothing more in time");
    if ((ready & POLLIN) != 0) read_more();
    if ((ready & (POLLOUT | POLLERR | POLLHUP)) == 0) continue;
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) throw ConnectionLost(std::string("cannot send: ") + std::strerror(errno));
    if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

std::size_t RawConnection::send_without_reading(std::span<const std::byte> bytes) {
  std::size_t total = 0;
  while (total < bytes.size() && wait_for(socket_, POLLOUT, Clock::now() + milliseconds(500)) != 0) {
    const ssize_t sent = ::send(socket_, bytes.data() + total, bytes.size() - total, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) throw ConnectionLost(std::string("cannot send: ") + std::strerror(errno));
    if (sent > 0) total += static_cast<std::size_t>(sent);
  }
  return total;
}

void RawConnection::finish_sending() { ::shutdown(socket_, SHUT_WR); }

void RawConnection::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
}

bool RawConnection::read_more() {
  const std::size_t before = input_.size();
  input_.resize(before + 65'536);
  const ssize_t count = ::recv(socket_, input_.data() + before, input_.size() - before, MSG_DONTWAIT);
  input_.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) ended_ = true;
  return !ended_;
}

std::optional<ReceivedFrame> RawConnection::take_frame() {
  const auto rest = std::span<const std::byte>(input_).subspan(used_);
  const schema::Split split = schema::split(rest);
  if (split.status == schema::SplitStatus::too_large) throw std::runtime_error("the server sent a frame that is too large");
  if (split.status == schema::SplitStatus::need_more) {
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(std::exchange(used_, 0)));
    return std::nullopt;
  }
  used_ += split.consumed;
  return ReceivedFrame{split.frame.header, {split.frame.body.begin(), split.frame.body.end()}};
}

std::optional<ReceivedFrame> RawConnection::read_frame(milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  for (;;) {
    if (auto whole = take_frame()) return whole;
    if (ended_) return std::nullopt;
    if (wait_for(socket_, POLLIN, deadline) == 0) throw TimedOut("no answer came in time");
    read_more();
  }
}

bool RawConnection::quiet_for(milliseconds duration) {
  if (used_ < input_.size()) return false;
  return wait_for(socket_, POLLIN, Clock::now() + duration) == 0;
}

std::vector<std::byte> frame(std::uint16_t kind, std::uint64_t correlation, std::span<const std::byte> body, std::uint16_t flags) {
  const schema::FrameHeader header{static_cast<std::uint32_t>(body.size()), schema::MessageKind{kind}, flags, correlation};
  const auto head = std::as_bytes(std::span(&header, 1));
  std::vector<std::byte> bytes(head.begin(), head.end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

}  // namespace earmark::test
