#include "client/client.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "client/ids_in_event.hpp"
#include "client/refusal.hpp"
#include "client/reply_reader.hpp"
#include "engine/limits.hpp"

namespace earmark::client {
namespace {

constexpr int max_repeats = 8;
constexpr std::size_t resolve_bytes = 50'000;  // of codes in one question
constexpr std::size_t resolve_ids = 12'000;
constexpr std::size_t describe_ids = 2'000;  // with descriptions, which may be long

}  // namespace

Client::Client(Connection connection)
    : connection_(std::move(connection)), catalogue_(connection_.hello().epoch),
      answers_(std::make_unique<schema::AnswerDecoder>()), events_(std::make_unique<schema::EventDecoder>()) {}

Outcome<Client> Client::connect(const ConnectOptions& options) {
  auto connection = Connection::open(options);
  if (!connection) return Unexpected{connection.error()};
  return Client(std::move(*connection));
}

bool Client::server_was_empty() const {
  const schema::HelloAnswer& hello = connection_.hello();
  return hello.durable.value == 0 && hello.sku_count == 0;
}

std::optional<Client::Refusal> Client::refusal(const Message& message) {
  if (message.kind != schema::MessageKind::error) return std::nullopt;
  auto answer = answers_->decode(message.kind, message.parts());
  if (!answer) return Refusal{not_understood().error, 0};
  const auto& error = std::get<schema::ErrorAnswer>(*answer);
  return Refusal{failure_of(error), error.retry_after_ms};
}

Outcome<Message> Client::ask(const Put& put) {
  for (int repeats = 0;; ++repeats) {
    const std::uint64_t correlation = connection_.next_correlation();
    if (auto done = put(correlation); !done) return Unexpected{done.error()};
    if (auto done = connection_.flush(); !done) return Unexpected{done.error()};
    auto message = connection_.receive(correlation);
    if (!message) return message;
    const auto refused_with = refusal(*message);
    if (!refused_with) return message;
    const Failure& failure = refused_with->failure;
    if (repeats == max_repeats) return Unexpected{failure};
    if (failure.code == engine::ErrorCode::stale_catalogue) {
      if (auto done = renew_catalogue(); !done) return Unexpected{done.error()};
    } else if (failure.code == engine::ErrorCode::overloaded) {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::max(refused_with->retry_after_ms, 1U) * (1U << repeats)));
    } else {
      return Unexpected{failure};
    }
  }
}

Outcome<schema::Answer> Client::decode(const Message& message) {
  auto answer = answers_->decode(message.kind, message.parts());
  if (!answer) return not_understood();
  return std::move(*answer);
}

Outcome<schema::ResolveAnswer> Client::resolve(const schema::ResolveRequest& question) {
  auto answer = ask_for<schema::ResolveAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    connection_.encoder().resolve(connection_.out(), correlation, question);
    return {};
  });
  if (!answer) return answer;
  if (answer->epoch != catalogue_.epoch()) catalogue_.begin(answer->epoch);
  const std::size_t warehouses = answer->warehouse_codes.size();
  const bool parallel = answer->sku_ids.size() == question.sku_codes.size() &&
                        answer->sku_codes.size() == question.sku_ids.size() &&
                        (answer->sku_descriptions.empty() || answer->sku_descriptions.size() == question.sku_ids.size()) &&
                        (!question.all_warehouses || (answer->warehouse_priorities.size() == warehouses &&
                                                      answer->warehouse_names.size() == warehouses));
  if (!parallel) return not_understood();
  return answer;
}

Outcome<void> Client::renew_catalogue() {
  catalogue_.begin(0);
  return learn_warehouses();
}

Outcome<void> Client::learn_skus(std::span<const std::string_view> codes) {
  std::vector<std::string_view> asked;
  std::size_t bytes = 0;
  const auto ask_now = [&]() -> Outcome<void> {
    if (asked.empty()) return {};
    schema::ResolveRequest question;
    question.sku_codes = asked;
    auto answer = resolve(question);
    if (!answer) return Unexpected{answer.error()};
    for (std::size_t index = 0; index < asked.size(); ++index) catalogue_.learn(asked[index], answer->sku_ids[index]);
    asked.clear();
    bytes = 0;
    return {};
  };
  for (const std::string_view code : codes) {
    // No SKU has a longer code, so there is nothing to ask.
    if (code.empty() || code.size() > engine::max_id_bytes || catalogue_.sku(code).value != 0) continue;
    bytes += code.size() + 12;
    asked.push_back(code);
    if (bytes < resolve_bytes) continue;
    if (auto done = ask_now(); !done) return done;
  }
  return ask_now();
}

Outcome<void> Client::learn_skus(std::span<const engine::SkuId> ids) {
  std::vector<engine::SkuId> asked;
  for (const engine::SkuId id : ids) {
    if (id.value != 0 && !catalogue_.knows(id)) asked.push_back(id);
  }
  std::sort(asked.begin(), asked.end());
  asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
  for (std::size_t first = 0; first < asked.size(); first += resolve_ids) {
    schema::ResolveRequest question;
    question.sku_ids = std::span(asked).subspan(first, std::min(resolve_ids, asked.size() - first));
    auto answer = resolve(question);
    if (!answer) return Unexpected{answer.error()};
    for (std::size_t index = 0; index < question.sku_ids.size(); ++index) {
      catalogue_.learn(answer->sku_codes[index], question.sku_ids[index]);
    }
  }
  return {};
}

Outcome<void> Client::learn_descriptions(std::span<const engine::SkuId> ids) {
  for (std::size_t first = 0; first < ids.size(); first += describe_ids) {
    schema::ResolveRequest question;
    question.sku_ids = ids.subspan(first, std::min(describe_ids, ids.size() - first));
    question.descriptions = true;
    auto answer = resolve(question);
    if (!answer) return Unexpected{answer.error()};
    for (std::size_t index = 0; index < question.sku_ids.size(); ++index) {
      catalogue_.learn(answer->sku_codes[index], question.sku_ids[index]);
      // Servers of before know no descriptions.
      if (!answer->sku_descriptions.empty()) catalogue_.describe(question.sku_ids[index], answer->sku_descriptions[index]);
    }
  }
  return {};
}

Outcome<void> Client::learn_warehouses() {
  schema::ResolveRequest question;
  question.all_warehouses = true;
  auto answer = resolve(question);
  if (!answer) return Unexpected{answer.error()};
  std::vector<WarehouseInfo> warehouses;
  for (std::size_t index = 0; index < answer->warehouse_codes.size(); ++index) {
    warehouses.push_back({std::string(answer->warehouse_codes[index]), std::string(answer->warehouse_names[index]),
                          answer->warehouse_priorities[index]});
  }
  catalogue_.learn(std::move(warehouses));
  return {};
}

Outcome<void> Client::learn_codes(const schema::Decision& decision) {
  IdsInEvent ids;
  ids.collect(decision);
  if (auto done = learn_skus(ids.skus); !done) return done;
  const bool all_known = std::all_of(ids.warehouses.begin(), ids.warehouses.end(),
                                     [&](engine::WarehouseId id) { return catalogue_.knows(id); });
  return all_known ? Outcome<void>{} : learn_warehouses();
}

Outcome<void> Client::each_event(const Message& message, const Use& use) {
  if (message.kind != schema::MessageKind::event) return not_understood();
  const auto bodies = message.parts();
  for (std::size_t next = 0; next < bodies.size();) {
    std::size_t consumed = 0;
    auto event = events_->decode_bodies(std::span(bodies).subspan(next), consumed);
    if (!event) return not_understood();
    next += consumed;
    if (auto done = learn_codes(event->decision); !done) return done;
    if (auto done = use(*event); !done) return done;
  }
  return {};
}

}  // namespace earmark::client
