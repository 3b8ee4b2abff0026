#include "tests/system/support/caller.hpp"

#include <algorithm>

namespace earmark::test {

std::string describe(const schema::Event& event) {
  return std::visit(
      [&](const auto& decision) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, engine::VoidDecision>) return "void";
        else return model::describe(event.stamp, decision);
      },
      event.decision);
}

std::string Reply::text() const {
  if (!decided()) return model::describe(error);
  std::string all;
  for (const std::string& record : records) all += (all.empty() ? "" : "\n") + record;
  return all;
}

Caller::Caller(std::uint16_t port) : wire_(port) {
  Reply reply;
  const schema::Answer answer = ask_question(
      [&](std::vector<std::byte>& out, std::uint64_t correlation) {
        encoder_.hello(out, correlation, {schema::protocol_version, {}, "system tests", 0});
      },
      reply);
  const auto& hello = std::get<schema::HelloAnswer>(answer);
  epoch_ = hello.epoch;
  durable_ = hello.durable;
}

std::uint64_t Caller::put(std::vector<std::byte>& out, const model::Command& command) {
  const std::uint64_t correlation = next_correlation();
  if (const auto* order = std::get_if<model::OrderCommand>(&command)) {
    encoder_.order(out, correlation, {order->view(), epoch_, {}});
  } else if (const auto* receipt = std::get_if<model::ReceiptCommand>(&command)) {
    encoder_.receive(out, correlation, {receipt->view(), epoch_, {}});
  } else if (const auto* cancel = std::get_if<model::CancelCommand>(&command)) {
    encoder_.cancel(out, correlation, {cancel->view(), {}});
  } else if (const auto* ship = std::get_if<model::ShipCommand>(&command)) {
    encoder_.ship(out, correlation, {ship->view(), {}});
  } else if (const auto* amend = std::get_if<model::AmendCommand>(&command)) {
    encoder_.amend(out, correlation, {amend->view(), {}});
  } else if (const auto* move = std::get_if<model::MoveCommand>(&command)) {
    encoder_.move_shipment(out, correlation, {move->view(), {}});
  } else if (const auto* change = std::get_if<model::ChangeCommand>(&command)) {
    encoder_.change_stock(out, correlation, {change->view(), epoch_, {}});
  } else if (const auto* transfer = std::get_if<model::ShipTransferCommand>(&command)) {
    encoder_.ship_transfer(out, correlation, {transfer->view(), epoch_, {}});
  } else if (const auto* arrival = std::get_if<model::ReceiveTransferCommand>(&command)) {
    encoder_.receive_transfer(out, correlation, {arrival->view(), epoch_, {}});
  } else if (const auto* place = std::get_if<model::PlacePurchaseCommand>(&command)) {
    encoder_.place_purchase(out, correlation, {place->view(), epoch_, {}});
  } else if (const auto* step = std::get_if<model::MovePurchaseCommand>(&command)) {
    encoder_.move_purchase(out, correlation, {step->view(), {}});
  } else if (const auto* delivery = std::get_if<model::ReceivePurchaseCommand>(&command)) {
    encoder_.receive_purchase(out, correlation, {delivery->view(), {}});
  } else if (const auto* hold = std::get_if<model::HoldCommand>(&command)) {
    encoder_.hold(out, correlation, {hold->view(), epoch_, {}});
  } else if (const auto* extend = std::get_if<model::ExtendCommand>(&command)) {
    encoder_.extend(out, correlation, {extend->view(), {}});
  } else if (const auto* confirm = std::get_if<model::ConfirmCommand>(&command)) {
    encoder_.confirm(out, correlation, {confirm->view(), epoch_, {}});
  } else if (const auto* release = std::get_if<model::ReleaseCommand>(&command)) {
    encoder_.release(out, correlation, {release->view(), {}});
  } else {
    const model::LoadCommand::Rows rows = std::get<model::LoadCommand>(command).rows();
    encoder_.load(out, correlation, {rows.view()});
  }
  return correlation;
}

std::uint64_t Caller::send(const model::Command& command) {
  std::vector<std::byte> out;
  const std::uint64_t correlation = put(out, command);
  wire_.send(out);
  return correlation;
}

// True when `whole` is a whole answer. A pushed event ends with its last part, an answer with its last frame.
bool Caller::add_frame(ReceivedFrame received, Reply& whole) {
  const auto [place, is_new] = unfinished_.try_emplace(received.header.correlation);
  Reply& reply = place->second;
  reply.correlation = received.header.correlation;
  reply.kind = received.header.kind;
  reply.duplicate = (received.header.flags & schema::flag_duplicate) != 0;
  reply.bodies.push_back(std::move(received.body));
  if ((received.header.flags & schema::flag_more_parts) != 0) return false;
  whole = std::move(reply);
  unfinished_.erase(place);
  return true;
}

void Caller::read(Reply& reply) {
  if (reply.kind == schema::MessageKind::event) {
    each_event(reply, [&](const schema::Event& event) {
      reply.lsns.push_back(event.stamp.lsn);
      reply.records.push_back(describe(event));
    });
  } else if (reply.kind == schema::MessageKind::error) {
    const std::vector<std::span<const std::byte>> parts(reply.bodies.begin(), reply.bodies.end());
    const auto answer = answers_->decode(reply.kind, parts);
    if (!answer) throw std::runtime_error("an error that does not decode");
    const auto& error = std::get<schema::ErrorAnswer>(*answer);
    if (error.message.empty()) throw std::runtime_error("an error without a message");
    reply.error = error.error;
    reply.as_of = error.as_of;
    reply.retry_after_ms = error.retry_after_ms;
  }
}

Reply Caller::receive(milliseconds limit) {
  if (!kept_.empty()) {
    Reply first = std::move(kept_.front());
    kept_.erase(kept_.begin());
    return first;
  }
  Reply reply;
  for (;;) {
    auto received = wire_.read_frame(limit);
    if (!received) throw ConnectionLost("the server closed the connection");
    if (add_frame(std::move(*received), reply)) break;
  }
  read(reply);
  return reply;
}

Reply Caller::receive(std::uint64_t correlation, milliseconds limit) {
  const auto found = std::ranges::find(kept_, correlation, &Reply::correlation);
  if (found != kept_.end()) {
    Reply reply = std::move(*found);
    kept_.erase(found);
    return reply;
  }
  std::vector<Reply> others = std::exchange(kept_, {});
  Reply reply = receive(limit);
  while (reply.correlation != correlation) {
    others.push_back(std::move(reply));
    reply = receive(limit);
  }
  kept_ = std::move(others);
  return reply;
}

void Caller::each_event(const Reply& reply, const std::function<void(const schema::Event&)>& use) {
  std::vector<std::span<const std::byte>> bodies(reply.bodies.begin(), reply.bodies.end());
  std::span<const std::span<const std::byte>> rest(bodies);
  while (!rest.empty()) {
    std::size_t consumed = 0;
    const auto event = events_->decode_bodies(rest, consumed);
    if (!event) throw std::runtime_error("an event that does not decode");
    use(*event);
    rest = rest.subspan(consumed);
  }
}

Got Caller::got(const Reply& reply) {
  Got got;
  each_event(reply, [&](const schema::Event& event) {
    const auto* order = std::get_if<engine::OrderDecision>(&event.decision);
    if (order == nullptr) return;
    got.status = order->status;
    for (const engine::LineDecision& line : order->lines) {
      got.reserved += line.taken;
      got.backordered += line.backordered;
    }
    for (const engine::Take& take : order->takes) got.reserved += take.quantity;
  });
  return got;
}

schema::Answer Caller::ask_question(const std::function<void(std::vector<std::byte>&, std::uint64_t)>& put, Reply& reply) {
  std::vector<std::byte> out;
  const std::uint64_t correlation = next_correlation();
  put(out, correlation);
  wire_.send(out);
  reply = receive(correlation);
  if (reply.kind == schema::MessageKind::error) throw std::runtime_error("refused: " + std::string(name(reply.error.code)));
  const std::vector<std::span<const std::byte>> parts(reply.bodies.begin(), reply.bodies.end());
  auto answer = answers_->decode(reply.kind, parts);
  if (!answer) throw std::runtime_error("an answer that does not decode");
  return *answer;
}

std::string Caller::digest() {
  Reply reply;
  const auto answer = ask_question([&](auto& out, std::uint64_t correlation) { encoder_.digest(out, correlation); }, reply);
  const auto& digest = std::get<schema::DigestAnswer>(answer);
  return std::to_string(digest.lsn.value) + " " + std::string(digest.digest);
}

std::map<std::string, std::uint64_t> Caller::stats() {
  Reply reply;
  const auto answer = ask_question([&](auto& out, std::uint64_t correlation) { encoder_.stats(out, correlation); }, reply);
  const auto& stats = std::get<schema::StatsAnswer>(answer);
  std::map<std::string, std::uint64_t> values;
  for (std::size_t index = 0; index < stats.names.size(); ++index) values.emplace(stats.names[index], stats.values[index]);
  return values;
}

std::vector<schema::StockLevel> Caller::stock(bool snapshot, engine::Lsn* as_of) {
  Reply reply;
  const auto answer = ask_question(
      [&](auto& out, std::uint64_t correlation) { encoder_.stock(out, correlation, {epoch_, {}, {}, {}, snapshot}); }, reply);
  const auto& stock = std::get<schema::StockAnswer>(answer);
  if (stock.next_after.value != 0) throw std::runtime_error("the stock has more pages than this reads");
  if (as_of != nullptr) *as_of = stock.lsn;
  return {stock.levels.begin(), stock.levels.end()};
}

std::vector<engine::Quantity> Caller::check(const std::vector<std::uint32_t>& skus, engine::Lsn* lsn) {
  std::vector<engine::SkuId> ids;
  for (const std::uint32_t sku : skus) ids.emplace_back(sku);
  Reply reply;
  const auto answer = ask_question([&](auto& out, std::uint64_t correlation) { encoder_.check(out, correlation, {epoch_, ids}); }, reply);
  const auto& check = std::get<schema::CheckAnswer>(answer);
  if (lsn != nullptr) *lsn = check.lsn;
  return {check.available.begin(), check.available.end()};
}

}  // namespace earmark::test
