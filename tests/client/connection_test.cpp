// The client against servers that behave badly: they are played here, on a port that the system picks.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>
#include <thread>

#include "client/answer_parts.hpp"
#include "client/client.hpp"
#include "client/put.hpp"
#include "schema/event.hpp"

using namespace earmark;
using namespace earmark::client;
using schema::MessageKind;

namespace {

// One accepted connection, as the played server sees it.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}
  ~Peer() { ::close(socket_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // The next request; false at the end of the connection.
  bool next(schema::FrameHeader& header, std::vector<std::byte>& body) {
    if (!read(&header, sizeof header)) return false;
    body.resize(header.length);
    return read(body.data(), body.size());
  }
  template <class Answer>
  void answer(std::uint64_t correlation, const Answer& answer) {
    std::vector<std::byte> bytes;
    schema::append_answer(bytes, correlation, answer);
    write(bytes);
  }
  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }
  // Takes the Hello and answers it.
  void greet(std::uint64_t epoch = 5) {
    schema::FrameHeader header;
    std::vector<std::byte> body;
    next(header, body);
    schema::HelloAnswer hello;
    hello.server = "played";
    hello.epoch = epoch;
    answer(header.correlation, hello);
  }

 private:
  bool read(void* to, std::size_t bytes) {
    auto* place = static_cast<std::byte*>(to);
    while (bytes > 0) {
      const ssize_t got = ::recv(socket_, place, bytes, 0);
      if (got <= 0) return false;
      place += got;
      bytes -= static_cast<std::size_t>(got);
    }
    return true;
  }

  int socket_;
};

// Plays one connection on a thread of its own.
class PlayedServer {
 public:
  explicit PlayedServer(std::function<void(Peer&)> play) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    options.server = {"127.0.0.1", std::to_string(ntohs(address.sin_port))};
    options.client_name = "test";
    options.time_limit = std::chrono::seconds(20);
    thread_ = std::thread([this, play = std::move(play)] {
      const int accepted = ::accept(listener_, nullptr, nullptr);
      if (accepted < 0) return;
      Peer peer(accepted);
      play(peer);
    });
  }
  ~PlayedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  PlayedServer(const PlayedServer&) = delete;
  PlayedServer& operator=(const PlayedServer&) = delete;

  ConnectOptions options;

 private:
  int listener_ = -1;
  std::thread thread_;
};

Client::Put show(Client& client, const std::string& order) {
  return [&client, order](std::uint64_t correlation) -> Outcome<void> {
    client.connection().encoder().show(client.connection().out(), correlation, {order});
    return {};
  };
}

}  // namespace

TEST_CASE("connection: nobody listens", "[client][connection]") {
  ConnectOptions options;
  {
    const PlayedServer gone([](Peer&) {});
    options = gone.options;
  }
  const auto client = Client::connect(options);
  REQUIRE(!client.has_value());
  CHECK(client.error().kind == FailureKind::unreachable);
  CHECK(client.error().text.find(options.server.text()) != std::string::npos);
}

TEST_CASE("connection: a server that refuses the hello", "[client][connection]") {
  const PlayedServer server([](Peer& peer) {
    schema::FrameHeader header;
    std::vector<std::byte> body;
    peer.next(header, body);
    peer.answer(header.correlation, schema::ErrorAnswer{{engine::ErrorCode::unsupported_version, 0, {}}, {}, {}, 0});
  });
  const auto client = Client::connect(server.options);
  REQUIRE(!client.has_value());
  CHECK(client.error().kind == FailureKind::refused);
  CHECK(client.error().code == engine::ErrorCode::unsupported_version);
}

TEST_CASE("connection: a server that speaks something else", "[client][connection]") {
  const PlayedServer server([](Peer& peer) {
    const std::string_view words = "HTTP/1.1 400 Bad Request\r\n\r\n";
    peer.write(std::as_bytes(std::span(words)));
  });
  const auto client = Client::connect(server.options);
  REQUIRE(!client.has_value());
  CHECK(client.error().kind == FailureKind::unreachable);
}

TEST_CASE("connection: a server that goes away before it answers leaves the outcome unknown", "[client][connection]") {
  const PlayedServer server([](Peer& peer) {
    peer.greet();
    schema::FrameHeader header;
    std::vector<std::byte> body;
    peer.next(header, body);
  });
  auto client = Client::connect(server.options);
  REQUIRE(client.has_value());
  const auto answer = client->ask(show(*client, "A"));
  REQUIRE(!answer.has_value());
  CHECK(answer.error().kind == FailureKind::unreachable);
  CHECK(answer.error().text.find("repeat it with the same id") != std::string::npos);
}

TEST_CASE("connection: waits no longer than the time limit", "[client][connection]") {
  PlayedServer server([](Peer& peer) {
    peer.greet();
    schema::FrameHeader header;
    std::vector<std::byte> body;
    while (peer.next(header, body)) {
    }
  });
  server.options.time_limit = std::chrono::milliseconds(300);
  {
    auto client = Client::connect(server.options);
    REQUIRE(client.has_value());
    const auto answer = client->ask(show(*client, "A"));
    REQUIRE(!answer.has_value());
    CHECK(answer.error().text.find("time limit") != std::string::npos);
  }
}

TEST_CASE("connection: answers come in any order and are matched by correlation id", "[client][connection]") {
  const PlayedServer server([](Peer& peer) {
    peer.greet();
    schema::FrameHeader first, second;
    std::vector<std::byte> body;
    if (!peer.next(first, body) || !peer.next(second, body)) return;
    peer.answer(second.correlation, schema::DigestAnswer{engine::Lsn{2}, "second"});
    peer.answer(first.correlation, schema::DigestAnswer{engine::Lsn{1}, "first"});
  });
  auto client = Client::connect(server.options);
  REQUIRE(client.has_value());
  Connection& connection = client->connection();
  const std::uint64_t first = connection.next_correlation(), second = connection.next_correlation();
  connection.encoder().digest(connection.out(), first);
  connection.encoder().digest(connection.out(), second);
  REQUIRE(connection.flush().has_value());
  CHECK(connection.receive(first)->correlation == first);
  CHECK(connection.receive()->correlation == second);
}

TEST_CASE("client: another catalogue epoch makes it resolve again and repeat", "[client][catalogue]") {
  std::vector<std::uint64_t> epochs;
  {
    const PlayedServer server([&](Peer& peer) {
      peer.greet(5);
      schema::RequestDecoder decoder;
      schema::FrameHeader header;
      std::vector<std::byte> body;
      while (peer.next(header, body)) {
        auto request = decoder.decode(header.kind, body);
        if (!request) return;
        if (const auto* resolve = std::get_if<schema::ResolveRequest>(&*request)) {
          const std::vector<engine::SkuId> ids(resolve->sku_codes.size(), engine::SkuId{3});
          schema::ResolveAnswer answer;
          answer.epoch = epochs.empty() ? 5 : 6;
          answer.sku_ids = ids;
          peer.answer(header.correlation, answer);
        } else if (const auto* order = std::get_if<schema::OrderRequest>(&*request)) {
          epochs.push_back(order->epoch);
          const auto code = order->epoch == 5 ? engine::ErrorCode::stale_catalogue : engine::ErrorCode::bad_quantity;
          peer.answer(header.correlation, schema::ErrorAnswer{{code, 0, {}}, {}, {}, 0});
        }
      }
    });
    auto client = Client::connect(server.options);
    REQUIRE(client.has_value());
    Order order;
    order.id = "A";
    order.lines.push_back({1, "BEAM", 0, ""});
    const auto answer = client->ask([&](std::uint64_t correlation) { return put(*client, correlation, order); });
    REQUIRE(!answer.has_value());
    CHECK(answer.error().code == engine::ErrorCode::bad_quantity);
  }
  CHECK(epochs == std::vector<std::uint64_t>{5, 6});
}

TEST_CASE("client: an overloaded server is asked again", "[client][connection]") {
  const PlayedServer server([](Peer& peer) {
    peer.greet();
    schema::FrameHeader header;
    std::vector<std::byte> body;
    for (int sent = 0; peer.next(header, body); ++sent) {
      if (sent < 2) {
        peer.answer(header.correlation, schema::ErrorAnswer{{engine::ErrorCode::overloaded, 0, {}}, {}, {}, 1});
      } else {
        peer.answer(header.correlation, schema::DigestAnswer{engine::Lsn{9}, "d"});
      }
    }
  });
  {
    auto client = Client::connect(server.options);
    REQUIRE(client.has_value());
    const auto answer = client->ask_for<schema::DigestAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
      client->connection().encoder().digest(client->connection().out(), correlation);
      return {};
    });
    REQUIRE(answer.has_value());
    CHECK(answer->lsn == engine::Lsn{9});
  }
}

TEST_CASE("client: a long pipeline does not stand still when the server answers before it reads", "[client][connection]") {
  constexpr std::size_t requests = 3'000, answer_rows = 2'000;
  const PlayedServer server([](Peer& peer) {
    peer.greet();
    schema::FrameHeader header;
    std::vector<std::byte> body;
    const std::vector<engine::Quantity> rows(answer_rows, 1);
    while (peer.next(header, body)) peer.answer(header.correlation, schema::CheckAnswer{engine::Lsn{1}, 1, rows});
  });
  {
    auto client = Client::connect(server.options);
    REQUIRE(client.has_value());
    Connection& connection = client->connection();
    const std::vector<engine::SkuId> skus(1'000, engine::SkuId{1});
    for (std::size_t index = 0; index < requests; ++index) {
      connection.encoder().check(connection.out(), connection.next_correlation(), {5, skus});
    }
    REQUIRE(connection.flush().has_value());
    std::size_t answers = 0;
    while (answers < requests && connection.receive().has_value()) ++answers;
    CHECK(answers == requests);
  }
}

TEST_CASE("answer parts: frames of different answers may alternate, bytes may come one by one", "[client][parts]") {
  std::vector<std::byte> first, second;
  const std::vector<engine::Quantity> rows(20'000, 7);
  schema::append_answer(first, 1, schema::CheckAnswer{engine::Lsn{3}, 1, rows});
  schema::append_answer(second, 2, schema::DigestAnswer{engine::Lsn{4}, "d"});
  const std::size_t cut = schema::split(first).consumed;
  REQUIRE(cut < first.size());
  std::vector<std::byte> mixed(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(cut));
  mixed.insert(mixed.end(), second.begin(), second.end());
  mixed.insert(mixed.end(), first.begin() + static_cast<std::ptrdiff_t>(cut), first.end());
  const std::size_t step = GENERATE(std::size_t{1}, 1'000u, 1'000'000u);
  AnswerParts parts;
  for (std::size_t at = 0; at < mixed.size(); at += step) {
    REQUIRE(parts.add(std::span(mixed).subspan(at, std::min(step, mixed.size() - at))));
  }
  CHECK(!parts.take(9).has_value());
  const auto long_answer = parts.take(1);
  REQUIRE(long_answer.has_value());
  CHECK(long_answer->bodies.size() > 1);
  CHECK(parts.take()->correlation == 2);
  CHECK(!parts.take().has_value());
}

TEST_CASE("answer parts: refuses a frame that is too large, and parts of different kinds", "[client][parts]") {
  const auto frame = [](std::uint32_t length, MessageKind kind, std::uint16_t flags) {
    std::vector<std::byte> bytes(schema::frame_header_bytes + (length <= schema::max_frame_bytes ? length : 0));
    const schema::FrameHeader header{length, kind, flags, 1};
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
  };
  AnswerParts parts;
  CHECK(!parts.add(frame(65'537, MessageKind::event, 0)));
  AnswerParts others;
  CHECK(others.add(frame(8, MessageKind::event, schema::flag_more_parts)));
  CHECK(!others.add(frame(8, MessageKind::error, 0)));
}
