#include "loadtest/load_socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "loadtest/options.hpp"
#include "schema/ask.hpp"

namespace earmark::loadtest {
namespace {

constexpr timeval time_limit{10, 0};

using client::Outcome;

Unexpected<client::Failure> not_reached(const client::Address& server, const std::string& reason) {
  return client::unreachable("cannot reach a server at " + server.text() + ": " + reason +
                             "; is earmarkd running there? Name another server with --server HOST:PORT");
}

int try_connect(const addrinfo& where) {
  const int handle = ::socket(where.ai_family, where.ai_socktype | SOCK_CLOEXEC, where.ai_protocol);
  if (handle < 0) return -1;
  const int on = 1;
  ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &time_limit, sizeof time_limit);
  ::setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &time_limit, sizeof time_limit);
  if (::connect(handle, where.ai_addr, where.ai_addrlen) == 0) return handle;
  const int reason = errno;
  ::close(handle);
  errno = reason;
  return -1;
}

// Blocking, with the time limit. Empty: all is well.
std::string greet(int handle, std::uint32_t& credit) {
  schema::RequestEncoder encoder;
  std::vector<std::byte> out;
  encoder.hello(out, 0, {schema::protocol_version, {}, program_name(), 0});
  if (::send(handle, out.data(), out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out.size())) return std::strerror(errno);
  std::vector<std::byte> in;
  std::array<std::byte, 4096> bytes;
  for (;;) {
    const schema::Split split = schema::split(in);
    if (split.status == schema::SplitStatus::frame && split.frame.header.kind == schema::MessageKind::hello_answer) {
      schema::AnswerDecoder decoder;
      const auto answer = decoder.decode(split.frame.header.kind, std::span(&split.frame.body, 1));
      if (!answer || !std::holds_alternative<schema::HelloAnswer>(*answer)) return "its greeting cannot be read";
      credit = std::get<schema::HelloAnswer>(*answer).credit;
      return {};
    }
    if (split.status != schema::SplitStatus::need_more) return "it does not speak this protocol";
    const ssize_t count = ::recv(handle, bytes.data(), bytes.size(), 0);
    if (count <= 0) return count == 0 ? "it closed the connection" : std::strerror(errno);
    in.insert(in.end(), bytes.begin(), bytes.begin() + count);
  }
}

LoadSocket::Moved moved(ssize_t count) noexcept {
  if (count >= 0) return {LoadSocket::Status::done, static_cast<std::size_t>(count)};
  const bool again = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {again ? LoadSocket::Status::would_block : LoadSocket::Status::lost, 0};
}

}  // namespace

Outcome<LoadSocket> LoadSocket::open(const client::Address& server) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int fault = ::getaddrinfo(server.host.c_str(), server.port.c_str(), &wanted, &found); fault != 0) {
    return not_reached(server, ::gai_strerror(fault));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> places(found, ::freeaddrinfo);
  int handle = -1;
  for (const addrinfo* place = found; place != nullptr && handle < 0; place = place->ai_next) handle = try_connect(*place);
  if (handle < 0) return not_reached(server, std::strerror(errno));
  LoadSocket socket(handle);
  if (const std::string fault = greet(handle, socket.credit_); !fault.empty()) return not_reached(server, fault);
  ::fcntl(handle, F_SETFL, O_NONBLOCK);
  return socket;
}

LoadSocket::~LoadSocket() {
  if (handle_ >= 0) ::close(handle_);
}

LoadSocket::Moved LoadSocket::read(std::span<std::byte> into) const noexcept {
  const ssize_t count = ::recv(handle_, into.data(), into.size(), 0);
  if (count != 0) return moved(count);
  errno = 0;
  return {Status::lost, 0};
}

LoadSocket::Moved LoadSocket::write(std::span<const std::byte> bytes) const noexcept {
  return moved(::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

}  // namespace earmark::loadtest
