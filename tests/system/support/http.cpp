#include "tests/system/support/http.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>
#include <utility>

#include "tests/system/support/wire.hpp"

namespace earmark::test {

HttpConnection::HttpConnection(std::uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ >= 0 && ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  if (socket_ >= 0) ::close(socket_);
  throw ConnectionLost("cannot connect for HTTP");
}

HttpConnection::HttpConnection(HttpConnection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), input_(std::move(other.input_)) {}

HttpConnection::~HttpConnection() {
  if (socket_ >= 0) ::close(socket_);
}

bool HttpConnection::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool HttpConnection::read_more(milliseconds limit) {
  pollfd wanted{socket_, POLLIN, 0};
  if (::poll(&wanted, 1, static_cast<int>(limit.count())) != 1) throw TimedOut("no HTTP answer came in time");
  char bytes[65536];
  const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
  if (count > 0) input_.append(bytes, static_cast<std::size_t>(count));
  return count > 0;
}

HttpReply HttpConnection::receive(bool has_body, milliseconds limit) {
  while (input_.find("\r\n\r\n") == std::string::npos) {
    if (!read_more(limit)) return {};
  }
  const std::size_t head_bytes = input_.find("\r\n\r\n") + 4;
  std::istringstream head(input_.substr(0, head_bytes));
  HttpReply reply;
  std::string line;
  std::getline(head, line);
  if (!line.starts_with("HTTP/1.1 ")) throw std::runtime_error("this is no HTTP: " + line);
  reply.status = std::stoi(line.substr(9));
  while (std::getline(head, line) && line.find(':') != std::string::npos) {
    std::string name = line.substr(0, line.find(':'));
    std::ranges::transform(name, name.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    reply.fields[name] = line.substr(line.find(':') + 2, line.size() - line.find(':') - 3);  // without its \r
  }
  input_.erase(0, head_bytes);
  const std::size_t size = has_body ? std::stoul(reply.fields.at("content-length")) : 0;
  while (input_.size() < size) {
    if (!read_more(limit)) throw std::runtime_error("the HTTP answer was cut off");
  }
  reply.body = input_.substr(0, size);
  input_.erase(0, size);
  return reply;
}

HttpReply http_get(std::uint16_t port, const std::string& path, const std::string& method) {
  HttpConnection connection(port);
  connection.send(method + " " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  return connection.receive(method != "HEAD");
}

std::uint16_t metrics_port(const Process& process) {
  static const std::regex form(R"(listening for metrics address=127\.0\.0\.1:(\d+) )");
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  while (std::chrono::steady_clock::now() < deadline) {
    std::smatch found;
    const std::string log = process.error();
    if (std::regex_search(log, found, form)) return static_cast<std::uint16_t>(std::stoul(found[1]));
  }
  throw TimedOut("the log does not name the address of the metrics: " + process.error());
}

}  // namespace earmark::test
