// HTTP by hand: any bytes out, whole answers in, a time limit on every wait. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/system/support/server.hpp"

namespace earmark::test {

struct HttpReply {
  int status = 0;                             // 0: the server closed without an answer
  std::map<std::string, std::string> fields;  // names in small letters
  std::string body;
};

class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);  // throws ConnectionLost
  HttpConnection(HttpConnection&& other) noexcept;
  ~HttpConnection();

  // False: the server has closed.
  bool send(const std::string& bytes);
  // The next whole answer; status 0 when the server closes instead. `has_body`: not so after HEAD. Throws TimedOut.
  HttpReply receive(bool has_body = true, milliseconds limit = long_enough);

 private:
  bool read_more(milliseconds limit);

  int socket_ = -1;
  std::string input_;
};

HttpReply http_get(std::uint16_t port, const std::string& path, const std::string& method = "GET");

// The port that the log names; waits for that line.
std::uint16_t metrics_port(const Process& process);

}  // namespace earmark::test
