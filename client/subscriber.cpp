#include "client/subscriber.hpp"

#include <algorithm>

namespace earmark::client {
namespace {

Unexpected<Failure> not_understood() {
  return refused("the server sent something that is no event; its version and this program's do not fit");
}

template <class Id, class Find>
Outcome<std::vector<Id>> ids_of(const std::vector<std::string>& codes, Find find, const char* what, engine::ErrorCode unknown) {
  std::vector<Id> ids;
  for (const std::string& code : codes) {
    ids.push_back(find(code));
    if (ids.back().value == 0) {
      return refused(std::string(engine::name(unknown)) + ": there is no " + what + " '" + code + "' in the catalogue", unknown);
    }
  }
  return ids;
}

}  // namespace

std::chrono::milliseconds ReconnectDelay::next() {
  const int longest = longest_ms_;
  longest_ms_ = std::min(2 * longest_ms_, last_ms);
  return std::chrono::milliseconds(std::uniform_int_distribution<int>(longest / 2, longest)(random_));
}

Outcome<Subscriber> Subscriber::open(SubscriberOptions options) {
  Subscriber subscriber(std::move(options));
  if (auto done = subscriber.subscribe(subscriber.options_.from); !done) return Unexpected{done.error()};
  return subscriber;
}

Outcome<void> Subscriber::subscribe(std::uint64_t from) {
  auto connected = Client::connect(options_.connect);
  if (!connected) return Unexpected{connected.error()};
  auto client = std::make_unique<Client>(std::move(*connected));
  const std::uint64_t epoch = client->connection().hello().epoch;
  if (epoch_ != 0 && epoch != epoch_) {
    return refused("the server has other data than before, so their numbers do not go on from " + std::to_string(position_.value) +
                       "; begin anew",
                   engine::ErrorCode::stale_catalogue);
  }
  if (auto done = client->learn_warehouses(); !done) return done;
  auto answer = client->ask_for<schema::SubscribeAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    const StreamFilter& filter = options_.filter;
    const std::vector<std::string_view> sku_codes(filter.skus.begin(), filter.skus.end());
    if (auto done = client->learn_skus(sku_codes); !done) return done;
    const Catalogue& catalogue = client->catalogue();
    const auto skus = ids_of<engine::SkuId>(filter.skus, [&](const auto& code) { return catalogue.sku(code); }, "SKU",
                                            engine::ErrorCode::unknown_sku);
    if (!skus) return Unexpected{skus.error()};
    const auto warehouses = ids_of<engine::WarehouseId>(filter.warehouses, [&](const auto& code) { return catalogue.warehouse(code); },
                                                        "warehouse", engine::ErrorCode::unknown_warehouse);
    if (!warehouses) return Unexpected{warehouses.error()};
    const std::vector<std::string_view> customers(filter.customers.begin(), filter.customers.end());
    client->connection().encoder().subscribe(
        client->connection().out(), correlation,
        {engine::Lsn{from}, catalogue.epoch(), filter.kinds, *skus, *warehouses, customers});
    correlation_ = correlation;
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  if (answer->from.value == 0) return not_understood();
  position_ = engine::Lsn{answer->from.value - 1};
  epoch_ = epoch;
  client_ = std::move(client);
  client_->connection().keep_alive();
  return {};
}

Outcome<std::optional<StreamEvent>> Subscriber::next(std::chrono::milliseconds limit) {
  auto received = client_->connection().receive_within(correlation_, limit);
  if (!received) return Unexpected{received.error()};
  if (!*received) return std::optional<StreamEvent>{};
  Message& message = **received;
  if (const auto refusal = client_->refusal(message)) return Unexpected{refusal->failure};
  if (message.kind == schema::MessageKind::stream_position) {
    const auto answer = answers_->decode(message.kind, message.parts());
    if (!answer) return not_understood();
    position_ = std::max(position_, std::get<schema::StreamPosition>(*answer).lsn);
    return std::optional<StreamEvent>{};
  }
  StreamEvent event;
  event.message_ = std::move(message);
  event.decoder_ = std::make_unique<schema::EventDecoder>();
  const auto bodies = event.message_.parts();
  std::size_t consumed = 0;
  auto decoded = event.message_.kind == schema::MessageKind::event ? event.decoder_->decode_bodies(bodies, consumed)
                                                                    : Unexpected{schema::EventFault::not_an_event};
  if (!decoded || consumed != bodies.size() || decoded->stamp.lsn <= position_) return not_understood();
  event.event_ = *decoded;
  // If this fails the event has not been given out: it comes again after resume().
  if (auto done = client_->learn_codes(event.event_.decision); !done) return Unexpected{done.error()};
  position_ = event.event_.stamp.lsn;
  return std::optional<StreamEvent>{std::move(event)};
}

bool Subscriber::may_resume(const Failure& failure) noexcept {
  return failure.kind == FailureKind::unreachable || failure.code == engine::ErrorCode::fell_behind ||
         failure.code == engine::ErrorCode::overloaded;
}

Outcome<void> Subscriber::resume() { return subscribe(position_.value + 1); }

}  // namespace earmark::client
