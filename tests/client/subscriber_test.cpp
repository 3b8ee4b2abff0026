// The subscriber against servers played here, connection after connection: where it goes on, and when it does not.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>
#include <thread>

#include "client/subscriber.hpp"
#include "schema/request.hpp"

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

  // The next request, of the kind expected; none at the end of the connection.
  template <class Value>
  std::optional<Value> next() {
    if (!read(&header_, sizeof header_)) return std::nullopt;
    body_.resize(header_.length);
    if (!read(body_.data(), body_.size())) return std::nullopt;
    auto request = decoder_.decode(header_.kind, body_);
    if (!request || !std::holds_alternative<Value>(*request)) return std::nullopt;
    return std::get<Value>(*request);
  }
  template <class Answer>
  void answer(const Answer& answer) {
    std::vector<std::byte> bytes;
    schema::append_answer(bytes, header_.correlation, answer);
    write(bytes);
  }
  // Hello and the warehouses: MAIN and WEST.
  void greet(std::uint64_t epoch = 5) {
    if (!next<schema::HelloRequest>()) return;
    schema::HelloAnswer hello;
    hello.server = "played";
    hello.epoch = epoch;
    answer(hello);
    if (!next<schema::ResolveRequest>()) return;
    const std::string_view codes[] = {"MAIN", "WEST"}, names[] = {"", ""};
    const std::uint32_t priorities[] = {1, 2};
    schema::ResolveAnswer resolved;
    resolved.epoch = epoch;
    resolved.warehouse_codes = codes;
    resolved.warehouse_priorities = priorities;
    resolved.warehouse_names = names;
    answer(resolved);
  }
  // The Subscribe that comes next, answered; from then on events can be pushed.
  std::optional<schema::SubscribeRequest> subscribed(std::uint64_t if_new = 1) {
    const auto request = next<schema::SubscribeRequest>();
    if (!request) return std::nullopt;
    stream_ = header_.correlation;
    answer(schema::SubscribeAnswer{request->from.value == 0 ? engine::Lsn{if_new} : request->from, {}, engine::Lsn{1}});
    return request;
  }
  void push(std::uint64_t lsn, std::uint32_t sku) {
    const engine::ReceivedRow rows[] = {{engine::SkuId{sku}, engine::WarehouseId{2}, 0, 3, 3}};
    alignas(8) std::array<std::byte, 1024> record;
    const std::size_t bytes = encoder_.encode({engine::Lsn{lsn}, engine::TimeUs{9}, {}}, engine::ReceiptDecision{"r", 1, false, rows}, record);
    std::vector<std::byte> frames;
    schema::append_event_frames(frames, stream_, std::span(record).first(bytes), false, false);
    write(frames);
  }
  template <class Answer>
  void push(const Answer& answer) {
    std::vector<std::byte> bytes;
    schema::append_answer(bytes, stream_, answer);
    write(bytes);
  }
  // The question for one SKU's code.
  void tell_code(std::string_view code) {
    if (!next<schema::ResolveRequest>()) return;
    schema::ResolveAnswer resolved;
    resolved.epoch = 5;
    resolved.sku_codes = std::span(&code, 1);
    answer(resolved);
  }

 private:
  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }
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
  schema::FrameHeader header_;
  std::vector<std::byte> body_;
  schema::RequestDecoder decoder_;
  schema::EventEncoder encoder_;
  std::uint64_t stream_ = 0;
};

// Plays one connection after the other on a thread of its own.
class PlayedServer {
 public:
  explicit PlayedServer(std::vector<std::function<void(Peer&)>> plays) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 4) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    options.connect.server = {"127.0.0.1", std::to_string(ntohs(address.sin_port))};
    options.connect.client_name = "test";
    options.connect.time_limit = std::chrono::seconds(20);
    thread_ = std::thread([this, plays = std::move(plays)] {
      for (const auto& play : plays) {
        const int accepted = ::accept(listener_, nullptr, nullptr);
        if (accepted < 0) return;
        Peer peer(accepted);
        play(peer);
      }
    });
  }
  ~PlayedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  PlayedServer(const PlayedServer&) = delete;
  PlayedServer& operator=(const PlayedServer&) = delete;

  SubscriberOptions options;

 private:
  int listener_ = -1;
  std::thread thread_;
};

constexpr std::chrono::milliseconds limit{20'000};

// The next event's LSN; 0 if the position alone moved.
std::uint64_t next_lsn(Subscriber& subscriber) {
  auto event = subscriber.next(limit);
  REQUIRE(event.has_value());
  return *event ? (*event)->event().stamp.lsn.value : 0;
}

}  // namespace

TEST_CASE("subscriber: goes on behind the last event or position, whatever it lost", "[client][events]") {
  std::vector<std::uint64_t> from;
  PlayedServer server({[&](Peer& peer) {
                         peer.greet();
                         from.push_back(peer.subscribed()->from.value);
                         peer.push(3, 7);
                         peer.tell_code("BEAM");
                         peer.push(4, 7);
                       },
                       [&](Peer& peer) {
                         peer.greet();
                         from.push_back(peer.subscribed()->from.value);
                         peer.push(schema::StreamPosition{engine::Lsn{90}});
                       },
                       [&](Peer& peer) {
                         peer.greet();
                         from.push_back(peer.subscribed()->from.value);
                         peer.push(91, 8);  // and goes before it says which SKU that is
                       },
                       [&](Peer& peer) {
                         peer.greet();
                         from.push_back(peer.subscribed()->from.value);
                         peer.push(91, 8);
                         peer.tell_code("BOARD");
                         peer.next<schema::StatsRequest>();
                       }});
  server.options.from = 3;
  auto subscriber = Subscriber::open(server.options);
  REQUIRE(subscriber.has_value());
  CHECK(subscriber->position() == engine::Lsn{2});
  CHECK(next_lsn(*subscriber) == 3);
  CHECK(subscriber->catalogue().code(engine::SkuId{7}) == "BEAM");
  CHECK(next_lsn(*subscriber) == 4);
  const auto lost = [&] {
    const auto event = subscriber->next(limit);
    REQUIRE(!event.has_value());
    CHECK(Subscriber::may_resume(event.error()));
    REQUIRE(subscriber->resume().has_value());
  };
  lost();
  CHECK(next_lsn(*subscriber) == 0);
  CHECK(subscriber->position() == engine::Lsn{90});
  lost();
  lost();  // the event was not given out, so it comes again
  CHECK(next_lsn(*subscriber) == 91);
  CHECK(subscriber->catalogue().code(engine::SkuId{8}) == "BOARD");
  CHECK(from == std::vector<std::uint64_t>{3, 5, 91, 91});
}

TEST_CASE("subscriber: an event owns what it refers to", "[client][events]") {
  PlayedServer server({[](Peer& peer) {
    peer.greet();
    peer.subscribed(11);
    peer.push(11, 7);
    peer.tell_code("BEAM");
    peer.push(12, 7);
    peer.next<schema::StatsRequest>();
  }});
  std::vector<StreamEvent> events;
  {
    auto subscriber = Subscriber::open(server.options);
    REQUIRE(subscriber.has_value());
    CHECK(subscriber->position() == engine::Lsn{10});
    while (events.size() < 2) {
      auto event = subscriber->next(limit);
      REQUIRE(event.has_value());
      if (*event) events.push_back(std::move(**event));
    }
  }
  for (std::size_t index = 0; index < 2; ++index) {
    const auto& receipt = std::get<engine::ReceiptDecision>(events[index].event().decision);
    CHECK(events[index].event().stamp.lsn == engine::Lsn{11 + index});
    CHECK(receipt.id == "r");
    CHECK(receipt.rows[0].sku == engine::SkuId{7});
  }
}

TEST_CASE("subscriber: cut for being slow it may go on, trimmed it may not", "[client][events]") {
  const auto code = GENERATE(engine::ErrorCode::fell_behind, engine::ErrorCode::trimmed);
  PlayedServer server({[&](Peer& peer) {
    peer.greet();
    peer.subscribed();
    peer.push(schema::ErrorAnswer{{code, 0, {}}, "because", engine::Lsn{8}, 0});
    peer.next<schema::StatsRequest>();
  }});
  auto subscriber = Subscriber::open(server.options);
  REQUIRE(subscriber.has_value());
  const auto event = subscriber->next(limit);
  REQUIRE(!event.has_value());
  CHECK(event.error().code == code);
  CHECK(Subscriber::may_resume(event.error()) == (code == engine::ErrorCode::fell_behind));
}

TEST_CASE("subscriber: other data under the same address are not gone on with", "[client][events]") {
  PlayedServer server({[](Peer& peer) {
                         peer.greet();
                         peer.subscribed();
                       },
                       [](Peer& peer) { peer.greet(6); }});
  auto subscriber = Subscriber::open(server.options);
  REQUIRE(subscriber.has_value());
  REQUIRE(!subscriber->next(limit).has_value());
  const auto resumed = subscriber->resume();
  REQUIRE(!resumed.has_value());
  CHECK(resumed.error().code == engine::ErrorCode::stale_catalogue);
  CHECK_FALSE(Subscriber::may_resume(resumed.error()));
}

TEST_CASE("subscriber: an LSN that came before is refused, not given out", "[client][events]") {
  PlayedServer server({[](Peer& peer) {
    peer.greet();
    peer.subscribed(5);
    peer.push(4, 7);
    peer.next<schema::StatsRequest>();
  }});
  auto subscriber = Subscriber::open(server.options);
  REQUIRE(subscriber.has_value());
  const auto event = subscriber->next(limit);
  REQUIRE(!event.has_value());
  CHECK_FALSE(Subscriber::may_resume(event.error()));
}

TEST_CASE("subscriber: filters are sent as ids, and an unknown code is refused", "[client][events]") {
  schema::SubscribeRequest asked;
  std::vector<engine::SkuId> skus;
  std::vector<std::string> customers;
  const auto play = [&](Peer& peer) {
    peer.greet();
    const auto resolve = peer.next<schema::ResolveRequest>();
    if (!resolve) return;
    const engine::SkuId id{resolve->sku_codes[0] == "BEAM" ? 7U : 0U};
    schema::ResolveAnswer resolved;
    resolved.epoch = 5;
    resolved.sku_ids = std::span(&id, 1);
    peer.answer(resolved);
    const auto request = peer.subscribed();
    if (!request) return;
    asked = *request;
    skus.assign(request->skus.begin(), request->skus.end());
    customers.assign(request->customers.begin(), request->customers.end());
  };
  {
    PlayedServer server({play});
    server.options.filter = {{schema::EventKind::shipped}, {"BEAM"}, {"WEST"}, {"Okafor"}};
    REQUIRE(Subscriber::open(server.options).has_value());
  }
  CHECK(asked.epoch == 5);
  CHECK(skus == std::vector{engine::SkuId{7}});
  CHECK(customers == std::vector<std::string>{"Okafor"});
  PlayedServer server({play});
  server.options.filter.skus = {"NONE"};
  const auto refused = Subscriber::open(server.options);
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == engine::ErrorCode::unknown_sku);
  CHECK(refused.error().text.find("NONE") != std::string::npos);
}

TEST_CASE("reconnect delay: doubles up to 5 seconds, with a random part", "[client][events]") {
  ReconnectDelay delay;
  for (int longest = 50; longest < 5000; longest *= 2) {
    const auto wait = delay.next().count();
    CHECK(wait >= longest / 2);
    CHECK(wait <= longest);
  }
  for (int round = 0; round < 5; ++round) CHECK(delay.next().count() <= 5000);
  CHECK(delay.next().count() >= 2500);
  delay.reset();
  CHECK(delay.next().count() <= 50);
}
