// HTTP without a server around it: what is answered, and that it can end in the middle of whatever its peers do.
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>
#include <thread>

#include "server/http_server.hpp"

using namespace earmark::server;

namespace {

class Bench {
 public:
  Bench() {
    server_.serve("/one", [](const HttpRequest& request) { return HttpAnswer{200, "text/plain", "one " + std::string(request.query)}; });
    server_.serve("/large", [](const HttpRequest&) { return HttpAnswer{200, "text/plain", std::string(8U << 20, 'x')}; });
    REQUIRE(server_.open({"127.0.0.1", 0}).empty());
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Bench() { end(); }

  void end() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] {
      server_.close();
      context_.stop();
    });
    thread_.join();
  }
  tcp::socket connect() {
    tcp::socket socket(clients_);
    socket.connect({asio::ip::make_address(server_.endpoint().host), server_.endpoint().port});
    return socket;
  }
  const HttpServer& server() const { return server_; }

  static std::string until_closed(tcp::socket& socket) {
    std::string text;
    asio::error_code end;
    asio::read(socket, asio::dynamic_buffer(text), end);
    return text;
  }

 private:
  asio::io_context context_{1}, clients_{1};
  HttpServer server_{context_};
  std::thread thread_;
};

}  // namespace

TEST_CASE("http server: paths, queries, reasons", "[server][http]") {
  struct Row {
    std::string request, start, end;
  };
  const auto row = GENERATE(values<Row>({{"GET /one?a=b", "HTTP/1.1 200 OK\r\n", "one a=b"},
                                         {"GET /two", "HTTP/1.1 404 Not Found\r\n", "there is nothing here\n"},
                                         {"POST /one", "HTTP/1.1 405 Method Not Allowed\r\n", "only GET and HEAD\n"},
                                         {"HEAD /one", "HTTP/1.1 200 OK\r\n", "\r\n\r\n"}}));
  Bench bench;
  tcp::socket socket = bench.connect();
  asio::write(socket, asio::buffer(row.request + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  const std::string answer = Bench::until_closed(socket);
  INFO(answer);
  CHECK(answer.starts_with(row.start));
  CHECK(answer.ends_with(row.end));
}

TEST_CASE("http server: ends while requests are half sent and answers half taken", "[server][http]") {
  Bench bench;
  std::vector<tcp::socket> sockets;
  for (const std::string bytes : {"", "GET /on", "GET /one HTTP/1.1\r\nHost: h\r\n", "GET /one HTTP/1.1\r\n\r\n", "GET /large HTTP/1.1\r\n\r\n",
                                   "GET /large HTTP/1.1\r\n\r\nGET /large HTTP/1.1\r\n\r\n"}) {
    sockets.push_back(bench.connect());
    asio::write(sockets.back(), asio::buffer(bytes));
  }
  // The last one's first answer has begun: the others have been read before it.
  char first = 0;
  asio::read(sockets.back(), asio::buffer(&first, 1));
  CHECK(first == 'H');
  bench.end();
}

TEST_CASE("http server: connections beyond the bound are closed, and places become free again", "[server][http]") {
  Bench bench;
  for (int round = 0; round < 3; ++round) {
    std::vector<tcp::socket> sockets;
    for (std::size_t count = 0; count < http_limits::connections; ++count) {
      sockets.push_back(bench.connect());
      asio::write(sockets.back(), asio::buffer(std::string("GET /one HTTP/1.1\r\n\r\n")));
      char first = 0;
      asio::read(sockets.back(), asio::buffer(&first, 1));
      REQUIRE(first == 'H');
    }
    tcp::socket refused = bench.connect();
    CHECK(Bench::until_closed(refused).empty());
    // Each says good-bye and is heard.
    for (tcp::socket& socket : sockets) {
      asio::write(socket, asio::buffer(std::string("GET /one HTTP/1.1\r\nConnection: close\r\n\r\n")));
      Bench::until_closed(socket);
    }
  }
}

TEST_CASE("http server: an address that is taken is told", "[server][http]") {
  Bench bench;
  asio::io_context context;
  HttpServer other(context);
  CHECK_THAT(other.open(bench.server().endpoint()), Catch::Contains("in use"));
}
